// Whether wrong labels are found: labels of whole groups are replaced, everything is fitted on what is then there, and
// the photos are ordered by scores that should put the wrong ones first.

import { estimate } from '../fitting/estimate.ts'
import { doubtLabels, type LabelDoubt, type Labelled, suspicion } from '../labels/doubts.ts'
import { nearRows } from '../labels/near-rows.ts'
import { VOTING_NEIGHBOURS } from '../neighbours/neighbours.ts'
import { random, shuffled } from '../seeded-random.ts'
import { type TaxonNode, Taxonomy } from '../taxonomy.ts'
import { Tree } from '../tree.ts'
import type { Library, Photo } from './methods.ts'
import type { Reuse } from './reuse.ts'

/** `slips`: any other species; `lookAlikes`: always the one with which the species is most confused. */
export type Mistakes = 'slips' | 'lookAlikes'
export type Found = {
  score: string
  /** Share of wrong ones among the first n, where n are wrong. */
  precision: number
  /** Share of the wrong ones that are among the first 2n. */
  recall: number
}
export type WrongLabels = {
  wrong: number
  scores: Found[]
  /** Of labels of another family, how many are among the first 2n by the doubt at families and above. */
  families: { wrong: number; recall: number }
}

const FAMILY_LEVEL = 30

export function findWrongLabels(
  library: Library,
  { mistakes, share, seed }: { mistakes: Mistakes; share: number; seed: number },
  reuse: Reuse,
): WrongLabels {
  const { taxa, photos } = library
  const instead = mistakes === 'slips' ? null : confusedWith(library, reuse)
  const labels = withMistakes(photos, share, seed, instead)
  const given = photos.map((photo, i) => ({ ...photo, taxonId: labels[i]! }))
  const isWrong = photos.map(({ taxonId }, i) => taxonId !== labels[i])
  const { doubts, disagreeing } = doubtsOf(taxa, given, reuse)
  const wrong = isWrong.filter(Boolean).length
  const scores = { ...scoresOf(doubts), 'neighbours that disagree': disagreeing }
  const found = Object.entries(scores).map(([score, values]) => ({ score, ...figuresOf(values, isWrong) }))
  return {
    wrong,
    scores: [...found, confidentLearning(doubts, labels, isWrong)],
    families: familiesOf(doubts, new Taxonomy(taxa), photos, labels),
  }
}

function doubtsOf(taxa: readonly TaxonNode[], photos: readonly Photo[], reuse: Reuse) {
  const statistics = estimate({ taxonomy: taxa, examples: photos, reference: null, alone: true, uncapped: true })
  const tree = new Tree(statistics, taxa)
  const examples: Labelled[] = photos.map(({ taxonId, group, embedding }) => ({
    ...{ taxonId, group },
    vector: reuse.project(statistics, embedding),
  }))
  const values = new Float32Array(examples.length * statistics.size)
  examples.forEach((example, i) => {
    tree.add(example)
    values.set(example.vector, i * statistics.size)
  })
  const near = nearRows(
    { values, size: statistics.size },
    examples.map(({ group }) => group),
    VOTING_NEIGHBOURS,
  )
  const disagreeing = examples.map(({ taxonId }, row) => {
    const voters = [...near.rows.subarray(row * near.k, row * near.k + 10)]
    return voters.filter((other) => examples[other]?.taxonId !== taxonId).length
  })
  return { doubts: doubtLabels(tree, examples), disagreeing }
}

const scoresOf = (doubts: readonly LabelDoubt[]): Record<string, number[]> => ({
  '0.7 log p(best other) - log p(own)': doubts.map(suspicion),
  'log p(best other) - log p(own)': doubts.map(({ doubt }) => doubt),
  'p(best other) - p(own)': doubts.map(({ ownProbability, doubt }) => ownProbability * (Math.exp(doubt) - 1)),
  '1 - p(own)': doubts.map(({ ownProbability }) => 1 - ownProbability),
})

/** Whole groups get another label until so large a share of the photos is wrong. */
function withMistakes(
  photos: readonly Photo[],
  share: number,
  seed: number,
  instead: ReadonlyMap<number, number> | null,
): number[] {
  const next = random(seed + 500)
  const species = [...new Set(photos.map(({ taxonId }) => taxonId))].sort((a, b) => a - b)
  const groups = new Map<string, number[]>()
  photos.forEach(({ group }, i) => {
    groups.set(group, [...(groups.get(group) ?? []), i])
  })
  const labels = photos.map(({ taxonId }) => taxonId)
  let left = Math.round(share * photos.length)
  for (const rows of shuffled([...groups.values()], next)) {
    if (rows.length > left) continue
    const own = photos[rows[0]!]!.taxonId
    const others = species.filter((id) => id !== own)
    const wrong = instead ? instead.get(own) : others[Math.floor(next() * others.length)]
    if (wrong === undefined) continue
    for (const row of rows) labels[row] = wrong
    left -= rows.length
  }
  return labels
}

const confusions = new WeakMap<Library, Map<number, number>>()

/** For each species the one that its photos are most often taken for, by labels that are right. */
function confusedWith(library: Library, reuse: Reuse): Map<number, number> {
  const known = confusions.get(library) ?? mostConfused(library, reuse)
  confusions.set(library, known)
  return known
}

function mostConfused({ taxa, photos }: Library, reuse: Reuse): Map<number, number> {
  const { doubts } = doubtsOf(taxa, photos, reuse)
  const sums = new Map<number, Map<number, number>>()
  photos.forEach(({ taxonId }, i) => {
    const { rivalId, ownProbability, doubt } = doubts[i]!
    if (rivalId === null) return
    const of = sums.get(taxonId) ?? new Map<number, number>()
    sums.set(taxonId, of.set(rivalId, (of.get(rivalId) ?? 0) + ownProbability * Math.exp(doubt)))
  })
  return new Map([...sums].map(([species, of]) => [species, [...of].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]![0]]))
}

function figuresOf(values: readonly number[], isWrong: readonly boolean[]): { precision: number; recall: number } {
  const wrong = isWrong.filter(Boolean).length
  const order = values.map((_, i) => i).sort((a, b) => values[b]! - values[a]! || a - b)
  const among = (most: number) => order.slice(0, most).filter((i) => isWrong[i]).length
  return { precision: among(wrong) / wrong, recall: among(2 * wrong) / wrong }
}

/**
 * Confident learning (Northcutt et al. 2021): a label is an issue where another taxon is at least as probable as photos
 * labelled so are on average. Its `precision` and `recall` are of the whole set, which it does not order.
 */
function confidentLearning(
  doubts: readonly LabelDoubt[],
  labels: readonly number[],
  isWrong: readonly boolean[],
): Found {
  const sums = new Map<number, { sum: number; count: number }>()
  doubts.forEach(({ ownProbability }, i) => {
    const { sum, count } = sums.get(labels[i]!) ?? { sum: 0, count: 0 }
    sums.set(labels[i]!, { sum: sum + ownProbability, count: count + 1 })
  })
  const threshold = (id: number) => {
    const { sum, count } = sums.get(id) ?? { sum: 1, count: 1 }
    return sum / count
  }
  const isIssue = doubts.map(
    ({ rivalId, doubt, ownProbability }) =>
      rivalId !== null && doubt > 0 && ownProbability * Math.exp(doubt) >= threshold(rivalId),
  )
  const flagged = isIssue.filter(Boolean).length
  const right = isIssue.filter((issue, i) => issue && isWrong[i]).length
  return {
    score: 'confident learning (the set)',
    precision: right / Math.max(1, flagged),
    recall: right / isWrong.filter(Boolean).length,
  }
}

function familiesOf(
  doubts: readonly LabelDoubt[],
  taxonomy: Taxonomy,
  photos: readonly Photo[],
  labels: readonly number[],
): WrongLabels['families'] {
  const familyOf = (id: number) => taxonomy.path(id).findLast(({ rankLevel }) => rankLevel >= FAMILY_LEVEL)?.id
  const isWrong = photos.map(({ taxonId }, i) => familyOf(taxonId) !== familyOf(labels[i]!))
  const values = doubts.map(({ nodes }) =>
    Math.max(
      Number.NEGATIVE_INFINITY,
      ...nodes.filter(({ rankLevel }) => rankLevel >= FAMILY_LEVEL).map(({ doubt }) => doubt),
    ),
  )
  const wrong = isWrong.filter(Boolean).length
  return { wrong, recall: wrong === 0 ? 1 : figuresOf(values, isWrong).recall }
}
