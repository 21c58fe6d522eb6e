// Which detections a person looks at next: pages and counts of a queue, narrowed and ordered as asked. An index gives
// every order, and a page begins after the key of the last row before it. So rows that are added or decided meanwhile
// shift nothing, and the thousandth page costs as much as the first.

import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { comparable, nameMeant } from '../sql.ts'
import { type Detection, getDetections } from './detections.ts'
import {
  and,
  conditions,
  type DetectionNarrowing,
  isOpen,
  list,
  type QueueName,
  queueCondition,
  tables,
} from './queue-conditions.ts'

const QUEUES: readonly QueueName[] = [
  'useful',
  'unsure',
  'results',
  'unidentified',
  'conflict',
  'wrongLabel',
  'novel',
  'firstHere',
  'falseTrigger',
  'recent',
  'flagged',
  'secondLook',
  'marked',
]
export type DetectionOrder =
  | 'useful'
  | 'results'
  | 'unsure'
  | 'newest'
  | 'oldest'
  | 'confidence'
  | 'similar'
  | 'disagreement'
  | 'novelty'
  | 'firstHere'
  | 'recent'
  | 'unique'
  | 'representative'
  | 'hard'
  | 'duplicate'
  | 'given'

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

/** Keys of an order. `of`: the table that has them, d (detection), s (suggestion) or a (appraisal). */
type Order = { of: 'd' | 's' | 'a'; keys: { column: SQL; type: SQL }[]; descending: boolean }
const real = sql`real`
const whole = sql`bigint`
const ORDERS: Record<DetectionOrder, Order> = {
  // In full it is `usefulPage`: questions first, then this.
  useful: { of: 's', keys: [{ column: sql`s.probability`, type: real }], descending: false },
  unsure: { of: 's', keys: [{ column: sql`s.probability`, type: real }], descending: false },
  results: {
    of: 'd',
    keys: [{ column: sql`(select r.place from results_question r where r.detection_id = d.id)`, type: whole }],
    descending: false,
  },
  novelty: { of: 's', keys: [{ column: sql`s.novelty`, type: real }], descending: true },
  firstHere: { of: 's', keys: [{ column: sql`s.first_here`, type: real }], descending: true },
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
  unique: { of: 'a', keys: [{ column: sql`a.uniqueness`, type: real }], descending: true },
  representative: { of: 'a', keys: [{ column: sql`a.representativeness`, type: real }], descending: true },
  hard: { of: 'a', keys: [{ column: sql`a.hardness`, type: real }], descending: true },
  // Those with different labels first, and the two of a pair together.
  duplicate: {
    of: 'a',
    keys: [
      { column: sql`a.duplicate_differs::int`, type: whole },
      { column: sql`least(a.detection_id, a.duplicate_id)`, type: whole },
    ],
    descending: true,
  },
  // Only of a selection: `givenOrder`.
  given: { of: 'd', keys: [{ column: sql`null::bigint`, type: whole }], descending: false },
  newest: { of: 'd', keys: [], descending: true },
  oldest: { of: 'd', keys: [], descending: false },
}

const OWN_ORDER: Record<QueueName, DetectionOrder> = {
  useful: 'useful',
  unsure: 'unsure',
  results: 'results',
  conflict: 'newest',
  wrongLabel: 'disagreement',
  novel: 'novelty',
  firstHere: 'firstHere',
  unidentified: 'newest',
  falseTrigger: 'newest',
  recent: 'recent',
  flagged: 'newest',
  secondLook: 'recent',
  marked: 'newest',
}
export const orderOf = ({ queue, order }: Pick<DetectionFilter, 'queue' | 'order'>): DetectionOrder =>
  order ?? (queue ? OWN_ORDER[queue] : 'newest')
/** How many keys a cursor of this order has, besides the id. */
export const keysOf = (order: DetectionOrder): number => (order === 'useful' ? 2 : ORDERS[order].keys.length)

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
  const { selectionId } = filter
  if (orderOf(filter) === 'useful') return await usefulPage(db, filter)
  if (orderOf(filter) === 'given' && selectionId !== undefined)
    return await pageInOrder(db, filter, givenOrder(selectionId))
  return await pageInOrder(db, filter, ORDERS[orderOf(filter)])
}

/** Beyond so many, the place of an animal in a selection takes long to find; the others follow by id. */
const MOST_PLACED = 1000

/** As the selection was stored. */
const givenOrder = (selectionId: number): Order => ({
  of: 'd',
  keys: [
    {
      column: sql`array_position((select detection_ids[1:${MOST_PLACED}] from selection where id = ${selectionId}), d.id)`,
      type: whole,
    },
  ],
  descending: false,
})

/** Keys of the order `useful`: which part, and the place or the probability in it. */
const QUESTIONS = 0
const REST = 1

/** First the questions in their order, then everything else, least probable first. */
async function usefulPage(db: Db, filter: DetectionFilter): Promise<DetectionCursor[]> {
  const { cursor } = filter
  const wanted = filter.limit + 1
  const inQuestions = !cursor || cursor.keys?.[0] === QUESTIONS
  const asked = inQuestions ? await questions(db, filter, cursor?.keys?.[1] ?? 0, wanted) : []
  if (asked.length === wanted) return asked
  const restCursor = inQuestions ? null : { id: cursor.id, keys: cursor.keys?.slice(1) ?? null }
  const rest = await pageInOrder(
    db,
    { ...filter, cursor: restCursor, limit: filter.limit - asked.length },
    ORDERS.useful,
    sql`not exists (select 1 from question q where q.detection_id = d.id)`,
  )
  return [...asked, ...rest.map(({ id, keys }) => ({ id, keys: keys && [REST, ...keys] }))]
}

async function questions(db: Db, filter: DetectionFilter, after: number, limit: number): Promise<DetectionCursor[]> {
  const where = and([...conditions(filter), sql`q.place > ${after}`])
  const { rows } = await db.execute<{ id: number; place: number }>(sql`
    select d.id, q.place ${tables(filter, 'left')} join question q on q.detection_id = d.id
    where ${where} order by q.place limit ${limit}`)
  return rows.map(({ id, place }) => ({ id, keys: [QUESTIONS, place] }))
}

async function pageInOrder(
  db: Db,
  filter: DetectionFilter,
  order: Order,
  only: SQL | null = null,
): Promise<DetectionCursor[]> {
  const { cursor } = filter
  const wanted = filter.limit + 1
  if (order.keys.length === 0) return await keyed(db, filter, order, cursor ?? null, wanted, only)
  const first = cursor && cursor.keys === null ? [] : await keyed(db, filter, order, cursor ?? null, wanted, only)
  // An animal that was not appraised yet has no place in these orders.
  if (first.length === wanted || order.of === 'a' || !mayLackKeys(filter, order)) return first
  const after = cursor && cursor.keys === null ? sql`d.id > ${cursor.id}` : null
  const lacking = sql`${order.of === 's' && order.keys.length === 1 ? sql`s.detection_id` : order.keys[0]!.column} is null`
  const where = and([...conditions(filter), lacking, after, only])
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
  only: SQL | null,
): Promise<DetectionCursor[]> {
  const id = of === 's' ? sql`s.detection_id` : of === 'a' ? sql`a.detection_id` : sql`d.id`
  const sorted = [...keys.map(({ column }) => column), id]
  const at = cursor && [
    ...(cursor.keys ?? []).map((key, i) => sql`${key}::${keys[i]?.type ?? whole}`),
    sql`${cursor.id}::bigint`,
  ]
  const beyond = at && sql`(${list(sorted)}) ${descending ? sql`<` : sql`>`} (${list(at)})`
  // Also required of the suggestion, because its partial indexes hold the queues in their orders.
  const waiting = of === 's' && isOpen(filter) ? sql`s.open` : null
  const where = and([...conditions(filter), waiting, keys[0] ? sql`${keys[0].column} is not null` : null, beyond, only])
  const direction = descending ? sql`desc` : sql`asc`
  const { rows } = await db.execute<{ id: number; keys: number[] }>(sql`
    select ${id} as id, array[${list(keys.map(({ column }) => sql`${column}::float8`))}]::float8[] as keys
    ${tables(filter, of === 's' ? 'inner' : 'left', of === 'a' || undefined)} where ${where}
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
  // These have the detections of `unidentified`, in another order.
  const isSame = (name: QueueName) => name === 'useful' || name === 'unsure'
  const different = names.filter((name) => !isSame(name) || !names.includes('unidentified'))
  const counts = new Map((await Promise.all(different.map(count))).map((one) => [one.name, one]))
  const unidentified = counts.get('unidentified')
  return names.flatMap((name) => counts.get(name) ?? (unidentified ? { ...unidentified, name } : []))
}

function toCount(narrowing: DetectionNarrowing, queue: QueueName): SQL {
  const isNarrowed = Object.entries(narrowing).some(([name, value]) => name !== 'asker' && value !== undefined)
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

/**
 * The person, or the import, whom somebody means by a name, in whichever form it is typed; null where there is none.
 */
export async function personMeant(db: Db, name: string): Promise<string | null> {
  const { rows } = await db.execute<{ name: string }>(sql`
    with recursive person as (
      (select person as name from identification order by person limit 1)
      union all
      select (select i.person from identification i where i.person > person.name order by i.person limit 1)
      from person where person.name is not null)
    select name from person where ${comparable(sql`name`)} = ${comparable(name)}`)
  return nameMeant(rows, name)?.name ?? null
}

/** The filter may find detections without keys. */
const mayLackKeys = (filter: DetectionFilter, { of }: Order) =>
  of === 'd' ||
  !(['novel', 'firstHere', 'wrongLabel'].includes(filter.queue ?? '') || (filter.taxonIds && isOpen(filter)))
