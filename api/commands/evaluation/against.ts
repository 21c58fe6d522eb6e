// The same splits with the vectors of another embedder, for example the same net stored otherwise: what is lost or won
// per rank, paired by split.

import { pairedInterval } from '../../../classifiers/evaluation/calibration-error.ts'
import type { Library } from '../../../classifiers/evaluation/methods.ts'
import { UsageError } from '../usage.ts'
import type { Draws } from './draw-pool.ts'
import { measureSplits } from './measure.ts'
import type { Report } from './report.ts'
import { signed, table } from './tables.ts'

type Difference = { mean: number; low: number; high: number; standardError: number }
/** By rank: the model of the report minus this one. */
export type Against = { model: string; top1: Record<string, Difference>; ece: Record<string, Difference> }

/** The report must be one over five splits. */
export async function measureAgainst(
  { bySplit }: Report,
  other: { library: Library; model: { name: string; sha256: string }; draws: Draws },
): Promise<Against> {
  if (bySplit.length < 2) throw new UsageError('Expected --splits 5 together with --against.')
  const theirs = (await measureSplits(other.library, '5', other.model, [], other.draws)).bySplit
  const differences = (figure: 'top1' | 'ece') =>
    Object.fromEntries(
      Object.keys(bySplit[0]!).map((rank) => [
        rank,
        differenceOf(bySplit.map((split, i) => split[rank]![figure] - theirs[i]![rank]![figure])),
      ]),
    )
  return { model: other.model.name, top1: differences('top1'), ece: differences('ece') }
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
