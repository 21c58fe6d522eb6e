// The tables of `npm run eval -- --wrong-labels`: how well planted wrong labels are found, by score.

import type { Mistakes, WrongLabels } from '../../../classifiers/evaluation/wrong-labels.ts'
import { mean } from '../../../classifiers/fitting/averages.ts'
import type { Draws } from './draw-pool.ts'
import { fixed, table } from './tables.ts'

const SHARE = 0.05
const MISTAKES: Mistakes[] = ['slips', 'lookAlikes']
const WORDS: Record<Mistakes, string> = { slips: 'random slips', lookAlikes: 'look-alike errors' }

export type WrongLabelFigures = Record<Mistakes, WrongLabels[]>

export async function measureWrongLabels(seeds: number, draws: Draws): Promise<WrongLabelFigures> {
  const measured = await Promise.all(
    MISTAKES.map(async (mistakes) => {
      const all = Array.from({ length: seeds }, (_, seed) => draws.run('wrongLabels', { mistakes, share: SHARE, seed }))
      return [mistakes, await Promise.all(all)] as const
    }),
  )
  // `as`: an entry for each kind of mistake.
  return Object.fromEntries(measured) as WrongLabelFigures
}

export function renderWrongLabels(figures: WrongLabelFigures): string {
  return MISTAKES.map((mistakes) => {
    const runs = figures[mistakes]
    const scores = runs[0]!.scores.map(({ score }, s) => [
      score,
      fixed(mean(runs.map((run) => run.scores[s]!.precision))),
      fixed(mean(runs.map((run) => run.scores[s]!.recall))),
    ])
    const family = [
      'wrong families, by the doubt at families',
      '',
      fixed(mean(runs.map(({ families }) => families.recall))),
    ]
    return table(
      [`${SHARE * 100} % ${WORDS[mistakes]}`, 'right among the first n flags', 'found in 2n'],
      [...scores, family],
    )
  }).join('\n\n')
}
