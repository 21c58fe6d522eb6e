// The estimation process: gets one message with a request and sends one with the reply. Estimation takes seconds to
// minutes, so it never runs in the process that answers HTTP.

import { RANK_LEVELS } from '../../db/schema.ts'
import { judgeCandidate, type Verdict } from '../evaluation/gate.ts'
import { type EstimateInput, estimate } from '../fitting/estimate.ts'
import { decodeStatistics, encodeStatistics } from '../statistics-bytes.ts'

export type EstimateRequest = {
  taxonomy: EstimateInput['taxonomy']
  taxonIds: number[]
  groups: string[]
  /** Row after row, `dimensions` numbers each. */
  embeddings: Float32Array
  dimensions: number
  reference: Uint8Array
  /** 1 for each example that the statistics must not be fitted on. */
  heldOut: Uint8Array
  /** The version that answers, where it was not fitted on them either: the new one is compared with it. */
  before: Uint8Array | null
}
export type EstimateReply = { statistics: Uint8Array; verdict: Verdict | null } | { error: string }

process.once('disconnect', () => process.exit())
process.on('message', (request: EstimateRequest) => {
  process.send?.(reply(request), () => process.disconnect())
})

function reply(request: EstimateRequest): EstimateReply {
  const { taxonomy, taxonIds, groups, embeddings, dimensions, heldOut } = request
  try {
    const examples = taxonIds.map((taxonId, i) => ({
      taxonId,
      path: String(i),
      test: heldOut[i] === 1,
      group: groups[i]!,
      embedding: embeddings.subarray(i * dimensions, (i + 1) * dimensions),
    }))
    const train = examples.filter(({ test }) => !test)
    const candidate = estimate({ taxonomy, examples: train, reference: decodeStatistics(request.reference) })
    const verdict =
      request.before &&
      judgeCandidate({
        ...{ taxa: taxonomy, train, candidate, rankLevels: RANK_LEVELS },
        heldOut: examples.filter(({ test }) => test),
        before: decodeStatistics(request.before),
      })
    return { statistics: encodeStatistics(candidate, { moments: false }), verdict }
  } catch (error) {
    return { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
  }
}
