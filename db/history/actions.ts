// The history of what people did, and undoing and redoing it. Each action keeps all that is needed to reverse it.
// Undoing and redoing are actions too, so rows are only added. One step is one transaction.

import { and, desc, eq, isNotNull, isNull, lt, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { Conflict, NotFound } from '../errors.ts'
import { type ActionKind, action, type SubjectKind } from '../schema.ts'
import { idArray } from '../sql.ts'
import { applyChange, type Change } from './changes.ts'

export type Subjects = { kind: SubjectKind; ids: number[] }

export type NewAction = {
  person: string
  kind: ActionKind
  /** A sentence for people. */
  summary: string
  change: Change
  subjects: Subjects
}

export type Action = {
  id: number
  person: string
  at: Date
  kind: ActionKind
  summary: string
  change: Change
  /** How many detections, photos or deployments it changed. */
  subjects: number
  undoesId: number | null
  redoesId: number | null
  undoneById: number | null
}

const columns = {
  id: action.id,
  person: action.person,
  at: action.at,
  kind: action.kind,
  summary: action.summary,
  // Only this file writes it.
  change: sql<Change>`${action.change}`,
  subjects: action.subjects,
  undoesId: action.undoesId,
  redoesId: action.redoesId,
  undoneById: action.undoneById,
}

/**
 * To be called in the transaction that made the change. Afterwards its person can no longer redo what they had undone.
 */
export async function recordAction(tx: Db, done: NewAction): Promise<Action> {
  await tx
    .update(action)
    .set({ superseded: true })
    .where(and(eq(action.person, done.person), isNotNull(action.undoneById), eq(action.superseded, false)))
  return await insertAction(tx, done, { undoesId: null, redoesId: null })
}

async function insertAction(
  tx: Db,
  { person, kind, summary, change, subjects }: NewAction,
  of: { undoesId: number | null; redoesId: number | null },
): Promise<Action> {
  const [added] = await tx
    .insert(action)
    .values({ person, kind, summary, change, subjects: subjects.ids.length, ...of })
    .returning(columns)
  if (!added) throw new Error('Expected an inserted action to be returned')
  await tx.execute(sql`
    insert into action_subject (action_id, kind, subject_id)
    select ${added.id}::bigint, ${subjects.kind}, unnest(${idArray(subjects.ids)})`)
  return added
}

/** Throws NotFound. */
export async function getAction(db: Db, id: number): Promise<Action> {
  const [row] = await db.select(columns).from(action).where(eq(action.id, id))
  if (!row) throw new NotFound('action', id)
  return row
}

export async function subjectsOf(db: Db, id: number): Promise<Subjects> {
  const { rows } = await db.execute<{ kind: Subjects['kind']; id: number }>(
    sql`select kind, subject_id as id from action_subject where action_id = ${id} order by subject_id`,
  )
  return { kind: rows[0]?.kind ?? 'detection', ids: rows.map((row) => row.id) }
}

/** Newest first. `detectionId`: only actions that changed this detection. */
export async function listActions(
  db: Db,
  page: { person?: string; detectionId?: number; cursor?: number | null; limit: number },
): Promise<Action[]> {
  const { person, detectionId, cursor } = page
  return await db
    .select(columns)
    .from(action)
    .where(
      and(
        person === undefined ? undefined : eq(action.person, person),
        cursor ? lt(action.id, cursor) : undefined,
        detectionId === undefined
          ? undefined
          : sql`${action.id} in (select action_id from action_subject where kind = 'detection' and subject_id = ${detectionId})`,
      ),
    )
    .orderBy(desc(action.id))
    .limit(page.limit)
}

/** What each action changed, at most `most` of it, by the action's id. */
export async function subjectsOfEach(db: Db, actionIds: number[], most: number): Promise<Map<number, Subjects>> {
  const { rows } = await db.execute<{ actionId: number; kind: Subjects['kind']; subjects: number[] }>(sql`
    select asked.id as "actionId", first.kind, array_agg(first.subject_id order by first.subject_id) as subjects
    from unnest(${idArray(actionIds)}) as asked (id)
    cross join lateral (
      select kind, subject_id from action_subject where action_id = asked.id order by subject_id limit ${most}) as first
    group by asked.id, first.kind`)
  return new Map(rows.map(({ actionId, kind, subjects }) => [actionId, { kind, ids: subjects }]))
}

/**
 * What undo would undo next for this person, and what redo would redo: the last undone action, unless the person has
 * done something new since.
 */
export async function undoableOf(db: Db, person: string): Promise<{ undo: Action | null; redo: Action | null }> {
  const own = eq(action.person, person)
  const [undo] = await db
    .select(columns)
    .from(action)
    .where(and(own, isNull(action.undoneById), isNull(action.undoesId), isNull(action.redoesId)))
    .orderBy(desc(action.id))
    .limit(1)
  const [redo] = await db
    .select(columns)
    .from(action)
    .where(and(own, isNotNull(action.undoneById), eq(action.superseded, false)))
    .orderBy(desc(action.undoneById))
    .limit(1)
  return { undo: undo ?? null, redo: redo ?? null }
}

/**
 * Undoes an action. Throws NotFound, or Conflict where it is undone already, undid or redid another one itself, or
 * somebody else has changed one of its detections or photos since.
 */
export async function undoAction(db: Db, id: number, person: string): Promise<Action> {
  return await turn(db, id, person, 'undo')
}

/** Redoes an undone action, under the same conditions. */
export async function redoAction(db: Db, id: number, person: string): Promise<Action> {
  return await turn(db, id, person, 'redo')
}

async function turn(db: Db, id: number, person: string, way: 'undo' | 'redo'): Promise<Action> {
  return await db.transaction(async (tx) => {
    await tx.select({ id: action.id }).from(action).where(eq(action.id, id)).for('update')
    const of = await getAction(tx, id)
    if (of.undoesId !== null || of.redoesId !== null)
      throw new Conflict(`Expected an action that is not an undo or a redo itself, but action ${id} is one`)
    if (way === 'undo' && of.undoneById !== null)
      throw new Conflict(`Expected action ${id} not to be undone yet, but it was`)
    if (way === 'redo' && of.undoneById === null)
      throw new Conflict(`Expected action ${id} to be undone, but it is not`)
    const subjects = await subjectsOf(tx, id)
    await refuseChanged(tx, of, person)
    await applyChange(tx, of.change, { way, subjects: subjects.ids, person: way === 'redo' ? of.person : person })
    const summary = way === 'undo' ? `Undid: ${of.summary}` : `Did again: ${of.summary}`
    const turned = way === 'undo' ? { undoesId: id, redoesId: null } : { undoesId: null, redoesId: id }
    const done = await insertAction(tx, { person, kind: of.kind, summary, change: of.change, subjects }, turned)
    await tx
      .update(action)
      .set({ undoneById: way === 'undo' ? done.id : null, superseded: false })
      .where(eq(action.id, id))
    return done
  })
}

/**
 * Throws Conflict if somebody else changed the same detections or photos later and that was not undone: undoing or
 * redoing this action would change theirs.
 */
async function refuseChanged(tx: Db, of: Action, person: string): Promise<void> {
  const { rows } = await tx.execute<{
    id: number
    person: string
    at: string
    kind: SubjectKind
    subjects: number[]
  }>(sql`
    select later.id, later.person, later.at, own.kind, array_agg(own.subject_id order by own.subject_id) as subjects
    from action_subject own
    join action_subject theirs on theirs.kind = own.kind and theirs.subject_id = own.subject_id and theirs.action_id > own.action_id
    join action later on later.id = theirs.action_id
    where own.action_id = ${of.id} and later.person <> ${person}
      and later.undone_by_id is null and later.undoes_id is null and later.redoes_id is null
    group by later.id, later.person, later.at, own.kind order by later.id desc limit 1`)
  const [later] = rows
  if (!later) return
  const subjects = later.subjects.slice(0, 20)
  throw new Conflict(
    `Expected nobody else to have changed what this action changed, but ${later.person} did since`,
    null,
    {
      actionId: String(later.id),
      person: later.person,
      at: new Date(later.at).toISOString(),
      [`${later.kind}Ids`]: subjects.map(String),
    },
  )
}
