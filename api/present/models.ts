// Models as answers name them.

import type { Models } from '../../indexer/models/models.ts'

/** The two models in use. */
export function modelReferences({ models }: { models: Pick<Models, 'detector' | 'embedder'> }) {
  const { detector, embedder } = models
  return {
    detector: { name: detector.name, sha256: detector.sha256 },
    embedder: { name: embedder.name, sha256: embedder.sha256 },
  }
}
