// The photos around each photo, from rows: the sample without a label as it is now, and the embeddings that surroundings lack.

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Db } from '../../db/connection/connect.ts'
import { embeddingsOf, unlabelledSample } from '../../db/trees/sample.ts'
import { SIZES } from '../sample.ts'
import type { LiveTree } from './live-tree.ts'

/** Reads which photos the sample holds now; examples are known from lessons. */
export async function followSample(db: Db, modelSha256: string, live: LiveTree): Promise<void> {
  if (!live.surroundings) return
  live.see(await unlabelledSample(db, modelSha256, SIZES.unlabelled))
  await fillSurroundings(db, modelSha256, live)
  await live.surroundings.settle(() => nextTurn())
}

/** When it is done, the next look lacks nothing: call that before anything is awaited. */
export async function fillSurroundings(db: Db, modelSha256: string, { surroundings }: LiveTree): Promise<void> {
  if (!surroundings) return
  for (let missing = surroundings.missing(); missing.length > 0; missing = surroundings.missing()) {
    const left = new Set(missing)
    for await (const page of embeddingsOf(db, modelSha256, missing)) {
      for (const { detectionId, embedding } of page) {
        surroundings.give(detectionId, embedding)
        left.delete(detectionId)
      }
    }
    // Removed since it was listed; a lesson or the next sample says so too.
    for (const id of left) surroundings.remove(id)
  }
}
