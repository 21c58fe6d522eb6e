// The properties that all charts of the dashboard share, and sentences that several of them use.

import type { Opener } from '../../charts/open.ts'
import type { InsightFilter } from '../../server/insight.ts'

export type ChartProps = { filter: InsightFilter; opener: Opener }
export type FilteringChartProps = ChartProps & { onFilter: (filter: InsightFilter) => void }

export const noAnimals = ({ animals }: { animals: number }): string | null =>
  animals === 0 ? 'No animals match this filter.' : null
