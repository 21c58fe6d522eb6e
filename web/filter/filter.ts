// Which animals a view shows: a queue, narrowed. In: the address's search part. Out: what to ask the service for, and back. The review
// and the grid share it, so that one can be opened in place of the other. What is not understood is left out.

import type { QueueName } from '../../api/contract/queue.ts'

export const queueNames: Record<QueueName, string> = {
  unsure: 'Unsure first',
  unidentified: 'Not identified',
  novel: 'Perhaps new',
  conflict: 'Conflicting',
  wrongLabel: 'Probably mislabelled',
  falseTrigger: 'Nothing found',
  recent: 'Recently identified',
  flagged: 'Flagged',
}
export const queueOrder = Object.keys(queueNames) as QueueName[] // the record's own keys
export const isQueueName = (value: unknown): value is QueueName =>
  typeof value === 'string' && Object.hasOwn(queueNames, value)

/** Everything but the queue; names as the service's query has them. */
export type Narrowing = {
  taxon?: string
  deployment?: string
  from?: string
  to?: string
  importId?: string
  minConfidence?: string
  maxConfidence?: string
  person?: string
  group?: string
  /** Named by somebody, from a view of many. */
  selection?: string
}
export type AnimalFilter = Narrowing & { queue: QueueName }

const isId = (text: string) => /^[1-9]\d{0,15}$/.test(text)
const isDay = (text: string) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))
const isShare = (text: string) => text.trim() !== '' && Number(text) >= 0 && Number(text) <= 1
const isText = (text: string) => text.length <= 200

/** The parts of the address and what each may hold. */
const parts: readonly [name: keyof Narrowing, inAddress: string, valid: (text: string) => boolean][] = [
  ['taxon', 'taxon', isId],
  ['deployment', 'deployment', isText],
  ['from', 'from', isDay],
  ['to', 'to', isDay],
  ['importId', 'import', isId],
  ['minConfidence', 'min', isShare],
  ['maxConfidence', 'max', isShare],
  ['person', 'person', isText],
  ['group', 'group', isText],
  ['selection', 'selection', isId],
]

export type Search = Readonly<Record<string, string | string[] | undefined>>

export function filterOf(search: Search): AnimalFilter {
  const filter: AnimalFilter = { queue: isQueueName(search.queue) ? search.queue : 'unsure' }
  for (const [name, inAddress, valid] of parts) {
    const text = search[inAddress]
    if (typeof text === 'string' && text !== '' && valid(text)) filter[name] = text
  }
  return filter
}

/** For the address: null where nothing is asked, so that it is removed. */
export function searchOf(filter: Partial<AnimalFilter>): Record<string, string | null> {
  const search: Record<string, string | null> = {}
  for (const [name, inAddress] of parts) search[inAddress] = filter[name] ?? null
  search.queue = filter.queue === undefined || filter.queue === 'unsure' ? null : filter.queue
  return search
}

/** The same as text, with its question mark; empty where nothing is asked. */
export function addressOf(filter: Partial<AnimalFilter>, more: Record<string, string | null> = {}): string {
  const asked = Object.entries({ ...searchOf(filter), ...more }).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  )
  return asked.length === 0 ? '' : `?${new URLSearchParams(asked)}`
}

/** How many ways it is narrowed; from and to are one, so are the two ends of confidence. */
export function narrowings({ queue: _, ...filter }: AnimalFilter): number {
  const ways = Object.keys(filter).map((name) =>
    name === 'to' ? 'from' : name === 'maxConfidence' ? 'minConfidence' : name,
  )
  return new Set(ways).size
}
