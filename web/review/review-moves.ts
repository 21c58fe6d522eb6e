// Moving through a queue: forward, back, to another animal, and through the history. Back retraces the animals passed.

import { type Accessor, createEffect, createMemo, createSignal, on } from 'solid-js'
import type { Action } from '../../api/contract/action.ts'
import { type AnimalFilter, addressOf } from '../filter/filter.ts'
import { notifyFailure } from '../parts/notices.tsx'
import { selectNeighbours } from '../server/alike.ts'
import { identify, identifyMany, redo, undo } from '../teaching/teaching.ts'
import { animalsOf } from './animals-of.ts'
import type { Moves } from './moves.ts'
import type { Queue } from './queue/queue.ts'

export function createMoves(options: {
  filter: Accessor<AnimalFilter>
  queue: Queue
  /** The animal on the screen. */
  current: () => string | undefined
  /** Null opens the first animal of the queue. */
  open: (id: string | null, replace?: boolean) => void
  /** Opens a selection in the grid; Esc there leads back to this animal. */
  openGrid: (selection: string, from: string) => void
  chooseQueue: () => void
  announce: (words: string) => void
}): { moves: Moves; next: () => string | null } {
  const { filter, queue, current, open } = options
  const [trail, setTrail] = createSignal<readonly string[]>([])
  createEffect(
    on(
      createMemo(() => addressOf(filter())),
      () => setTrail([]),
      { defer: true },
    ),
  )

  const next = (but: readonly string[] = []) => queue.ahead().find((d) => !but.includes(d.id))?.id ?? null
  /** Passes the animal on the screen and those decided with it. */
  const goOn = (decided: readonly string[] = []) => {
    const id = current()
    const passing = id === undefined ? decided : [id, ...decided.filter((other) => other !== id)]
    const following = next(passing)
    if (id !== undefined) setTrail([...trail(), id])
    if (passing.length > 0) queue.pass(passing)
    open(following)
  }
  /** Opens the animal that the step changed, if it still exists. */
  const takeStep = async (act: () => Promise<Action | null>, failed: string) => {
    try {
      const action = await act()
      if (action === null) return
      const ids = await animalsOf(action)
      queue.bringBack(ids)
      const id = ids.find((one) => trail().includes(one)) ?? ids[0]
      // The animal of an undone box no longer exists.
      if (id !== undefined) open(id)
      else if (action.detectionIds.includes(current() ?? '')) open(next())
    } catch (error) {
      notifyFailure(failed, error)
    }
  }
  /** Goes on at once. If the service then refuses, a notice offers the way back. */
  const decide: Moves['decide'] = (ids, act, failed) => {
    const id = current()
    goOn(ids)
    act().catch((error: unknown) => {
      queue.bringBack(ids)
      notifyFailure(failed, error, id === undefined ? undefined : { label: 'Back to this photo', act: () => open(id) })
    })
  }

  const moves: Moves = {
    get canGoBack() {
      return trail().length > 0
    },
    open: (id) => open(id),
    later: () => goOn(),
    back() {
      const previous = trail().at(-1)
      if (previous === undefined) return
      setTrail(trail().slice(0, -1))
      queue.bringBack([previous])
      open(previous)
    },
    undo: () => void takeStep(undo, 'This could not be undone'),
    redo: () => void takeStep(redo, 'This could not be redone'),
    chooseQueue: options.chooseQueue,
    showSimilar: (id) => {
      selectNeighbours(id)
        .then((selection) => options.openGrid(selection, id))
        .catch((error: unknown) => notifyFailure('Its neighbours could not be found', error))
    },
    decide,
    announce: options.announce,
    identify: (statement, taxon) => decide([statement.detectionId], () => identify(statement, taxon), 'Not saved'),
    identifyBurst: (ids, taxon, treeVersion) =>
      decide(
        ids,
        async () => {
          const basis = { kind: 'bulk', rank: taxon.rank, treeVersion } as const
          const problems = await identifyMany({ detectionIds: ids, taxonId: taxon.id, basis }, taxon)
          if (problems[0] !== undefined) throw new Error(problems[0])
        },
        'Part of the burst was not saved',
      ),
    leaveDeleted(removed) {
      const [other] = removed.media.detections.filter((d) => d.id !== removed.id)
      queue.pass([removed.id])
      setTrail(trail().filter((id) => id !== removed.id))
      open(other?.id ?? next([removed.id]), true)
    },
  }
  return { moves, next }
}
