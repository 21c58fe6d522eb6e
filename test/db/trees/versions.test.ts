// Versions of a tree: numbered, published, removed, and made by one process at a time.

import assert from 'node:assert/strict'
import { after, beforeEach, describe, test } from 'node:test'
import { sql } from 'drizzle-orm'
import { openDatabase } from '../../../db/connection/connect.ts'
import { NotFound } from '../../../db/errors.ts'
import {
  deleteVersionsBefore,
  insertMetricVectors,
  latestPublished,
  publishVersion,
  withPublishLock,
} from '../../../db/trees/trees.ts'
import { needsPostgres, openTestDatabase } from '../../support/database.ts'
import { addIndexed, addModels, addVersion, EMBEDDER } from '../../support/rows.ts'

const database = await openTestDatabase()
const { db, close } = database
after(close)
await addModels(db)
beforeEach(() => db.execute(sql`truncate media, deployment, lesson, tree_version restart identity cascade`))

const newVersion = () => addVersion(db)

describe('tree versions', () => {
  test('are numbered from 0, found once published, and removed with their vectors', async () => {
    assert.equal(await latestPublished(db, EMBEDDER), null)
    const first = await newVersion()
    const second = await newVersion()
    assert.deepEqual([first, second], [0, 1])
    assert.equal(await latestPublished(db, EMBEDDER), null)
    await publishVersion(db, second)
    await publishVersion(db, first)
    const latest = await latestPublished(db, EMBEDDER)
    assert.equal(latest?.version, second)
    assert.deepEqual([...latest!.statistics], [1, 2, 255])
    assert.deepEqual([latest?.lessons, latest?.examples], [5, 3])
    await publishVersion(db, second)
    assert.deepEqual((await latestPublished(db, EMBEDDER))?.publishedAt, latest?.publishedAt)
    assert.equal(await latestPublished(db, 'another'), null)
    const { detectionId } = await addIndexed(db)
    await insertMetricVectors(db, first, [{ detectionId, vector: Float32Array.from([1, 0.5]) }])
    await deleteVersionsBefore(db, EMBEDDER, second)
    await assert.rejects(publishVersion(db, first), NotFound)
    assert.equal((await db.execute(sql`select 1 from metric_vector`)).rows.length, 0)
  })
  test('get different numbers when made at once', async () => {
    const numbers = await Promise.all(Array.from({ length: 6 }, newVersion))
    assert.deepEqual(numbers.sort(), [0, 1, 2, 3, 4, 5])
  })
  test('are made by one process at a time', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    let first = Promise.resolve(false)
    await new Promise<void>((begun) => {
      first = withPublishLock(database, () => {
        begun()
        return held
      })
    })
    let second = false
    assert.equal(
      await withPublishLock(database, async () => {
        second = true
      }).finally(release),
      false,
    )
    assert.equal(second, false)
    assert.equal(await first, true)
    await assert.rejects(
      withPublishLock(database, async () => {
        throw new Error('broken')
      }),
      /broken/,
    )
    assert.equal(await withPublishLock(database, async () => {}), true)
  })
  test('are made by one process at a time, whichever it is', { skip: needsPostgres }, async () => {
    const other = await openDatabase(database.url)
    await withPublishLock(database, async () => {
      assert.equal(await withPublishLock(other, async () => {}), false)
    })
    assert.equal(await withPublishLock(other, async () => {}), true)
    await other.close()
  })
})
