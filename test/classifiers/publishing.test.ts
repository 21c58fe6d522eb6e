// A version is compared with the one before it, on photos that neither was fitted on, before it answers.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Verdict } from '../../classifiers/evaluation/gate.ts'
import { identify } from '../../db/statements/identifications.ts'
import { latestPublished, latestVerdict } from '../../db/trees/trees.ts'
import { openTestDatabase } from '../support/database.ts'
import { emptyReference, openTestLearning } from '../support/learning.ts'
import { addIndexed, addModels, addTaxa, animal, EMBEDDER } from '../support/rows.ts'

const database = await openTestDatabase()
const { db } = database
after(database.close)

const DIMENSIONS = 6
function embedding(kind: number, seed: number): Float32Array {
  const values = Float32Array.from(
    { length: DIMENSIONS },
    (_, i) => (i === kind ? 1 : 0.2) + 0.05 * ((seed * (2 * i + 3)) % 11),
  )
  const length = Math.hypot(...values)
  return values.map((value) => value / length)
}

test('the second version with held-out photos carries its verdict', async () => {
  await addModels(db)
  const taxa = await addTaxa(db)
  const kinds = [taxa.corax, taxa.pica, taxa.parus]
  let made = 0
  const teach = async (count: number) => {
    for (const end = made + count; made < end; made++) {
      const one = animal({ embedding: embedding(made % 3, made) })
      const { detectionId } = await addIndexed(db, { group: `g${made}` }, [one])
      await identify(db, { detectionId, taxonId: kinds[made % 3]!, person: 'ada', basis: { kind: 'search' } })
    }
  }
  const learning = await openTestLearning({ database, reference: emptyReference(DIMENSIONS), fewestCompared: 60 })
  after(learning.close)
  await teach(60)
  await learning.publishNow()
  const first = await latestPublished(db, EMBEDDER)
  assert.ok(first && first.heldOut > 0, 'some photos were held out')
  assert.equal(first.verdict, null, 'version 0 was fitted on everything, so nothing can be compared')
  await teach(12)
  await learning.publishNow()
  const second = await latestPublished(db, EMBEDDER)
  const verdict = second?.verdict as Verdict
  assert.equal(second?.version, first.version + 1)
  assert.equal(verdict.decision, 'accepted')
  assert.equal(verdict.photos, second?.heldOut)
  assert.deepEqual(await latestVerdict(db, EMBEDDER), { version: second?.version, verdict })
})
