// The connection to a database, its migrations, and the URLs that name one.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sql } from 'drizzle-orm'
import { type Database, openDatabase, overPglite } from '../../../db/connection/connect.ts'
import { maintain } from '../../../db/connection/maintain.ts'
import { migrate } from '../../../db/connection/migrate.ts'
import { openPglite } from '../../../db/connection/pglite.ts'
import { DatabaseError, sqlState } from '../../../db/errors.ts'
import { createTaxon, loadTaxa } from '../../../db/taxonomy/taxa.ts'
import { makeTestDatabaseUrl, onPostgres, openTestDatabase } from '../../support/database.ts'

const needsPglite = onPostgres ? 'tests PGlite only' : false
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
