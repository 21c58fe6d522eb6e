// What the live tree takes over from rows while the taxonomy is edited.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { publishFirst } from '../../classifiers/live/publishing.ts'
import { applyChanges, load, readChanges, removeTaxa } from '../../classifiers/live/tree-rows.ts'
import type { Database } from '../../db/connection/connect.ts'
import { identifyMany } from '../../db/statements/bulk-identifications.ts'
import { identify } from '../../db/statements/identifications.ts'
import { applyEdit } from '../../db/taxonomy/edits.ts'
import { needsPostgres, openTestDatabase } from '../support/database.ts'
import { emptyReference, openTestLearning } from '../support/learning.ts'
import { addIndexed, addModels, addTaxa, animal, EMBEDDER } from '../support/rows.ts'

const DIMENSIONS = 4
const NONE_MET = { detectionIds: [], sightings: new Map() }
const ONE_MOMENT = { isolationLevel: 'repeatable read', accessMode: 'read only' } as const

describe('taxa that are removed while lessons are read', () => {
  let database: Database
  let taxa: Awaited<ReturnType<typeof addTaxa>>
  let detectionId: number
  before(async () => {
    database = await openTestDatabase()
    await addModels(database.db)
    taxa = await addTaxa(database.db)
    const reference = emptyReference(DIMENSIONS)
    await publishFirst(database.db, EMBEDDER, reference)
    detectionId = (await addIndexed(database.db)).detectionId
    await identify(database.db, { detectionId, taxonId: taxa.pica, person: 'ada', basis: { kind: 'search' } })
  })
  after(() => database.close())

  const deletePica = () =>
    applyEdit(database.db, {
      command: { kind: 'delete', id: taxa.pica, moveTo: taxa.corax },
      person: 'ada',
    })
  const read = (live: Parameters<typeof readChanges>[2], db = database.db) =>
    readChanges(db, EMBEDDER, live, { detectionIds: [detectionId], taxonIds: [taxa.pica] })

  it('are known as they were at the moment that is read', { skip: needsPostgres }, async () => {
    const { live } = await load(database.db, EMBEDDER)
    const news = await database.db.transaction(async (tx) => {
      await read(live, tx)
      const done = await deletePica()
      assert.ok(done.editId > 0)
      return await read(live, tx)
    }, ONE_MOMENT)
    assert.deepEqual(news.removed, [])
    assert.deepEqual(
      news.rows.map(({ taxonId }) => taxonId),
      [taxa.pica],
    )
    const now = await read(live)
    assert.deepEqual([now.removed, now.rows[0]?.taxonId], [[taxa.pica], taxa.corax])
  })

  it('stay while something is taught by them, and go with the lesson that takes it away', async () => {
    const { live } = await load(database.db, EMBEDDER)
    const { taxonId } = live.example(detectionId)!
    assert.deepEqual(removeTaxa(live, [taxonId, taxa.corvus]), [taxonId, taxa.corvus])
    assert.equal(live.tree.exampleCount(taxonId), 1)
    applyChanges(live, { met: NONE_MET, rows: [], deleted: [detectionId], taxa: [] })
    assert.deepEqual(removeTaxa(live, [taxonId]), [])
    assert.equal(live.taxon(taxonId), null)
  })

  it('stay while they rest with their examples', async () => {
    const { live } = await load(database.db, EMBEDDER)
    const { taxonId } = live.example(detectionId)!
    const taxon = live.taxa.need(taxonId)
    applyChanges(live, { met: NONE_MET, rows: [], deleted: [], taxa: [{ ...taxon, active: false }] })
    assert.equal(live.tree.exampleCount(taxonId), 0)
    assert.deepEqual(removeTaxa(live, [taxonId]), [taxonId])
  })
})

describe('more lessons than are learned in one go', () => {
  it('are all learned, also where they empty a taxon that is gone by then', async () => {
    const many = 620
    const database = await openTestDatabase()
    await addModels(database.db)
    const taxa = await addTaxa(database.db)
    const learning = await openTestLearning({ database, reference: emptyReference(DIMENSIONS) })
    try {
      const { detectionIds } = await addIndexed(
        database.db,
        {},
        Array.from({ length: many }, () => animal()),
      )
      await database.db.transaction((tx) =>
        identifyMany(tx, { detectionIds, taxonId: taxa.pica, person: 'ada', basis: { kind: 'search' } }),
      )
      await learning.sync()
      assert.equal(learning.exampleCount(taxa.pica), many)
      await applyEdit(database.db, {
        command: { kind: 'delete', id: taxa.pica, moveTo: taxa.parus },
        person: 'ada',
      })
      await learning.sync()
      assert.equal(learning.taxonomy.taxon(taxa.pica), null)
      assert.equal(learning.exampleCount(taxa.parus), many)
    } finally {
      await learning.close()
      await database.close()
    }
  })
})
