// One command on the desk. In: a command. Out: states changed, statements that name another taxon, and the command as the log
// keeps it, with the ids that were given. Throws NotFound or Conflict and leaves the transaction to be rolled back.

import { sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { Conflict } from '../errors.ts'
import { RANK_LEVELS } from '../schema.ts'
import { arrayParameter, idArray } from '../sql.ts'
import { refreshTaughtOf, type TaughtChange } from '../trees/taught.ts'
import type { Command, Retarget, StateChange } from './commands.ts'
import { type Desk, sameValue } from './desk.ts'
import { reserveTaxonIds, type TaxonState, tidyNames } from './taxon-states.ts'

export type Retargets = {
  statements: Retarget[]
  labels: Retarget[]
  /** Whose statements name another taxon now: what they teach is not settled yet. */
  unsettled: Set<number>
  taught: TaughtChange[]
  /** In a database without statements: those that a command names are not missed. */
  taxaOnly: boolean
}

/** Settles what detections teach whose statements name another taxon now. */
export async function settle(tx: Db, moved: Retargets): Promise<void> {
  const detectionIds = [...moved.unsettled]
  moved.unsettled.clear()
  moved.taught.push(...(await refreshTaughtOf(tx, detectionIds)))
}

export async function perform(desk: Desk, command: Command, moved: Retargets): Promise<Command> {
  switch (command.kind) {
    case 'add':
      return await add(desk, command)
    case 'rename': {
      const before = await desk.need(command.id)
      const after = { ...before, name: command.name, names: tidyNames(before.names, command.name) }
      await desk.checkSibling(after)
      desk.put(after)
      return { ...command, was: before.name }
    }
    case 'setNames': {
      const before = await desk.need(command.id)
      desk.put({ ...before, names: tidyNames(command.names, before.name) })
      return command
    }
    case 'setExternalIds': {
      const externalIds = [...new Set(command.externalIds)]
      desk.put({ ...(await desk.need(command.id)), externalIds })
      return command
    }
    case 'setPlacing':
      desk.put({ ...(await desk.need(command.id)), needsPlacing: command.needsPlacing })
      return command
    case 'move':
      return await move(desk, command)
    case 'deactivate':
    case 'activate':
      desk.put({ ...(await desk.need(command.id)), active: command.kind === 'activate' })
      return command
    case 'merge':
      await absorb(desk, command.id, command.intoId, moved, true)
      return command
    case 'split':
      return await split(desk, command, moved)
    case 'delete': {
      const { name } = await desk.need(command.id)
      if (command.moveTo !== undefined) await absorb(desk, command.id, command.moveTo, moved, false)
      else await remove(desk, command.id)
      return { ...command, name }
    }
    case 'restore':
      return await restore(desk, command, moved)
    case 'batch': {
      const commands: Command[] = []
      for (const one of command.commands) commands.push(await perform(desk, one, moved))
      return { ...command, commands }
    }
  }
}

async function add(desk: Desk, command: Extract<Command, { kind: 'add' }>): Promise<Command> {
  const [id = 0] = command.id === undefined ? await reserveTaxonIds(desk.tx, 1) : [command.id]
  if (command.id !== undefined && (await desk.get(id)) !== null) {
    throw new Conflict(`Expected no taxon ${id} yet, but there is one`, id)
  }
  const { name, rank, parentId } = command
  const made: TaxonState = {
    id,
    parentId,
    name,
    rank,
    names: tidyNames(command.names ?? [], name),
    active: true,
    mergedIntoId: null,
    externalIds: [...new Set(command.externalIds ?? [])],
    needsPlacing: command.needsPlacing ?? false,
  }
  await desk.checkParent(made)
  await desk.checkSibling(made)
  desk.put(made)
  return { ...command, id }
}

async function move(desk: Desk, command: Extract<Command, { kind: 'move' }>): Promise<Command> {
  const before = await desk.need(command.id)
  const after = { ...before, parentId: command.parentId, rank: command.rank ?? before.rank, needsPlacing: false }
  await desk.checkParent(after)
  await desk.checkSibling(after)
  if (after.rank !== before.rank) {
    for (const child of await desk.children(after.id)) checkRank(after, child)
  }
  desk.put(after)
  return command
}

function checkRank(parent: TaxonState, child: TaxonState): void {
  if (RANK_LEVELS[parent.rank] > RANK_LEVELS[child.rank]) return
  throw new Conflict(
    `Expected ${parent.name} to be of a higher rank than ${child.rank}, which ${child.name} below it is, but it would be a ${parent.rank}`,
  )
}

/** Children, statements and waiting labels of `id` become those of `intoId`; `id` leads there from now on. */
async function absorb(desk: Desk, id: number, intoId: number, moved: Retargets, takeNames: boolean): Promise<void> {
  if (id === intoId) throw new Conflict('Expected two different taxa but received the same one twice')
  const from = await desk.need(id)
  const into = await desk.need(intoId)
  for (let at: TaxonState | null = into; at; at = at.parentId === null ? null : await desk.get(at.parentId)) {
    if (at.id === id) throw new Conflict(`Expected a taxon outside of ${from.name} but received ${into.name} below it`)
  }
  for (const child of await desk.children(id)) {
    const after = { ...child, parentId: intoId }
    checkRank(into, child)
    await desk.checkSibling(after)
    desk.put(after)
  }
  // The name of a merged taxon does not keep its place: its siblings may take it.
  desk.put({ ...from, parentId: null, mergedIntoId: intoId })
  if (takeNames) {
    const synonym = { kind: 'synonym' as const, language: null, name: from.name, preferred: false }
    const names = [...into.names, synonym, ...from.names.map((one) => ({ ...one, preferred: false }))]
    const externalIds = [...new Set([...into.externalIds, ...from.externalIds])]
    desk.put({ ...into, names: tidyNames(names, into.name), externalIds })
  }
  await desk.flush()
  // Photos first: one that is being indexed now has written its statements when its row is free.
  await retargetLabels(desk.tx, moved, id, intoId, null)
  await retargetStatements(desk.tx, moved, id, intoId, { all: true })
  await desk.tx.execute(sql`update suggestion set taxon_id = ${intoId} where taxon_id = ${id}`)
  await desk.tx.execute(sql`update suggestion set stop_taxon_id = ${intoId} where stop_taxon_id = ${id}`)
}

async function split(desk: Desk, command: Extract<Command, { kind: 'split' }>, moved: Retargets): Promise<Command> {
  const from = await desk.need(command.id)
  const { into, detectionIds, childIds = [] } = command
  if (detectionIds.length + childIds.length === 0) {
    throw new Conflict('Expected at least one example or child for the new taxon but received none')
  }
  const rank = into.rank ?? from.rank
  const parentId = into.parentId === undefined ? from.parentId : into.parentId
  const made = await add(desk, {
    kind: 'add',
    ...(into.id !== undefined && { id: into.id }),
    name: into.name,
    rank,
    parentId,
    names: into.names ?? [],
  })
  if (made.kind !== 'add' || made.id === undefined) throw new Error('Expected an added taxon to have an id')
  const newId = made.id
  const target = await desk.need(newId)
  for (const childId of childIds) {
    const child = await desk.need(childId)
    if (child.parentId !== from.id) throw new Conflict(`Expected ${child.name} to be directly below ${from.name}`)
    checkRank(target, child)
    desk.put({ ...child, parentId: newId })
  }
  await desk.flush()
  const wanted = [...new Set(detectionIds)]
  const found = await retargetStatements(desk.tx, moved, from.id, newId, { detectionIds: wanted })
  const missing = moved.taxaOnly ? [] : wanted.filter((id) => !found.has(id))
  if (missing.length > 0) {
    throw new Conflict(
      `Expected examples that somebody identified as ${from.name} itself, but ${missing.length} of ${wanted.length} are not (detection ${missing[0]})`,
    )
  }
  return { ...command, into: { ...into, id: newId, rank, parentId } }
}

async function remove(desk: Desk, id: number): Promise<void> {
  const state = await desk.need(id)
  await desk.flush()
  const gone = [...(await desk.ghosts(id)), id]
  await refuseWhereUsed(desk.tx, state.name, gone)
  for (const one of gone) await desk.remove(one)
}

/** Throws Conflict when taxa outside of these, statements or photos that wait depend on them. */
async function refuseWhereUsed(tx: Db, name: string, gone: number[]): Promise<void> {
  const { rows } = await tx.execute<{ children: number; statements: number; labels: number }>(sql`
    select (select count(*)::int from taxon where parent_id = any(${idArray(gone)}) and id <> all(${idArray(gone)})) as children,
      (select count(*)::int from identification where taxon_id = any(${idArray(gone)})) as statements,
      (select count(*)::int from media where pending_label is not null
        and pending_label ->> 'taxonId' = any(${arrayParameter(gone.map(String), 'text')})) as labels`)
  const used = rows[0]
  if (used && used.children > 0) {
    throw new Conflict(
      `Expected ${name} to have no taxa below it but there are ${used.children}: say where they go, or move or delete those first`,
    )
  }
  if (used && used.statements > 0) {
    throw new Conflict(
      `Expected ${name} to be named by no identification, also none that was withdrawn (they are history), but ${used.statements} name it: say which taxon they are to mean`,
    )
  }
  if (used && used.labels > 0) {
    throw new Conflict(
      `Expected ${name} to be named by no photo that waits to be indexed, but ${used.labels} do: say which taxon they are to mean`,
    )
  }
}

async function restore(desk: Desk, command: Extract<Command, { kind: 'restore' }>, moved: Retargets): Promise<Command> {
  const removed: TaxonState[] = []
  const written: TaxonState[] = []
  for (const change of command.taxa) {
    const current = await desk.get(change.id)
    const after = restored(current, change)
    if (after) {
      written.push(after)
      desk.put(after)
    } else if (current) removed.push(current)
  }
  for (const state of written) if (state.mergedIntoId === null) await desk.checkParent(state)
  await desk.flush()
  for (const { from, to, ids: media } of command.labels) await retargetLabels(desk.tx, moved, from, to, media)
  for (const { from, to, ids: statements } of command.statements) {
    await retargetStatements(desk.tx, moved, from, to, { statements })
  }
  if (removed.length > 0) {
    await settle(desk.tx, moved)
    await refuseWhereUsed(
      desk.tx,
      removed[0]!.name,
      removed.map(({ id }) => id),
    )
    for (const { id } of removed) await desk.remove(id)
  }
  return command
}

const FIELDS: Record<keyof TaxonState, string> = {
  id: 'id',
  parentId: 'place',
  name: 'name',
  rank: 'rank',
  names: 'other names',
  active: 'being active',
  mergedIntoId: 'merge',
  externalIds: 'external ids',
  needsPlacing: 'need of placing',
}

function restored(current: TaxonState | null, { id, from, to }: StateChange): TaxonState | null {
  if (to === null) return null
  if (current === null) {
    const { parentId = null, name, rank, names = [], active = true } = to
    const { mergedIntoId = null, externalIds = [], needsPlacing = false } = to
    if (name === undefined || rank === undefined) {
      throw new Conflict(`Expected taxon ${id} to be there as the edit left it, but it was removed since`)
    }
    return { id, parentId, name, rank, names, active, mergedIntoId, externalIds, needsPlacing }
  }
  if (from === null) throw new Conflict(`Expected taxon ${id} to be removed, but ${current.name} is there again`, id)
  // The keys of a part of a state are keys of the state.
  for (const key of Object.keys(from ?? {}) as (keyof TaxonState)[]) {
    if (sameValue(current[key], from?.[key])) continue
    throw new Conflict(
      `Expected ${current.name} as that edit left it, but its ${FIELDS[key]} changed since: undo the later edit first`,
      id,
    )
  }
  return { ...current, ...to, id }
}

type Which = { all: true } | { detectionIds: number[] } | { statements: number[] }

/** Answers the detections whose statements now name another taxon. Throws Conflict when one of `statements` names a third one. */
async function retargetStatements(
  tx: Db,
  moved: Retargets,
  from: number,
  to: number,
  which: Which,
): Promise<Set<number>> {
  const chosen =
    'all' in which
      ? sql``
      : 'statements' in which
        ? sql`and id = any(${idArray(which.statements)})`
        : sql`and detection_id = any(${idArray(which.detectionIds)})`
  const { rows } = await tx.execute<{ id: number; detectionId: number }>(sql`
    update identification set taxon_id = ${to}, said_taxon_id = nullif(coalesce(said_taxon_id, taxon_id), ${to}::bigint)
    where taxon_id = ${from} ${chosen} returning id, detection_id as "detectionId"`)
  if ('statements' in which && rows.length < which.statements.length) {
    const { rows: others } = await tx.execute<{ count: number }>(sql`
      select count(*)::int as count from identification where id = any(${idArray(which.statements)}) and taxon_id <> ${to}`)
    const count = others[0]?.count ?? 0
    if (count > 0) {
      throw new Conflict(
        `Expected the identifications that this edit moved where it left them, but ${count} were moved again since: undo the later edit first`,
      )
    }
  }
  const detections = new Set(rows.map((row) => row.detectionId))
  for (const id of detections) moved.unsettled.add(id)
  if (rows.length > 0) {
    moved.statements.push({ from, to, ids: rows.map((row) => row.id).sort((a, b) => a - b) })
  }
  return detections
}

async function retargetLabels(
  tx: Db,
  moved: Retargets,
  from: number,
  to: number,
  media: number[] | null,
): Promise<void> {
  const chosen = media === null ? sql`` : sql`and id = any(${idArray(media)})`
  const { rows } = await tx.execute<{ id: number }>(sql`
    update media set pending_label = jsonb_set(pending_label, '{taxonId}', to_jsonb(${to}::bigint))
    where pending_label is not null and pending_label ->> 'taxonId' = ${String(from)} ${chosen} returning id`)
  if (rows.length > 0) moved.labels.push({ from, to, ids: rows.map((row) => row.id).sort((a, b) => a - b) })
}
