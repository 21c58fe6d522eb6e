// From an embedding to a public answer. In: the living tree, an embedding, what is wanted. Out: path, stop, novelty and
// suggestions with similar known photos. A stored detection's own example and burst are left out.

import type { AnsweredDetection, LearnedStep, Similar, SimilarExemplar, Taxon } from '../../api/contract/schemas.ts'
import type { Db } from '../../db/connection/connect.ts'
import { getDetection } from '../../db/photos/detections.ts'
import { type Near, type NearFilter, nearestExemplars, nearestPerTaxon } from '../../db/trees/nearest.ts'
import { VOTING_NEIGHBOURS } from '../neighbours.ts'
import { probabilitiesOf } from '../probabilities.ts'
import { regress } from '../regression.ts'
import { project } from '../statistics.ts'
import { suggest } from '../suggest.ts'
import type { LivingTree } from './living-tree.ts'
import { measureAll, nearestOf } from './memory-nearest.ts'

export type AnswerOptions = {
  /** Wanted share of right stops, 0..1; null: as deep as the path goes. */
  accuracy: number | null
  /** Suggestions. */
  limit: number
  /** Similar known photos per suggestion. */
  similar: number
  within?: number
  detectionId?: number
}

/** What narrows similar photos beside the taxon: camera, capture time, whether a person has confirmed them. */
export type PhotoFilter = Omit<NearFilter, 'taxonIds'>
export type SimilarOptions = { k: number; within?: number; detectionId?: number; filter?: PhotoFilter }

type Suggested = Pick<AnsweredDetection, 'path' | 'stop' | 'novelty' | 'suggestions'>

export async function answer(
  db: Db,
  living: LivingTree,
  embedding: Float32Array,
  wanted: AnswerOptions,
): Promise<Suggested> {
  if (living.examples === 0) return { path: [], stop: null, novelty: null, suggestions: [] }
  const vector = project(living.statistics, embedding)
  const groupKey = wanted.detectionId === undefined ? null : (await getDetection(db, wanted.detectionId)).groupKey
  const nearest = openNearest(db, living, vector, { groupKey, detectionId: null })
  const neighbours = await nearest.overall(VOTING_NEIGHBOURS, wanted.within ?? null)
  const said = suggest(living.tree, {
    vector,
    neighbours: neighbours.map((near) => ({
      taxonId: near.taxonId,
      similarity: near.similarity,
      group: near.groupKey,
    })),
    regression: living.statistics.regression && regress(living.statistics.regression, embedding),
    accuracy: wanted.accuracy,
    within: wanted.within ?? null,
    limit: wanted.limit,
    leaveOut: groupKey === null ? [] : living.groupExamples(groupKey),
  })
  const near =
    wanted.similar === 0
      ? new Map<number, Near[]>()
      : await nearest.perTaxon(
          said.suggestions.map(({ taxonId }) => taxonId),
          wanted.similar,
        )
  const taxon = (id: number) => need(living, id)
  return {
    path: said.path.map(({ taxonId, probability, novelty }) => ({ taxon: taxon(taxonId), probability, novelty })),
    stop: said.stop && { taxon: taxon(said.stop.taxonId), probability: said.stop.probability, rule: said.stop.rule },
    novelty: said.novelty && {
      under: said.novelty.under === null ? null : taxon(said.novelty.under),
      probability: said.novelty.probability,
    },
    suggestions: said.suggestions.map(({ taxonId, probability, evidence }) => ({
      taxon: taxon(taxonId),
      probability,
      evidence,
      similar: (near.get(taxonId) ?? []).map(toSimilar),
    })),
  }
}

export async function similar(
  db: Db,
  living: LivingTree,
  embedding: Float32Array,
  wanted: SimilarOptions,
): Promise<SimilarExemplar[]> {
  const groupKey = wanted.detectionId === undefined ? null : (await getDetection(db, wanted.detectionId)).groupKey
  const nearest = openNearest(db, living, project(living.statistics, embedding), { groupKey, detectionId: null })
  const near = await nearest.overall(wanted.k, wanted.within ?? null, wanted.filter)
  return near.flatMap((one) => {
    const taxon = living.taxon(one.taxonId)
    return taxon ? [{ ...toSimilar(one), taxon }] : []
  })
}

export async function probabilities(
  db: Db,
  living: LivingTree,
  embedding: Float32Array,
  taxonId: number,
  detectionId: number,
): Promise<LearnedStep[]> {
  const vector = project(living.statistics, embedding)
  const nearest = openNearest(db, living, vector, { groupKey: null, detectionId })
  const near = await nearest.overall(VOTING_NEIGHBOURS, null)
  if (!living.taxa.get(taxonId)) return []
  const neighbours = near.map((one) => ({ taxonId: one.taxonId, similarity: one.similarity, group: one.groupKey }))
  const path = living.taxa.path(taxonId)
  const values = probabilitiesOf(
    living.tree,
    {
      vector,
      neighbours,
      regression: living.statistics.regression && regress(living.statistics.regression, embedding),
    },
    path.map(({ id }) => id),
  )
  return path.map(({ id, rank }, i) => ({ taxon: need(living, id), rank, probability: values[i]! }))
}

/** Memory is asked where everything taught is looked through in a few milliseconds, the database beyond that. */
function openNearest(
  db: Db,
  living: LivingTree,
  query: Float32Array,
  leftOut: { groupKey: string | null; detectionId: number | null },
) {
  const { exemplars, taxa } = living
  const measured = exemplars && measureAll(exemplars, query, leftOut)
  const known = {
    version: living.version,
    query,
    examples: living.examples,
    excludeGroupKey: leftOut.groupKey,
    excludeDetectionIds: leftOut.detectionId === null ? [] : [leftOut.detectionId],
  }
  return {
    async overall(k: number, within: number | null, filter: PhotoFilter = {}): Promise<Near[]> {
      const taxonIds = within === null ? null : taxa.subtree(within)
      const ofAny = Object.values(filter).every((value) => value === undefined || value === false)
      if (measured && ofAny) return nearestOf(measured, k, taxonIds && new Set(taxonIds))
      const ofTaxa = taxonIds ? { taxonIds, matching: living.tree.exampleCount(within) } : {}
      return await nearestExemplars(db, { ...known, ...ofTaxa, ...filter, k })
    },
    async perTaxon(taxonIds: number[], perTaxon: number): Promise<Map<number, Near[]>> {
      const asked = taxonIds.map((taxonId) => ({ taxonId, within: taxa.subtree(taxonId) }))
      if (!measured) return await nearestPerTaxon(db, { ...known, taxa: asked, perTaxon })
      return new Map(asked.map(({ taxonId, within }) => [taxonId, nearestOf(measured, perTaxon, new Set(within))]))
    },
  }
}

function need(living: LivingTree, id: number): Taxon {
  const taxon = living.taxon(id)
  if (!taxon) throw new Error(`Expected taxon ${id} to be known to the tree`)
  return taxon
}

function toSimilar({ detectionId, mediaId, similarity }: Near): Similar {
  return {
    detectionId: String(detectionId),
    mediaId: String(mediaId),
    cropUrl: `/api/detections/${detectionId}/crop`,
    similarity,
  }
}
