// What the judge of boxes looks at, for stored boxes. The numbers of a crop never change: they are whitened by the
// embedder's own reference, which no lesson changes, and kept for as long as the process runs.

import type { Db } from '../../../db/connection/connect.ts'
import type { StoredBox } from '../../../db/photos/judging/box-marks.ts'
import { embeddingsOf } from '../../../db/trees/sample.ts'
import type { BoxFacts } from '../../boxes/judge.ts'
import { NUMBERS } from '../../boxes/look.ts'
import { project, type Statistics } from '../../statistics.ts'

/** About 200 bytes each. */
const MOST_VECTORS = 400_000

/** Reads what is known of these boxes, and gives it for each. */
export type ReadBoxFacts = (boxes: readonly StoredBox[]) => Promise<(box: StoredBox) => BoxFacts>

export function boxFactsReader(of: { db: Db; modelSha256: string; reference: Statistics }): ReadBoxFacts {
  const { db, modelSha256, reference } = of
  const vectors = new Map<number, { boxVersion: number; vector: Float32Array }>()
  const isKept = ({ id, boxVersion }: StoredBox) => vectors.get(id)?.boxVersion === boxVersion
  return async (boxes) => {
    const missing = new Map(boxes.filter((box) => !isKept(box)).map((box) => [box.id, box.boxVersion]))
    if (vectors.size + missing.size > MOST_VECTORS) {
      vectors.clear()
      for (const { id, boxVersion } of boxes) missing.set(id, boxVersion)
    }
    for await (const page of embeddingsOf(db, modelSha256, [...missing.keys()]))
      for (const { detectionId, embedding } of page) {
        const vector = Float32Array.from(project(reference, embedding).subarray(0, NUMBERS))
        vectors.set(detectionId, { boxVersion: missing.get(detectionId)!, vector })
      }
    return ({ id, confidence, bbox, camera }) => ({
      id,
      confidence,
      bbox,
      camera,
      vector: vectors.get(id)?.vector ?? [],
    })
  }
}
