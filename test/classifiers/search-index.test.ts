// The search index of a version: it is built before the version is published, announced while it grows, dropped with
// the version, rebuilt where a copied database came without it, and never blocks publishing.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import type { LiveEvent } from '../../classifiers/live/events.ts'
import { type Learning, openLearning } from '../../classifiers/live/learning.ts'
import { openSearchIndex, type SearchIndex } from '../../classifiers/live/search-index.ts'
import type { Database } from '../../db/connection/connect.ts'
import { indexName, searchIndexState } from '../../db/trees/search-index.ts'
import { needsPostgres, openTestDatabase } from '../support/database.ts'
import { emptyReference } from '../support/learning.ts'
import { addIndexed, addModels, addTaxa, animal, EMBEDDER } from '../support/rows.ts'

const DIMENSIONS = 6
const EXEMPLARS = 12

describe('the index of a version', { skip: needsPostgres }, () => {
  let database: Database
  let learning: Learning
  let searchIndex: SearchIndex
  let taxa: Awaited<ReturnType<typeof addTaxa>>
  const heard: LiveEvent[] = []
  const faults: unknown[] = []
  const onError = (error: unknown) => void faults.push(error)
  const versionOf = (treeVersion: string) => Number(treeVersion.split('.')[0])

  before(async () => {
    database = await openTestDatabase()
    await addModels(database.db)
    taxa = await addTaxa(database.db)
    const announce = (event: LiveEvent) => heard.push(event)
    searchIndex = openSearchIndex({ database, announce, from: EXEMPLARS, onError })
    const reference = emptyReference(DIMENSIONS)
    const { prepare } = searchIndex
    learning = await openLearning({ database, embedder: { sha256: EMBEDDER }, reference, prepare, announce, onError })
  })
  after(async () => {
    await learning?.close()
    await searchIndex?.close()
    await database?.close()
  })

  let taught = 0
  async function teach(count: number): Promise<void> {
    for (let i = 0; i < count; i++, taught++) {
      const kind = taught % 2
      const values = Float32Array.from({ length: DIMENSIONS }, (_, j) =>
        j === kind ? 1 : 0.1 + 0.05 * Math.sin(taught * 7 + j),
      )
      const embedding = values.map((value) => value / Math.hypot(...values))
      const label = { taxonId: kind === 0 ? taxa.corax : taxa.vulpes, person: 'import:test' }
      await addIndexed(database.db, { label, group: `group ${taught}` }, [animal({ embedding })])
    }
    await learning.publishNow()
  }
  const state = () => searchIndexState(database.db, versionOf(learning.treeVersion()))

  test('a small version is published without one', async () => {
    await teach(EXEMPLARS - 1)
    assert.ok(versionOf(learning.treeVersion()) >= 1)
    assert.deepEqual(await state(), { ready: false, building: null })
  })
  test('a large one has it when it is published, and it was told', async () => {
    await teach(EXEMPLARS)
    const version = versionOf(learning.treeVersion())
    assert.deepEqual(await state(), { ready: true, building: null })
    const told = heard.findIndex(
      (event) => event.name === 'searchIndex' && event.share === 1 && event.version === version,
    )
    const published = heard.findLastIndex(({ name }) => name === 'published')
    assert.ok(told >= 0 && told < published)
  })
  test('the next version has its own, and those of versions that nobody answers with are gone', async () => {
    const first = versionOf(learning.treeVersion())
    await teach(2)
    await teach(2)
    assert.deepEqual(await state(), { ready: true, building: null })
    assert.deepEqual(await searchIndexState(database.db, first), { ready: false, building: null })
  })
  test('where it is missing it is made up for while the service runs', async () => {
    const version = versionOf(learning.treeVersion())
    await database.db.execute(sql.raw(`drop index ${indexName(version)}`))
    const copied = openSearchIndex({ database, announce: () => {}, from: EXEMPLARS, onError })
    copied.watch(() => learning)
    for (let i = 0; i < 600 && !(await state()).ready; i++) await sleep(100)
    assert.deepEqual(await state(), { ready: true, building: null })
    await copied.close()
  })
  test('one that cannot be made is told as a fault, and the version is published all the same', async () => {
    const before = versionOf(learning.treeVersion())
    assert.deepEqual(faults, [])
    // A relation of the next version's name that is no index.
    for (let next = before + 1; next < before + 4; next++)
      await database.db.execute(sql.raw(`create table ${indexName(next)} ()`))
    await teach(2)
    assert.ok(versionOf(learning.treeVersion()) > before)
    assert.ok(faults.length > 0)
    assert.deepEqual(await state(), { ready: false, building: null })
  })
})
