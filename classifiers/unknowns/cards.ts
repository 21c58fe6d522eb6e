// Animals that fit no known taxon, as cards: each holds what is probably one unknown taxon below one known parent.
// Clusters follow from the tree's own model; a card keeps its id from one computation to the next, and what a person
// joined, split or dismissed stays together.

import { clusterRows } from '../asking/clusters.ts'
import { answer } from '../labels/doubts.ts'
import { nearRows, type VectorRows } from '../labels/near-rows.ts'
import { type Statistics, similarity } from '../statistics.ts'
import type { TaxonNode } from '../taxonomy.ts'
import { type Example, Tree } from '../tree.ts'

export type Unknown = { id: number; group: string; camera: string | null; vector: Float32Array }
/** `pinned`: a person made it, so its animals stay together; new ones may join. */
export type CardBefore = { id: number; underId: number | null; pinned: boolean; memberIds: number[] }
export type Card = {
  /** Null: a new one. */
  id: number | null
  /** The deepest known taxon that they are new in; null: in none. */
  underId: number | null
  /** `similarity` to the mean of the card: the most typical first, the odd ones last. */
  members: { id: number; similarity: number }[]
  /** The taxon of the known photo that is most similar to the most typical one. */
  nearest: { taxonId: number; similarity: number } | null
  /** The share of its animals from the camera that has most of them; null where no camera is known. */
  cameraPurity: number | null
  /** The share of its animals whose most similar unknown animal of another burst is on the same card. */
  lookPurity: number
}

/** Fewer animals make no card. */
const FEWEST_ANIMALS = 2

export type ToCluster = {
  statistics: Statistics
  taxa: readonly TaxonNode[]
  examples: readonly (Example & { vector: Float32Array })[]
  unknowns: readonly Unknown[]
  before: readonly CardBefore[]
}

export function clusterUnknowns({ statistics, taxa, examples, unknowns, before }: ToCluster): Card[] {
  const tree = new Tree(statistics, taxa)
  for (const example of examples) tree.add(example)
  const parents = unknowns.map(({ vector }) => newIn(tree, vector))
  const byParent = new Map<number | null, number[]>()
  parents.forEach((parent, row) => {
    byParent.set(parent, [...(byParent.get(parent) ?? []), row])
  })
  const pinnedOf = new Map(
    before.filter(({ pinned }) => pinned).flatMap((card) => card.memberIds.map((id) => [id, card])),
  )
  const found: { underId: number | null; rows: number[]; pin: CardBefore | null }[] = []
  for (const pin of new Set(pinnedOf.values())) {
    const rows = unknowns.flatMap(({ id }, row) => (pinnedOf.get(id) === pin ? [row] : []))
    found.push({ underId: pin.underId, rows, pin })
  }
  const pins = [...found]
  for (const [underId, rows] of byParent) {
    const free = rows.filter((row) => !pinnedOf.has(unknowns[row]!.id))
    const metric = { ...statistics, centre: centreOf(tree, examples, underId, statistics.size) }
    for (const cluster of clustersOf(free, unknowns, metric, statistics.size)) {
      const home = pins.find((pin) => pin.rows.length > 0 && isOne(pin.rows, cluster, unknowns, metric))
      if (home) home.rows.push(...cluster)
      else found.push({ underId, rows: cluster, pin: null })
    }
  }
  const kept = found.filter(({ rows }) => rows.length >= FEWEST_ANIMALS)
  const near = nearRows(rowsOf(unknowns, statistics.size), groupsOf(unknowns), 1)
  const ids = sameIds(kept, unknowns, before)
  return kept.map(({ underId, rows }, c) => describe(rows, { underId, id: ids[c]! }, unknowns, examples, near.rows))
}

/** The taxon in which an animal is most probably new; null: outside every known one. */
function newIn(tree: Tree, vector: Float32Array): number | null {
  const { scores, said } = answer(tree, vector, [])
  let at = 0
  said.novel.forEach((novelty, i) => {
    if (novelty > said.novel[at]!) at = i
  })
  return at === 0 ? null : scores.nodes[at]!.id
}

/** The mean of what is known below the parent. */
function centreOf(tree: Tree, examples: ToCluster['examples'], underId: number | null, size: number): Float64Array {
  const centre = new Float64Array(size)
  if (underId === null) return centre
  const below = examples.filter(({ taxonId }) => tree.taxonomy.isWithin(taxonId, underId))
  for (const { vector } of below) for (let d = 0; d < size; d++) centre[d]! += vector[d]! / below.length
  return centre
}

type Metric = Parameters<typeof clusterRows>[2]

function clustersOf(rows: readonly number[], unknowns: readonly Unknown[], metric: Metric, size: number): number[][] {
  const own = rows.map((row) => unknowns[row]!)
  const { of, means } = clusterRows(rowsOf(own, size), groupsOf(own), metric)
  const clusters = means.map((): number[] => [])
  of.forEach((cluster, i) => {
    clusters[cluster]?.push(rows[i]!)
  })
  return clusters.filter((one) => one.length > 0)
}

/** Whether both are rather one taxon than two. */
function isOne(a: readonly number[], b: readonly number[], unknowns: readonly Unknown[], metric: Metric): boolean {
  const rows = [...a, ...b]
  const own = rows.map((row) => unknowns[row]!)
  const groups = rows.map((_, i) => (i < a.length ? 'a' : 'b'))
  const { of } = clusterRows(rowsOf(own, own[0]!.vector.length), groups, metric)
  return of[0] === of[rows.length - 1]
}

/** Each card keeps the id of the one before that it shares most animals with. */
function sameIds(
  found: readonly { rows: readonly number[]; pin: CardBefore | null }[],
  unknowns: readonly Unknown[],
  before: readonly CardBefore[],
): (number | null)[] {
  const cardOf = new Map(
    before.filter(({ pinned }) => !pinned).flatMap(({ id, memberIds }) => memberIds.map((one) => [one, id])),
  )
  const ids: (number | null)[] = found.map(({ pin }) => pin?.id ?? null)
  const shared = found.flatMap(({ rows, pin }, c) => {
    const counts = new Map<number, number>()
    for (const row of pin ? [] : rows) {
      const id = cardOf.get(unknowns[row]!.id)
      if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1)
    }
    return [...counts].map(([id, count]) => ({ c, id, count }))
  })
  shared.sort((a, b) => b.count - a.count || a.id - b.id || a.c - b.c)
  const taken = new Set<number>()
  for (const { c, id } of shared) {
    if (ids[c] !== null || taken.has(id)) continue
    ids[c] = id
    taken.add(id)
  }
  return ids
}

function describe(
  rows: readonly number[],
  card: Pick<Card, 'id' | 'underId'>,
  unknowns: readonly Unknown[],
  examples: ToCluster['examples'],
  nearest: Int32Array,
): Card {
  const mean = new Float64Array(unknowns[rows[0]!]!.vector.length)
  for (const row of rows) for (let d = 0; d < mean.length; d++) mean[d]! += unknowns[row]!.vector[d]! / rows.length
  const members = rows.map((row) => ({ row, similarity: similarity(unknowns[row]!.vector, mean) }))
  members.sort((a, b) => b.similarity - a.similarity || a.row - b.row)
  const medoid = unknowns[members[0]!.row]!
  let known: Card['nearest'] = null
  for (const { taxonId, vector } of examples) {
    const near = similarity(vector, medoid.vector)
    if (known === null || near > known.similarity) known = { taxonId, similarity: near }
  }
  const own = new Set(rows)
  const looked = rows.filter((row) => nearest[row]! >= 0)
  return {
    ...card,
    members: members.map(({ row, similarity }) => ({ id: unknowns[row]!.id, similarity })),
    nearest: known,
    cameraPurity: cameraPurity(rows.map((row) => unknowns[row]!.camera)),
    lookPurity: looked.length === 0 ? 1 : looked.filter((row) => own.has(nearest[row]!)).length / looked.length,
  }
}

function cameraPurity(cameras: readonly (string | null)[]): number | null {
  const counts = new Map<string, number>()
  for (const camera of cameras) if (camera !== null) counts.set(camera, (counts.get(camera) ?? 0) + 1)
  return counts.size === 0 ? null : Math.max(...counts.values()) / cameras.length
}

function rowsOf(animals: readonly { vector: Float32Array }[], size: number): VectorRows {
  const values = new Float32Array(animals.length * size)
  animals.forEach(({ vector }, row) => {
    values.set(vector, row * size)
  })
  return { values, size }
}

const groupsOf = (animals: readonly { group: string }[]) => animals.map(({ group }) => group)
