// Every change that a person makes to animals and photos goes through here, so that no route forgets a step. The
// change is made once (Idempotency-Key), in one transaction with its entry in the history. The tree learns it before
// the answer is sent, and everybody who looks at the same animals or photos is told.

import type { Db } from '../db/connection/connect.ts'
import { Conflict } from '../db/errors.ts'
import { type Action as ActionRow, type NewAction, recordAction } from '../db/history/actions.ts'
import { getEmbedding } from '../db/trees/models.ts'
import type { Action, Learned } from './contract/action.ts'
import type { RepeatableRequest } from './http/idempotency.ts'
import { presentActions, tellChanged } from './present/actions.ts'
import { presentSteps } from './present/answers.ts'
import type { Service } from './service.ts'

/** The animal, and the taxon down to which its probabilities are shown before and after the change. */
export type Look = { detectionId: number; taxonId: number }

/** Writes the change's entry of the history, in the name of the person who asked. */
export type RecordEntry = (entry: Omit<NewAction, 'person'>) => Promise<ActionRow>

type Work<Prepared, Done extends { action: ActionRow | null }, Answer> = {
  /** Slow work that needs no transaction. `embedding` is that of the animal of `look`; null where it has none. */
  prepare?(embedding: Float32Array | null): Promise<Prepared>
  /** The change itself. `action` is null when nothing had to change. */
  write(tx: Db, record: RecordEntry, prepared: Prepared): Promise<Done>
  present(done: Done, outcome: { action: Action | null; learned: Learned }, prepared: Prepared): Promise<Answer>
}

/** A request without a key counts as a new one each time it is sent. */
export async function change<Prepared, Done extends { action: ActionRow | null }, Answer>(
  service: Service,
  request: RepeatableRequest<Answer> | { person: string },
  look: Look | null,
  work: Work<Prepared, Done, Answer>,
): Promise<Answer> {
  const { db } = service
  const { person } = request
  const perform = async (claim: (tx: Db) => Promise<void>): Promise<Answer> => {
    const learning = await watchLearning(service, look)
    // Only work that has a `prepare` reads this.
    const prepared = (await work.prepare?.(learning.embedding)) as Prepared
    const done = await db.transaction(async (tx) => {
      await claim(tx)
      return await work.write(tx, (entry) => recordAction(tx, { ...entry, person }), prepared)
    })
    const learned = await learning.learn()
    if (done.action !== null) service.learning.judgeBoxesSoon()
    const [action = null] = await presentActions(db, done.action ? [done.action] : [])
    const answer = await work.present(done, { action, learned }, prepared)
    if (action) tellChanged(service, action)
    return answer
  }
  return 'key' in request ? await service.once(request, perform) : await perform(async () => {})
}

/** Refuses a change that was made for a revision of a row that somebody has replaced since. */
export function requireRevision(row: { name: string; revision: number }, revision: number | undefined): void {
  if (revision !== undefined && revision !== row.revision)
    throw new Conflict(`Expected revision ${revision} of ${row.name}, but somebody changed it since`)
}

/** Reads the probabilities now; `learn` lets the tree learn what was committed since and reads them again. */
async function watchLearning(service: Service, look: Look | null) {
  const { models, learning } = service
  const embedding = look && (await getEmbedding(service.db, models.embedder.sha256, look.detectionId))
  const probabilities = async () =>
    look === null || embedding === null
      ? []
      : await presentSteps(service, await learning.probabilities(embedding, look.taxonId, look.detectionId))
  const before = await probabilities()
  const learn = async (): Promise<Learned> => {
    const startedAt = performance.now()
    await learning.sync()
    const ms = Math.round((performance.now() - startedAt) * 10) / 10
    return { before, after: await probabilities(), treeVersion: learning.treeVersion(), ms }
  }
  return { embedding, learn }
}
