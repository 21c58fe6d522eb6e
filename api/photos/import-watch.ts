// Follows imports: tells each import's progress when it changes, and ends it when all photos were sent, none is
// waiting, and a tree version that knows them is published.

import type { Logger } from 'pino'
import type { Db } from '../../db/connection/connect.ts'
import { closeImport, finishImport, type ImportProgress, openImports } from '../../db/photos/imports.ts'
import type { Import } from '../contract/exchange/import.ts'
import type { Events } from '../http/events.ts'
import type { ImportWatch } from '../service.ts'
import { createRate } from './rate.ts'

const LOOK_EVERY_MS = 500
/** Looking counts rows, and may take at most this share of the database's time. */
const LOOK_SHARE = 0.02
/** Nobody waits longer than this for a look, however slow the machine is. */
const LONGEST_PAUSE_MS = 4000
/** An import that gets no photos for so long has lost its importer: a closed page, a killed command. */
const ABANDONED_AFTER_MS = 10 * 60_000

type Followed = { rate: (done: number) => number; perSecond: number; said: string; handed: number; handedAt: number }

export function watchImports(deps: { db: Db; events: Events; log: Logger; publish: () => Promise<void> }): ImportWatch {
  const followed = new Map<number, Followed>()
  let timer: NodeJS.Timeout | null = null
  let looking: Promise<void> | null = null
  let touched = false
  let closed = false
  /** Time of this look spent on publishing. It is no work of the database, so no pause has to compensate for it. */
  let publishingMs = 0

  const follow = (id: number) => {
    const known = followed.get(id)
    if (known) return known
    const fresh = { rate: createRate(), perSecond: 0, said: '', handed: -1, handedAt: performance.now() }
    followed.set(id, fresh)
    return fresh
  }

  const present = (progress: ImportProgress): Import => {
    const { id, name, total, queued, indexed, failed } = progress
    const handed = queued + indexed + failed
    const known = Math.min(progress.known, total === null ? progress.known : Math.max(0, total - handed))
    const perSecond = followed.get(id)?.perSecond ?? 0
    const running = progress.doneAt === null && perSecond > 0
    const left =
      progress.closedAt === null && total !== null ? Math.max(queued, total - indexed - failed - known) : queued
    return {
      id: String(id),
      name,
      status: statusOf(progress),
      total,
      queued,
      indexed,
      failed,
      known,
      photosPerSecond: running ? Math.round(perSecond * 10) / 10 : null,
      secondsLeft: running ? Math.round(left / perSecond) : null,
      createdAt: progress.createdAt.toISOString(),
      doneAt: progress.doneAt?.toISOString() ?? null,
    }
  }

  const say = (progress: ImportProgress) => {
    const import_ = present(progress)
    const said = JSON.stringify(import_)
    const mine = follow(progress.id)
    if (mine.said === said) return
    mine.said = said
    deps.events.emit({ name: 'import', data: import_ })
  }

  /** True while an import is open. */
  const look = async (): Promise<boolean> => {
    const open = await openImports(deps.db)
    let busy = false
    for (const progress of open) {
      const mine = follow(progress.id)
      mine.perSecond = mine.rate(progress.indexed + progress.failed)
      const handed = progress.queued + progress.indexed + progress.failed
      if (handed !== mine.handed) {
        mine.handed = handed
        mine.handedAt = performance.now()
      }
      say(progress)
      const status = statusOf(progress)
      if (status === 'running' && progress.queued === 0 && performance.now() - mine.handedAt > ABANDONED_AFTER_MS) {
        await closeImport(deps.db, progress.id)
        busy = true
      } else if (status === 'learning') {
        const publishedAt = performance.now()
        await deps.publish()
        publishingMs += performance.now() - publishedAt
        await finishImport(deps.db, progress.id)
        say({ ...progress, doneAt: new Date() })
        followed.delete(progress.id)
      } else busy = true
    }
    return busy
  }

  const schedule = (ms: number) => {
    if (closed || looking !== null) return
    if (timer) clearTimeout(timer)
    timer = setTimeout(run, ms)
  }
  const run = () => {
    timer = null
    touched = false
    publishingMs = 0
    const startedAt = performance.now()
    let busy = true
    looking = look()
      .then((going) => {
        busy = going
      })
      .catch((error: unknown) => deps.log.error({ err: error }, 'following imports failed'))
      .finally(() => {
        looking = null
        const lookedMs = performance.now() - startedAt - publishingMs
        if (busy || touched) schedule(Math.min(LONGEST_PAUSE_MS, Math.max(LOOK_EVERY_MS, lookedMs / LOOK_SHARE)))
      })
  }

  schedule(0)
  return {
    touch() {
      touched = true
      if (timer === null) schedule(LOOK_EVERY_MS)
    },
    present,
    async close() {
      closed = true
      if (timer) clearTimeout(timer)
      await looking
    },
  }
}

function statusOf(progress: ImportProgress): Import['status'] {
  if (progress.doneAt !== null) return 'done'
  if (progress.closedAt === null) return 'running'
  return progress.queued > 0 ? 'indexing' : 'learning'
}
