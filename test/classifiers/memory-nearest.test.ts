// Memory and database find the same neighbours.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { measureAll, nearestOf } from '../../classifiers/live/memory-nearest.ts'
import { publishFirst } from '../../classifiers/live/publishing.ts'
import { load } from '../../classifiers/live/tree-rows.ts'
import { random } from '../../classifiers/seeded-random.ts'
import { project } from '../../classifiers/statistics.ts'
import type { Database } from '../../db/connection/connect.ts'
import { identify } from '../../db/statements/identifications.ts'
import { type Near, nearestExemplars, nearestPerTaxon } from '../../db/trees/nearest.ts'
import { openTestDatabase } from '../support/database.ts'
import { emptyReference } from '../support/learning.ts'
import { addIndexed, addModels, addTaxa, animal, EMBEDDER } from '../support/rows.ts'

const DIMENSIONS = 8
const next = random(5)
const draw = () => {
  const values = Float32Array.from({ length: DIMENSIONS }, () => next() - 0.5)
  const length = Math.hypot(...values)
  return values.map((value) => value / length)
}

describe('neighbours from memory', () => {
  let database: Database
  let taxa: Awaited<ReturnType<typeof addTaxa>>
  before(async () => {
    database = await openTestDatabase()
    await addModels(database.db)
    taxa = await addTaxa(database.db)
    const species = [taxa.corax, taxa.cornix, taxa.parus, taxa.vulpes]
    for (let i = 0; i < 60; i++) {
      const { detectionId } = await addIndexed(database.db, { group: `burst ${i % 20}` }, [
        animal({ embedding: draw() }),
      ])
      await identify(database.db, { detectionId, taxonId: species[i % 4]!, person: 'ada', basis: { kind: 'search' } })
    }
  })
  after(() => database.close())

  it('are those of the database: overall, within a taxon, per taxon, without a burst or a detection', async () => {
    const { db } = database
    const reference = emptyReference(DIMENSIONS)
    await publishFirst(db, EMBEDDER, reference)
    const { live } = await load(db, EMBEDDER)
    const query = project(live.statistics, draw())
    const one = live.exemplarRows!.exemplars[7]!
    for (const groupKey of [null, one.groupKey]) {
      for (const detectionId of [null, one.detectionId]) {
        const measured = measureAll(live.exemplarRows!, query, { groupKey, detectionId })
        const search = {
          version: live.version,
          query,
          excludeGroupKey: groupKey,
          excludeDetectionIds: detectionId === null ? [] : [detectionId],
        }
        same(nearestOf(measured, 9, null), await nearestExemplars(db, { ...search, k: 9 }))
        const corvus = live.taxa.subtree(taxa.corvus)
        same(
          nearestOf(measured, 100, new Set(corvus)),
          await nearestExemplars(db, { ...search, k: 100, taxonIds: corvus }),
        )
        const asked = [taxa.parus, taxa.corvus].map((taxonId) => ({ taxonId, within: live.taxa.subtree(taxonId) }))
        const found = await nearestPerTaxon(db, { ...search, taxa: asked, perTaxon: 4 })
        for (const { taxonId, within } of asked) same(nearestOf(measured, 4, new Set(within)), found.get(taxonId)!)
      }
    }
  })
})

function same(memory: Near[], stored: Near[]): void {
  assert.ok(memory.length > 0)
  const bare = (near: Near[]) => near.map(({ similarity: _, ...facts }) => facts)
  assert.deepEqual(bare(memory), bare(stored))
  memory.forEach(({ similarity }, i) => {
    assert.ok(Math.abs(similarity - stored[i]!.similarity) < 1e-6, `${similarity} and ${stored[i]!.similarity}`)
  })
}
