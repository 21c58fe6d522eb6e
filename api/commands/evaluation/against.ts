// The same splits with the vectors of another embedder, for example the same net stored otherwise: what is lost or won
// per rank, paired by split.

import { pairedInterval } from '../../../classifiers/evaluation/calibration-error.ts'
import { signed, table } from './tables.ts'

type Difference = { mean: number; low: number; high: number; standardError: number }
/** By rank: the model of the report minus this one. */
export type Against = { model: string; top1: Record<string, Difference>; ece: Record<string, Difference> }

type Splits = readonly Record<string, { top1: number; ece: number }>[]

/** The figures of both by split and rank, of the same splits, at least two. */
export function measureAgainst(own: Splits, { model, bySplit }: { model: string; bySplit: Splits }): Against {
  const differences = (figure: 'top1' | 'ece') =>
    Object.fromEntries(
      Object.keys(own[0]!).map((rank) => [
        rank,
        differenceOf(own.map((split, i) => split[rank]![figure] - bySplit[i]![rank]![figure])),
      ]),
    )
  return { model, top1: differences('top1'), ece: differences('ece') }
}

function differenceOf(values: readonly number[]): Difference {
  const { mean, low, high } = pairedInterval(values)
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
  return { mean, low, high, standardError: Math.sqrt(variance / values.length) }
}

export function againstTable({ model, top1, ece }: Against): string {
  const row = (name: string, byRank: Record<string, Difference>) => [
    name,
    ...Object.values(byRank).map(({ mean, standardError }) => `${signed(mean)} (${standardError.toFixed(4)})`),
  ]
  return table(
    [`minus ${model}, paired by split (standard error)`, ...Object.keys(top1)],
    [row('top-1', top1), row('calibration error', ece)],
  )
}
