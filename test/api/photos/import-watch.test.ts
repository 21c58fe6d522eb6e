// How soon an import ends: whatever an earlier publication took, the next import waits for no more than a look.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { pino } from 'pino'
import { createEvents } from '../../../api/http/events.ts'
import { watchImports } from '../../../api/photos/import-watch.ts'
import type { Database } from '../../../db/connection/connect.ts'
import { closeImport, createImport } from '../../../db/photos/imports.ts'
import { openTestDatabase } from '../../support/database.ts'

let database: Database
before(async () => {
  database = await openTestDatabase()
})
after(() => database.close())

test('a slow publication does not put off the end of the next import', { timeout: 25_000 }, async () => {
  const events = createEvents()
  const done = new Set<string>()
  events.subscribe((event) => {
    if (event.name === 'import' && event.data.status === 'done') done.add(event.data.id)
  })
  const ended = async (id: number) => {
    while (!done.has(String(id))) await wait(20)
  }
  const PUBLISHING_MS = 600
  const watch = watchImports({
    db: database.db,
    events,
    log: pino({ level: 'silent' }),
    publish: () => wait(PUBLISHING_MS),
  })
  const { id: first } = await createImport(database.db, { name: 'first', total: 0 })
  await closeImport(database.db, first)
  watch.touch()
  // Something is touched while it is being published, as any upload does.
  await wait(PUBLISHING_MS / 2)
  watch.touch()
  await ended(first)
  const { id: second } = await createImport(database.db, { name: 'second', total: 0 })
  await closeImport(database.db, second)
  watch.touch()
  // A pause of fifty times the publication would be 30 s, and this test would exceed its time limit.
  await ended(second)
  assert.deepEqual([...done], [String(first), String(second)])
  await watch.close()
})
