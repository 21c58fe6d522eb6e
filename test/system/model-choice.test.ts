// Which models an installation uses: the first ones, until somebody changes them. Settings win while they are set.

import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { eq } from 'drizzle-orm'
import { chooseModel, chooseNext, chosenModels, parseModelChoice } from '../../api/installation/model-choice.ts'
import type { Database } from '../../db/connection/connect.ts'
import { setting } from '../../db/schema.ts'
import { getSetting, setSetting } from '../../db/settings.ts'
import { ensureModel } from '../../db/trees/models.ts'
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
  assert.deepEqual(await chosenModels(database.db, none), {
    ...began,
    anyway: false,
    detectorSize: null,
    detectorThreshold: null,
    next: null,
  })
  assert.deepEqual(await getSetting(database.db, 'models'), began)
})

it('keeps what is to be changed to until it is, and no longer', async () => {
  await chooseNext(database.db, 'wanted')
  await chooseModel(database.db, 'detector', DEFAULT_DETECTOR)
  assert.deepEqual(await chosenModels(database.db, none), {
    anyway: false,
    detector: DEFAULT_DETECTOR,
    detectorSize: null,
    detectorThreshold: null,
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
  await chooseModel(database.db, 'detector', DEFAULT_DETECTOR, { size: 640 })
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

it('begins with the embedder that was tried, says why, and never tries again', async () => {
  const { db } = database
  const begin = () => db.delete(setting).where(eq(setting.key, 'models'))
  let tried: number = 0
  const trial = (name: string) => async () => {
    tried++
    return { name, why: `${name} is quicker` }
  }
  await begin()
  await chosenModels(db, { ...none, embedder: 'set' }, trial('unasked'))
  assert.equal(tried, 0)

  // Two processes start at once, on machines that disagree: the first one decides for both.
  await begin()
  const both = await Promise.all(['quick', 'exact'].map((name) => chosenModels(db, none, trial(name))))
  assert.equal(new Set(both.map(({ embedder }) => embedder)).size, 1)
  const { embedder } = both[0]!
  // The second one may have found the choice made already.
  const trials = tried
  assert.ok([1, 2].includes(trials), `${trials}`)
  assert.equal((await chosenModels(db, none, trial('other'))).embedder, embedder)
  assert.equal(tried, trials)
  const whyStored = async () => parseModelChoice(await getSetting(db, 'models')).why
  assert.equal(await whyStored(), `${embedder} is quicker`)
  await chooseModel(db, 'detector', DEFAULT_DETECTOR)
  assert.equal(await whyStored(), `${embedder} is quicker`)
  await chooseModel(db, 'embedder', 'wanted')
  assert.equal(await whyStored(), undefined)

  // A database that has embeddings keeps its embedder, whatever would be chosen today.
  await begin()
  await ensureModel(db, { name: DEFAULT_EMBEDDER, sha256: 'e'.repeat(64), kind: 'embedder', manifest: {} })
  assert.equal((await chosenModels(db, none, trial('other'))).embedder, DEFAULT_EMBEDDER)
  assert.equal(tried, trials)
})
