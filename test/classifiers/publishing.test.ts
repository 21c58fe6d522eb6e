// A version is compared with the one before it, on photos that neither was fitted on, before it answers.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Verdict } from '../../classifiers/evaluation/gate.ts'
import { answersAt } from '../../classifiers/evaluation/versions/kept-answers.ts'
import { readAnswers, readCard } from '../../classifiers/live/versions/write-card.ts'
import { identify } from '../../db/statements/identifications.ts'
import { latestPublished, latestVerdict } from '../../db/trees/trees.ts'
import { getVersionCard, listVersionCards } from '../../db/trees/version-cards.ts'
import { openTestDatabase } from '../support/database.ts'
import { emptyReference, openTestLearning } from '../support/learning.ts'
import { addIndexed, addModels, addTaxa, animal, DETECTOR, EMBEDDER } from '../support/rows.ts'

const database = await openTestDatabase()
const { db } = database

const DIMENSIONS = 6
function embedding(kind: number, seed: number): Float32Array {
  const values = Float32Array.from(
    { length: DIMENSIONS },
    (_, i) => (i === kind ? 1 : 0.2) + 0.05 * ((seed * (2 * i + 3)) % 11),
  )
  const length = Math.hypot(...values)
  return values.map((value) => value / length)
}

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
// Hooks run in the order of their making: what still reads the database ends before it.
after(learning.close)
after(database.close)

test('the second version with held-out photos carries its verdict', async () => {
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

test('the card of a version is equal byte for byte when it is made again, until something is learned', async () => {
  // Where lessons are told of as they come, versions are made in between too.
  const cards = await listVersionCards(db, { before: null, limit: 10 })
  const [now, earlier] = cards
  const first = cards.at(-1)
  assert.ok(now && earlier && first)
  const card = readCard(now)
  assert.equal(`${JSON.stringify(card, null, 1)}\n`, now.card)
  assert.deepEqual([card.version, card.judgedBy, card.decision], [now.version, 'heldOut', 'accepted'])
  assert.deepEqual(card.material.bySource, { search: 72 })
  assert.deepEqual(card.taxa, {
    listed: kinds.map((taxonId) => ({ taxonId, examples: 24, bySource: { search: 24 } })),
    others: { taxa: 0, examples: 0 },
    all: 3,
  })
  assert.deepEqual(
    card.nets.map(({ name, sha256, examples }) => [name, sha256, examples]),
    [
      ['test-embedder', EMBEDDER, 72],
      ['test-detector', DETECTOR, 72],
    ],
  )
  const more = 72 - readCard(earlier).material.examples
  assert.deepEqual([card.since?.version, card.since?.examples, card.since?.netChanged], [earlier.version, more, false])
  assert.equal(card.since?.changed.length, 3)
  assert.equal(readCard(first).since, null)
  assert.equal(card.figures.photos, card.material.heldOut)
  const species = card.figures.ranks.find(({ rank }) => rank === 'species')
  assert.ok(species && species.low <= species.share && species.share <= species.high)
  assert.equal(answersAt(readAnswers(await getVersionCard(db, now.version)), 'species').length, card.figures.photos)

  assert.deepEqual(await learning.rebuildVersion(now.version), { equal: true, why: null })
  await teach(1)
  const { equal, why } = await learning.rebuildVersion(now.version)
  assert.deepEqual([equal, why], [false, 'The examples have changed since: there were 72, now there are 73.'])
})
