// What a version says about photos that it was not fitted on, rank by rank, and whether it is right.

import type { HeldOut } from '../../fitting/held-out.ts'
import { pathOf } from '../../path.ts'
import { posterior } from '../../posterior.ts'
import type { Statistics } from '../../statistics.ts'
import { stopOf } from '../../suggest.ts'
import { type TaxonNode, Taxonomy } from '../../taxonomy.ts'
import type { Judged } from '../calibration-error.ts'
import type { ClavisMethod, Photo } from '../methods.ts'

/** The accuracies that a person may ask for, at which versions are compared. */
export const ASKED = [0.9, 0.95]

export type Answered = {
  ranks: Record<string, Judged>
  /** For each asked accuracy; null: no stop. `depth`: how many ranks it names. */
  stops: ({ right: number; depth: number } | null)[]
  novelty: number
  /** Whether the photo's own taxon is the most probable of its rank. */
  right: boolean
}

/** The most probable taxon of a rank, and the photo's own. */
export type SaidAtRank = Judged & { said: number; truth: number }
/** `row`: the photo's place among those that were given. */
export type JudgedPhoto = Answered & {
  row: number
  taxonId: number
  group: string
  ranks: Record<string, SaidAtRank>
}

/** By name of the rank, top first. */
export type RankLevels = Readonly<Record<string, number>>

type Facts = { row: number; taxonId: number; group: string }
type Said = { total: Iterable<[id: number, probability: number]>; novelty: number }

/** Every photo of a taxon is asked about without its own group, which the method does not hold. */
export function answerPhotos(method: ClavisMethod, photos: readonly Photo[], rankLevels: RankLevels): JudgedPhoto[] {
  const judgeOne = openJudge(method.tree.taxonomy, rankLevels)
  return photos.map((photo, row) =>
    judgeOne({ row, taxonId: photo.taxonId, group: photo.group }, method.answer(photo), method.stops(photo, ASKED)),
  )
}

/**
 * Answers of cross-validation: each by what was fitted without the photo's fold. Photos of a taxon that only one group
 * shows are left out, because no other fold knows it. The probabilities come before the cap on what is unlike anything
 * taught.
 */
export function answersOfFolds(
  heldOut: readonly HeldOut[],
  facts: readonly { taxonId: number; group: string }[],
  statistics: Statistics,
  taxa: readonly TaxonNode[],
  rankLevels: RankLevels,
): JudgedPhoto[] {
  const judgeOne = openJudge(new Taxonomy(taxa), rankLevels)
  return heldOut.flatMap(({ row, scores, examples, neighbours, regression }) => {
    const fact = row === undefined ? undefined : facts[row]
    if (row === undefined || !fact) return []
    const said = posterior(scores, statistics, examples, neighbours, regression)
    const total = scores.nodes.slice(1).map(({ id }, i): [number, number] => [id, said.total[i + 1]!])
    const novelty = said.novel.reduce((sum, value) => sum + value, 0)
    const path = pathOf(scores, said, null)
    const stops = ASKED.map((accuracy) => stopOf(path, accuracy, statistics.thresholds, 0))
    return judgeOne({ row, ...fact }, { total, novelty }, stops)
  })
}

function openJudge(taxonomy: Taxonomy, rankLevels: RankLevels) {
  const namesOf = new Map(Object.entries(rankLevels).map(([name, level]) => [level, name]))
  return (photo: Facts, { total, novelty }: Said, stops: readonly ({ taxonId: number } | null)[]): JudgedPhoto => {
    const best = new Map<number, { id: number; probability: number }>()
    for (const [id, probability] of total) {
      const { rankLevel } = taxonomy.need(id)
      if (probability > (best.get(rankLevel)?.probability ?? -1)) best.set(rankLevel, { id, probability })
    }
    const ranks: Record<string, SaidAtRank> = {}
    let right = false
    for (const { id, rankLevel } of taxonomy.path(photo.taxonId)) {
      const said = best.get(rankLevel)
      const name = namesOf.get(rankLevel)
      if (!said || name === undefined) continue
      right = said.id === id
      ranks[name] = { probability: said.probability, right, group: photo.group, said: said.id, truth: id }
    }
    const judgedStops = stops.map(
      (stop) =>
        stop && {
          right: taxonomy.isWithin(photo.taxonId, stop.taxonId) ? 1 : 0,
          depth: taxonomy.path(stop.taxonId).length,
        },
    )
    return { ...photo, ranks, stops: judgedStops, novelty, right }
  }
}
