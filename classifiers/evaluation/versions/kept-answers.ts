// A version's answers in the form that stays with its card: which photos were judged, and what was said at each rank.
// Two versions are compared on the photos that both were judged by.

import type { Judged } from '../calibration-error.ts'
import { rounded } from './figures.ts'
import type { Answered, JudgedPhoto, RankLevels } from './judged.ts'

export type KeptAnswers = {
  /** Names of ranks, top first. */
  ranks: string[]
  /**
   * Detection, its taxon then, number of its group; by rank: index of the rank, said, probability, truth; for each
   * asked accuracy whether the stop is right and how many ranks it names; and novelty.
   */
  photos: [
    detectionId: number,
    taxonId: number,
    group: number,
    said: [rank: number, saidId: number, probability: number, truthId: number][],
    stops: ([right: number, depth: number] | null)[],
    novelty: number,
  ][]
}

/** One photo at one rank. */
export type KeptAnswer = {
  detectionId: number
  group: number
  taxonId: number
  saidId: number
  truthId: number
  probability: number
  right: boolean
  /** The deepest rank that is right; null: none. */
  shared: string | null
}

export function keepAnswers(
  answers: readonly JudgedPhoto[],
  detectionIds: readonly number[],
  rankLevels: RankLevels,
): KeptAnswers {
  const ranks = Object.keys(rankLevels)
  const groups = new Map<string, number>()
  const numberOf = (group: string) => {
    const number = groups.get(group) ?? groups.size
    groups.set(group, number)
    return number
  }
  const photos = answers.map((answer): KeptAnswers['photos'][number] => [
    detectionIds[answer.row]!,
    answer.taxonId,
    numberOf(answer.group),
    ranks.flatMap((name, rank): KeptAnswers['photos'][number][3] => {
      const judged = answer.ranks[name]
      return judged ? [[rank, judged.said, rounded(judged.probability), judged.truth]] : []
    }),
    answer.stops.map((stop) => stop && [stop.right, stop.depth]),
    rounded(answer.novelty),
  ])
  return { ranks, photos }
}

/** `rank` null: each photo at the lowest rank of its own taxon that the version knows. */
export function answersAt({ ranks, photos }: KeptAnswers, rank: string | null): KeptAnswer[] {
  const wanted = rank === null ? null : ranks.indexOf(rank)
  return photos.flatMap(([detectionId, taxonId, group, said]) => {
    const at = wanted === null ? said.at(-1) : said.find(([one]) => one === wanted)
    if (!at) return []
    const [, saidId, probability, truthId] = at
    const deepest = said.findLast((one) => one[1] === one[3])
    const shared = deepest ? (ranks[deepest[0]] ?? null) : null
    return [{ detectionId, group, taxonId, saidId, truthId, probability, right: saidId === truthId, shared }]
  })
}

export type Change = 'better' | 'worse' | 'same'
export type Pair = { before: KeptAnswer; now: KeptAnswer; change: Change }

/** The photos that both versions were judged by, by what they are labelled as in the newer one. */
export function pairsOf(before: readonly KeptAnswer[], now: readonly KeptAnswer[]): Pair[] {
  const earlier = new Map(before.map((one) => [one.detectionId, one]))
  return now.flatMap((one) => {
    const old = earlier.get(one.detectionId)
    if (!old) return []
    const right = old.saidId === one.truthId
    const change = right === one.right ? 'same' : one.right ? 'better' : 'worse'
    return [{ before: { ...old, truthId: one.truthId, right }, now: one, change }]
  })
}

/** The 90 % interval is that of a mean over groups of unequal size (linearised ratio). */
export type PairedFigures = {
  photos: number
  before: number
  now: number
  gain: number
  low: number
  high: number
  better: number
  worse: number
}

export function pairedFigures(pairs: readonly Pair[]): PairedFigures | null {
  const photos = pairs.length
  if (photos === 0) return null
  const count = (is: (pair: Pair) => boolean) => pairs.filter(is).length
  const [before, now] = [count((pair) => pair.before.right), count((pair) => pair.now.right)]
  const gain = (now - before) / photos
  const byGroup = new Map<number, number>()
  for (const pair of pairs) {
    const off = Number(pair.now.right) - Number(pair.before.right) - gain
    byGroup.set(pair.now.group, (byGroup.get(pair.now.group) ?? 0) + off)
  }
  const squares = [...byGroup.values()].reduce((sum, off) => sum + off * off, 0)
  const reach = (1.645 * Math.sqrt(squares)) / photos
  return {
    photos,
    before: rounded(before / photos),
    now: rounded(now / photos),
    ...{ gain: rounded(gain), low: rounded(gain - reach), high: rounded(gain + reach) },
    better: count(({ change }) => change === 'better'),
    worse: count(({ change }) => change === 'worse'),
  }
}

/** The photos by which both were judged, as the gate compares them: those of the first, then those of the second. */
export function inCommon(first: KeptAnswers, second: KeptAnswers) {
  const other = new Map(second.photos.map((photo) => [photo[0], photo]))
  const pairs = first.photos.flatMap((photo) => {
    const same = other.get(photo[0])
    // One that was named differently in between judges neither.
    return same && same[1] === photo[1] ? [[photo, same] as const] : []
  })
  return {
    photos: pairs.map(([[, taxonId, group]]) => ({ taxonId, group: String(group) })),
    before: pairs.map(([photo]) => answeredOf(first.ranks, photo)),
    now: pairs.map(([, photo]) => answeredOf(second.ranks, photo)),
  }
}

function answeredOf(
  ranks: readonly string[],
  [, , group, said, stops, novelty]: KeptAnswers['photos'][number],
): Answered {
  const judged = said.map(([rank, saidId, probability, truthId]): [string, Judged] => [
    ranks[rank]!,
    { probability, right: saidId === truthId, group: String(group) },
  ])
  return {
    ranks: Object.fromEntries(judged),
    stops: stops.map((stop) => stop && { right: stop[0], depth: stop[1] }),
    novelty,
    right: judged.at(-1)?.[1].right ?? false,
  }
}
