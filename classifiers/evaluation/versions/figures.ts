// The figures of a version, from what it says about photos that it was not fitted on. Numbers are rounded, so that the
// same answers give the same text.

import { mean } from '../../fitting/averages.ts'
import { type Bin, calibrationError, calibrationFloor, groupInterval, reliability } from '../calibration-error.ts'
import { ASKED, type JudgedPhoto, type RankLevels, type SaidAtRank } from './judged.ts'

/** A share with its 95 % interval, drawing whole groups. */
export type Share = { photos: number; right: number; share: number; low: number; high: number }
export type VersionFigures = {
  photos: number
  groups: number
  /** Top first. `calibrationFloor`: what perfect calibration would show. */
  ranks: (Share & { rank: string; calibrationError: number; calibrationFloor: number; reliability: Bin[] })[]
  /** Stops for an asked accuracy: how many photos have one, the share that is right, and how many ranks it names. */
  asked: { accuracy: number; stops: number; right: number; ranks: number }[]
  /** How far mistakes are off: the deepest rank that is still right; null: none. */
  mistakes: { rank: string | null; photos: number }[]
  /** Pairs taken for each other most often, at the lowest rank; `of`: photos of the true taxon. */
  confusions: { rank: string; truthId: number; saidId: number; photos: number; of: number }[]
  /** Taxa that are named right least often. */
  weakest: (Share & { taxonId: number })[]
}

const SEED = 1
const MOST_CONFUSIONS = 40
const MOST_WEAKEST = 20
/** A share of fewer photos says nothing about a taxon. */
const ENOUGH = 5

export const rounded = (value: number): number => Math.round(value * 1e6) / 1e6

export function figuresOfAnswers(answers: readonly JudgedPhoto[], rankLevels: RankLevels): VersionFigures {
  const names = Object.keys(rankLevels)
  return {
    photos: answers.length,
    groups: new Set(answers.map(({ group }) => group)).size,
    ranks: names.flatMap((rank) => {
      const judged = answers.flatMap(({ ranks }) => ranks[rank] ?? [])
      return judged.length === 0 ? [] : [{ rank, ...shareOf(judged), ...calibrationOf(judged) }]
    }),
    asked: ASKED.map((accuracy, k) => {
      const stops = answers.flatMap(({ stops }) => stops[k] ?? [])
      const right = stops.length === 0 ? 0 : rounded(mean(stops.map((stop) => stop.right)))
      const ranks = stops.length === 0 ? 0 : rounded(mean(stops.map((stop) => stop.depth)))
      return { accuracy, stops: stops.length, right, ranks }
    }),
    mistakes: mistakesOf(answers, names),
    confusions: confusionsOf(answers, names),
    weakest: weakestOf(answers),
  }
}

function shareOf(judged: readonly { right: boolean; group: string }[]): Share {
  const share = (rows: readonly { right: boolean }[]) => mean(rows.map(({ right }) => (right ? 1 : 0)))
  const [low, high] = groupInterval(judged, share, SEED)
  const right = judged.filter((one) => one.right).length
  return { photos: judged.length, right, share: rounded(share(judged)), low: rounded(low), high: rounded(high) }
}

const calibrationOf = (judged: readonly SaidAtRank[]) => ({
  calibrationError: rounded(calibrationError(judged)),
  calibrationFloor: rounded(calibrationFloor(judged, SEED)),
  reliability: reliability(judged).map(({ from, to, count, said, right }) => ({
    ...{ from: rounded(from), to: rounded(to), count },
    ...{ said: rounded(said), right: rounded(right) },
  })),
})

/** The deepest rank of a photo's own path that the version knows. */
const lowest = ({ ranks }: Pick<JudgedPhoto, 'ranks'>, names: readonly string[]) =>
  names.findLast((name) => ranks[name] !== undefined)

function mistakesOf(answers: readonly JudgedPhoto[], names: readonly string[]): VersionFigures['mistakes'] {
  const counts = new Map<string | null, number>()
  for (const { ranks, right } of answers) {
    if (right) continue
    const shared = names.findLast((name) => ranks[name]?.right) ?? null
    counts.set(shared, (counts.get(shared) ?? 0) + 1)
  }
  return [...names.toReversed(), null].flatMap((rank) => {
    const photos = counts.get(rank)
    return photos === undefined ? [] : [{ rank, photos }]
  })
}

function confusionsOf(answers: readonly JudgedPhoto[], names: readonly string[]): VersionFigures['confusions'] {
  const of = new Map<number, number>()
  const pairs = new Map<string, VersionFigures['confusions'][number]>()
  for (const answer of answers) {
    const rank = lowest(answer, names)
    const judged = rank === undefined ? undefined : answer.ranks[rank]
    if (rank === undefined || !judged) continue
    const { truth: truthId, said: saidId } = judged
    of.set(truthId, (of.get(truthId) ?? 0) + 1)
    if (judged.right) continue
    const key = `${truthId} ${saidId}`
    const pair = pairs.get(key) ?? { rank, truthId, saidId, photos: 0, of: 0 }
    pairs.set(key, { ...pair, photos: pair.photos + 1 })
  }
  return [...pairs.values()]
    .sort((a, b) => b.photos - a.photos || a.truthId - b.truthId || a.saidId - b.saidId)
    .slice(0, MOST_CONFUSIONS)
    .map((pair) => ({ ...pair, of: of.get(pair.truthId) ?? 0 }))
}

function weakestOf(answers: readonly JudgedPhoto[]): VersionFigures['weakest'] {
  const byTaxon = new Map<number, JudgedPhoto[]>()
  for (const answer of answers) {
    const list = byTaxon.get(answer.taxonId)
    if (list) list.push(answer)
    else byTaxon.set(answer.taxonId, [answer])
  }
  return [...byTaxon]
    .filter(([, list]) => list.length >= ENOUGH && list.some(({ right }) => !right))
    .map(([taxonId, list]) => ({ taxonId, ...shareOf(list) }))
    .sort((a, b) => a.share - b.share || b.photos - a.photos || a.taxonId - b.taxonId)
    .slice(0, MOST_WEAKEST)
}
