// A data folder belongs to one process, whatever happens to that process, and keeps what was acknowledged.

import assert from 'node:assert/strict'
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { openDatabase } from '../../../db/connection/connect.ts'
import { DataFolderInUse, lockDataFolder } from '../../../db/connection/data-folder-lock.ts'
import { createTaxon, loadTaxa } from '../../../db/taxonomy/taxa.ts'
import { onPostgres } from '../../support/database.ts'

const needsPglite = onPostgres ? 'tests PGlite only' : false
const folder = await mkdtemp(join(tmpdir(), 'clavis-test-'))
after(() => rm(folder, { recursive: true, force: true }))
const holdFolder = fileURLToPath(new URL('../../support/faults/hold-folder.ts', import.meta.url))
const insertUntilKilled = fileURLToPath(new URL('../../support/faults/insert-until-killed.ts', import.meta.url))
const execArgv = ['--import', import.meta.resolve('tsx')]

describe('a data folder', () => {
  const hold = async (directory: string, url = '') => {
    const child = fork(holdFolder, [directory, url], { execArgv })
    const [answer] = await once(child, 'message')
    return { child, answer }
  }
  const giveBack = async (child: ChildProcess) => {
    child.send('give back')
    await once(child, 'exit')
  }

  test('belongs to one process; the refusal says who serves it', async () => {
    const directory = join(folder, 'held')
    const first = await hold(directory, 'http://127.0.0.1:3000')
    assert.deepEqual(first.answer, { held: true })
    await assert.rejects(lockDataFolder(directory), (error) => {
      assert.ok(error instanceof DataFolderInUse)
      assert.deepEqual(error.holder, { pid: first.child.pid, url: 'http://127.0.0.1:3000' })
      assert.match(error.message, /is in use by process \d+, which serves http:\/\/127.0.0.1:3000: stop that process/)
      return true
    })
    await giveBack(first.child)
    const own = await lockDataFolder(directory)
    const second = await hold(directory)
    assert.equal(second.answer.held, false)
    assert.deepEqual(second.answer.holder, { pid: process.pid, url: null })
    await own.release()
    assert.deepEqual(await readdir(directory), [])
  })
  test('of a process that was killed can be had again', { timeout: 180_000 }, async () => {
    const directory = join(folder, 'killed')
    const first = await hold(directory)
    first.child.kill('SIGKILL')
    await once(first.child, 'exit')
    const lock = await lockDataFolder(directory)
    await lock.release()
  })
  test('is not had by two when several wait for a dead one', { timeout: 180_000 }, async () => {
    const directory = join(folder, 'contested')
    const first = await hold(directory)
    first.child.kill('SIGKILL')
    await once(first.child, 'exit')
    const several = await Promise.all([hold(directory), hold(directory), hold(directory)])
    const holders = several.filter((one) => one.answer.held)
    assert.equal(holders.length, 1)
    await Promise.all(holders.map((one) => giveBack(one.child)))
  })
  test('loses no acknowledged row to kill -9', { skip: needsPglite, timeout: 300_000 }, async () => {
    const directory = join(folder, 'database')
    const acknowledged = new Set<string>()
    for (let round = 0; round < 3; round++) {
      const child = spawn(process.execPath, [...execArgv, insertUntilKilled, directory])
      let text = ''
      child.stdout.on('data', (chunk) => {
        text += chunk
      })
      while (text.split('\n').length < 60) await once(child.stdout, 'data')
      await sleep(37 * round)
      child.kill('SIGKILL')
      await once(child, 'close')
      for (const line of text.split('\n').slice(0, -1)) acknowledged.add(line)
    }
    const { db, close } = await openDatabase(`file:${directory}`)
    const { rows } = await db.execute<{ sha256: string; sequence: boolean }>(
      sql`select sha256, sequence_id is not null as sequence from media`,
    )
    const stored = new Set(rows.map((row) => row.sha256))
    assert.ok(acknowledged.size >= 150)
    for (const sha256 of acknowledged) assert.ok(stored.has(sha256), `${sha256} was acknowledged and is gone`)
    assert.ok(
      rows.every((row) => row.sequence),
      'nothing is half-written',
    )
    await close()
  })
  test('keeps what was written when it is closed and opened again', {
    skip: needsPglite,
    timeout: 300_000,
  }, async () => {
    const directory = join(folder, 'again')
    const first = await openDatabase(`file:${directory}`)
    await createTaxon(first.db, { name: 'Aves', rank: 'class', parentId: null })
    await Promise.all([first.close(), first.close()])
    await assert.rejects(first.pool.query('select 1'), /pool/)
    const second = await openDatabase(`file://${directory}`)
    assert.deepEqual(
      (await loadTaxa(second.db)).map((taxon) => taxon.name),
      ['Aves'],
    )
    await second.close()
  })
})
