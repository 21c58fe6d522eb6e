// Which detections a person looks at next: each queue, each order, each way of narrowing, page by page.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { markDetections, markMedia, showDetections } from '../../../db/history/changes.ts'
import { replaceQuestions } from '../../../db/photos/asking/questions.ts'
import {
  recordedCells,
  replaceResultsQuestions,
  type WaitingRecord,
  waitingRecords,
} from '../../../db/photos/asking/results-questions.ts'
import { findDeployment } from '../../../db/photos/deployments.ts'
import { changeNotes } from '../../../db/photos/media.ts'
import type { QueueName } from '../../../db/photos/queue-conditions.ts'
import {
  countQueues,
  type DetectionCursor,
  type DetectionFilter,
  type DetectionOrder,
  listDetections,
  peopleWhoIdentified,
} from '../../../db/photos/queues.ts'
import { identify, withdraw } from '../../../db/statements/identifications.ts'
import { type NewSuggestion, upsertSuggestions } from '../../../db/trees/suggestions.ts'
import { openTestDatabase } from '../../support/database.ts'
import { addIndexed, addModels, addTaxa, animal, person } from '../../support/rows.ts'

const { db, close } = await openTestDatabase()
after(close)
let taxa: Awaited<ReturnType<typeof addTaxa>>

const list = async (filter: Partial<DetectionFilter>, pageSize = 100) => {
  const seen: number[] = []
  let cursor: DetectionCursor | null = null
  do {
    const page = await listDetections(db, { ...filter, limit: pageSize, cursor })
    seen.push(...page.items.map((one) => one.id))
    cursor = page.nextCursor
  } while (cursor)
  return seen
}
const summary = (detectionId: number, more: Partial<NewSuggestion> = {}): NewSuggestion => ({
  detectionId,
  taxonId: taxa.corax,
  probability: 0.5,
  familyProbability: null,
  stopTaxonId: null,
  novelty: 0.1,
  ownProbability: null,
  disagreement: 0,
  suspect: false,
  likeness: 0,
  firstHere: null,
  treeVersion: '1.0',
  ...more,
})
const say = (detectionId: number, taxonId: number, by = 'ann') =>
  identify(db, { detectionId, taxonId, person: by, basis: { kind: 'search' } })

/** By name: a few detections of every sort. */
const d = {} as Record<
  | 'unsure'
  | 'sure'
  | 'novel'
  | 'bare'
  | 'empty'
  | 'suspect'
  | 'confirmed'
  | 'fine'
  | 'conflict'
  | 'human'
  | 'notAnimal'
  | 'aside'
  | 'hidden',
  number
>
before(async () => {
  await addModels(db)
  taxa = await addTaxa(db)
  const add = async (facts = {}, more = {}) => (await addIndexed(db, facts, [animal(more)])).detectionId
  d.unsure = await add({ capturedAt: '2024-05-01 23:59:59', deployment: 'Hill' }, { confidence: 0.4 })
  d.sure = await add({ capturedAt: '2024-05-02 00:00:00', deployment: 'Hill' }, { confidence: 0.9 })
  d.novel = await add({ deployment: 'Pond', group: 'family' }, { confidence: 0.7 })
  d.bare = await add({ group: 'family' }, { confidence: 0.6 })
  d.empty = await add({}, { source: 'wholePhoto', confidence: null, bbox: [0, 0, 1, 1] })
  d.suspect = await add()
  d.confirmed = await add()
  const fine = await addIndexed(db)
  d.fine = fine.detectionId
  await changeNotes(db, fine.mediaId, { notes: '', favourite: true })
  d.conflict = await add()
  d.human = (await addIndexed(db, {}, [person])).detectionId
  d.notAnimal = await add()
  const aside = await addIndexed(db)
  d.aside = aside.detectionId
  d.hidden = await add()
  for (const id of [d.fine, d.suspect, d.confirmed, d.confirmed]) await say(id, taxa.pica)
  await say(d.conflict, taxa.corax)
  await say(d.conflict, taxa.pica, 'bob')
  await upsertSuggestions(db, [
    summary(d.unsure, { probability: 0.2, likeness: 9, disagreement: 0.3, firstHere: 0.6 }),
    summary(d.sure, { probability: 0.9, likeness: 3, disagreement: 0.6, stopTaxonId: taxa.corax, firstHere: 0.8 }),
    summary(d.novel, { probability: 0.3, novelty: 0.6, taxonId: taxa.parus, likeness: 5 }),
    summary(d.empty, { probability: 0.4, taxonId: null }),
    summary(d.suspect, { ownProbability: 0.1, disagreement: 0.8, suspect: true }),
    summary(d.confirmed, { ownProbability: 0.1, disagreement: 0.9, suspect: true }),
    summary(d.fine, { ownProbability: 0.9 }),
    summary(d.notAnimal),
    summary(d.aside),
    summary(d.hidden),
  ])
  await markDetections(db, [d.notAnimal], { from: null, to: 'notAnimal' })
  await markMedia(db, [aside.mediaId], { from: null, to: 'empty' })
  await showDetections(db, [d.hidden], false)
})

test('each queue has its own detections in its own order', async () => {
  const expected: Record<QueueName, number[]> = {
    useful: [d.unsure, d.novel, d.empty, d.sure, d.bare],
    unsure: [d.unsure, d.novel, d.empty, d.sure, d.bare],
    results: [],
    unidentified: [d.empty, d.bare, d.novel, d.sure, d.unsure],
    novel: [d.novel],
    firstHere: [d.sure, d.unsure],
    falseTrigger: [d.empty],
    conflict: [d.conflict],
    wrongLabel: [d.suspect],
    recent: [d.conflict, d.confirmed, d.suspect, d.fine],
    flagged: [d.fine],
    secondLook: [d.conflict],
    marked: [d.notAnimal, d.aside].sort((a, b) => b - a),
  }
  // The order of creation: `empty` is the last of the open ones.
  assert.deepEqual(expected.unidentified, [d.unsure, d.sure, d.novel, d.bare, d.empty].reverse())
  const counts = new Map((await countQueues(db, {}, 100)).map((one) => [one.name, one]))
  for (const [queue, ids] of Object.entries(expected) as [QueueName, number[]][]) {
    assert.deepEqual(await list({ queue }), ids, queue)
    for (const size of [1, 2]) assert.deepEqual(await list({ queue }, size), ids, `${queue} by ${size}`)
    assert.deepEqual(counts.get(queue), { name: queue, count: ids.length, capped: false })
  }
  const [, unsure] = await countQueues(db, {}, 3)
  assert.deepEqual(unsure, { name: 'unsure', count: 3, capped: true })
})

test('orders, with what lacks their key at the end', async () => {
  const orders: [DetectionOrder, number[]][] = [
    ['confidence', [d.sure, d.novel, d.bare, d.unsure, d.empty]],
    ['similar', [d.sure, d.unsure, d.novel, d.bare, d.empty]],
    ['disagreement', [d.sure, d.unsure, d.empty, d.novel, d.bare]],
    ['oldest', [d.unsure, d.sure, d.novel, d.bare, d.empty]],
  ]
  assert.ok(taxa.corax < taxa.parus)
  for (const [order, ids] of orders)
    for (const size of [1, 2, 100])
      assert.deepEqual(await list({ queue: 'unidentified', order }, size), ids, `${order} by ${size}`)
})

describe('narrowed', () => {
  const open = (filter: Partial<DetectionFilter>) => list({ queue: 'unidentified', order: 'oldest', ...filter })

  test('by taxon, camera, time, confidence and burst', async () => {
    assert.deepEqual(await open({ taxonIds: [taxa.parus] }), [d.novel])
    assert.deepEqual(await list({ queue: 'recent', taxonIds: [taxa.pica] }), [d.confirmed, d.suspect, d.fine])
    const hill = await findDeployment(db, 'Hill')
    assert.equal(await findDeployment(db, 'Valley'), null)
    assert.deepEqual(await open({ deploymentId: hill! }), [d.unsure, d.sure])
    assert.deepEqual(await open({ from: '2024-05-02' }), [d.sure])
    assert.deepEqual(await open({ before: '2024-05-02T00:00:00' }), [d.unsure])
    assert.deepEqual(await open({ minConfidence: 0.6 }), [d.sure, d.novel, d.bare])
    assert.deepEqual(await open({ maxConfidence: 0.6 }), [d.unsure, d.bare])
    assert.deepEqual(await open({ groupKey: 'g:family' }), [d.novel, d.bare])
  })
  test('by whether the answer is sure, of a taxon among some or of any', async () => {
    assert.deepEqual(await open({ sure: true }), [d.sure])
    assert.deepEqual(await open({ sure: false }), [d.unsure, d.novel, d.bare, d.empty])
    assert.deepEqual(await open({ taxonIds: [taxa.corax] }), [d.unsure, d.sure])
    assert.deepEqual(await open({ taxonIds: [taxa.corax], sure: true }), [d.sure])
    assert.deepEqual(await open({ taxonIds: [taxa.parus], sure: true }), [])
  })
  test('by person, by kind, and what is hidden is nowhere', async () => {
    assert.deepEqual(await list({ queue: 'recent', person: 'bob' }), [d.conflict])
    assert.deepEqual(await list({ kind: 'person' }), [d.human])
    assert.deepEqual(await list({ mark: 'notAnimal' }), [d.notAnimal])
    assert.deepEqual(await list({ queue: 'marked', mark: 'empty' }), [d.aside])
    assert.deepEqual(await peopleWhoIdentified(db), ['ann', 'bob'])
    assert.ok(!(await list({})).includes(d.hidden))
  })
  test('counts follow', async () => {
    const counts = await countQueues(db, { taxonIds: [taxa.pica] }, 100)
    assert.deepEqual(
      counts.filter(({ count }) => count > 0).map(({ name, count }) => [name, count]),
      [
        ['wrongLabel', 1],
        ['recent', 3],
        ['flagged', 1],
      ],
    )
  })
})

test('a detection that is decided leaves its queue, and the next page goes on where the last ended', async () => {
  const first = await listDetections(db, { queue: 'unsure', limit: 2 })
  const id = first.items[1]!.id
  const { identification } = await say(id, taxa.pica)
  const rest = await listDetections(db, { queue: 'unsure', limit: 10, cursor: first.nextCursor })
  assert.deepEqual(
    rest.items.map((one) => one.id),
    [d.empty, d.sure, d.bare],
  )
  assert.ok(!(await list({ queue: 'novel' })).includes(d.novel))
  await withdraw(db, identification.id, 'ann')
  assert.deepEqual(await list({ queue: 'novel' }), [d.novel], 'and is back when it waits again')
})

test('what changes the results most: waiting animals with a place and a time, in the order given', async () => {
  const at = { deployment: 'Ridge', capturedAt: '2024-05-01 06:13:22' }
  const [waiting, named] = [await addIndexed(db, at), await addIndexed(db, at)]
  await upsertSuggestions(db, [summary(waiting.detectionId), summary(named.detectionId)])
  await say(named.detectionId, taxa.pica)
  const records: WaitingRecord[] = []
  for await (const page of waitingRecords(db)) records.push(...page)
  const record = records.find(({ detectionId }) => detectionId === waiting.detectionId)
  assert.deepEqual([record?.station, record?.taxonId, record?.probability], ['Ridge', taxa.corax, 0.5])
  assert.ok(!records.some(({ detectionId }) => detectionId === named.detectionId))
  const { station, week } = record!
  const cells = [taxa.corax, taxa.pica].map((taxonId) => ({ station, week, taxonId }))
  assert.deepEqual(await recordedCells(db, [...cells, { ...cells[1]!, week: week + 1 }]), [cells[1]])
  await replaceResultsQuestions(db, [
    { detectionId: waiting.detectionId, gain: 0.5, records: 1 },
    { detectionId: d.sure, gain: 0.25, records: 3 },
    { detectionId: 999_999, gain: 0.1, records: 1 },
  ])
  for (const size of [1, 2, 3]) assert.deepEqual(await list({ queue: 'results' }, size), [waiting.detectionId, d.sure])
  const { items } = await listDetections(db, { queue: 'results', limit: 1 })
  assert.deepEqual(items[0]?.resultsQuestion, { gain: 0.5, records: 1 })
  await replaceResultsQuestions(db, [])
  await showDetections(db, [waiting.detectionId, named.detectionId], false)
})

test('most useful first: questions in their order, then the least probable, on every size of page', async () => {
  await replaceQuestions(db, [
    { detectionId: d.sure, why: 'typical', alike: 3 },
    { detectionId: d.bare, why: 'random', alike: 1 },
    { detectionId: 999_999, why: 'unsure', alike: 1 },
  ])
  const expected = [d.sure, d.bare, d.unsure, d.novel, d.empty]
  for (const size of [1, 2, 3, 100]) assert.deepEqual(await list({ queue: 'useful' }, size), expected, `by ${size}`)
  assert.deepEqual(await list({ order: 'useful', state: 'unidentified' }, 2), expected)
  const { items } = await listDetections(db, { queue: 'useful', limit: 3 })
  assert.deepEqual(
    items.map(({ question }) => question),
    [{ why: 'typical', alike: 3 }, { why: 'random', alike: 1 }, null],
  )
  const before = await listDetections(db, { queue: 'useful', limit: 1 })
  await replaceQuestions(db, [{ detectionId: d.novel, why: 'new', alike: 2 }])
  const page = await listDetections(db, { queue: 'useful', limit: 1, cursor: before.nextCursor })
  assert.deepEqual(
    page.items.map(({ id }) => id),
    [d.novel],
    'a later page holds the newer questions',
  )
  await replaceQuestions(db, [])
})
