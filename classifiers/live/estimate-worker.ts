// The estimation process: gets one message with a request and sends one with the reply. Estimation takes seconds to
// minutes, so it never runs in the process that answers HTTP.

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
}
export type EstimateReply = { statistics: Uint8Array } | { error: string }

process.once('disconnect', () => process.exit())
process.on('message', (request: EstimateRequest) => {
  process.send?.(reply(request), () => process.disconnect())
})

function reply({ taxonomy, taxonIds, groups, embeddings, dimensions, reference }: EstimateRequest): EstimateReply {
  try {
    const examples = taxonIds.map((taxonId, i) => ({
      taxonId,
      group: groups[i]!,
      embedding: embeddings.subarray(i * dimensions, (i + 1) * dimensions),
    }))
    const statistics = estimate({ taxonomy, examples, reference: decodeStatistics(reference) })
    return { statistics: encodeStatistics(statistics, { moments: false }) }
  } catch (error) {
    return { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
  }
}
