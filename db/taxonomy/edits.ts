// Edits of the taxonomy. In: a command, who, why, and which revisions the person saw. Out: everything changed in one transaction,
// with an entry in the log that can be undone; or, as a trial, what it would change.

import { eq, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { Conflict, NotFound } from '../errors.ts'
import { taxon, taxonomyEdit } from '../schema.ts'
import { arrayParameter, idArray } from '../sql.ts'
import { lockTaxonomy } from '../taxonomy-lock.ts'
import { writeLessons } from '../trees/lessons.ts'
import { refreshTaughtBelow, type TaughtChange } from '../trees/taught.ts'
import { type Command, subjectsOf } from './commands.ts'
import { changedFields, Desk, subtreesOf } from './desk.ts'
import { type Edit, listEdits, undoneBy } from './log.ts'
import { perform, type Retargets, settle } from './perform.ts'
import { passIds, type StateWrite, type TaxonState } from './taxon-states.ts'

export type Touches = {
  /** Identified as a taxon that the command is about, or as one below it. */
  photos: number
  /** That stand and name one of these. */
  identifications: number
  /** Of these, the ones that name another taxon afterwards. */
  moved: number
  /** Taxa below the ones that the command is about. */
  children: number
  /** Taxa whose row or names change. */
  taxa: number
}

export type EditRequest = {
  command: Command
  person: string
  why?: string | null
  /** The revisions that the person saw, by taxon id. */
  expected?: Map<number, number>
  undoes?: number
  /** For a database that holds no statements: only what the command does to taxa. */
  taxaOnly?: boolean
}

export type Applied = {
  editId: number
  /** With the ids that new taxa got. */
  command: Command
  touches: Touches
  changes: StateWrite[]
  /** What detections teach otherwise than before. */
  taught: TaughtChange[]
}

/** The ground moved: taxa were changed since the person looked. */
export class TaxonomyMoved extends Conflict {
  readonly changed: { id: number; revision: number | null; edits: Edit[] }[]
  constructor(message: string, changed: TaxonomyMoved['changed']) {
    super(message)
    this.changed = changed
  }
}

/** Many commands read the whole taxonomy once rather than each its rows. */
const READ_ALL_FROM = 50

/** Throws NotFound, Conflict or TaxonomyMoved, and nothing is changed then. */
export async function applyEdit(db: Db, request: EditRequest): Promise<Applied> {
  return await db.transaction((tx) => applyIn(tx, request))
}

class TrialOver extends Error {}

/** What `applyEdit` would do; nothing is changed. */
export async function tryEdit(db: Db, request: EditRequest): Promise<Applied> {
  let applied: Applied | null = null
  try {
    await db.transaction(async (tx) => {
      applied = await applyIn(tx, request)
      throw new TrialOver()
    })
  } catch (error) {
    if (!(error instanceof TrialOver)) throw error
  }
  if (applied === null) throw new Error('Expected a trial to end with what it did')
  return applied
}

async function applyIn(tx: Db, request: EditRequest): Promise<Applied> {
  const { command, person, why = null } = request
  await lockTaxonomy(tx)
  const subjects = subjectsOf(command)
  if (request.expected) await checkRevisions(tx, request.expected)
  await lockDetections(tx, command)
  const touches = await countTouches(tx, command, subjects)

  const desk = new Desk(tx)
  if (sizeOf(command) >= READ_ALL_FROM) await desk.readAll()
  const { taxaOnly = false } = request
  const moved: Retargets = { statements: [], labels: [], unsettled: new Set(), taught: [], taxaOnly }
  const complete = await perform(desk, command, moved)
  await desk.flush()
  if (hasGivenIds(command)) await passIds(tx)
  const changes = desk.changes()

  await settle(tx, moved)
  const replaced = changes.filter(({ before, after }) => before && after && before.parentId !== after.parentId)
  const below = await refreshTaughtBelow(
    tx,
    replaced.map(({ id }) => id),
  )
  await tellActivity(tx, desk, changes)

  touches.taxa = changes.length
  touches.moved = moved.statements.reduce((sum, one) => sum + one.ids.length, 0)
  const inverse: Command = {
    kind: 'restore',
    taxa: changes.map(takeBack),
    statements: moved.statements.map(({ from, to, ids }) => ({ from: to, to: from, ids })).reverse(),
    labels: moved.labels.map(({ from, to, ids }) => ({ from: to, to: from, ids })).reverse(),
  }
  const [edit] = await tx
    .insert(taxonomyEdit)
    .values({
      person,
      why,
      command: complete,
      inverse,
      undoes: request.undoes ?? null,
      taxa: changes.map(({ id }) => id),
    })
    .returning({ id: taxonomyEdit.id })
  if (!edit) throw new Error('Expected an inserted edit to be returned')
  return { editId: edit.id, command: complete, touches, changes, taught: joined([...moved.taught, ...below]) }
}

const sizeOf = (command: Command) =>
  command.kind === 'batch' ? command.commands.length : command.kind === 'restore' ? command.taxa.length : 1

/** Of several changes of one detection the first before and the last after. */
function joined(changes: TaughtChange[]): TaughtChange[] {
  const byId = new Map<number, TaughtChange>()
  for (const change of changes) {
    const earlier = byId.get(change.detectionId)
    byId.set(change.detectionId, { ...change, before: earlier ? earlier.before : change.before })
  }
  return [...byId.values()].filter(({ before, after }) => before !== after)
}

const hasGivenIds = (command: Command): boolean =>
  (command.kind === 'add' && command.id !== undefined) ||
  (command.kind === 'split' && command.into.id !== undefined) ||
  command.kind === 'restore' ||
  (command.kind === 'batch' && command.commands.some(hasGivenIds))

function takeBack({ id, before, after }: StateWrite): {
  id: number
  from?: Partial<TaxonState> | null
  to: Partial<TaxonState> | null
} {
  if (before === null) return { id, to: null }
  if (after === null) return { id, from: null, to: before }
  const fields = changedFields(before, after)
  const part = (state: TaxonState): Partial<TaxonState> => Object.fromEntries(fields.map((key) => [key, state[key]]))
  return { id, from: part(after), to: part(before) }
}

async function checkRevisions(tx: Db, expected: Map<number, number>): Promise<void> {
  const known = [...expected.keys()]
  const rows = await tx
    .select({ id: taxon.id, name: taxon.name, revision: taxon.revision })
    .from(taxon)
    .where(sql`${taxon.id} = any(${idArray(known)})`)
  const now = new Map(rows.map((row) => [row.id, row]))
  const stale = known.filter((id) => now.get(id)?.revision !== expected.get(id))
  if (stale.length === 0) return
  const changed: TaxonomyMoved['changed'] = []
  for (const id of stale) {
    const revision = now.get(id)?.revision ?? null
    const missed = revision === null ? 1 : Math.min(20, Math.max(1, revision - (expected.get(id) ?? 0)))
    changed.push({ id, revision, edits: (await listEdits(tx, { taxonId: id, limit: missed })).items })
  }
  const names = stale.map((id) => now.get(id)?.name ?? `taxon ${id}`)
  const who = [...new Set(changed.flatMap(({ edits }) => edits.map(({ person }) => person)))]
  throw new TaxonomyMoved(
    `Expected ${names.join(', ')} as you saw ${stale.length === 1 ? 'it' : 'them'}, but ${who.join(', ') || 'somebody'} changed that in the meantime: look again, then repeat`,
    changed,
  )
}

/** Who identifies locks the detection before the taxon: so do edits that change what statements name. */
async function lockDetections(tx: Db, command: Command): Promise<void> {
  const from: number[] = []
  const collect = (one: Command) => {
    if (one.kind === 'merge' || one.kind === 'split' || (one.kind === 'delete' && one.moveTo !== undefined))
      from.push(one.id)
    if (one.kind === 'restore') from.push(...one.statements.map((retarget) => retarget.from))
    if (one.kind === 'batch') one.commands.forEach(collect)
  }
  collect(command)
  if (from.length === 0) return
  await tx.execute(sql`
    select id from detection where id in (select detection_id from identification where taxon_id = any(${idArray(from)}))
    order by id for update`)
  await tx.execute(sql`
    select id from media where pending_label is not null
      and pending_label ->> 'taxonId' = any(${arrayParameter(from.map(String), 'text')}) order by id for update`)
}

async function countTouches(tx: Db, command: Command, subjects: number[]): Promise<Touches> {
  const whole = subjects.length === 0 ? [] : await subtreesOf(tx, subjects)
  const chosen = command.kind === 'split' ? sql`and d.id = any(${idArray(command.detectionIds)})` : sql``
  const { rows } = await tx.execute<{ photos: number; identifications: number }>(sql`
    select (select count(distinct d.media_id)::int from detection d
        where d.taught_taxon_id = any(${idArray(whole)}) ${chosen}) as photos,
      (select count(*)::int from identification i join detection d on d.id = i.detection_id
        where i.taxon_id = any(${idArray(whole)}) and i.withdrawn_at is null ${chosen}) as identifications`)
  const { photos = 0, identifications = 0 } = rows[0] ?? {}
  const children = command.kind === 'split' ? (command.childIds?.length ?? 0) : whole.length - subjects.length
  return { photos, identifications, moved: 0, children: Math.max(0, children), taxa: 0 }
}

/** Examples of taxa that became active or inactive compete anew or no more: they are learned again. */
async function tellActivity(tx: Db, desk: Desk, changes: StateWrite[]): Promise<void> {
  const turned: number[] = []
  for (const { id, before, after } of changes) {
    if (!before || !after) continue
    if (before.active !== after.active) turned.push(id)
    else if (before.parentId !== after.parentId) {
      const live = async (parentId: number | null) => parentId === null || (await desk.isLive(parentId))
      if ((await live(before.parentId)) !== (await live(after.parentId))) turned.push(id)
    }
  }
  if (turned.length === 0) return
  const whole = await subtreesOf(tx, turned)
  const { rows } = await tx.execute<{ id: number }>(
    sql`select id from detection where taught_taxon_id = any(${idArray(whole)}) order by id`,
  )
  await writeLessons(
    tx,
    'detection',
    rows.map((row) => row.id),
  )
  // What was suggested until now is suggested no more, or may be again: both are worked out anew.
  await tx.execute(
    sql`delete from suggestion where taxon_id = any(${idArray(whole)}) or stop_taxon_id = any(${idArray(whole)})`,
  )
}

/** Takes an edit back. Throws NotFound, or Conflict when it was taken back already or something was built on it since. */
export async function undoEdit(db: Db, id: number, person: string, why: string | null = null): Promise<Applied> {
  return await db.transaction(async (tx) => {
    await lockTaxonomy(tx)
    return await applyIn(tx, await undoRequest(tx, id, person, why))
  })
}

/** What `undoEdit` would do. */
export async function tryUndo(db: Db, id: number, person: string): Promise<Applied> {
  return await tryEdit(db, await undoRequest(db, id, person, null))
}

async function undoRequest(db: Db, id: number, person: string, why: string | null): Promise<EditRequest> {
  const [row] = await db.select({ inverse: taxonomyEdit.inverse }).from(taxonomyEdit).where(eq(taxonomyEdit.id, id))
  if (!row) throw new NotFound('edit', id)
  const undone = (await undoneBy(db, [id])).get(id)
  if (undone !== undefined) throw new Conflict(`Expected edit ${id} to stand, but edit ${undone} took it back`)
  // The log is written by this file only.
  return { command: row.inverse as Command, person, why, undoes: id }
}
