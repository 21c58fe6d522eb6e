// What a change taught the tree, seen from one animal. In: the animal, the taxon that matters, the change. Out: the change's result,
// and the probabilities down to that taxon before it and after, when the tree knows it.

import { getEmbedding } from '../../db/trees/models.ts'
import type { Learned } from '../contract/action.ts'
import { presentSteps } from '../present/answers.ts'
import type { Service } from '../service.ts'

export type Look = { detectionId: number; taxonId: number }

/** `change` is handed the animal's embedding, for those who ask more of it before it is done. */
export async function withLearned<T>(
  service: Service,
  at: Look | null,
  change: (embedding: Float32Array | null) => Promise<T>,
): Promise<{ result: T; learned: Learned }> {
  const { models, learning } = service
  const embedding = at && (await getEmbedding(service.db, models.embedder.sha256, at.detectionId))
  const look = async (): Promise<Learned['before']> =>
    at === null || embedding === null
      ? []
      : await presentSteps(service, await learning.probabilities(embedding, at.taxonId, at.detectionId))
  const before = await look()
  const result = await change(embedding)
  const startedAt = performance.now()
  await learning.sync()
  const ms = Math.round((performance.now() - startedAt) * 10) / 10
  return { result, learned: { before, after: await look(), treeVersion: learning.treeVersion(), ms } }
}
