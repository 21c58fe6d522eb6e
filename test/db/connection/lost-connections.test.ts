// What only a server can do: notify other sessions, and lose every connection.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, openDatabase } from '../../../db/connection/connect.ts'
import { LESSON_CHANNEL, writeLessons } from '../../../db/trees/lessons.ts'
import { needsPostgres, openTestDatabase } from '../../support/database.ts'
import { until } from '../../support/processes.ts'

describe('a database', () => {
  let database: Database & { url: string }
  before(async () => {
    database = await openTestDatabase()
  })
  after(() => database.close())

  test('tells listeners of lessons, in the transaction or not at all', { skip: needsPostgres }, async () => {
    let told = 0
    const stop = await database.listen(LESSON_CHANNEL, () => told++)
    const { db, pool } = database
    const heard = async (times: number) => {
      await until(`notification ${times}`, () => told >= times)
      // Long enough for a surplus notification to arrive.
      await sleep(200)
      assert.equal(told, times)
    }
    await db.transaction((tx) => writeLessons(tx, 'taxon', [1, 2]))
    await heard(1)
    await assert.rejects(
      db.transaction(async (tx) => {
        await writeLessons(tx, 'taxon', [3])
        throw new Error('no')
      }),
    )
    await heard(1)
    // A lost connection is reopened, and calls the handler because something may have been missed.
    await pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'clavis listener' and datname = current_database()",
    )
    await heard(2)
    await db.transaction((tx) => writeLessons(tx, 'taxon', [4]))
    await heard(3)
    await stop()
    await db.transaction((tx) => writeLessons(tx, 'taxon', [5]))
    await heard(3)
  })
  test('survives the loss of every connection', { skip: needsPostgres }, async () => {
    const { pool } = database
    await Promise.all(Array.from({ length: 5 }, () => pool.query('select pg_sleep(0.05)')))
    const killer = await openDatabase(database.url)
    await killer.pool.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
    await sleep(200)
    assert.deepEqual((await pool.query('select 1 as one')).rows, [{ one: 1 }])
    await killer.close()
  })
})
