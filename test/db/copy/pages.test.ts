// Whole tables as bytes. What is read from one database and written into another is the same there, bit for bit.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { connectDatabase, type Database } from '../../../db/connection/connect.ts'
import { migrate, migrationsFolder } from '../../../db/connection/migrate.ts'
import {
  factsOf,
  firstFilled,
  holdsPages,
  type Numbering,
  type PageFacts,
  readNumbering,
  removeStarted,
  withSelfReferences,
  writeNumbering,
} from '../../../db/copy/contents.ts'
import { pagesOf, readPage, writePage } from '../../../db/copy/pages.ts'
import { type Table, tablesOf } from '../../../db/copy/tables.ts'
import { setSetting } from '../../../db/settings.ts'
import { identify, withdraw } from '../../../db/statements/identifications.ts'
import { insertMetricVectors, insertVersion, publishVersion } from '../../../db/trees/trees.ts'
import { makeTestDatabaseUrl, onPostgres, openTestDatabase } from '../../support/database.ts'
import { addIndexed, addModels, addTaxa, animal, EMBEDDER } from '../../support/rows.ts'

let from: Database
let to: Database
before(async () => {
  from = await openTestDatabase()
  to = await openTestDatabase()
})
after(async () => {
  await from.close()
  await to.close()
})

const withClient = async <T>(database: Database, work: (client: import('pg').PoolClient) => Promise<T>) => {
  const client = await database.pool.connect()
  try {
    return await work(client)
  } finally {
    client.release()
  }
}

/** Every kind of value that there is: texts with quotes and line feeds, nulls, JSON, times, floats, vectors, bytes. */
async function fill({ db, pool }: Database): Promise<void> {
  await addModels(db)
  const taxa = await addTaxa(db)
  const detectionIds: number[] = []
  for (let i = 0; i < 450; i++) {
    const embedding = Float32Array.from([Math.sin(i), Math.cos(i), i % 2 ? 1e-30 : -0, 0.1])
    const { detectionId } = await addIndexed(
      db,
      {
        filename: `${i} 'quoted"\n\\ ä.jpg`,
        latitude: i / 7,
        capturedAt: i % 3 ? '2024-05-01 06:13:22' : null,
        deployment: i % 2 ? 'camera' : null,
      },
      [animal({ embedding, confidence: i / 450 })],
    )
    detectionIds.push(detectionId)
  }
  const said = await identify(db, {
    detectionId: detectionIds[0]!,
    taxonId: taxa.corax,
    person: 'Ada',
    basis: { kind: 'search' },
  })
  await withdraw(db, said.identification.id, 'Ada')
  const statistics = Uint8Array.from({ length: 100_000 }, (_, i) => i)
  const version = await insertVersion(db, { modelSha256: EMBEDDER, statistics, lessons: 1, examples: 1 })
  const vector = Float32Array.from([0.5, -0.25])
  await insertMetricVectors(db, version, [{ detectionId: detectionIds[3]!, vector }])
  await publishVersion(db, version)
  await setSetting(db, 'models', { embedder: 'x', nested: [1.5, null, 'ä'] })
  // A taxon whose parent has a larger id: rows refer forwards.
  await pool.query(`insert into taxon (name, rank, rank_level) values ('Animalia', 'kingdom', 70)`)
  await pool.query(`update taxon set parent_id = (select id from taxon where name = 'Animalia') where name = 'Aves'`)
  // The id of a removed row is not used again.
  await pool.query(`delete from media where id = (select max(id) from media)`)
}

test('every table arrives as it was, in the order of references, whatever the rows hold', async () => {
  await fill(from)
  const pages = new Map<string, PageFacts[]>()
  const numbering = await withClient(from, (source) =>
    withClient(to, async (target): Promise<Numbering> => {
      const tables = await tablesOf(source)
      assert.deepEqual(
        tables.map(({ name }) => name),
        (await tablesOf(target)).map(({ name }) => name),
      )
      assert.equal(await firstFilled(target, tables), null)
      assert.notEqual(await firstFilled(source, tables), null)
      await target.query('begin')
      await removeStarted(target, tables)
      for (const table of tables) {
        const facts: PageFacts[] = []
        await withSelfReferences(target, [table], async () => {
          for await (const page of pagesOf(source, table)) {
            assert.equal(await writePage(target, table, page.bytes), page.rows)
            facts.push(factsOf(page))
          }
        })
        pages.set(table.name, facts)
      }
      const numbering = await readNumbering(source, tables)
      await writeNumbering(target, tables, numbering)
      await target.query('commit')
      return numbering
    }),
  )
  assert.ok(pages.get('media')!.length > 1, 'more than one page')
  assert.equal(
    pages.get('media')!.reduce((sum, { rows }) => sum + rows, 0),
    449,
  )
  await withClient(to, async (target) => {
    const tables = await tablesOf(target)
    for (const table of tables) assert.ok(await holdsPages(target, table, pages.get(table.name)!), table.name)
    assert.deepEqual(await readNumbering(target, tables), numbering)
    assert.equal(numbering.media, 450)
    const { rows } = await target.query(`insert into deployment (name) values ('new') returning id`)
    assert.equal(rows[0].id, 2)
  })
  const text = `select m.*, d.*, e.vector::text from media m join detection d on d.media_id = m.id
    join embedding e on e.detection_id = d.id order by m.id`
  assert.deepEqual((await to.pool.query(text)).rows, (await from.pool.query(text)).rows)
})

test('a changed bit, a missing and a further row are seen', async () => {
  await withClient(from, async (client) => {
    const tables = await tablesOf(client)
    const table = tables.find(({ name }) => name === 'setting') as Table
    const page = await readPage(client, table, null, 1000)
    const facts = [factsOf(page!)]
    assert.ok(await holdsPages(client, table, facts))
    await client.query('begin')
    await client.query(`update setting set value = '2' where key = 'models'`)
    assert.ok(!(await holdsPages(client, table, facts)))
    await client.query('rollback')
    await client.query('begin')
    await client.query(`insert into setting values ('zzz', '2')`)
    assert.ok(!(await holdsPages(client, table, facts)))
    await client.query('delete from setting')
    assert.ok(!(await holdsPages(client, table, facts)))
    await client.query('rollback')
  })
})

test('a database can be brought to an earlier version, then to the newest', async () => {
  const { url, remove } = await makeTestDatabaseUrl()
  const database = await connectDatabase(url)
  try {
    if (onPostgres) await database.pool.query('drop schema public, drizzle cascade; create schema public')
    const [oldest] = readMigrationFiles({ migrationsFolder }).map(({ folderMillis }) => folderMillis)
    await migrate(database.pool, oldest)
    const has = async () =>
      (await database.pool.query(`select 1 from information_schema.columns where column_name = 'search_text'`)).rowCount
    assert.equal(await has(), 0)
    await migrate(database.pool)
    assert.equal(await has(), 1)
  } finally {
    await database.close()
    await remove()
  }
})
