import { sql } from 'drizzle-orm'
import type { Db } from '../../connection/connect.ts'
import { Conflict } from '../../errors.ts'
import { arrayParameter, idArray } from '../../sql.ts'
import type { Command, CommandOf } from './command.ts'
import { absorb } from './merge.ts'
import type { Work } from './work.ts'

export async function remove(work: Work, command: CommandOf<'delete'>): Promise<Command> {
  const { draft } = work
  const { id, moveTo } = command
  const { name } = await draft.get(id)
  if (moveTo === undefined) {
    const gone = [...(await draft.mergedInto(id)), id]
    await checkUnused(draft.tx, name, gone)
    for (const one of gone) await draft.remove(one)
  } else await absorb(work, id, moveTo, { takeNames: false })
  return { ...command, name }
}

/** Throws Conflict when other taxa, statements or waiting photos depend on these. The draft must be flushed. */
export async function checkUnused(tx: Db, name: string, gone: number[]): Promise<void> {
  const { rows } = await tx.execute<Record<'children' | 'merged' | 'statements' | 'labels', number>>(sql`
    select
      (select count(*) from taxon where parent_id = any(${idArray(gone)}) and id <> all(${idArray(gone)})) as children,
      (select count(*) from taxon where merged_into_id = any(${idArray(gone)}) and id <> all(${idArray(gone)})) as merged,
      (select count(*) from identification where taxon_id = any(${idArray(gone)})) as statements,
      (select count(*) from media where pending_label is not null
        and pending_label ->> 'taxonId' = any(${arrayParameter(gone.map(String), 'text')})) as labels`)
  const { children = 0, merged = 0, statements = 0, labels = 0 } = rows[0] ?? {}
  if (children > 0)
    throw new Conflict(
      `Expected ${name} to have no taxa below it but there are ${children}: say where they go, or move or delete those first`,
    )
  if (merged > 0)
    throw new Conflict(
      `Expected no taxon to have been merged into ${name}, but ${merged} were: undo the later edit first`,
    )
  if (statements > 0)
    throw new Conflict(
      `Expected no identification to name ${name}, not even a withdrawn one (they are history), but ${statements} do: say which taxon they should name instead`,
    )
  if (labels > 0)
    throw new Conflict(
      `Expected no photo that waits to be indexed to be labelled ${name}, but ${labels} are: say which taxon they should name instead`,
    )
}
