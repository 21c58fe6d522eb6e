// Listens to the service's events and refetches outdated answers, so that another person's confirmation shows here
// within a second. Events are gathered, so a thousand indexed photos do not cause a thousand requests.

import type { Query, QueryKey } from '@tanstack/solid-query'
import { createSignal } from 'solid-js'
import type { ServiceEvent } from '../../api/contract/event.ts'
import { queries } from './query-client.ts'
import { tree } from './summary.ts'

/** What people do is shown at once; what an import does can wait. */
const PEOPLE_MS = 200
const IMPORT_MS = 1500
/** A list with more loaded pages than this is refetched when it is next opened. */
const MOST_PAGES = 5

const [connected, setConnected] = createSignal(true)

/** How much of a coming version of the tree is made, 0..1; null: none is. */
const [publishing, setPublishing] = createSignal<number | null>(null)

export { connected, publishing }

const isShort = ({ state }: Query) => {
  const { data } = state
  const pages = typeof data === 'object' && data !== null && 'pages' in data ? data.pages : undefined
  return !Array.isArray(pages) || pages.length <= MOST_PAGES
}

/** The newest announced version of the tree. An answer of this version need not be requested again. */
let newest: string | null = null
function tell(treeVersion: string): void {
  newest = treeVersion
  queries.setQueryData(tree().queryKey, { treeVersion })
}
const isBehind = ({ state }: Query) => {
  const { data } = state
  return newest === null || typeof data !== 'object' || data === null || !('treeVersion' in data)
    ? true
    : data.treeVersion !== newest
}

async function askAgain(queryKey: QueryKey): Promise<void> {
  await queries.invalidateQueries({ queryKey, refetchType: 'none', predicate: isBehind })
  await queries.refetchQueries({
    queryKey,
    type: 'active',
    predicate: (query) => isShort(query) && isBehind(query),
  })
}

/** Gathers keys and refetches them together after `afterMs`. */
function gatherer(afterMs: number): (...keys: QueryKey[]) => void {
  const waiting = new Map<string, QueryKey>()
  return (...keys) => {
    if (waiting.size === 0)
      setTimeout(() => {
        const due = [...waiting.values()]
        waiting.clear()
        for (const key of due) void askAgain(key)
      }, afterMs)
    for (const key of keys) waiting.set(JSON.stringify(key), key)
  }
}

/** `soon` is for what is on the screen, `later` for counts that nobody reads while deciding. */
export const soon = gatherer(PEOPLE_MS)
export const later = gatherer(IMPORT_MS)

/** The progress of the search index concerns only commands. */
type Heard = Exclude<ServiceEvent, { name: 'searchIndex' }>
type Told = { [E in Heard as E['name']]: E['data'] }

const react: { [Name in keyof Told]: (data: Told[Name]) => void } = {
  import(data) {
    queries.setQueryData(['import', data.id], data)
    later(['imports'])
    if (data.failed > 0) later(['import-failures', data.id])
  },
  indexed(data) {
    later(['summary'], ['media'], ['media-one', data.mediaId], ['detections'])
  },
  learned(data) {
    tell(data.treeVersion)
    soon(['detections'], ['answer'], ['burst'], ['undoable'], ['actions'])
    later(['summary'], ['queues'], ['taxa'])
    if (data.detectionId !== null) soon(['detection', data.detectionId])
  },
  changed(data) {
    soon(['detections'], ['burst'], ['undoable'], ['actions'])
    for (const id of data.detectionIds) soon(['detection', id])
    for (const id of data.mediaIds) soon(['media-one', id])
    // Each animal shows its photo's mark.
    if (data.mediaIds.length > 0) soon(['detection'])
    if (data.deploymentIds.length > 0) soon(['deployments'])
    later(['summary'], ['queues'], ['results'], ['own-fields'])
  },
  publishing({ share }) {
    setPublishing(share < 1 ? share : null)
  },
  published(data) {
    tell(data.treeVersion)
    soon(['answer'], ['detections'])
    later(['summary'], ['queues'])
  },
  refused() {
    later(['summary'])
  },
  boxesJudged() {
    soon(['queues'])
    later(['detections'])
  },
  taxon() {
    soon(['taxa'], ['answer'], ['detection'], ['detections'])
  },
}

/** Listens until the returned function is called. The browser reconnects by itself; then everything is refetched. */
export function listen(): () => void {
  const source = new EventSource('/api/events')
  let lost = false
  source.onopen = () => {
    setConnected(true)
    if (lost) void queries.invalidateQueries()
    lost = false
  }
  source.onerror = () => {
    lost = true
    setPublishing(null)
    setConnected(false)
  }
  // the cast: the service sends this data with events of that name
  const on = <Name extends keyof Told>(name: Name) =>
    source.addEventListener(name, (event) => react[name](JSON.parse(event.data) as Told[Name]))
  on('import')
  on('indexed')
  on('learned')
  on('changed')
  on('publishing')
  on('published')
  on('refused')
  on('boxesJudged')
  on('taxon')
  return () => source.close()
}
