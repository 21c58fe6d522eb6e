// The same splits with the vectors of another embedder, for example the same net stored otherwise: what is lost or won
// per rank, paired by split.

import { pairedInterval } from './calibration-error.ts'

export type Difference = { mean: number; low: number; high: number; standardError: number }
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
