import assert from 'node:assert/strict'
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { type Database, openDatabase, overPglite } from '../../db/connection/connect.ts'
import { DataFolderInUse, lockDataFolder } from '../../db/connection/lock.ts'
import { maintain } from '../../db/connection/maintain.ts'
import { migrate } from '../../db/connection/migrate.ts'
import { openPglite } from '../../db/connection/pglite.ts'
import { DatabaseError, sqlState } from '../../db/errors.ts'
import { createTaxon, loadTaxa } from '../../db/taxonomy/taxa.ts'
import { LESSON_CHANNEL, writeLessons } from '../../db/trees/lessons.ts'
import { makeTestDatabaseUrl, needsPostgres, onPostgres, openTestDatabase } from '../support/database.ts'
import { until } from '../support/processes.ts'

const needsPglite = onPostgres ? 'tests PGlite only' : false
const folder = await mkdtemp(join(tmpdir(), 'clavis-test-'))
after(() => rm(folder, { recursive: true, force: true }))
const support = (name: string) => fileURLToPath(new URL(`../support/faults/${name}.ts`, import.meta.url))
const execArgv = ['--import', import.meta.resolve('tsx')]

describe('a database', () => {
  let database: Database & { url: string }
  before(async () => {
    database = await openTestDatabase()
  })
  after(() => database.close())

  test('refuses bad SQL and goes on', async () => {
    const { db, pool } = database
    await assert.rejects(db.execute(sql`selec`), (error) => sqlState(error) === '42601')
    await assert.rejects(pool.query('select $1::int', ['word']), (error) => sqlState(error) === '22P02')
    await assert.rejects(
      db.transaction((tx) => tx.execute(sql`select 1 / 0`)),
      (error) => sqlState(error) === '22012',
    )
    assert.deepEqual((await db.execute(sql`select 1 as one`)).rows, [{ one: 1 }])
  })
  test('answers bigints as numbers, and refuses those that a number cannot hold', async () => {
    const { db, pool } = database
    const query = `select max(n) as n, count(*) as count, array_agg(n) || null::bigint as all from unnest($1::bigint[]) n`
    const values = [-(2 ** 53) + 1, 0, 2 ** 53 - 1]
    const expected = [{ n: 2 ** 53 - 1, count: 3, all: [...values, null] }]
    assert.deepEqual((await pool.query(query, [values])).rows, expected)
    const [first] = expected
    const { rows } = await db.execute(sql`
      select ${first!.n}::bigint as n, 3::bigint as count, ${sql.param(first!.all)}::bigint[] as all`)
    assert.deepEqual(rows, expected)
    for (const text of ['9007199254740992', '9007199254740993', '-9007199254740992']) {
      const sentence = new RegExp(`at most 2\\^53 - 1 from the database but received ${text}`)
      await assert.rejects(pool.query('select $1::bigint', [text]), sentence)
      await assert.rejects(db.execute(sql`select array[${text}::bigint]`), (error: Error) =>
        sentence.test(String(error.cause)),
      )
    }
    assert.deepEqual((await pool.query('select 1 as one')).rows, [{ one: 1 }])
  })
  test('rolls back what a transaction that throws has done', async () => {
    const { db } = database
    await assert.rejects(
      db.transaction(async (tx) => {
        await createTaxon(tx, { name: 'Aves', rank: 'class', parentId: null })
        throw new Error('no')
      }),
      /no/,
    )
    assert.deepEqual(await loadTaxa(db), [])
  })
  test('answers many at once, large and small', async () => {
    const { pool } = database
    const large = 'ä'.repeat(300_000)
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => pool.query('select $1::int as i, $2::text as t', [i, i % 10 ? 'x' : large])),
    )
    answers.forEach(({ rows }, i) => {
      assert.deepEqual(rows, [{ i, t: i % 10 ? 'x' : large }])
    })
    const { rows } = await pool.query("select repeat('y', 5000000) as t")
    assert.equal(rows[0].t.length, 5_000_000)
  })
  test('starts a new connection with a clean session', async () => {
    const { pool } = database
    const client = await pool.connect()
    await client.query('begin')
    await client.query('create temporary table left_over (x int)')
    client.release(true)
    await assert.rejects(pool.query('select * from left_over'), (error) => sqlState(error) === '42P01')
    await pool.query('vacuum media')
  })
  test('keeps vectors of 2,000 numbers in the row, and longer ones too', async () => {
    const { db, pool } = database
    await db.execute(sql`insert into model (sha256, name, kind, manifest) values ('m', 'm', 'embedder', '{}')`)
    await db.execute(sql`insert into media (sha256, filename, mime_type, bytes) values ('s', 'f', 't', 1)`)
    await db.execute(sql`insert into detection (media_id, kind, source, x, y, width, height, group_key)
      select id, 'animal', 'detector', 0, 0, 1, 1, 'g' from media, generate_series(1, 2)`)
    const { rows } = await pool.query('select id from detection order by id')
    const random = (n: number) => `[${Array.from({ length: n }, () => Math.random()).join(',')}]`
    const toast = async () =>
      Number(
        (await pool.query("select pg_relation_size(reltoastrelid) as size from pg_class where relname = 'embedding'"))
          .rows[0].size,
      )
    await pool.query("insert into embedding values ($1, 'm', $2)", [rows[0].id, random(2000)])
    assert.equal(await toast(), 0)
    await pool.query("insert into embedding values ($1, 'm', $2)", [rows[1].id, random(4096)])
    assert.ok((await toast()) > 0)
  })
  test('is tidied where much has changed, and only there', { skip: needsPglite }, async () => {
    const { pool } = database
    await maintain(pool)
    assert.deepEqual(await maintain(pool), [])
    await pool.query("insert into setting select n::text, '1' from generate_series(1, 5000) n")
    for (let i = 0; i < 3; i++) await pool.query("update setting set value = '2'")
    const size = async () => Number((await pool.query("select pg_relation_size('setting') as size")).rows[0].size)
    const before = await size()
    assert.deepEqual(await maintain(pool), ['setting'])
    for (let i = 0; i < 3; i++) {
      await pool.query("update setting set value = '3'")
      await maintain(pool)
    }
    assert.ok((await size()) <= before, 'space is used again')
    await pool.query('truncate setting')
  })
  test('tells listeners of lessons, in the transaction or not at all', { skip: needsPostgres }, async () => {
    let told = 0
    const stop = await database.listen(LESSON_CHANNEL, () => told++)
    const { db, pool } = database
    const heard = async (times: number) => {
      await until(`notification ${times}`, () => told >= times)
      // Long enough for one too many.
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
    // A lost connection is made again, and calls the handler because something may have been missed.
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

test('an engine that broke is said to whoever asks', { skip: needsPglite }, async () => {
  const pglite = await openPglite({ directory: null, snapshot: null })
  const database = overPglite(pglite)
  await database.pool.query('select 1')
  await pglite.close()
  await assert.rejects(database.pool.query('select 1'), /embedded database has stopped|terminated/)
  await assert.rejects(database.pool.query('select 1'), /embedded database has stopped/)
  await database.close()
  await assert.rejects(openPglite({ directory: '/dev/null/x', snapshot: null }), DatabaseError)
})

describe('migrations', () => {
  test('run once, also when several processes start at once', async () => {
    const { url, remove } = await makeTestDatabaseUrl()
    const first = await openDatabase(url)
    const { rows: before } = await first.pool.query('select count(*)::int as n from drizzle.__drizzle_migrations')
    if (onPostgres) {
      await first.pool.query('drop schema public cascade; create schema public; drop schema drizzle cascade')
      const many = await Promise.all(Array.from({ length: 4 }, () => openDatabase(url)))
      await Promise.all(many.map((one) => one.close()))
    }
    await migrate(first.pool)
    const { rows } = await first.pool.query('select count(*)::int as n from drizzle.__drizzle_migrations')
    assert.deepEqual(rows, before)
    await first.close()
    await remove()
  })
  test('refuse a database that a newer program made', async () => {
    const { url, remove } = await makeTestDatabaseUrl()
    const newer = await openDatabase(url)
    await newer.pool.query("insert into drizzle.__drizzle_migrations (hash, created_at) values ('x', 99999999999999)")
    await newer.close()
    await assert.rejects(openDatabase(url), (error) => {
      assert.ok(error instanceof DatabaseError)
      assert.match(error.message, /made by a newer version of this program/)
      return true
    })
    await remove()
  })
})

describe('database URLs', () => {
  test('that cannot be used are refused in a sentence', async () => {
    for (const [url, sentence] of [
      ['mysql://x/y', /starts with file:, memory: or postgres:\/\/ but received "mysql:…"/],
      ['file:', /Expected a folder after "file:"/],
      ['postgres://nobody:secret@127.0.0.1:1/clavis', /Cannot use the database clavis on 127.0.0.1:1: .*ECONNREFUSED/],
    ] as const) {
      await assert.rejects(openDatabase(url), (error) => {
        assert.ok(error instanceof DatabaseError, String(error))
        assert.match(error.message, sentence)
        assert.ok(!error.message.includes('secret'))
        return true
      })
    }
  })
})

describe('a data folder', () => {
  const hold = async (directory: string, url = '') => {
    const child = fork(support('hold-folder'), [directory, url], { execArgv })
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
      const child = spawn(process.execPath, [...execArgv, support('insert-until-killed'), directory])
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
