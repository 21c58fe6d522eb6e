// An installation moved to another database: complete, interrupted and resumed, refused where it would mix two.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { transfer } from '../../api/commands/transfer.ts'
import { connectDatabase, openDatabase } from '../../db/connection/connect.ts'
import { refuseUnfinishedTransfer, UNFINISHED_TRANSFER } from '../../db/copy/transfer-mark.ts'
import { setSetting } from '../../db/settings.ts'
import { identify } from '../../db/statements/identifications.ts'
import { insertVersion, publishVersion } from '../../db/trees/trees.ts'
import { makeTestDatabaseUrl } from '../support/database.ts'
import { newFolder, removeAll } from '../support/processes.ts'
import { addIndexed, addModels, addTaxa, EMBEDDER } from '../support/rows.ts'

const quiet = { signal: new AbortController().signal, say: () => {} }
let from = ''
let to = ''
const removers: (() => Promise<void>)[] = [removeAll]
after(async () => {
  for (const remove of removers) await remove()
})

/** The embedded database of an installation with enough in it for several pages. */
before(async () => {
  from = `file:${join(await newFolder(), 'database')}`
  const target = await makeTestDatabaseUrl()
  to = target.url
  removers.push(target.remove)
  const { db, pool, close } = await openDatabase(from)
  await addModels(db)
  const taxa = await addTaxa(db)
  for (let i = 0; i < 230; i++) {
    const { detectionId } = await addIndexed(db, { deployment: `camera ${i % 2}` })
    if (i < 20) await identify(db, { detectionId, taxonId: taxa.corax, person: 'Ada', basis: { kind: 'search' } })
  }
  await pool.query(`insert into taxon (name, rank, rank_level) values ('Animalia', 'kingdom', 70)`)
  await pool.query(`update taxon set parent_id = (select id from taxon where name = 'Animalia') where name = 'Aves'`)
  const version = await insertVersion(db, {
    modelSha256: EMBEDDER,
    statistics: Buffer.alloc(9000, 7),
    lessons: 1,
    examples: 1,
  })
  await publishVersion(db, version)
  await setSetting(db, 'models', { embedder: 'test-embedder' })
  await close()
})

test('an interrupted transfer is marked, goes on where it was, and is complete', async () => {
  // Interrupted as soon as the first photos are there.
  const stopping = new AbortController()
  const said: string[] = []
  const say = (text: string) => {
    said.push(text)
    if (text.startsWith('media:')) stopping.abort()
  }
  assert.equal(await transfer(from, to, { signal: stopping.signal, say }), null)
  assert.ok(said.includes('media: 230 rows'))
  const half = await connectDatabase(to)
  await assert.rejects(refuseUnfinishedTransfer(half.db), /a transfer into it was interrupted/)
  // As if interrupted in the middle of a table: its last rows are not there yet.
  await half.pool.query('delete from media where id > 150')
  const { rows } = await half.pool.query('select min(xmin::text::bigint) as first from media')
  await half.close()

  const told = await transfer(from, to, quiet)
  assert.ok(told !== null && told.rows > 3 * 230)
  const whole = await connectDatabase(to)
  await refuseUnfinishedTransfer(whole.db)
  const source = await connectDatabase(from)
  for (const text of [
    'select count(*)::int as count from identification',
    'select * from setting order by key',
    'select id, parent_id, name from taxon order by id',
    `select d.id, d.taught_taxon_id, e.vector::text from detection d join embedding e on e.detection_id = d.id order by d.id`,
  ])
    assert.deepEqual((await whole.pool.query(text)).rows, (await source.pool.query(text)).rows, text)
  const kept = await whole.pool.query('select min(xmin::text::bigint) as first from media')
  assert.deepEqual(kept.rows, rows, 'rows that were there were not written again')
  const next = await whole.pool.query(`insert into deployment (name) values ('new') returning id`)
  assert.equal(Number(next.rows[0].id), 3)
  await whole.close()
  await source.close()
})

test('a database with something in it is refused, and one that changed meanwhile is seen', async () => {
  await assert.rejects(transfer(from, to, quiet), /Expected an empty database to copy to but its table \w+ has rows/)
  const database = await connectDatabase(to)
  await setSetting(database.db, UNFINISHED_TRANSFER, 1)
  await database.pool.query(`delete from deployment where name = 'new'`)
  await database.pool.query(`update media set filename = 'another' where id = 7`)
  await database.close()
  await assert.rejects(transfer(from, to, quiet), /The rows of media differ between the two databases/)
})
