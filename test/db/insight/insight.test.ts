// Counts under one filter, against photos laid out by hand.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'drizzle-orm'
import { NotFound } from '../../../db/errors.ts'
import {
  NO_FILTER as all,
  countActivity,
  countConfidence,
  countConfirmed,
  countPeople,
  countPlaces,
  countProbability,
  countTaxa,
  type InsightFilter,
} from '../../../db/insight/counts.ts'
import {
  keepForecast,
  keepSummariesAsForecasts,
  measuredForecasts,
  watchedForecasts,
} from '../../../db/insight/forecasts.ts'
import {
  beginMap,
  failMap,
  finishMap,
  hearOfMap,
  mapPoints,
  mapStandings,
  pointFacts,
} from '../../../db/insight/maps.ts'
import { getSelection, selectBucket, selectDetections } from '../../../db/insight/selections.ts'
import { createImport } from '../../../db/photos/imports.ts'
import { listDetections } from '../../../db/photos/queues.ts'
import { identify, withdraw } from '../../../db/statements/identifications.ts'
import { openTestDatabase } from '../../support/database.ts'
import { addIndexed, addModels, addTaxa, animal, EMBEDDER, person } from '../../support/rows.ts'

const { db, close } = await openTestDatabase()
after(close)

let taxa: Awaited<ReturnType<typeof addTaxa>>
let importId: number
/**
 * Detections: a raven by Ada, a raven by import, a magpie that is only suggested, an animal about which nothing is
 * known.
 */
let raven: number
let labelled: number
let magpie: number
let unknown: number

before(async () => {
  await addModels(db)
  taxa = await addTaxa(db)
  importId = (await createImport(db, { name: 'June' })).id
  const river = { deployment: 'River', latitude: 52.5204, longitude: 13.4049 }
  raven = (
    await addIndexed(db, { ...river, capturedAt: '2024-05-01 06:13:22' }, [animal({ confidence: 0.95 }), person])
  ).detectionId
  labelled = (
    await addIndexed(
      db,
      { ...river, importId, capturedAt: '2024-06-30 23:59:59', label: { taxonId: taxa.corax, person: 'import:June' } },
      [animal({ confidence: 1 })],
    )
  ).detectionId
  magpie = (
    await addIndexed(db, { deployment: 'Hill', importId, capturedAt: '2024-07-01 00:00:00' }, [
      animal({ confidence: 0.31 }),
    ])
  ).detectionId
  unknown = (await addIndexed(db, {}, [animal({ confidence: null, source: 'wholePhoto' })])).detectionId
  await addIndexed(db, { deployment: 'Hill' }, [])
  await identify(db, { detectionId: raven, taxonId: taxa.corax, person: 'Ada', basis: { kind: 'search' } })
  await db.execute(sql`insert into suggestion (detection_id, taxon_id, probability, novelty, tree_version)
    values (${raven}, ${taxa.cornix}, 0.4, 0, '1.0'), (${magpie}, ${taxa.pica}, 0.999, 0, '1.0')`)
})

const corvidae = () => ({ ...all, taxonIds: [taxa.corvidae, taxa.corvus, taxa.corax, taxa.cornix, taxa.pica] })

test('animals count for what they are identified as, else for what is suggested; people do not count', async () => {
  const counts = (await countTaxa(db, all)).sort((a, b) => (a.taxonId ?? 0) - (b.taxonId ?? 0))
  const expected = [
    { taxonId: null, identified: 0, suggested: 1 },
    { taxonId: taxa.corax, identified: 2, suggested: 0 },
    { taxonId: taxa.pica, identified: 0, suggested: 1 },
  ]
  assert.deepEqual(
    counts,
    expected.sort((a, b) => (a.taxonId ?? 0) - (b.taxonId ?? 0)),
  )
})

test('each part of the filter narrows, and they narrow together', async () => {
  const count = async (filter: Partial<InsightFilter>) =>
    (await countTaxa(db, { ...all, ...filter })).reduce((sum, one) => sum + one.identified + one.suggested, 0)
  assert.equal(await count({}), 4)
  assert.equal(await count({ deployment: 'River' }), 2)
  assert.equal(await count({ deployment: 'Nowhere' }), 0)
  assert.equal(await count({ from: '2024-06-30' }), 2)
  assert.equal(await count({ to: '2024-06-30' }), 2)
  assert.equal(await count({ from: '2024-06-30', to: '2024-06-30' }), 1)
  assert.equal(await count({ importId }), 2)
  assert.equal(await count({ person: 'Ada' }), 1)
  assert.equal(await count({ person: 'import:June' }), 1)
  assert.equal(await count({ taxonIds: [taxa.pica] }), 1)
  assert.equal(await count({ taxonIds: [taxa.cornix] }), 0, 'an identified animal counts for no other suggestion')
  assert.equal(await count({ ...corvidae(), importId, deployment: 'Hill' }), 1)
})

test('confidence and probability fall into bins; the last holds 1', async () => {
  const confidence = await countConfidence(db, all, 20)
  assert.equal(confidence.without, 1)
  const filled = confidence.bins.filter((bin) => bin.identified + bin.unidentified > 0)
  assert.deepEqual(filled, [
    { bin: 6, identified: 0, unidentified: 1 },
    { bin: 19, identified: 2, unidentified: 0 },
  ])
  const probability = await countProbability(db, all, 10)
  assert.equal(probability.without, 2)
  assert.deepEqual(probability.bins[4], { bin: 4, identified: 1, unidentified: 0 })
  assert.deepEqual(probability.bins[9], { bin: 9, identified: 0, unidentified: 1 })
})

test('activity is by the camera clock; without one there is no hour', async () => {
  assert.deepEqual(await countActivity(db, all), [
    { month: 5, hour: 6, animals: 1 },
    { month: 6, hour: 23, animals: 1 },
    { month: 7, hour: 0, animals: 1 },
    { month: null, hour: null, animals: 1 },
  ])
})

test('places hold photos without animals too, unless animals are asked for', async () => {
  const of = async (filter: InsightFilter) =>
    new Map((await countPlaces(db, filter)).map((one) => [one.deployment, one]))
  const places = await of(all)
  assert.deepEqual(places.get('River'), {
    deployment: 'River',
    latitude: 52.52,
    longitude: 13.4,
    photos: 2,
    animals: 2,
    identified: 2,
    firstAt: '2024-05-01',
    lastAt: '2024-06-30',
  })
  assert.equal(places.get('Hill')?.photos, 2)
  assert.equal(places.get('Hill')?.animals, 1)
  assert.equal(places.get(null)?.photos, 1)
  assert.deepEqual([...(await of(corvidae())).keys()].sort(), ['Hill', 'River'])
  assert.equal((await of(corvidae())).get('Hill')?.photos, 1)
})

test('who identified what', async () => {
  assert.deepEqual(await countConfirmed(db, all), {
    animals: 4,
    byPeople: 1,
    byImport: 1,
    conflict: 0,
    suggested: 1,
    open: 1,
  })
  assert.deepEqual(await countPeople(db, all), [
    { person: 'Ada', animals: 1 },
    { person: 'import:June', animals: 1 },
  ])
  assert.deepEqual(await countPeople(db, { ...all, importId }), [{ person: 'import:June', animals: 1 }])
})

test('a selection holds what a bar shows, and lists follow it', async () => {
  const listed = async (selectionId: number) => {
    const { items } = await listDetections(db, { selectionId, order: 'oldest', limit: 100 })
    return items.map(({ id }) => id)
  }
  const hour = await selectBucket(db, 'At six', all, { hour: 6 })
  assert.deepEqual(await getSelection(db, hour.id), { id: hour.id, name: 'At six', count: 1 })
  assert.deepEqual(await listed(hour.id), [raven])
  const sure = await selectBucket(db, 'Sure', all, { confidence: { from: 0.95, to: 1 } })
  assert.deepEqual(await listed(sure.id), [raven, labelled])
  const unsure = await selectBucket(db, 'Unsure', all, { probability: { from: 0.4, to: 0.45 } })
  assert.deepEqual(await listed(unsure.id), [raven])
  const place = await selectBucket(db, 'Berlin', { ...all, importId }, { latitude: 52.52, longitude: 13.4 })
  assert.deepEqual(await listed(place.id), [labelled])
  const chosen = await selectDetections(db, 'Lasso', [unknown, magpie, 999_999])
  assert.equal(chosen.count, 2)
  assert.deepEqual(await listed(chosen.id), [magpie, unknown])
  await assert.rejects(getSelection(db, 999), NotFound)
})

test('the first forecast stays, and counts while its animal is named and nobody disagrees', async () => {
  const path = [
    { taxonId: taxa.aves, probability: 0.75 },
    { taxonId: taxa.pica, probability: 0.5 },
  ]
  await keepForecast(db, magpie, { treeVersion: '1.0', path, strange: 0.25, examples: 3 })
  await keepForecast(db, magpie, { treeVersion: '2.0', path: path.slice(0, 1), strange: 0, examples: 9 })
  await keepForecast(db, unknown, { treeVersion: '1.0', path: [], strange: 1, examples: 0 })
  assert.deepEqual(await measuredForecasts(db, all, 10), [])
  const said = await identify(db, {
    detectionId: magpie,
    taxonId: taxa.pica,
    person: 'Bo',
    basis: { kind: 'suggestion' },
  })
  const expected = [{ detectionId: magpie, taxonId: taxa.pica, treeVersion: '1.0', path, examples: 3 }]
  assert.deepEqual(await measuredForecasts(db, all, 10), expected)
  assert.deepEqual(await measuredForecasts(db, corvidae(), 10), expected)
  assert.deepEqual(await measuredForecasts(db, { ...all, deployment: 'River' }, 10), [])
  await identify(db, { detectionId: magpie, taxonId: taxa.corax, person: 'Cy', basis: { kind: 'search' } })
  assert.deepEqual(await measuredForecasts(db, all, 10), [])
  await withdraw(db, said.identification.id, 'Bo')
  assert.deepEqual(
    (await measuredForecasts(db, all, 10)).map((one) => one.taxonId),
    [taxa.corax],
  )
  assert.deepEqual(await watchedForecasts(db, 10), [{ taxonId: taxa.corax, path, strange: 0.25 }])
})

test('many at once are measured by the summaries that they were shown with', async () => {
  await keepSummariesAsForecasts(db, [raven, labelled, magpie], 7)
  const kept = (await measuredForecasts(db, all, 10)).sort((a, b) => a.detectionId - b.detectionId)
  assert.deepEqual(
    kept.map(({ detectionId, examples, path }) => [detectionId, examples, path.map((step) => step.taxonId)]),
    [
      [raven, 7, [taxa.cornix]],
      [magpie, 3, [taxa.aves, taxa.pica]],
    ],
  )
  // A summary did not decide where an answer stops.
  assert.equal((await watchedForecasts(db, 10)).length, 1)
})

test('one map is computed at a time; the newest ready one is kept with its points', async () => {
  const facts = { modelSha256: EMBEDDER, treeVersion: '1.0' }
  assert.deepEqual(await mapStandings(db, EMBEDDER), { latest: null, ready: null })
  const first = await beginMap(db, facts)
  assert.ok(first)
  assert.equal(await beginMap(db, facts), null)
  await hearOfMap(db, first.id, 0.5)
  assert.equal((await mapStandings(db, EMBEDDER)).latest?.progress, 0.5)
  assert.equal(await mapPoints(db, first.id), null)
  const points = { detectionIds: [raven, magpie], x: Float32Array.of(0, 0.25), y: Float32Array.of(1, 0.5) }
  await finishMap(db, first.id, points)
  assert.deepEqual(await mapPoints(db, first.id), points)
  const second = await beginMap(db, facts)
  assert.ok(second)
  await failMap(db, second.id, 'It broke')
  const { latest, ready } = await mapStandings(db, EMBEDDER)
  assert.equal(latest?.message, 'It broke')
  assert.equal(ready?.id, first.id)
  const third = await beginMap(db, facts)
  assert.ok(third)
  await finishMap(db, third.id, points)
  assert.equal(await mapPoints(db, first.id), null, 'older maps are removed')
  const known = await pointFacts(db, all)
  assert.deepEqual(
    known.map(({ id, person: by }) => [id, by]),
    [
      [raven, 'Ada'],
      [labelled, null],
      [magpie, 'Cy'],
      [unknown, null],
    ],
  )
  assert.equal(known[0]?.suggestedTaxonId, taxa.cornix)
})
