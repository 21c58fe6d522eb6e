// Statistics that nobody estimated: what tests and benches choose, and for the rest what a tree has before its first
// estimation.

import { PRIOR_CALIBRATION } from '../../classifiers/fitting/calibration.ts'
import { DEFAULT_CUMULATIVE_SHARE, type Statistics } from '../../classifiers/statistics.ts'
import { NO_THRESHOLDS } from '../../classifiers/thresholds.ts'

/** `between`: the variance between species of each number of a vector. */
export function statisticsOf({ between, ...more }: Partial<Statistics> & Pick<Statistics, 'between'>): Statistics {
  const size = between.length
  return {
    dimensions: size,
    size,
    mean: new Float64Array(more.dimensions ?? size),
    projection: new Float32Array(0),
    between,
    cumulativeShare: DEFAULT_CUMULATIVE_SHARE,
    ...PRIOR_CALIBRATION,
    thresholds: NO_THRESHOLDS,
    examples: 0,
    species: 0,
    moments: null,
    regression: null,
    nearness: null,
    ...more,
  }
}
