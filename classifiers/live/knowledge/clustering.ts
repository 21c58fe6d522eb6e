// Keeps the cards of unknown animals, in the background: animals that fit no known taxon are clustered again when there
// are others than last time, or another version. Cards keep their ids, and what people joined or split stays together.

import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  cardsBefore,
  lockUnknowns,
  putUnknownCards,
  type UnknownAnimal,
  unknownAnimals,
} from '../../../db/statements/unknown-cards.ts'
import { hash } from '../../fitting/folds.ts'
import { type Background, openBackground, thenRest } from '../background.ts'
import type { ToFindCards } from './knowledge-thread.ts'
import { type KnowledgeSources, openVectorThread } from './vector-thread.ts'

/** Fewer unknown animals are soon named one by one. */
const FEWEST_ANIMALS = 10
/** Of more, the newest: they take the thread minutes. */
const MOST_ANIMALS = 20_000
const QUIET_MS = 5000
/** After each computation it rests this many times as long as that took. */
const REST = 5

export type Clustering = Background & {
  /** Whether cards are being worked out. */
  isWorking(): boolean
}

export function openClustering({ db, modelSha256, liveTree, onError }: KnowledgeSources): Clustering {
  const thread = openVectorThread(db, modelSha256)
  let done = ''
  let isWorking = false

  async function findCards(signal: AbortSignal): Promise<void> {
    const all: UnknownAnimal[] = []
    for await (const page of unknownAnimals(db, modelSha256)) {
      all.push(...page)
      await nextTurn()
    }
    const animals = all.slice(-MOST_ANIMALS)
    const before = await cardsBefore(db, modelSha256)
    if (signal.aborted || (animals.length < FEWEST_ANIMALS && before.length === 0)) return
    const live = liveTree()
    const ids = animals.map(({ detectionId }) => detectionId)
    const asked = `${live.version} ${hash(ids.join())} ${hash(JSON.stringify(before))}`
    if (asked === done) return
    isWorking = true
    const request: ToFindCards = {
      ids,
      groups: animals.map(({ groupKey }) => groupKey),
      cameras: animals.map(({ camera }) => camera),
      before,
      taxa: [...live.taxa.values()].map(({ id, parentId, rankLevel }) => ({ id, parentId, rankLevel })),
      examples: [...live.exemplars()].map(({ taxonId, groupKey, vector }) => ({ taxonId, group: groupKey, vector })),
    }
    const cards = await thread.ask('findCards', { live, animals, request, signal })
    if (cards === null || signal.aborted) return
    await db.transaction(async (tx) => {
      await lockUnknowns(tx)
      // A person may have joined or split cards meanwhile: then the next pass begins from there.
      if (JSON.stringify(await cardsBefore(tx, modelSha256)) !== JSON.stringify(before)) return
      await putUnknownCards(
        tx,
        modelSha256,
        cards.map(({ nearest, ...card }) => ({
          ...card,
          nearestId: nearest?.taxonId ?? null,
          nearestSimilarity: nearest?.similarity ?? null,
        })),
      )
    })
    done = `${live.version} ${hash(ids.join())} ${hash(JSON.stringify(await cardsBefore(db, modelSha256)))}`
  }

  const background = openBackground({
    db,
    doing: 'clustering unknown animals',
    quietMs: QUIET_MS,
    pass: thenRest(REST, async (signal) => {
      try {
        await findCards(signal)
      } finally {
        isWorking = false
      }
    }),
    onError,
    onClosed: thread.close,
  })
  return { ...background, isWorking: () => isWorking }
}
