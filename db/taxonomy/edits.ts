// Edits of the taxonomy. Each changes everything that follows from a command in one transaction, and leaves an entry in
// the log that can be undone. Any edit can be tried first: everything happens and is rolled back.

import { eq, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { Conflict, NotFound } from '../errors.ts'
import { taxonomyEdit } from '../schema.ts'
import { arrayParameter, idArray } from '../sql.ts'
import { lockTaxonomy } from '../taxonomy-lock.ts'
import { writeLessons } from '../trees/lessons.ts'
import { refreshTaughtBelow, type TaughtChange } from '../trees/taught.ts'
import type { Command, CommandOf, Retarget, StateChange } from './commands/command.ts'
import { perform } from './commands/perform.ts'
import { TaxonomyDraft } from './draft.ts'
import { undoneBy } from './log.ts'
import { Retargeting } from './retargeting.ts'
import { checkRevisions } from './revisions.ts'
import { changedFields, passIds, type StateWrite, subtreesOf, type TaxonState } from './states.ts'
import { countTouches, type Touches } from './touches.ts'

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
  /** Detections that teach another taxon than before. */
  taught: TaughtChange[]
}

/** From so many commands on, the draft reads the whole taxonomy at once instead of each taxon by itself. */
const READ_ALL_FROM = 50

/** Throws NotFound, Conflict or StaleRevisions, and nothing is changed then. */
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

/**
 * Undoes an edit. Throws NotFound, or Conflict when it was undone already or a later edit built on it.
 */
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
  if (undone !== undefined) throw new Conflict(`Expected edit ${id} not to be undone yet, but edit ${undone} undid it`)
  // Only this file writes the log.
  return { command: row.inverse as Command, person, why, undoes: id }
}

async function applyIn(tx: Db, request: EditRequest): Promise<Applied> {
  await lockTaxonomy(tx)
  if (request.expected) await checkRevisions(tx, request.expected)
  await lockStatements(tx, request.command)
  const counted = await countTouches(tx, request.command)

  const draft = new TaxonomyDraft(tx)
  const retargeting = new Retargeting(tx)
  if (sizeOf(request.command) >= READ_ALL_FROM) await draft.readAll()
  const command = await perform({ draft, retargeting, taxaOnly: request.taxaOnly ?? false }, request.command)
  await draft.flush()
  if (hasGivenIds(request.command)) await passIds(tx)

  const changes = draft.changes()
  await retargeting.settle()
  const taught = netChanges([...retargeting.taught, ...(await refreshTaughtBelow(tx, idsOf(changes.filter(isMoved))))])
  await relearnActivity(tx, draft, changes)

  const editId = await writeLog(tx, request, command, changes, inverseOf(changes, retargeting))
  const moved = retargeting.statements.reduce((sum, { ids }) => sum + ids.length, 0)
  return { editId, command, touches: { ...counted, moved, taxa: changes.length }, changes, taught }
}

const idsOf = (changes: StateWrite[]) => changes.map(({ id }) => id)
const isMoved = ({ before, after }: StateWrite) => before && after && before.parentId !== after.parentId

const sizeOf = (command: Command) =>
  command.kind === 'batch' ? command.commands.length : command.kind === 'restore' ? command.taxa.length : 1

const hasGivenIds = (command: Command): boolean =>
  (command.kind === 'add' && command.id !== undefined) ||
  (command.kind === 'split' && command.into.id !== undefined) ||
  command.kind === 'restore' ||
  (command.kind === 'batch' && command.commands.some(hasGivenIds))

/** Of several changes of one detection, the first `before` and the last `after`. */
function netChanges(changes: TaughtChange[]): TaughtChange[] {
  const byId = new Map<number, TaughtChange>()
  for (const change of changes) {
    const earlier = byId.get(change.detectionId)
    byId.set(change.detectionId, { ...change, before: earlier ? earlier.before : change.before })
  }
  return [...byId.values()].filter(({ before, after }) => before !== after)
}

async function writeLog(
  tx: Db,
  { person, why = null, undoes }: EditRequest,
  command: Command,
  changes: StateWrite[],
  inverse: Command,
): Promise<number> {
  const [edit] = await tx
    .insert(taxonomyEdit)
    .values({ person, why, command, inverse, undoes: undoes ?? null, taxa: idsOf(changes) })
    .returning({ id: taxonomyEdit.id })
  if (!edit) throw new Error('Expected an inserted edit to be returned')
  return edit.id
}

/** The command that undoes everything. */
function inverseOf(changes: StateWrite[], { statements, labels }: Retargeting): CommandOf<'restore'> {
  const reversed = (moves: Retarget[]) => moves.map(({ from, to, ids }) => ({ from: to, to: from, ids })).reverse()
  return { kind: 'restore', taxa: changes.map(reverse), statements: reversed(statements), labels: reversed(labels) }
}

function reverse({ id, before, after }: StateWrite): StateChange {
  if (before === null) return { id, to: null }
  if (after === null) return { id, from: null, to: before }
  const fields = changedFields(before, after)
  const part = (state: TaxonState): Partial<TaxonState> => Object.fromEntries(fields.map((key) => [key, state[key]]))
  return { id, from: part(after), to: part(before) }
}

/**
 * Locks the detections and photos whose statements and labels the command moves. Identifying locks the detection before
 * the taxon, so an edit has to do the same.
 */
async function lockStatements(tx: Db, command: Command): Promise<void> {
  const from = losingTaxa(command)
  if (from.length === 0) return
  await tx.execute(sql`
    select id from detection where id in (select detection_id from identification where taxon_id = any(${idArray(from)}))
    order by id for update`)
  await tx.execute(sql`
    select id from media where pending_label is not null
      and pending_label ->> 'taxonId' = any(${arrayParameter(from.map(String), 'text')}) order by id for update`)
}

/** Taxa whose statements the command moves to another taxon. */
function losingTaxa(command: Command): number[] {
  switch (command.kind) {
    case 'merge':
    case 'split':
      return [command.id]
    case 'delete':
      return command.moveTo === undefined ? [] : [command.id]
    case 'restore':
      return command.statements.map(({ from }) => from)
    case 'batch':
      return command.commands.flatMap(losingTaxa)
    default:
      return []
  }
}

/**
 * Relearns the examples of taxa that became active or inactive, themselves or with a taxon above them: they begin or
 * cease to compete.
 */
async function relearnActivity(tx: Db, draft: TaxonomyDraft, changes: StateWrite[]): Promise<void> {
  const isActive = async (parentId: number | null) => parentId === null || (await draft.isActive(parentId))
  const turned: number[] = []
  for (const { id, before, after } of changes) {
    if (!before || !after) continue
    if (before.active !== after.active) turned.push(id)
    else if (
      before.parentId !== after.parentId &&
      (await isActive(before.parentId)) !== (await isActive(after.parentId))
    )
      turned.push(id)
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
  // Summaries that name these taxa are out of date either way, and are computed again.
  await tx.execute(
    sql`delete from suggestion where taxon_id = any(${idArray(whole)}) or stop_taxon_id = any(${idArray(whole)})`,
  )
}
