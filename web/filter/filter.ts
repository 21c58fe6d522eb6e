// Which animals a view shows: a queue and its filters, as the address holds them. The review and the grid share this,
// so each can open what the other shows. Invalid parts of the address are ignored.

import type { QueueName } from '../../api/contract/queue.ts'

export const queueNames: Record<QueueName, string> = {
  useful: 'Most useful first',
  unsure: 'Unsure first',
  results: 'Changes results most',
  unidentified: 'Not identified',
  novel: 'Perhaps new',
  firstHere: 'First here',
  conflict: 'Conflicting',
  wrongLabel: 'Probably mislabelled',
  falseTrigger: 'Nothing found',
  recent: 'Recently identified',
  flagged: 'Flagged',
  secondLook: 'Second look',
  marked: 'Marked or set aside',
}
export const DEFAULT_QUEUE: QueueName = 'useful'
export const queueOrder = Object.keys(queueNames) as QueueName[] // the record's own keys
export const isQueueName = (value: unknown): value is QueueName =>
  typeof value === 'string' && Object.hasOwn(queueNames, value)

export const standingNames = {
  duplicate: 'Near duplicates of other bursts',
  mismatch: 'Near duplicates with different labels',
  unique: 'Unlike all others',
  representative: 'Typical of many',
  hard: 'Hard to tell',
} as const
export type Standing = keyof typeof standingNames
const isStanding = (value: unknown): value is Standing =>
  typeof value === 'string' && Object.hasOwn(standingNames, value)
export const SEXES = ['female', 'male'] as const
export const LIFE_STAGES = ['adult', 'subadult', 'juvenile'] as const
export type Sex = (typeof SEXES)[number]
export type LifeStage = (typeof LIFE_STAGES)[number]

/** The filters besides the queue, named as in the service's query. */
export type Narrowing = {
  taxon?: string
  deployment?: string
  /** A station: all cameras that stood there. */
  site?: string
  from?: string
  to?: string
  importId?: string
  minConfidence?: string
  maxConfidence?: string
  person?: string
  group?: string
  /** Only what is assigned to who is signed in. */
  mine?: 'true'
  /** Whether the answer is sure of a taxon. */
  sure?: 'true' | 'false'
  /** How people marked it, or its photo. */
  mark?: Mark
  /** How it stands among all others. */
  standing?: Standing
  /** Boxes that are probably no animals: by default they are left out. */
  unlikely?: Unlikely
  sex?: Sex
  lifeStage?: LifeStage
  behaviour?: string
  individual?: string
  /** Whether somebody counted. */
  counted?: 'true' | 'false'
  /** Of the project's own fields, a line each: `ID:VALUE`. */
  own?: string
  /** A stored set of animals, for example those chosen on the map of look-alikes. */
  selection?: string
}
export const UNLIKELY = ['show', 'only'] as const
export type Unlikely = (typeof UNLIKELY)[number]
export const MARKS = ['notAnimal', 'person', 'vehicle', 'unknown', 'empty', 'unusable'] as const
export type Mark = (typeof MARKS)[number]
const isMark = (text: string): text is Mark => (MARKS as readonly string[]).includes(text)
export type AnimalFilter = Narrowing & { queue: QueueName }

const isId = (text: string) => /^[1-9]\d{0,15}$/.test(text)
const isDay = (text: string) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))
const isShare = (text: string) => text.trim() !== '' && Number(text) >= 0 && Number(text) <= 1
const isOneOf = (words: readonly string[]) => (text: string) => words.includes(text)
const isText = (text: string) => text.length <= 200

/** The parts of the address and which values each may hold. */
const parts: readonly [name: keyof Narrowing, inAddress: string, valid: (text: string) => boolean][] = [
  ['taxon', 'taxon', isId],
  ['deployment', 'deployment', isText],
  ['site', 'station', isText],
  ['from', 'from', isDay],
  ['to', 'to', isDay],
  ['importId', 'import', isId],
  ['minConfidence', 'min', isShare],
  ['maxConfidence', 'max', isShare],
  ['person', 'person', isText],
  ['group', 'group', isText],
  ['standing', 'standing', isStanding],
  ['unlikely', 'unlikely', isOneOf(UNLIKELY)],
  ['sex', 'sex', isOneOf(SEXES)],
  ['lifeStage', 'stage', isOneOf(LIFE_STAGES)],
  ['behaviour', 'behaviour', isText],
  ['individual', 'individual', isText],
  ['counted', 'counted', isOneOf(['true', 'false'])],
  ['sure', 'sure', isOneOf(['true', 'false'])],
  ['own', 'own', (text) => text.length <= 4000],
  ['selection', 'selection', isId],
  ['mark', 'mark', isMark],
  ['mine', 'mine', (text) => text === 'true'],
]

export type Search = Readonly<Record<string, string | string[] | undefined>>

export function filterOf(search: Search): AnimalFilter {
  const queue = isQueueName(search.queue) ? search.queue : DEFAULT_QUEUE
  const narrowing: Record<string, string> = {}
  for (const [name, inAddress, valid] of parts) {
    const text = search[inAddress]
    if (typeof text === 'string' && text !== '' && valid(text)) narrowing[name] = text
  }
  return { ...narrowing, queue }
}

/** The filter as the service takes it, which by itself leaves nothing out. */
export const listed = <Of extends Narrowing>({ unlikely, ...filter }: Of) => ({
  ...filter,
  unlikely: unlikely === 'show' ? undefined : (unlikely ?? ('hide' as const)),
})

/** The search part of the address. Unset filters are null, so that they are removed from the address. */
export function searchOf(filter: Partial<AnimalFilter>): Record<string, string | null> {
  const search: Record<string, string | null> = {}
  for (const [name, inAddress] of parts) search[inAddress] = filter[name] ?? null
  search.queue = filter.queue === undefined || filter.queue === DEFAULT_QUEUE ? null : filter.queue
  return search
}

/** The search part as text with its question mark; empty if nothing is set. */
export function addressOf(filter: Partial<AnimalFilter>, more: Record<string, string | null> = {}): string {
  const asked = Object.entries({ ...searchOf(filter), ...more }).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  )
  return asked.length === 0 ? '' : `?${new URLSearchParams(asked)}`
}

/** The number of filters set. A date range counts once, as does a range of confidence. */
export function narrowings({ queue: _, ...filter }: AnimalFilter): number {
  const ways = Object.keys(filter).map((name) =>
    name === 'to' ? 'from' : name === 'maxConfidence' ? 'minConfidence' : name,
  )
  return new Set(ways).size
}
