// The figures of one split: accuracy and calibration per rank, rank distance, and coverage at asked accuracies. They
// count what a person would see: novelty competes with known taxa.

import { mean, quantile } from '../fitting/averages.ts'
import { nearestAmong } from '../fitting/estimate.ts'
import type { Neighbour } from '../neighbours/neighbours.ts'
import type { Taxonomy } from '../taxonomy.ts'
import {
  type Bin,
  calibrationError,
  calibrationFloor,
  groupInterval,
  type Judged,
  reliability,
} from './calibration-error.ts'
import type { Answer, ClavisMethod, How, Photo } from './methods.ts'

export type RankFigures = {
  photos: number
  top1: number
  top5: number
  /** Calibration error as answered, its 95 % interval by groups, and what perfect calibration would show. */
  ece: number
  eceLow: number
  eceHigh: number
  eceFloor: number
  /** The same, renormalised over known taxa. */
  eceKnown: number
  reliability: Bin[]
}
export type Figures = { ranks: Record<string, RankFigures>; meanRankDistance: number; meanNovelty: number }

/** `rankLevels`: by name of the rank, top first. */
export function figuresOf(
  answers: readonly Answer[],
  taxonomy: Taxonomy,
  rankLevels: Readonly<Record<string, number>>,
  seed: number,
): Figures {
  const ranks: Record<string, RankFigures> = {}
  for (const [name, level] of Object.entries(rankLevels)) {
    const rank = rankFigures(answers, taxonomy, level, seed)
    if (rank) ranks[name] = rank
  }
  return {
    ranks,
    meanRankDistance: meanRankDistance(answers, taxonomy),
    meanNovelty: mean(answers.map(({ novelty }) => novelty)),
  }
}

function rankFigures(answers: readonly Answer[], taxonomy: Taxonomy, level: number, seed: number): RankFigures | null {
  const judged: Judged[] = []
  const known: Judged[] = []
  let top5 = 0
  for (const { photo, total } of answers) {
    const truth = taxonomy.path(photo.taxonId).find((taxon) => taxon.rankLevel === level)
    if (!truth) continue
    const ranked = atRank(total, taxonomy, level)
    const best = ranked[0]
    if (!best) continue
    const right = best.id === truth.id
    const all = ranked.reduce((sum, { probability }) => sum + probability, 0)
    judged.push({ probability: best.probability, right, group: photo.group })
    known.push({ probability: all > 0 ? best.probability / all : 0, right, group: photo.group })
    if (ranked.slice(0, 5).some(({ id }) => id === truth.id)) top5++
  }
  if (judged.length === 0) return null
  const [eceLow, eceHigh] = groupInterval(judged, calibrationError, seed)
  return {
    photos: judged.length,
    top1: mean(judged.map(({ right }) => (right ? 1 : 0))),
    top5: top5 / judged.length,
    ece: calibrationError(judged),
    eceLow,
    eceHigh,
    eceFloor: calibrationFloor(judged, seed),
    eceKnown: calibrationError(known),
    reliability: reliability(judged),
  }
}

function atRank(total: ReadonlyMap<number, number>, taxonomy: Taxonomy, level: number) {
  return [...total]
    .filter(([id]) => taxonomy.need(id).rankLevel === level)
    .map(([id, probability]) => ({ id, probability }))
    .sort((a, b) => b.probability - a.probability || a.id - b.id)
}

/** Over photos whose most probable species is wrong: how many ranks of the true path the answer misses. */
function meanRankDistance(answers: readonly Answer[], taxonomy: Taxonomy): number {
  const distances: number[] = []
  for (const { photo, total } of answers) {
    const truth = taxonomy.path(photo.taxonId)
    const best = atRank(total, taxonomy, truth.at(-1)!.rankLevel)[0]
    if (!best || best.id === photo.taxonId) continue
    const answered = new Set(taxonomy.path(best.id).map(({ id }) => id))
    distances.push(truth.filter(({ id }) => !answered.has(id)).length)
  }
  return mean(distances)
}

export type Coverage = {
  asked: number
  /** Share of photos with a stop; share of right stops; the same over the worst tenth of species. */
  coverage: number
  accuracy: number
  worstTenth: number
  /** Ranks from the top to the stop, 0 where there is none. */
  meanDepth: number
  species: number
  rule: string
}

export function coverageOf(
  method: ClavisMethod,
  test: readonly Photo[],
  asked: readonly number[],
  how: How = {},
): Coverage[] {
  const taxonomy = method.tree.taxonomy
  const answers = test.map((photo) => ({ photo, stops: method.stops(photo, asked, how) }))
  return asked.map((accuracy, k) => {
    const stops = answers.map(({ photo, stops }) => ({ photo, stop: stops[k] ?? null }))
    const right = stops.flatMap(({ photo, stop }) =>
      stop ? [{ taxonId: photo.taxonId, right: taxonomy.isWithin(photo.taxonId, stop.taxonId) ? 1 : 0 }] : [],
    )
    const bySpecies = new Map<number, number[]>()
    for (const one of right) bySpecies.set(one.taxonId, [...(bySpecies.get(one.taxonId) ?? []), one.right])
    const accuracies = [...bySpecies.values()].map(mean)
    return {
      asked: accuracy,
      coverage: right.length / stops.length,
      accuracy: mean(right.map((one) => one.right)),
      worstTenth: mean(accuracies.filter((value) => value <= quantile(accuracies, 0.1))),
      meanDepth: mean(stops.map(({ stop }) => (stop ? taxonomy.path(stop.taxonId).length : 0))),
      species: mean(stops.map(({ photo, stop }) => (stop?.taxonId === photo.taxonId ? 1 : 0))),
      rule: stops.find(({ stop }) => stop)?.stop?.rule ?? 'none',
    }
  })
}

/** Share of the five most similar photos that show the right species, in the tree's metric and by plain cosine. */
export function similarPrecision(
  method: ClavisMethod,
  train: readonly Photo[],
  test: readonly Photo[],
): { inMetric: number; rawCosine: number } {
  const plain = train.map(({ taxonId, group, embedding }) => ({ taxonId, group, vector: embedding }))
  const precision = (photo: Photo, near: readonly Neighbour[]): number =>
    mean(near.slice(0, 5).map(({ taxonId }) => (taxonId === photo.taxonId ? 1 : 0)))
  return {
    inMetric: mean(test.map((photo) => precision(photo, method.neighbours(method.exampleOf(photo).vector)))),
    rawCosine: mean(test.map((photo) => precision(photo, nearestAmong(plain, photo.embedding, 5)))),
  }
}
