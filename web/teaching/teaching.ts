// Teaching, marking and taking back. In: what a person does to a detection. Out: what was learned from the last step. The service keeps
// the steps, so undo and redo reach as far back as the history, also after a reload.

import { createSignal } from 'solid-js'
import type { Action, Learned } from '../../api/contract/action.ts'
import type { Taxon } from '../../api/contract/taxon.ts'
import { redoAction, undoAction, undoableNow } from '../server/actions.ts'
import { later, soon } from '../server/events.ts'
import { type BulkStatement, type Statement, teach, teachMany } from '../server/identifications.ts'
import { queries } from '../server/query-client.ts'

export type Lesson =
  | { kind: 'taught'; taxon: Taxon; animals: number; learned: Learned }
  | { kind: 'did' | 'undone' | 'redone'; action: Action; learned: Learned | null }

const [lesson, setLesson] = createSignal<Lesson | null>(null)

export { lesson }

/**
 * After a step every answer may be another one, and so may the order of what waits. `ids`: the animals that the step changed, where
 * that is known.
 */
export function refresh(ids?: readonly string[]): void {
  const changed = ids === undefined ? [['detection']] : ids.map((id) => ['detection', id])
  for (const queryKey of [...changed, ['answer'], ['undoable']]) void queries.invalidateQueries({ queryKey })
  soon(['detections'], ['media-one'], ['burst'], ['actions'])
  later(['queues'], ['summary'])
}

/** Requests leave in the order of the keys pressed: a quick undo must not overtake what it undoes. */
let last: Promise<unknown> = Promise.resolve()
function inOrder<T>(act: () => Promise<T>, ids?: readonly string[]): Promise<T> {
  const done = last.then(act, act).finally(() => refresh(ids))
  last = done.catch(() => undefined)
  return done
}

export const identify = (statement: Statement, taxon: Taxon): Promise<void> =>
  inOrder(async () => {
    const { learned } = await teach(statement, crypto.randomUUID())
    setLesson({ kind: 'taught', taxon, animals: 1, learned })
  }, [statement.detectionId])

/** A burst in one step, undone in one step. Returns the sentences of those that could not be identified. */
export const identifyMany = (statement: BulkStatement, taxon: Taxon): Promise<string[]> =>
  inOrder(async () => {
    const { identified, failures, learned } = await teachMany(statement)
    setLesson({ kind: 'taught', taxon, animals: identified.length, learned })
    return failures.map((failure) => failure.problem)
  }, statement.detectionIds)

/**
 * Any other step that the history keeps: a box, a mark, a note. `ids`: the animals that it changes and that are still there afterwards.
 */
export const step = <Answer extends { action: Action | null; learned?: Learned }>(
  act: () => Promise<Answer>,
  ids?: readonly string[],
): Promise<Answer> =>
  inOrder(async () => {
    const answer = await act()
    if (answer.action !== null) setLesson({ kind: 'did', action: answer.action, learned: answer.learned ?? null })
    return answer
  }, ids)

/**
 * What was taken back (or done again), or null when there was nothing. The animals themselves are left to whoever opens them: a box
 * may be gone with the step.
 */
const takeStep = (which: 'undo' | 'redo'): Promise<Action | null> =>
  inOrder(async () => {
    const next = (await undoableNow())[which]
    if (next === null) return null
    const { learned } = await (which === 'undo' ? undoAction : redoAction)(next.id)
    setLesson({ kind: which === 'undo' ? 'undone' : 'redone', action: next, learned })
    return next
  }, [])

export const undo = (): Promise<Action | null> => takeStep('undo')
export const redo = (): Promise<Action | null> => takeStep('redo')
