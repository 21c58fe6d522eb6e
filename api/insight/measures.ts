// How good suggestions were. Forecasts, which are the tree's answers before people named the animal, are compared with
// what the animals teach now: accuracy per rank with a reliability curve, and accuracy by how many examples the tree
// had of the taxon.

import type { MeasuredForecast } from '../../db/insight/forecasts.ts'
import { RANKS } from '../../db/schema.ts'
import type { AccuracyInsight, LearningInsight } from '../contract/insight.ts'
import type { Taxon } from '../contract/taxon.ts'

type Rank = Taxon['rank']
const RELIABILITY_BINS = 10
/** Numbers of examples, from … to. They double, because accuracy grows with their ratio. */
const STEPS: readonly (readonly [from: number, to: number | null])[] = [
  [0, 0],
  [1, 1],
  [2, 3],
  [4, 7],
  [8, 15],
  [16, 31],
  [32, 63],
  [64, 127],
  [128, null],
]
/** A curve of fewer forecasts is noise: the interval of 20 answers is still 0.4 wide. */
const ENOUGH = 20
/** Forecasts that a step of the curve needs to predict anything. */
const ENOUGH_OF_STEP = 5
const MOST_TAXA = 100

/** A forecast at one rank, and whether it was right. */
type Judged = {
  detectionId: number
  rank: Rank
  right: boolean
  /** Null: the answer did not reach this rank. */
  probability: number | null
}
type Named = { detectionId: number; taxon: Taxon; examples: number; right: boolean }

type Taxa = {
  /** The public taxon with its path; null when it is gone. */
  taxon(id: number): Taxon | null
  /** Merged taxa, and the taxa that they were merged into. */
  merged: ReadonlyMap<number, number>
}

type Step = { id: string; rank: Rank }

function pathOf(taxa: Taxa, id: number): { taxon: Taxon; path: Step[] } | null {
  let now = id
  for (let into = taxa.merged.get(now); into !== undefined; into = taxa.merged.get(now)) now = into
  const taxon = taxa.taxon(now)
  return taxon && { taxon, path: [...taxon.path, taxon] }
}

/**
 * Judges every rank that the named taxon has. What lies above the forecast's last step follows from the present
 * taxonomy.
 */
export function judge(forecasts: readonly MeasuredForecast[], taxa: Taxa): { judged: Judged[]; named: Named[] } {
  const judged: Judged[] = []
  const named: Named[] = []
  for (const forecast of forecasts) {
    const truth = pathOf(taxa, forecast.taxonId)
    const last = forecast.path.at(-1)
    if (truth === null || last === undefined) continue
    const said = pathOf(taxa, last.taxonId)?.path ?? []
    const probabilities = new Map<string, number>()
    for (const { taxonId, probability } of forecast.path) {
      const id = pathOf(taxa, taxonId)?.taxon.id
      if (id !== undefined) probabilities.set(id, probability)
    }
    const { detectionId, examples } = forecast
    for (const { id, rank } of truth.path) {
      const answer = said.find((step) => step.rank === rank)
      const right = answer?.id === id
      judged.push({ detectionId, rank, right, probability: answer ? (probabilities.get(answer.id) ?? null) : null })
    }
    named.push({ detectionId, taxon: truth.taxon, examples, right: said.some((step) => step.id === truth.taxon.id) })
  }
  return { judged, named }
}

/** The 95 % Wilson score interval of a share (Wilson 1927). */
export function interval(right: number, count: number): { low: number; high: number } {
  if (count === 0) return { low: 0, high: 1 }
  const z = 1.959964
  const share = right / count
  const scale = 1 + (z * z) / count
  const center = (share + (z * z) / (2 * count)) / scale
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count))
  return { low: Math.max(0, center - half), high: Math.min(1, center + half) }
}

function measure(answers: readonly { right: boolean }[]) {
  const right = answers.filter((answer) => answer.right).length
  return { count: answers.length, right, ...interval(right, answers.length) }
}

export function accuracyOf(judged: readonly Judged[], facts: { forecasts: number; leftOut: boolean }): AccuracyInsight {
  const ranks: AccuracyInsight['ranks'] = []
  const reliability: AccuracyInsight['reliability'] = []
  for (const rank of RANKS) {
    const answers = judged.filter((answer) => answer.rank === rank)
    if (answers.length === 0) continue
    const sure = answers.flatMap(({ probability, right }) => (probability === null ? [] : [{ probability, right }]))
    const bins = Array.from({ length: RELIABILITY_BINS }, (_, bin) => {
      const inside = sure.filter(({ probability }) => binOf(probability) === bin)
      const meanProbability = inside.reduce((sum, { probability }) => sum + probability, 0) / (inside.length || 1)
      const from = bin / RELIABILITY_BINS
      return { from, to: (bin + 1) / RELIABILITY_BINS, ...measure(inside), meanProbability }
    }).filter((bin) => bin.count > 0)
    const off = bins.reduce((sum, bin) => sum + Math.abs(bin.right - bin.count * bin.meanProbability), 0)
    ranks.push({
      rank,
      ...measure(answers),
      said: sure.length,
      calibrationError: sure.length === 0 ? null : off / sure.length,
    })
    reliability.push({ rank, bins })
  }
  return { ...facts, ranks, reliability }
}

const binOf = (probability: number): number =>
  Math.min(RELIABILITY_BINS - 1, Math.floor(probability * RELIABILITY_BINS + 1e-6))

const inStep = ([from, to]: readonly [number, number | null], examples: number) =>
  examples >= from && (to === null || examples <= to)

const curveOf = (named: readonly Named[]) =>
  STEPS.map((step) => {
    const inside = named.filter(({ examples }) => inStep(step, examples))
    return { from: step[0], to: step[1], ...measure(inside) }
  })

/** `everything`: the forecasts of the whole installation, whose curve says what more examples would do. */
export function learningOf(
  named: readonly Named[],
  everything: readonly Named[],
  facts: { leftOut: boolean; examplesOf(taxonId: number): number },
): LearningInsight {
  const common = curveOf(everything)
  const accuracyAt = (examples: number) => {
    const step = common.find(({ from, to }) => inStep([from, to], examples))
    return step && step.count >= ENOUGH_OF_STEP ? step.right / step.count : null
  }
  const byTaxon = new Map<string, Named[]>()
  for (const one of named) {
    const list = byTaxon.get(one.taxon.id)
    if (list) list.push(one)
    else byTaxon.set(one.taxon.id, [one])
  }
  const taxa = [...byTaxon.values()]
    .sort((a, b) => b.length - a.length || a[0]!.taxon.name.localeCompare(b[0]!.taxon.name, 'en'))
    .slice(0, MOST_TAXA)
    .map((list) => {
      const { taxon } = list[0]!
      const examples = facts.examplesOf(Number(taxon.id))
      const twice = Math.max(1, 2 * examples)
      const accuracyNow = accuracyAt(examples)
      const accuracyThen = accuracyAt(twice)
      const next = accuracyNow === null || accuracyThen === null ? null : { examples: twice, accuracyNow, accuracyThen }
      return { taxon, examples, ...measure(list), curve: curveOf(list).filter((step) => step.count > 0), next }
    })
  const enough = named.filter(({ examples }) => examples > 0).length >= ENOUGH
  return { forecasts: named.length, leftOut: facts.leftOut, enough, curve: curveOf(named), taxa }
}

/** The detections behind one bar of the accuracy or learning charts. */
export function behindBar(
  { judged, named }: { judged: readonly Judged[]; named: readonly Named[] },
  bar: {
    rank?: Rank
    right?: boolean
    probability?: { from: number; to: number }
    examples?: { from: number; to: number | null }
  },
): number[] {
  const examples = bar.examples
  const withExamples =
    examples === undefined
      ? null
      : new Set(named.filter((one) => inStep([examples.from, examples.to], one.examples)).map((one) => one.detectionId))
  const isRight = (one: { right: boolean }) => bar.right === undefined || one.right === bar.right
  const chosen =
    bar.rank === undefined
      ? named.filter(isRight)
      : judged.filter(
          (one) =>
            one.rank === bar.rank &&
            isRight(one) &&
            (bar.probability === undefined ||
              (one.probability !== null &&
                binOf(one.probability) >= binOf(bar.probability.from) &&
                (bar.probability.to >= 1 || binOf(one.probability) < binOf(bar.probability.to)))),
        )
  return chosen.map((one) => one.detectionId).filter((id) => withExamples === null || withExamples.has(id))
}
