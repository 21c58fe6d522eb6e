// Fills the surroundings from rows: the present sample of photos without a label, and the embeddings that are missing.

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Db } from '../../db/connection/connect.ts'
import { embeddingsOf, nothingSample, unlabelledSample } from '../../db/trees/sample.ts'
import { SIZES } from '../surroundings/sample.ts'
import type { LiveTree } from './live-tree.ts'

/** At most so many boxes that are known to be no animal are compared with a photo. */
const NOTHINGS = 128

/**
 * Reads the present sample; examples come from lessons. `settle` false: the work for the next look is left to
 * `fillSurroundings`. With 100,000 examples that takes seconds.
 */
export async function followSample(db: Db, modelSha256: string, live: LiveTree, settle = true): Promise<void> {
  if (!live.surroundings) return
  const unlabelled = await unlabelledSample(db, modelSha256, SIZES.unlabelled)
  live.setSample([...unlabelled, ...(await nothingSample(db, modelSha256, NOTHINGS))])
  if (settle) await fillSurroundings(db, modelSha256, live)
  else await readMissing(db, modelSha256, live)
}

/**
 * Afterwards the next look misses no embedding and has little to do, until something is awaited. Other requests are
 * answered meanwhile.
 */
export async function fillSurroundings(db: Db, modelSha256: string, live: LiveTree): Promise<void> {
  await readMissing(db, modelSha256, live)
  await live.surroundings?.settle(() => nextTurn())
  await readMissing(db, modelSha256, live)
}

async function readMissing(db: Db, modelSha256: string, { surroundings }: LiveTree): Promise<void> {
  if (!surroundings) return
  for (let missing = surroundings.missing(); missing.length > 0; missing = surroundings.missing()) {
    const left = new Set(missing)
    for await (const page of embeddingsOf(db, modelSha256, missing)) {
      for (const { detectionId, embedding } of page) {
        surroundings.give(detectionId, embedding)
        left.delete(detectionId)
      }
    }
    // Removed since they were listed, as a lesson or the next sample will also say.
    for (const id of left) surroundings.remove(id)
  }
}
