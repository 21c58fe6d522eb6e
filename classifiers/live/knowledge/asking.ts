// Keeps the list of animals that a person should name next, in the background: after every change it is chosen again
// from all waiting animals, in a thread. Every process does this; all would choose the same.

import { setImmediate as nextTurn } from 'node:timers/promises'
import { replaceQuestions, type WaitingAnimal, waitingAnimals } from '../../../db/photos/questions.ts'
import { type Background, openBackground, thenRest } from '../background.ts'
import type { LiveTree } from '../live-tree.ts'
import type { Choice } from './knowledge-thread.ts'
import { type KnowledgeSources, openVectorThread } from './vector-thread.ts'

/** A person names a few hundred in a sitting; by then the list has been chosen again many times. */
const MOST_QUESTIONS = 500
/** Fewer animals are soon named, in whatever order. */
const FEWEST_WAITING = 20
/** Several lessons share one choice. */
const QUIET_MS = 2000
/** After each choice it rests this many times as long as that took. */
const REST = 3

/** `lessons`: what was learned so far seeds the random questions. */
export function openAsking(sources: KnowledgeSources, lessons: () => number): Background {
  const { db, modelSha256, liveTree, onError } = sources
  const thread = openVectorThread(db, modelSha256)

  async function chooseAll(signal: AbortSignal): Promise<void> {
    const waiting: WaitingAnimal[] = []
    for await (const page of waitingAnimals(db, modelSha256)) {
      waiting.push(...page)
      await nextTurn()
    }
    if (signal.aborted) return
    if (waiting.length < FEWEST_WAITING) return await replaceQuestions(db, [])
    const live = liveTree()
    const request: Choice = {
      ids: waiting.map(({ detectionId }) => detectionId),
      groups: waiting.map(({ groupKey }) => groupKey),
      probabilities: Float64Array.from(waiting, ({ probability }) => probability),
      novelties: Float64Array.from(waiting, ({ novelty }) => novelty),
      exemplars: exemplarRows(live),
      most: MOST_QUESTIONS,
      seed: lessons(),
    }
    const questions = await thread.ask('choose', { live, animals: waiting, request, signal })
    if (questions === null || signal.aborted) return
    await replaceQuestions(
      db,
      questions.map(({ id, why, alike }) => ({ detectionId: id, why, alike })),
    )
  }

  return openBackground({
    db,
    doing: 'choosing what to name next',
    quietMs: QUIET_MS,
    pass: thenRest(REST, chooseAll),
    onError,
    onClosed: thread.close,
  })
}

function exemplarRows(live: LiveTree): Choice['exemplars'] {
  const { size } = live.statistics
  const values = new Float32Array(live.examples * size)
  let at = 0
  for (const { vector } of live.exemplars()) {
    values.set(vector, at)
    at += size
  }
  return { values, size }
}
