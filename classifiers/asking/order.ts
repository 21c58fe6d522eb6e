// Which animals a person should name next, so that the tree learns most from each. While species are missing, the
// animals that the tree is least sure of are poor questions: they are odd ones. So first comes a typical animal of
// each cluster that holds no label, the largest cluster first, then what the tree confuses or finds new. Every tenth
// question is drawn at random, so that what the answers say about the rest is honest.
//
// TypiClust, Hacohen et al. (2022): typical first while labels are few, uncertain later.

import type { VectorRows } from '../labels/near-rows.ts'
import { similarity } from '../statistics.ts'
import { clusterRows, type Metric } from './clusters.ts'

export type Why = 'typical' | 'unsure' | 'new' | 'random'
/** At least this similar in the tree's metric, two animals are said to look alike. */
const ALIKE = 0.8

/** `row`: of the waiting animals; `alike`: how many of its cluster look like it, itself among them. */
export type Question = { row: number; why: Why; alike: number }

export type Waiting = {
  /** Metric vectors of the animals without a label. */
  rows: VectorRows
  groups: readonly string[]
  /** 0..1: of the most probable taxon, and of something new. */
  probabilities: ArrayLike<number>
  novelties: ArrayLike<number>
  /** A random number for each animal, which lasts: the smallest are drawn, so whoever is drawn stays so until named. */
  chances: ArrayLike<number>
}

/** One question in so many is drawn at random. */
export const RANDOM_EVERY = 10
/** The distance to the nearest other animal is measured on so many. */
const MOST_MEASURED = 500

/**
 * `exemplars`: metric vectors of what is labelled; `named`: how many were named before. Every tenth is drawn counted
 * from there, also where a person only ever takes the first question.
 */
export function orderQuestions(
  waiting: Waiting,
  { exemplars, metric, most, named }: { exemplars: VectorRows; metric: Metric; most: number; named: number },
): Question[] {
  const { rows, groups } = waiting
  if (groups.length === 0) return []
  const { of, means, find } = clusterRows(rows, groups, metric)
  const members: number[][] = means.map(() => [])
  of.forEach((cluster, row) => {
    members[cluster]?.push(row)
  })
  const labelled = new Set<number>()
  for (let at = 0; at < exemplars.values.length && labelled.size < means.length; at += exemplars.size)
    labelled.add(find(exemplars.values.subarray(at, at + exemplars.size)))
  const clusterOf = (row: number) => members[of[row]!] ?? [row]
  // The model puts into one cluster what one taxon would explain: that need not look alike.
  const vector = (row: number) => rows.values.subarray(row * rows.size, (row + 1) * rows.size)
  const alike = (row: number) =>
    clusterOf(row).filter((other) => other === row || similarity(vector(row), vector(other)) >= ALIKE).length
  const typical = typicalOf(rows, of, means).filter((_, cluster) => !labelled.has(cluster))
  typical.sort((a, b) => clusterOf(b).length - clusterOf(a).length || a - b)
  const isNew = (row: number) => waiting.novelties[row]! > 0.5
  const doubts = Float64Array.from(groups, (_, row) => waiting.probabilities[row]! - waiting.novelties[row]!)
  const doubtful = groups.map((_, row) => row).sort((a, b) => doubts[a]! - doubts[b]! || a - b)
  const spread = new Spread(rows, groups)
  const questions: Question[] = []
  const ask = (row: number, why: Why) => questions.push({ row, why, alike: alike(row) })
  const byChance = groups.map((_, row) => row).sort((a, b) => waiting.chances[a]! - waiting.chances[b]! || a - b)
  const drawNext = () => byChance.find((row) => spread.take(row, { near: true }))
  const candidates: [row: number, why: Why][] = [
    ...typical.map((row): [number, Why] => [row, 'typical']),
    ...doubtful.map((row): [number, Why] => [row, isNew(row) ? 'new' : 'unsure']),
  ]
  for (const [row, why] of candidates) {
    if ((named + questions.length) % RANDOM_EVERY === RANDOM_EVERY - 1) {
      const chance = drawNext()
      if (chance !== undefined) ask(chance, 'random')
    }
    if (questions.length >= most) break
    if (spread.take(row)) ask(row, why)
  }
  return questions
}

/** For each cluster the row that is nearest to its mean. */
function typicalOf({ values, size }: VectorRows, of: Int32Array, means: readonly Float64Array[]): number[] {
  const found = means.map(() => ({ row: -1, similarity: -1 }))
  of.forEach((cluster, row) => {
    const best = found[cluster]
    if (!best) return
    const near = similarity(values.subarray(row * size, (row + 1) * size), means[cluster]!)
    if (near > best.similarity) found[cluster] = { row, similarity: near }
  })
  return found.map(({ row }) => row)
}

/** Keeps what is asked apart: no two of one group, none nearer to each other than animals usually are. */
class Spread {
  readonly #rows: VectorRows
  readonly #groups: readonly string[]
  readonly #usual: number
  readonly #taken: number[] = []
  readonly #takenRows = new Set<number>()
  readonly #takenGroups = new Set<string>()

  constructor(rows: VectorRows, groups: readonly string[]) {
    this.#rows = rows
    this.#groups = groups
    this.#usual = this.#usualSimilarity()
  }

  /** False where it is too near to something that is taken. `near`: only the same animal twice is too near. */
  take(row: number, { near = false } = {}): boolean {
    if (this.#takenRows.has(row)) return false
    if (!near) {
      if (this.#takenGroups.has(this.#groups[row]!)) return false
      if (this.#taken.some((other) => this.#similarity(row, other) > this.#usual)) return false
    }
    this.#taken.push(row)
    this.#takenRows.add(row)
    this.#takenGroups.add(this.#groups[row]!)
    return true
  }

  /** The median over animals of the similarity to the most similar one of another group. */
  #usualSimilarity(): number {
    const step = Math.ceil(this.#groups.length / MOST_MEASURED)
    const measured = this.#groups.map((_, row) => row).filter((row) => row % step === 0)
    const nearest = measured.map((row) => {
      let most = 0
      for (const other of measured)
        if (this.#groups[other] !== this.#groups[row]) most = Math.max(most, this.#similarity(row, other))
      return most
    })
    return nearest.sort((a, b) => a - b)[nearest.length >> 1]!
  }

  #similarity(a: number, b: number): number {
    const { values, size } = this.#rows
    return similarity(values.subarray(a * size, (a + 1) * size), values.subarray(b * size, (b + 1) * size))
  }
}
