// The list of what to name next, as the running service keeps it.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { doubtedCohorts } from '../../db/insight/appraisals.ts'
import { listDetections } from '../../db/photos/queues.ts'
import { identify } from '../../db/statements/identifications.ts'
import { openTestDatabase } from '../support/database.ts'
import { emptyReference, openTestLearning } from '../support/learning.ts'
import { addIndexed, addModels, addTaxa, animal } from '../support/rows.ts'

const database = await openTestDatabase()
const { db } = database
after(database.close)

const DIMENSIONS = 8
function embedding(kind: number, seed: number): Float32Array {
  const values = Float32Array.from(
    { length: DIMENSIONS },
    (_, i) => (i === kind ? 1 : 0.1) + 0.01 * ((seed * (i + 3)) % 7),
  )
  const length = Math.hypot(...values)
  return values.map((value) => value / length)
}

test('is chosen in the background, says why, and follows what people name', async () => {
  await addModels(db)
  const taxa = await addTaxa(db)
  const kinds = new Map<number, number>()
  for (let i = 0; i < 30; i++) {
    const kind = i % 3 === 0 ? 1 : 0
    const { detectionId } = await addIndexed(db, { group: `g${i}` }, [animal({ embedding: embedding(kind, i) })])
    kinds.set(detectionId, kind)
  }
  const learning = await openTestLearning({ database, reference: emptyReference(DIMENSIONS) })
  after(learning.close)
  const asked = async () => {
    const { items } = await listDetections(db, { queue: 'useful', limit: 50 })
    return items.flatMap(({ id, question }) => (question ? [{ id, ...question }] : []))
  }
  const until = async (holds: (questions: Awaited<ReturnType<typeof asked>>) => boolean) => {
    for (let tries = 0; tries < 300; tries++) {
      const questions = await asked()
      if (holds(questions)) return questions
      await wait(100)
    }
    return assert.fail(`The list stayed ${JSON.stringify(await asked())}`)
  }
  // A page that is read while the list is replaced holds animals in their order before: the next one is right.
  const [first] = await until((questions) => questions[0]?.why === 'typical')
  assert.ok(first)
  await identify(db, { detectionId: first.id, taxonId: taxa.corax, person: 'ada', basis: { kind: 'search' } })
  await learning.sync()
  await until((questions) => questions.length > 0 && questions.every(({ id }) => id !== first.id))
})

test('labels are doubted in the background, and animals are compared with all others', async () => {
  const { rows } = await db.execute<{ id: number }>("select id from taxon where rank = 'species' order by id")
  const [right, wrong] = rows.map(({ id }) => id)
  const mislabelled: number[] = []
  for (let i = 0; i < 24; i++) {
    const kind = i % 2
    const { detectionId } = await addIndexed(db, { group: `l${i}` }, [animal({ embedding: embedding(2 + kind, i) })])
    const slip = i === 4 || i === 6 || i === 8
    if (slip) mislabelled.push(detectionId)
    const taxonId = (kind === 0) === slip ? wrong! : right!
    await identify(db, { detectionId, taxonId, person: 'ada', basis: { kind: 'search' } })
  }
  const learning = await openTestLearning({ database, reference: emptyReference(DIMENSIONS) })
  after(learning.close)
  const cohorts = () => doubtedCohorts(db, {}, { limit: 5, tiles: 10 })
  for (let tries = 0; tries < 300 && (await cohorts()).length === 0; tries++) await wait(100)
  const [first] = await cohorts()
  assert.deepEqual([first?.labelId, first?.rivalId], [wrong, right])
  assert.deepEqual(
    [...(first?.detectionIds ?? [])].sort((a, b) => a - b),
    mislabelled,
  )
  const { items } = await listDetections(db, { order: 'unique', limit: 100 })
  const values = items.map(({ appraisal }) => appraisal?.uniqueness ?? -1)
  assert.ok(values.length >= 50 && values.every((value, i) => value >= 0 && value <= (values[i - 1] ?? 1)))
})
