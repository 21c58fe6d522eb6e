// Taxa from before edits were logged: the migration writes them as the beginning of the log, so that replaying the log
// makes them.

import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { overPglite } from '../../../db/connection/connect.ts'
import { openPglite } from '../../../db/connection/pglite.ts'
import { applyEdit, undoEdit } from '../../../db/taxonomy/edits.ts'
import { commands, listEdits } from '../../../db/taxonomy/log.ts'
import { searchTaxa } from '../../../db/taxonomy/search.ts'
import { readStates } from '../../../db/taxonomy/states.ts'
import { openTestDatabase } from '../../support/database.ts'

const folder = fileURLToPath(new URL('../../../db/migrations/', import.meta.url))
const migrations = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
const statementsOf = async (name: string) =>
  (await readFile(join(folder, name), 'utf8')).split('--> statement-breakpoint')

test('old taxa keep their names, are found by them, and are made again by the log', async () => {
  const old = overPglite(await openPglite({ directory: null, snapshot: null }))
  const fresh = await openTestDatabase()
  try {
    for (const name of migrations) {
      if (name === '0002_taxonomy.sql') {
        // A child with a smaller id than its parent: the log has to begin from the top.
        await old.db.execute(sql`insert into taxon (name, rank, rank_level, common_name) values
          ('Corvus corax', 'species', 10, 'raven'), ('Corvus', 'genus', 20, null), ('Aves', 'class', 50, 'birds')`)
        await old.db.execute(sql`update taxon set parent_id = 2 where id = 1`)
        await old.db.execute(sql`update taxon set parent_id = 3, needs_placing = true where id = 2`)
      }
      for (const statement of await statementsOf(name)) await old.db.execute(sql.raw(statement))
    }
    const states = await readStates(old.db, null)
    assert.deepEqual(
      states.map(({ name, parentId, needsPlacing, active, names }) => [
        name,
        parentId,
        needsPlacing,
        active,
        names.length,
      ]),
      [
        ['Corvus corax', 2, false, true, 1],
        ['Corvus', 3, true, true, 0],
        ['Aves', null, false, true, 1],
      ],
    )
    assert.equal((await searchTaxa(old.db, { q: 'rave', limit: 2 })).items[0]?.name, 'Corvus corax')
    for await (const { command } of commands(old.db)) await applyEdit(fresh.db, { command, person: 'ada' })
    assert.deepEqual(await readStates(fresh.db, null), states)
    const { items } = await listEdits(old.db, { taxonId: 1, limit: 5 })
    await undoEdit(old.db, items[0]!.id, 'ada')
    assert.deepEqual(
      (await readStates(old.db, null)).map(({ name }) => name),
      ['Corvus', 'Aves'],
    )
  } finally {
    await old.close()
    await fresh.close()
  }
})
