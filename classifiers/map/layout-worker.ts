// The process that lays out the map. It gets the tree's statistics, then pages of embeddings, then `end`; it sends its
// progress and the layout. This takes minutes, so it never runs in the process that answers HTTP. It keeps only metric
// vectors, which are a tenth of the embeddings' size.

import { project, type Statistics } from '../statistics.ts'
import { decodeStatistics } from '../statistics-bytes.ts'
import { type Layout, layOut } from './layout.ts'

export type LayoutRequest =
  | { kind: 'begin'; statistics: Uint8Array }
  /** One row after another. */
  | { kind: 'page'; embeddings: Float32Array }
  | { kind: 'end' }
export type LayoutReply =
  | { kind: 'progress'; share: number }
  | ({ kind: 'done' } & Layout)
  | { kind: 'failed'; error: string }

const SEED = 20_261_122
/** More frequent messages would only wake the other side. */
const PROGRESS_MS = 500

let statistics: Statistics | null = null
const pages: Float32Array[] = []
let reportedAt = 0

process.once('disconnect', () => process.exit())
process.on('message', (request: LayoutRequest) => {
  try {
    if (request.kind === 'begin') statistics = decodeStatistics(request.statistics)
    else if (request.kind === 'page') pages.push(metric(request.embeddings))
    else send({ kind: 'done', ...finish() })
  } catch (error) {
    send({ kind: 'failed', error: error instanceof Error ? error.message : String(error) })
  }
})

const send = (reply: LayoutReply) => process.send?.(reply)

function metric(embeddings: Float32Array): Float32Array {
  if (statistics === null) throw new Error('Expected the statistics before the embeddings')
  const { dimensions, size } = statistics
  const rows = embeddings.length / dimensions
  const projected = new Float32Array(rows * size)
  for (let i = 0; i < rows; i++)
    projected.set(project(statistics, embeddings.subarray(i * dimensions, (i + 1) * dimensions)), i * size)
  return projected
}

function finish(): Layout {
  const values = new Float32Array(pages.reduce((sum, page) => sum + page.length, 0))
  let at = 0
  for (const page of pages.splice(0)) {
    values.set(page, at)
    at += page.length
  }
  const onProgress = (share: number) => {
    if (performance.now() - reportedAt < PROGRESS_MS) return
    reportedAt = performance.now()
    send({ kind: 'progress', share })
  }
  return layOut({ values, size: statistics?.size ?? 0 }, { seed: SEED, onProgress })
}
