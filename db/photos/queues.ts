// Which detections a person looks at next: pages and counts of a queue, narrowed and ordered as asked. An index gives
// every order, and a page begins after the key of the last row before it. So rows that are added or decided meanwhile
// shift nothing, and the thousandth page costs as much as the first.

import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import type { DetectionKind } from '../schema.ts'
import { idArray } from '../sql.ts'
import { type Detection, getDetections } from './detections.ts'

export type QueueName =
  | 'unsure'
  | 'conflict'
  | 'wrongLabel'
  | 'novel'
  | 'unidentified'
  | 'falseTrigger'
  | 'recent'
  | 'flagged'
const QUEUES: readonly QueueName[] = [
  'unsure',
  'unidentified',
  'conflict',
  'wrongLabel',
  'novel',
  'falseTrigger',
  'recent',
  'flagged',
]
export type DetectionState = 'unidentified' | 'identified' | 'conflict' | 'proposed'
export type DetectionOrder =
  | 'unsure'
  | 'newest'
  | 'oldest'
  | 'confidence'
  | 'similar'
  | 'disagreement'
  | 'novelty'
  | 'recent'

export type DetectionNarrowing = {
  state?: DetectionState
  kind?: DetectionKind
  /** It teaches one of these, or, where it teaches nothing, one of these is suggested. */
  taxonIds?: number[]
  mediaId?: number
  importId?: number
  deploymentId?: number
  /** Taken at or after the one and before the other, by the camera's clock. */
  from?: string
  before?: string
  minConfidence?: number
  maxConfidence?: number
  /** Identified by this person. */
  person?: string
  groupKey?: string
  selectionId?: number
}

/**
 * The last detection of a page. `keys` null: it has none in this order (no summary, no confidence); such detections
 * come last.
 */
export type DetectionCursor = { id: number; keys: number[] | null }

export type DetectionFilter = DetectionNarrowing & {
  queue?: QueueName
  /** By default the queue's own order, else the newest first. */
  order?: DetectionOrder
  cursor?: DetectionCursor | null
  limit: number
}

/** Keys of an order. `of`: the table that has them, d (detection) or s (suggestion). */
type Order = { of: 'd' | 's'; keys: { column: SQL; type: SQL }[]; descending: boolean }
const real = sql`real`
const whole = sql`bigint`
const ORDERS: Record<DetectionOrder, Order> = {
  unsure: { of: 's', keys: [{ column: sql`s.probability`, type: real }], descending: false },
  novelty: { of: 's', keys: [{ column: sql`s.novelty`, type: real }], descending: true },
  disagreement: { of: 's', keys: [{ column: sql`s.disagreement`, type: real }], descending: true },
  similar: {
    of: 's',
    keys: [
      { column: sql`s.taxon_id`, type: whole },
      { column: sql`s.likeness`, type: whole },
    ],
    descending: false,
  },
  confidence: { of: 'd', keys: [{ column: sql`d.confidence`, type: real }], descending: true },
  recent: { of: 'd', keys: [{ column: sql`d.latest_statement_id`, type: whole }], descending: true },
  newest: { of: 'd', keys: [], descending: true },
  oldest: { of: 'd', keys: [], descending: false },
}

const OWN_ORDER: Record<QueueName, DetectionOrder> = {
  unsure: 'unsure',
  conflict: 'newest',
  wrongLabel: 'disagreement',
  novel: 'novelty',
  unidentified: 'newest',
  falseTrigger: 'newest',
  recent: 'recent',
  flagged: 'newest',
}
/** Queues whose detections all wait, so that what they teach need not be looked at. */
const OPEN: QueueName[] = ['unsure', 'novel', 'unidentified', 'falseTrigger']

export const orderOf = ({ queue, order }: Pick<DetectionFilter, 'queue' | 'order'>): DetectionOrder =>
  order ?? (queue ? OWN_ORDER[queue] : 'newest')
/** How many keys a cursor of this order has, besides the id. */
export const keysOf = (order: DetectionOrder): number => ORDERS[order].keys.length

/** A page, and the cursor of the next one; null after the last. */
export async function listDetections(
  db: Db,
  filter: DetectionFilter,
): Promise<{ items: Detection[]; nextCursor: DetectionCursor | null }> {
  const found = await pageOfIds(db, filter)
  const page = found.slice(0, filter.limit)
  const rows = new Map(
    (
      await getDetections(
        db,
        page.map(({ id }) => id),
      )
    ).map((row) => [row.id, row]),
  )
  return {
    items: page.flatMap(({ id }) => rows.get(id) ?? []),
    nextCursor: found.length > filter.limit ? (page.at(-1) ?? null) : null,
  }
}

/** One more than a page: first detections that have keys, in their order, then those that have none, by id. */
async function pageOfIds(db: Db, filter: DetectionFilter): Promise<DetectionCursor[]> {
  const order = ORDERS[orderOf(filter)]
  const { cursor } = filter
  const wanted = filter.limit + 1
  if (order.keys.length === 0) return await keyed(db, filter, order, cursor ?? null, wanted)
  const first = cursor && cursor.keys === null ? [] : await keyed(db, filter, order, cursor ?? null, wanted)
  if (first.length === wanted || !mayLackKeys(filter, order)) return first
  const after = cursor && cursor.keys === null ? sql`d.id > ${cursor.id}` : null
  const lacking = sql`${order.of === 's' && order.keys.length === 1 ? sql`s.detection_id` : order.keys[0]!.column} is null`
  const where = and([...conditions(filter), lacking, after])
  const { rows } = await db.execute<{ id: number }>(
    sql`select d.id ${tables(filter, 'left')} where ${where} order by d.id limit ${wanted - first.length}`,
  )
  return [...first, ...rows.map(({ id }) => ({ id, keys: null }))]
}

async function keyed(
  db: Db,
  filter: DetectionFilter,
  { of, keys, descending }: Order,
  cursor: DetectionCursor | null,
  limit: number,
): Promise<DetectionCursor[]> {
  const id = of === 's' ? sql`s.detection_id` : sql`d.id`
  const sorted = [...keys.map(({ column }) => column), id]
  const at = cursor && [
    ...(cursor.keys ?? []).map((key, i) => sql`${key}::${keys[i]?.type ?? whole}`),
    sql`${cursor.id}::bigint`,
  ]
  const beyond = at && sql`(${list(sorted)}) ${descending ? sql`<` : sql`>`} (${list(at)})`
  // Also required of the suggestion, because its partial indexes hold the queues in their orders.
  const waiting = of === 's' && isOpen(filter) ? sql`s.open` : null
  const where = and([...conditions(filter), waiting, keys[0] ? sql`${keys[0].column} is not null` : null, beyond])
  const direction = descending ? sql`desc` : sql`asc`
  const { rows } = await db.execute<{ id: number; keys: number[] }>(sql`
    select ${id} as id, array[${list(keys.map(({ column }) => sql`${column}::float8`))}]::float8[] as keys
    ${tables(filter, of === 's' ? 'inner' : 'left')} where ${where}
    order by ${list(sorted.map((column) => sql`${column} ${direction}`))} limit ${limit}`)
  return rows.map((row) => ({ id: row.id, keys: keys.length === 0 ? null : row.keys }))
}

export type QueueCount = { name: QueueName; count: number; capped: boolean }

/** How many detections each of these queues holds, counted up to `most`. */
export async function countQueues(
  db: Db,
  narrowing: DetectionNarrowing,
  most: number,
  names: readonly QueueName[] = QUEUES,
): Promise<QueueCount[]> {
  const count = async (name: QueueName): Promise<QueueCount> => {
    const { rows } = await db.execute<{ count: number }>(
      sql`select count(*)::int as count from (select 1 ${toCount(narrowing, name)} limit ${most + 1}) as counted`,
    )
    const found = rows[0]?.count ?? 0
    return { name, count: Math.min(found, most), capped: found > most }
  }
  // `unsure` has the detections of `unidentified`, in another order.
  const different = names.filter((name) => name !== 'unsure' || !names.includes('unidentified'))
  const counts = new Map((await Promise.all(different.map(count))).map((one) => [one.name, one]))
  const unidentified = counts.get('unidentified')
  return names.flatMap((name) => counts.get(name) ?? (unidentified ? { ...unidentified, name } : []))
}

function toCount(narrowing: DetectionNarrowing, queue: QueueName): SQL {
  const isNarrowed = Object.values(narrowing).some((value) => value !== undefined)
  // An index of suggestions alone answers this.
  if (queue === 'novel' && !isNarrowed) return sql`from suggestion s where ${queueCondition(queue)}`
  const filter = { ...narrowing, queue }
  return sql`${tables(filter, 'left')} where ${and(conditions(filter))}`
}

/** Names of all people who ever identified something, with one step through the index for each. */
export async function peopleWhoIdentified(db: Db): Promise<string[]> {
  const { rows } = await db.execute<{ person: string }>(sql`
    with recursive name as (
      (select person from identification order by person limit 1)
      union all
      select (select i.person from identification i where i.person > name.person order by i.person limit 1)
      from name where name.person is not null)
    select person from name where person is not null and person not like 'import:%' order by person`)
  return rows.map(({ person }) => person)
}

const list = (parts: SQL[]) => sql.join(parts, sql`, `)
const and = (parts: (SQL | null | undefined)[]) =>
  sql.join(
    parts.filter((part) => part != null),
    sql` and `,
  )

type Filter = Omit<DetectionFilter, 'limit'>

/** Everything that the filter finds waits to be identified. */
const isOpen = ({ queue, state }: Filter) =>
  queue === undefined ? state === 'unidentified' || state === 'proposed' : OPEN.includes(queue)

/** The filter may find detections without keys. */
const mayLackKeys = (filter: Filter, { of }: Order) =>
  of === 'd' || !(filter.queue === 'novel' || filter.queue === 'wrongLabel' || (filter.taxonIds && isOpen(filter)))

function tables(filter: Filter, summaries: 'inner' | 'left'): SQL {
  const photo = [filter.importId, filter.deploymentId, filter.from, filter.before].some((value) => value !== undefined)
  const inner = summaries === 'inner' || filter.queue === 'novel' || filter.queue === 'wrongLabel'
  return sql`from detection d ${inner ? sql`join` : sql`left join`} suggestion s on s.detection_id = d.id
    ${photo ? sql`join media m on m.id = d.media_id` : sql``}`
}

function conditions(filter: Filter): (SQL | null)[] {
  const { state, kind, taxonIds, mediaId, importId, deploymentId, from, before, person, groupKey, selectionId } = filter
  const when = (value: unknown, condition: () => SQL) => (value === undefined ? null : condition())
  const set = taxonIds && sql`any(${idArray(taxonIds)})`
  const suggested = set && sql`s.taxon_id = ${set}`
  return [
    isOpen(filter) ? sql`d.open` : sql`d.hidden_at is null`,
    filter.queue ? queueCondition(filter.queue) : null,
    state ? stateCondition(state) : null,
    when(kind, () => sql`d.kind = ${kind}`),
    set && suggested
      ? isOpen(filter)
        ? sql`s.open and ${suggested}`
        : sql`(d.taught_taxon_id = ${set} or d.taught_taxon_id is null and ${suggested})`
      : null,
    when(mediaId, () => sql`d.media_id = ${mediaId}`),
    when(importId, () => sql`m.import_id = ${importId}`),
    when(deploymentId, () => sql`m.deployment_id = ${deploymentId}`),
    when(from, () => sql`m.captured_at >= ${from}::timestamp`),
    when(before, () => sql`m.captured_at < ${before}::timestamp`),
    when(filter.minConfidence, () => sql`d.confidence >= ${filter.minConfidence}::real`),
    when(filter.maxConfidence, () => sql`d.confidence <= ${filter.maxConfidence}::real`),
    when(groupKey, () => sql`d.group_key = ${groupKey}`),
    when(selectionId, () => sql`d.id in (select unnest(detection_ids) from selection where id = ${selectionId})`),
    when(
      person,
      () => sql`exists (select 1 from identification i where i.person = ${person} and i.detection_id = d.id
        and i.withdrawn_at is null and not i.proposal)`,
    ),
  ]
}

function queueCondition(queue: QueueName): SQL | null {
  if (queue === 'unsure' || queue === 'unidentified') return null
  if (queue === 'conflict') return sql`d.conflict`
  if (queue === 'falseTrigger') return sql`d.source = 'wholePhoto'`
  if (queue === 'recent') return sql`d.latest_statement_id is not null`
  if (queue === 'flagged') return sql`d.media_id in (select id from media where favourite)`
  if (queue === 'novel') return sql`s.open and s.novelty > s.probability`
  // Where a second person names the same taxon, somebody has looked, and the label is no longer suspect.
  return sql`s.suspect and d.taught_taxon_id is not null and not d.conflict and d.mark is null and not d.set_aside
    and (select count(*) from identification i where i.detection_id = d.id and i.taxon_id = d.taught_taxon_id
      and i.withdrawn_at is null and not i.proposal) < 2`
}

function stateCondition(state: DetectionState): SQL | null {
  if (state === 'unidentified') return sql`d.open`
  if (state === 'identified') return sql`d.taught_taxon_id is not null and not d.conflict`
  if (state === 'conflict') return sql`d.conflict`
  return sql`d.open and exists (select 1 from identification i
    where i.detection_id = d.id and i.proposal and i.withdrawn_at is null)`
}
