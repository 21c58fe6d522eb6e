// From an embedding to an answer by the live tree. A stored detection's own example and burst are left out.

import type { Db } from '../../db/connection/connect.ts'
import { getDetection } from '../../db/photos/detections.ts'
import type { Near } from '../../db/trees/nearest.ts'
import { VOTING_NEIGHBOURS } from '../neighbours/neighbours.ts'
import { project } from '../statistics.ts'
import { type Suggestion, type Suggestions, suggest } from '../suggest.ts'
import { type BurstBox, type BurstOptions, type Track, tracksOf } from './answers/bursts.ts'
import type { NamedPlace, TakenAt } from './answers/live-places.ts'
import { probabilitiesOf } from './answers/probabilities.ts'
import { lookOf, queryOf, regressionOf } from './answers/query.ts'
import type { LiveTree, NamedList, PlacedTaxon } from './live-tree.ts'
import { openNearest, type PhotoFilter, toNeighbour } from './nearest.ts'
import { type Loaded, treeVersionOf } from './tree-rows.ts'

export type AnswerOptions = {
  /** Wanted share of right stops, 0..1; null: as deep as the path goes. */
  accuracy: number | null
  /** Suggestions. */
  limit: number
  /** Similar known photos per suggestion. */
  similar: number
  within?: number
  detectionId?: number
  /** The species list that holds; null: none; undefined: that of the detection's place. */
  listId?: number | null
  /** Where the photo was taken; undefined: where the detection's was. */
  takenAt?: TakenAt
  /** False: what was met there does not matter. */
  heedPlace?: boolean
}

export type SimilarOptions = { k: number; within?: number; detectionId?: number; filter?: PhotoFilter }

/** Suggestions with the most similar known photos of each. */
export type Answer = Omit<Suggestions, 'suggestions' | 'stop' | 'withoutList' | 'withoutPlace'> & {
  /** The list that the answer keeps to, and what would be said first without it. */
  list: { id: number; name: string; without: NonNullable<Suggestions['withoutList']> } | null
  /** What was met where the photo was taken, and what would be said first if nothing were known of that. */
  place: {
    station: string
    /** Confirmed events there, the photo's burst left out. */
    events: number
    /** `events`: of the taxon itself there. */
    without: NonNullable<Suggestions['withoutPlace']> & { events: number }
  } | null
  /** `measured`: how the latest stops at this accuracy turned out; null where too few were judged. */
  stop: (NonNullable<Suggestions['stop']> & { measured: Measured | null }) | null
  suggestions: (Suggestion & { similar: Near[] })[]
}
/** Of so many stops before people named the animal, so many were right. */
export type Measured = { stops: number; right: number }

const NOTHING_SAID: Answer = {
  nearness: null,
  list: null,
  place: null,
  path: [],
  stop: null,
  novelty: null,
  suggestions: [],
}

/** Fewer stops say little. */
const FEWEST_MEASURED = 20

export type TaxonProbability = { taxonId: number; probability: number }

export type LiveAnswers = {
  /** "V.R": the published version, and the detection lessons learned since. */
  treeVersion(): string
  /** The published version alone. */
  version(): number
  /** Detections that teach; null: in the whole tree. */
  exampleCount(taxonId: number | null): number
  taughtTaxa(): number
  taxonomy: {
    /** Null when unknown. */
    taxon(id: number): PlacedTaxon | null
    /** Whether `id` is `ancestorId` or lies below it; false when either is unknown. */
    isWithin(id: number, ancestorId: number): boolean
    /** The taxon and everything below it; empty when unknown. */
    subtree(id: number): number[]
    size(): number
  }
  /** To read, or to try a change and take it back before anything is awaited. Replaced when a version is published. */
  liveTree(): LiveTree
  answer(embedding: Float32Array, options: AnswerOptions): Promise<Answer>
  /** The animals of one burst, each answered as one, its burst left out. */
  tracks(boxes: readonly BurstBox[], options: BurstOptions): Promise<Track[]>
  similar(embedding: Float32Array, options: SimilarOptions): Promise<Near[]>
  /** The probability of each step of a taxon's path, top first. The detection's own photo is not a neighbour. */
  probabilities(embedding: Float32Array, taxonId: number, detectionId: number): Promise<TaxonProbability[]>
  /** The embedding in the tree's metric: cosine there is `similarity`, and leading numbers vary most. */
  project(embedding: Float32Array): Float32Array
}

export function openAnswers(db: Db, modelSha256: string, loaded: () => Loaded): LiveAnswers {
  const live = () => loaded().live
  const taxa = () => live().taxa
  return {
    treeVersion: () => treeVersionOf(loaded()),
    version: () => live().version,
    exampleCount: (taxonId) => live().tree.exampleCount(taxonId),
    taughtTaxa: () => live().tree.taughtTaxa,
    taxonomy: {
      taxon: (id) => live().taxon(id),
      isWithin: (id, ancestorId) => taxa().get(id) !== undefined && taxa().isWithin(id, ancestorId),
      subtree: (id) => (taxa().get(id) ? taxa().subtree(id) : []),
      size: () => taxa().size,
    },
    liveTree: live,
    answer: (embedding, wanted) => answer(db, modelSha256, live(), embedding, wanted),
    tracks: (boxes, options) => tracksOf(db, modelSha256, live(), boxes, options),
    similar: (embedding, wanted) => similar(db, live(), embedding, wanted),
    probabilities: (embedding, taxonId, detectionId) =>
      probabilities(db, modelSha256, live(), embedding, { taxonId, detectionId }),
    project: (embedding) => project(live().statistics, embedding),
  }
}

async function answer(
  db: Db,
  modelSha256: string,
  live: LiveTree,
  embedding: Float32Array,
  wanted: AnswerOptions,
): Promise<Answer> {
  if (live.examples === 0) return NOTHING_SAID
  const at = wanted.detectionId === undefined ? null : await getDetection(db, wanted.detectionId)
  const groupKey = at?.groupKey ?? null
  const { query, nearest } = await queryOf(db, modelSha256, live, embedding, { groupKey, within: wanted.within })
  const { shift, stops, right } = live.watch(wanted.accuracy)
  const list = listOf(live, wanted.listId, (wanted.takenAt ?? at)?.deploymentId ?? null)
  const takenAt = wanted.takenAt ?? (at ? takenAtOf(at) : NOWHERE)
  const place = wanted.heedPlace === false ? null : live.places.at(takenAt, groupKey)
  const { suggestions, stop, withoutList, withoutPlace, ...said } = suggest(live.tree, {
    ...query,
    list: list?.list ?? null,
    place: place?.place ?? null,
    accuracy: wanted.accuracy,
    shift,
    limit: wanted.limit,
  })
  const taxonIds = suggestions.map(({ taxonId }) => taxonId)
  const similar = wanted.similar === 0 ? null : await nearest.perTaxon(taxonIds, wanted.similar)
  return {
    ...said,
    list: list && withoutList && { id: list.id, name: list.name, without: withoutList },
    place: place && withoutPlace && saidOfPlace(place, withoutPlace),
    stop: stop && { ...stop, measured: stops < FEWEST_MEASURED ? null : { stops, right } },
    suggestions: suggestions.map((one) => ({ ...one, similar: similar?.get(one.taxonId) ?? [] })),
  }
}

const NOWHERE: TakenAt = { deploymentId: null, month: null }

export const takenAtOf = (at: { deploymentId: number | null; capturedAt: string | null }): TakenAt => ({
  deploymentId: at.deploymentId,
  month: at.capturedAt === null ? null : Number(at.capturedAt.slice(5, 7)),
})

function saidOfPlace(
  { station, place: { here } }: NamedPlace,
  without: NonNullable<Suggestions['withoutPlace']>,
): Answer['place'] {
  return { station, events: here.total, without: { ...without, events: here.of(without.taxonId) } }
}

function listOf(live: LiveTree, wanted: number | null | undefined, deploymentId: number | null): NamedList | null {
  if (wanted === null) return null
  return wanted === undefined ? live.listAt(deploymentId) : live.listById(wanted)
}

/** Known photos, the most similar first. */
async function similar(db: Db, live: LiveTree, embedding: Float32Array, wanted: SimilarOptions): Promise<Near[]> {
  const groupKey = await groupOf(db, wanted.detectionId)
  const nearest = openNearest(db, live, project(live.statistics, embedding), { groupKey })
  const near = await nearest.overall(wanted.k, wanted.within ?? null, wanted.filter)
  return near.filter(({ taxonId }) => live.taxa.get(taxonId))
}

/** One per step of the taxon's path, top first; none for an unknown taxon. */
async function probabilities(
  db: Db,
  modelSha256: string,
  live: LiveTree,
  embedding: Float32Array,
  { taxonId, detectionId }: { taxonId: number; detectionId: number },
): Promise<TaxonProbability[]> {
  const vector = project(live.statistics, embedding)
  const neighbours = await openNearest(db, live, vector, { detectionId }).overall(VOTING_NEIGHBOURS)
  if (!live.taxa.get(taxonId)) return []
  const path = live.taxa.path(taxonId).map(({ id }) => id)
  const query = {
    vector,
    neighbours: neighbours.map(toNeighbour),
    regression: regressionOf(live, embedding),
    look: await lookOf(db, modelSha256, live, embedding, { detectionId, neighbours }),
  }
  const values = probabilitiesOf(live.tree, query, path)
  return path.map((id, i) => ({ taxonId: id, probability: values[i]! }))
}

async function groupOf(db: Db, detectionId: number | undefined): Promise<string | null> {
  return detectionId === undefined ? null : (await getDetection(db, detectionId)).groupKey
}
