// Whether a candidate version may replace the one that answers. Both answer the same photos, which neither was fitted
// on, with the same exemplars; differences are paired, and whole groups are drawn. A candidate that is no better may
// replace the old one, a candidate that is worse beyond chance may not.

import { mean, quantile } from '../fitting/averages.ts'
import { random } from '../seeded-random.ts'
import type { Statistics } from '../statistics.ts'
import type { TaxonNode } from '../taxonomy.ts'
import { calibrationError, calibrationFloor } from './calibration-error.ts'
import { ClavisMethod, type Photo } from './methods.ts'
import { type Answered, ASKED, answerPhotos, type RankLevels } from './versions/judged.ts'
import { inCommon, type KeptAnswers } from './versions/kept-answers.ts'

/** `candidate` and `before` are shares or, for depth, ranks. */
export type Figure = { what: string; before: number; candidate: number }
export type Loss = { taxonId: number; photos: number; before: number; candidate: number }
export type Verdict = {
  /** `loses`: only well-known species speak against it, and a person may say yes. */
  decision: 'accepted' | 'refused' | 'loses'
  /** Sentences for people. */
  reasons: string[]
  /** Well-known species that lose much. */
  losses: Loss[]
  photos: number
  figures: Figure[]
}

const DRAWS = 1000
const CALIBRATION_DRAWS = 200
/** A rank is worse where even the favourable end of its 90 % interval is below this. */
const TOLERATED = -0.005
/** Share of right stops, against the version before. */
const TOLERATED_STOPS = -0.02
/** Right ranks per answer. */
const TOLERATED_DEPTH = -0.1
/** Beyond what perfect calibration would show; and beyond the version before, paired, at the end of the interval. */
const TOLERATED_CALIBRATION = 0.02
const TOLERATED_CALIBRATION_LOSS = 0.01
/** More novelty than before, said of known animals. */
const TOLERATED_NOVELTY = 0.05
const WELL_KNOWN = 20
const TOLERATED_LOSS = 0.1

export type Contest = {
  taxa: readonly TaxonNode[]
  /** Taught to both. */
  train: readonly Photo[]
  heldOut: readonly Photo[]
  before: Statistics
  candidate: Statistics
  rankLevels: RankLevels
}

export function judgeCandidate({ taxa, train, heldOut, before, candidate, rankLevels }: Contest): Verdict {
  const old = answerPhotos(new ClavisMethod(before, taxa, train), heldOut, rankLevels)
  const fresh = answerPhotos(new ClavisMethod(candidate, taxa, train), heldOut, rankLevels)
  return compareAnswers(heldOut, old, fresh, Object.keys(rankLevels))
}

/** Fewer photos by which both were judged prove nothing. */
export const FEWEST_FOR_NETS = 60

/** Two nets by what their trees say of the same photos, each fitted on the same examples. Null: there are too few. */
export function judgeNets(before: KeptAnswers, candidate: KeptAnswers): Verdict | null {
  const common = inCommon(before, candidate)
  if (common.photos.length < FEWEST_FOR_NETS) return null
  return compareAnswers(common.photos, common.before, common.now, candidate.ranks)
}

/** Both answer the held-out photos in their order. */
export function compareAnswers(
  heldOut: readonly Pick<Photo, 'group' | 'taxonId'>[],
  old: readonly Answered[],
  fresh: readonly Answered[],
  rankNames: readonly string[],
): Verdict {
  const reasons: string[] = []
  const figures: Figure[] = []
  const draws = groupDraws(heldOut)
  const note = (what: string, of: (one: Answered) => number) => {
    const figure = { what, before: mean(old.map(of)), candidate: mean(fresh.map(of)) }
    figures.push(figure)
    return figure
  }
  /** The favourable end of the 90 % interval of what the candidate gains. */
  const bestGain = (of: (one: Answered) => number) => {
    const gains = heldOut.map((_, i) => of(fresh[i]!) - of(old[i]!))
    return quantile(
      draws.map((rows) => mean(rows.map((row) => gains[row]!))),
      0.95,
    )
  }
  /** The favourable end for what its calibration loses. */
  const leastError = (rank: string) => {
    const error = (answers: readonly Answered[], rows: readonly number[]) =>
      calibrationError(rows.flatMap((row) => answers[row]!.ranks[rank] ?? []))
    return quantile(
      draws.slice(0, CALIBRATION_DRAWS).map((rows) => error(fresh, rows) - error(old, rows)),
      0.05,
    )
  }
  for (const rank of rankNames) {
    const right = ({ ranks }: Answered) => (ranks[rank]?.right ? 1 : 0)
    if (!old.some(({ ranks }) => ranks[rank])) continue
    const { before, candidate } = note(`${rank} right`, right)
    if (bestGain(right) < TOLERATED)
      reasons.push(`It names the ${rank} right in ${percent(candidate)} instead of ${percent(before)} of the photos.`)
    const ece = calibrationOf(fresh, rank)
    const eceBefore = calibrationOf(old, rank)
    figures.push({ what: `${rank} calibration error`, before: eceBefore.error, candidate: ece.error })
    if (ece.error > ece.floor + TOLERATED_CALIBRATION && leastError(rank) > TOLERATED_CALIBRATION_LOSS)
      reasons.push(
        `Its probabilities of the ${rank} are off by ${percent(ece.error)} instead of ${percent(eceBefore.error)}.`,
      )
  }
  ASKED.forEach((asked, k) => {
    const stopsRight = (answers: readonly Answered[]) => answers.flatMap(({ stops }) => stops[k]?.right ?? [])
    const [now, then] = [stopsRight(fresh), stopsRight(old)]
    figures.push({ what: `right when asked for ${asked}`, before: mean(then), candidate: mean(now) })
    const best = mean(now) + 1.645 * Math.sqrt((asked * (1 - asked)) / Math.max(1, now.length))
    if (now.length > 0 && best < asked && mean(now) < mean(then) + TOLERATED_STOPS)
      reasons.push(`Asked to be right in ${percent(asked)}, it is right in ${percent(mean(now))}.`)
    const depth = ({ stops }: Answered) => (stops[k]?.right ? stops[k].depth : 0)
    const { before, candidate } = note(`right ranks when asked for ${asked}`, depth)
    if (bestGain(depth) < TOLERATED_DEPTH)
      reasons.push(
        `Asked to be right in ${percent(asked)}, it names ${candidate.toFixed(1)} instead of ${before.toFixed(1)} ranks.`,
      )
  })
  const novelty = note('novelty of known animals', (one) => one.novelty)
  if (novelty.candidate > novelty.before + TOLERATED_NOVELTY)
    reasons.push(
      `It takes known animals for new with ${percent(novelty.candidate)} instead of ${percent(novelty.before)}.`,
    )
  const losses = lossesOf(heldOut, old, fresh)
  const decision = reasons.length > 0 ? 'refused' : losses.length > 0 ? 'loses' : 'accepted'
  return { decision, reasons, losses, photos: heldOut.length, figures }
}

function calibrationOf(answers: readonly Answered[], rank: string): { error: number; floor: number } {
  const judged = answers.flatMap(({ ranks }) => ranks[rank] ?? [])
  return { error: calibrationError(judged), floor: calibrationFloor(judged, 1) }
}

/** Draws of whole groups, as rows; every figure uses the same. */
function groupDraws(photos: readonly { group: string }[]): number[][] {
  const byGroup = new Map<string, number[]>()
  photos.forEach(({ group }, i) => {
    byGroup.set(group, [...(byGroup.get(group) ?? []), i])
  })
  const groups = [...byGroup.values()]
  const next = random(1)
  return Array.from({ length: DRAWS }, () => groups.flatMap(() => groups[Math.floor(next() * groups.length)]!))
}

function lossesOf(
  photos: readonly { taxonId: number }[],
  old: readonly Answered[],
  fresh: readonly Answered[],
): Loss[] {
  const byTaxon = new Map<number, number[]>()
  photos.forEach(({ taxonId }, i) => {
    byTaxon.set(taxonId, [...(byTaxon.get(taxonId) ?? []), i])
  })
  return [...byTaxon].flatMap(([taxonId, rows]) => {
    const share = (answers: readonly Answered[]) => mean(rows.map((i) => (answers[i]!.right ? 1 : 0)))
    const loss = { taxonId, photos: rows.length, before: share(old), candidate: share(fresh) }
    return rows.length >= WELL_KNOWN && loss.before - loss.candidate > TOLERATED_LOSS ? [loss] : []
  })
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

/** Everything that speaks against a candidate, losses of species too. `nameOf`: of a taxon. */
export const reasonsFor = ({ reasons, losses }: Verdict, nameOf = (id: number) => `Taxon ${id}`): string[] => [
  ...reasons,
  ...losses.map(
    ({ taxonId, photos, before, candidate }) =>
      `${nameOf(taxonId)} is named right in ${percent(candidate)} instead of ${percent(before)} of ${photos} photos.`,
  ),
]
