// A live tree over the rows of test/support/rows.ts. Errors in its background work are thrown: they fail the test.

import { estimate } from '../../classifiers/fitting/estimate.ts'
import { type Learning, type LearningOptions, openLearning } from '../../classifiers/live/learning.ts'
import type { Statistics } from '../../classifiers/statistics.ts'
import { EMBEDDER } from './rows.ts'

/** What a tree starts from that knows only the length of its embedder's vectors. */
export const emptyReference = (dimensions: number): Statistics =>
  estimate({ taxonomy: [], examples: [], reference: null, dimensions })

export function openTestLearning(
  options: Pick<LearningOptions, 'database' | 'reference'> & Partial<LearningOptions>,
): Promise<Learning> {
  return openLearning({
    embedder: { sha256: EMBEDDER },
    announce: () => {},
    onError: (error) => {
      throw error
    },
    ...options,
  })
}
