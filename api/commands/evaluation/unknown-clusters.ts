// The table of `npm run eval -- --unknown-clusters`: how well species that the tree does not know fall apart.

import type { Clustering } from '../../../classifiers/evaluation/unknown-clusters.ts'
import { mean } from '../../../classifiers/fitting/averages.ts'
import type { Draws } from './draw-pool.ts'
import { fixed, table } from './tables.ts'

export async function measureUnknownClusters(seeds: number, draws: Draws): Promise<Clustering[][]> {
  return await Promise.all(Array.from({ length: seeds }, (_, seed) => draws.run('unknownClusters', { seed })))
}

export function renderUnknownClusters(runs: readonly Clustering[][]): string {
  const average = (m: number, of: (one: Clustering) => number) => mean(runs.map((run) => of(run[m]!)))
  return table(
    ['11 species held out', 'ARI', 'V', 'purity', 'clusters'],
    runs[0]!.map(({ method }, m) => [
      method,
      fixed(average(m, (one) => one.ari)),
      fixed(average(m, (one) => one.v)),
      fixed(average(m, (one) => one.purity)),
      fixed(
        average(m, (one) => one.clusters),
        1,
      ),
    ]),
  )
}
