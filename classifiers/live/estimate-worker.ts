// The estimation process: gets one message with a request and sends one with the reply. Estimation takes seconds to
// minutes, so it never runs in the process that answers HTTP.

import { RANK_LEVELS } from '../../db/schema.ts'
import { compareAnswers, type Verdict } from '../evaluation/gate.ts'
import { ClavisMethod } from '../evaluation/methods.ts'
import type { Card } from '../evaluation/versions/card.ts'
import { figuresOfAnswers, type VersionFigures } from '../evaluation/versions/figures.ts'
import { answerPhotos, answersOfFolds } from '../evaluation/versions/judged.ts'
import { type KeptAnswers, keepAnswers } from '../evaluation/versions/kept-answers.ts'
import { type EstimateInput, estimateJudged } from '../fitting/estimate.ts'
import type { Statistics } from '../statistics.ts'
import { decodeStatistics, encodeStatistics } from '../statistics-bytes.ts'

export type EstimateRequest = {
  taxonomy: EstimateInput['taxonomy']
  taxonIds: number[]
  groups: string[]
  detectionIds: number[]
  /** Row after row, `dimensions` numbers each. */
  embeddings: Float32Array
  dimensions: number
  reference: Uint8Array
  /** 1 for each example that the statistics must not be fitted on. */
  heldOut: Uint8Array
  /** The version that answers, where it was not fitted on them either: the new one is compared with it. */
  before: Uint8Array | null
}
export type EstimateReply =
  | {
      statistics: Uint8Array
      verdict: Verdict | null
      judgedBy: Card['judgedBy']
      figures: VersionFigures
      answers: KeptAnswers
    }
  | { error: string }

process.once('disconnect', () => process.exit())
process.on('message', (request: EstimateRequest) => {
  process.send?.(reply(request), () => process.disconnect())
})

function reply(request: EstimateRequest): EstimateReply {
  const { taxonomy, taxonIds, groups, detectionIds, embeddings, dimensions } = request
  try {
    const examples = taxonIds.map((taxonId, i) => ({
      taxonId,
      path: String(i),
      test: request.heldOut[i] === 1,
      group: groups[i]!,
      embedding: embeddings.subarray(i * dimensions, (i + 1) * dimensions),
    }))
    const train = examples.filter(({ test }) => !test)
    const heldOut = examples.flatMap((photo, row) => (photo.test ? [{ ...photo, row }] : []))
    const made = estimateJudged({ taxonomy, examples: train, reference: decodeStatistics(request.reference) })
    const candidate = made.statistics
    const judgedBy = heldOut.length > 0 ? 'heldOut' : 'folds'
    const answersBy = (statistics: Statistics) =>
      answerPhotos(new ClavisMethod(statistics, taxonomy, train), heldOut, RANK_LEVELS)
    const answers =
      judgedBy === 'heldOut'
        ? answersBy(candidate).map((answer) => ({ ...answer, row: heldOut[answer.row]!.row }))
        : answersOfFolds(made.heldOut, train, candidate, taxonomy, RANK_LEVELS)
    const verdict =
      request.before &&
      compareAnswers(heldOut, answersBy(decodeStatistics(request.before)), answers, Object.keys(RANK_LEVELS))
    return {
      statistics: encodeStatistics(candidate, { moments: false }),
      verdict,
      judgedBy,
      figures: figuresOfAnswers(answers, RANK_LEVELS),
      answers: keepAnswers(answers, detectionIds, RANK_LEVELS),
    }
  } catch (error) {
    return { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
  }
}
