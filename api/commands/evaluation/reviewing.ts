// The learning curves of `npm run eval -- --review`: what the tree knows after so many names, by the order of asking.

import { LABELS, POLICIES, type Policy, type Reviewed } from '../../../classifiers/evaluation/reviewing.ts'
import { mean } from '../../../classifiers/fitting/averages.ts'
import type { Draws } from './draw-pool.ts'
import { fixed, table } from './tables.ts'

export type ReviewCurves = Record<Policy, { labels: number; right: number; error: number; species: number }[]>

export async function measureReviewing(seeds: number, draws: Draws): Promise<ReviewCurves> {
  const all = Array.from({ length: seeds }, (_, seed) => seed)
  const known = await Promise.all([0, 1].slice(0, seeds).map((seed) => draws.run('known', { seed })))
  const curves = await Promise.all(
    POLICIES.map(async (policy) => {
      const runs = await Promise.all(
        all.map((seed) => draws.run('review', { policy, seed }, known[seed % known.length]!)),
      )
      return [
        policy,
        LABELS.map((labels, k) =>
          pointOf(
            labels,
            runs.flatMap((run) => run[k] ?? []),
          ),
        ),
      ] as const
    }),
  )
  // `as`: an entry for each policy.
  return Object.fromEntries(curves) as ReviewCurves
}

function pointOf(labels: number, runs: readonly Reviewed[]): ReviewCurves[Policy][number] {
  const right = mean(runs.map((run) => run.right))
  const squares = runs.reduce((sum, run) => sum + (run.right - right) ** 2, 0)
  const error = Math.sqrt(squares / Math.max(1, runs.length - 1) / runs.length)
  return { labels, right, error, species: mean(runs.map(({ species }) => species)) }
}

export function renderReviewing(curves: ReviewCurves): string {
  return table(
    ['species right after so many names (species met)', ...LABELS.map(String)],
    POLICIES.map((policy) => [
      policy,
      ...curves[policy].map(({ right, error, species }) => `${fixed(right)} ±${fixed(error)} (${fixed(species, 1)})`),
    ]),
  )
}
