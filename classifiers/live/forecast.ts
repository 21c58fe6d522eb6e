// What the tree says about an animal before somebody names it, stored with the statement so that accuracy can be
// measured on it.

import type { Forecast } from '../../db/insight/forecasts.ts'
import type { LiveAnswers } from './answering.ts'

/** The animal's own burst is left out; `taxonId` is what it is about to be named. */
export async function forecastOf(
  answers: Pick<LiveAnswers, 'treeVersion' | 'exampleCount' | 'answer'>,
  embedding: Float32Array,
  { detectionId, taxonId }: { detectionId: number; taxonId: number },
): Promise<Forecast> {
  const treeVersion = answers.treeVersion()
  const examples = answers.exampleCount(taxonId)
  const { path, nearness } = await answers.answer(embedding, { accuracy: null, limit: 1, similar: 0, detectionId })
  return {
    treeVersion,
    examples,
    path: path.map((step) => ({ taxonId: step.taxonId, probability: step.probability })),
    strange: nearness?.strange ?? 0,
  }
}
