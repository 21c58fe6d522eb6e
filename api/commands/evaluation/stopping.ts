// The table of `npm run eval -- --stopping`: how many wrong suggestions are said to be left, and how many there are.

import { JUDGED_RANKS, type JudgedRank, STOPS_AT, type Stated } from '../../../classifiers/evaluation/stopping.ts'
import { mean } from '../../../classifiers/fitting/averages.ts'
import type { Draws } from './draw-pool.ts'
import { fixed, table } from './tables.ts'

export async function measureStopping(seeds: number, draws: Draws): Promise<Stated[][]> {
  const known = await Promise.all([0, 1].slice(0, seeds).map((seed) => draws.run('known', { seed })))
  return await Promise.all(
    Array.from({ length: seeds }, (_, seed) => draws.run('stopping', { seed }, known[seed % known.length]!)),
  )
}

export function renderStopping(reviews: readonly Stated[][]): string {
  // `as`: the keys of a constant.
  const ranks = Object.keys(JUDGED_RANKS) as JudgedRank[]
  return ranks
    .map((rank) => {
      const rows = STOPS_AT.map((labels, k) =>
        rowOf(
          String(labels),
          reviews.flatMap((review) => review[k] ?? []),
          rank,
        ),
      )
      return table(
        [`${rank}: after so many names`, 'left', 'drawn', 'said wrong', 'is wrong', 'interval', 'within'],
        [...rows, rowOf('all', reviews.flat(), rank)],
      )
    })
    .join('\n\n')
}

function rowOf(name: string, stated: readonly Stated[], rank: JudgedRank): string[] {
  const said = stated.map(({ ranks }) => ranks[rank])
  const within = said.filter(({ wrong, low, high }) => wrong >= low && wrong <= high).length
  const average = (values: readonly number[]) => fixed(mean(values), 1)
  return [
    name,
    average(stated.map(({ left }) => left)),
    average(stated.map(({ drawn }) => drawn)),
    average(said.map(({ expected }) => expected)),
    average(said.map(({ wrong }) => wrong)),
    `${average(said.map(({ low }) => low))} to ${average(said.map(({ high }) => high))}`,
    `${within} of ${said.length}`,
  ]
}
