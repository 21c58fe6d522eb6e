// Which models an installation uses: the first ones, until somebody changes them. Settings win while they are set.

import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { chooseModel, chooseNext, chosenModels } from '../../api/installation/model-choice.ts'
import type { Database } from '../../db/connection/connect.ts'
import { getSetting, setSetting } from '../../db/settings.ts'
import { DEFAULT_DETECTOR, DEFAULT_EMBEDDER } from '../../indexer/models/models.ts'
import { openTestDatabase } from '../support/database.ts'

let database: Database
const none = { detector: null, embedder: null }

before(async () => {
  database = await openTestDatabase()
})
after(() => database.close())

it('writes down the defaults it began with, so that another default later changes nothing', async () => {
  const began = { detector: DEFAULT_DETECTOR, embedder: DEFAULT_EMBEDDER }
  assert.deepEqual(await chosenModels(database.db, none), { ...began, detectorSize: null, next: null })
  assert.deepEqual(await getSetting(database.db, 'models'), began)
})

it('keeps what is to be changed to until it is, and no longer', async () => {
  await chooseNext(database.db, 'wanted')
  await chooseModel(database.db, 'detector', DEFAULT_DETECTOR)
  assert.deepEqual(await chosenModels(database.db, none), {
    detector: DEFAULT_DETECTOR,
    detectorSize: null,
    embedder: DEFAULT_EMBEDDER,
    next: 'wanted',
  })
  await chooseModel(database.db, 'embedder', 'wanted')
  assert.equal((await chosenModels(database.db, none)).next, null)
})

it('follows a choice, and a setting before it without storing it', async () => {
  await chooseModel(database.db, 'embedder', 'other')
  assert.equal((await chosenModels(database.db, none)).embedder, 'other')
  assert.equal((await chosenModels(database.db, { ...none, embedder: 'set' })).embedder, 'set')
  assert.equal((await chosenModels(database.db, none)).embedder, 'other')
})

it('keeps the size chosen with a detector until another detector is chosen, and a setting wins', async () => {
  await chooseModel(database.db, 'detector', DEFAULT_DETECTOR, 640)
  await chooseModel(database.db, 'embedder', 'other')
  assert.equal((await chosenModels(database.db, none)).detectorSize, 640)
  assert.equal((await chosenModels(database.db, { ...none, detectorSize: 320 })).detectorSize, 320)
  assert.equal((await chosenModels(database.db, { ...none, detector: 'set' })).detectorSize, null)
  await chooseModel(database.db, 'detector', 'another')
  assert.equal((await chosenModels(database.db, none)).detectorSize, null)
})

it('replaces a bundled detector that has gone', async () => {
  await setSetting(database.db, 'models', { detector: 'animal-yolov5n', embedder: 'other' })
  assert.equal((await chosenModels(database.db, none)).detector, DEFAULT_DETECTOR)
})
