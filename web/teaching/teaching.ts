// Identifying, marking, undo and redo, and what the last step taught. The service stores the steps, so undo and redo
// reach back through the whole history, even after a reload.

import { createSignal } from 'solid-js'
import type { Action, Learned } from '../../api/contract/action.ts'
import type { Taxon } from '../../api/contract/taxon.ts'
import { redoAction, undoAction, undoableNow } from '../server/actions.ts'
import { later, soon } from '../server/events.ts'
import { type BulkStatement, type Statement, teach, teachMany } from '../server/identifications.ts'
import { queries } from '../server/query-client.ts'

export type Lesson =
  | { kind: 'taught'; taxon: Taxon; detectionId: string | undefined; animals: number; learned: Learned }
  | { kind: 'did' | 'undone' | 'redone'; action: Action; learned: Learned | null }

const [lesson, setLesson] = createSignal<Lesson | null>(null)

export { lesson }

/**
 * A step can change every answer and the order of the queues. `ids` are the animals that the step changed, if known.
 */
export function refresh(ids?: readonly string[]): void {
  const changed = ids === undefined ? [['detection']] : ids.map((id) => ['detection', id])
  for (const queryKey of [...changed, ['answer'], ['undoable']]) void queries.invalidateQueries({ queryKey })
  soon(['detections'], ['media-one'], ['burst'], ['actions'])
  later(['queues'], ['summary'], ['own-fields'])
}

/** Requests are sent in the order of the keys pressed, so that a quick undo never overtakes what it undoes. */
let last: Promise<unknown> = Promise.resolve()
function inOrder<T>(act: () => Promise<T>, ids?: readonly string[]): Promise<T> {
  const done = last.then(act, act).finally(() => refresh(ids))
  last = done.catch(() => undefined)
  return done
}

export const identify = (statement: Statement, taxon: Taxon): Promise<void> =>
  inOrder(async () => {
    const { learned } = await teach(statement, crypto.randomUUID())
    setLesson({ kind: 'taught', taxon, detectionId: statement.detectionId, animals: 1, learned })
  }, [statement.detectionId])

/** Identifies a burst in one step that can be undone as one. Returns the reasons for those that failed. */
export const identifyMany = (statement: BulkStatement, taxon: Taxon): Promise<string[]> =>
  inOrder(async () => {
    const { identified, failures, learned } = await teachMany(statement)
    setLesson({ kind: 'taught', taxon, detectionId: identified[0], animals: identified.length, learned })
    return failures.map((failure) => failure.problem)
  }, statement.detectionIds)

/**
 * Any other step in the history: a box, a mark, a note. `ids` are the animals that it changes and that still exist
 * afterwards.
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
 * Returns the undone (or redone) action, or null if there was none. It does not refetch the animals, because a box may
 * have disappeared with the step.
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
