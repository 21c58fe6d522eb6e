// What `npm run eval` measures instead of accuracy, each by its own option with a number of seeds.

import { UsageError } from '../usage.ts'
import type { Draws } from './draw-pool.ts'
import { measureReviewing, renderReviewing } from './reviewing.ts'
import { measureSites, renderSites } from './sites.ts'
import { measureStopping, renderStopping } from './stopping.ts'
import { measureUnknownClusters, renderUnknownClusters } from './unknown-clusters.ts'
import { measureWrongLabels, renderWrongLabels } from './wrong-labels.ts'

type Measured = { key: string; figures: unknown; text: string }

const INSTEAD = {
  review: async (seeds: number, draws: Draws): Promise<Measured> => {
    const figures = await measureReviewing(seeds, draws)
    return { key: 'reviewing', figures, text: renderReviewing(figures) }
  },
  stopping: async (seeds: number, draws: Draws): Promise<Measured> => {
    const figures = await measureStopping(seeds, draws)
    return { key: 'stopping', figures, text: renderStopping(figures) }
  },
  sites: async (seeds: number, draws: Draws): Promise<Measured> => {
    const figures = await measureSites(seeds, draws)
    return { key: 'sites', figures, text: renderSites(figures) }
  },
  'unknown-clusters': async (seeds: number, draws: Draws): Promise<Measured> => {
    const figures = await measureUnknownClusters(seeds, draws)
    return { key: 'unknownClusters', figures, text: renderUnknownClusters(figures) }
  },
  'wrong-labels': async (seeds: number, draws: Draws): Promise<Measured> => {
    const figures = await measureWrongLabels(seeds, draws)
    return { key: 'wrongLabels', figures, text: renderWrongLabels(figures) }
  },
}
type Option = keyof typeof INSTEAD
const OPTIONS = Object.keys(INSTEAD) as Option[] // the keys of a constant

export const SEEDED_OPTIONS = Object.fromEntries(OPTIONS.map((name) => [name, { type: 'string' }])) as Record<
  Option,
  { type: 'string' }
> // an entry for each of its own keys

/** The first of these options that is given; null: none is. Throws UsageError where its seeds are no number. */
export function measureInstead(values: Partial<Record<Option, string>>): ((draws: Draws) => Promise<Measured>) | null {
  const option = OPTIONS.find((name) => values[name] !== undefined)
  if (option === undefined) return null
  const text = values[option]!
  if (!/^[1-9]\d?$/.test(text)) throw new UsageError(`Expected a number of seeds for --${option} but received ${text}.`)
  return (draws) => INSTEAD[option](Number(text), draws)
}
