// The table of `npm run eval -- --sites`: what an answer gains that knows what was met at its station.

import { KNOWING, type SiteDraw, type SiteFigures, WHO } from '../../../classifiers/evaluation/sites.ts'
import { ASKED } from '../../../classifiers/evaluation/strangers.ts'
import { mean } from '../../../classifiers/fitting/averages.ts'
import type { Draws } from './draw-pool.ts'
import { fixed, table } from './tables.ts'

/** The constants were chosen on the draws before it. */
const FIRST_SEED = 3

export async function measureSites(seeds: number, draws: Draws): Promise<SiteDraw[]> {
  const fitted = await draws.run('column', {})
  return await Promise.all(
    Array.from({ length: seeds }, (_, k) => draws.run('sites', { seed: FIRST_SEED + k }, fitted)),
  )
}

export function renderSites(draws: readonly SiteDraw[]): string {
  const rows = WHO.flatMap((who) =>
    KNOWING.map((knowing) =>
      rowOf(
        `${who}, ${knowing} the place`,
        draws.map((draw) => draw[knowing][who]),
      ),
    ),
  )
  return table(
    [
      'photos at simulated sites',
      'photos',
      'species right',
      'log loss',
      'calibration error',
      'stopped at it, asked 0.8',
      ...ASKED.flatMap((asked) => [`asked ${asked}: stops`, 'right of them']),
    ],
    rows.filter(([, photos]) => photos !== '0'),
  )
}

function rowOf(name: string, figures: readonly SiteFigures[]): string[] {
  const over = (of: (one: SiteFigures) => number) => {
    const values = figures.map(of)
    const center = mean(values)
    const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0)
    const error = Math.sqrt(squares / Math.max(1, values.length - 1) / values.length)
    return values.length > 1 ? `${fixed(center)} ±${fixed(error)}` : fixed(center)
  }
  return [
    name,
    String(figures.reduce((sum, { photos }) => sum + photos, 0)),
    over(({ right }) => right),
    over(({ loss }) => loss),
    over(({ error }) => error),
    over(({ atSpecies }) => atSpecies),
    ...ASKED.flatMap((_, k) => [over(({ stops }) => stops[k]!), over(({ rightStops }) => rightStops[k]!)]),
  ]
}
