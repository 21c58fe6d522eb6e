// A queued photo becomes rows and crops, or a recorded reason. Doing it again, or after an interruption, has the same
// result.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import sharp from 'sharp'
import type { Database } from '../../db/connection/connect.ts'
import { addMedia, type MediaFacts } from '../../db/photos/add-media.ts'
import { detectionsOfMedia } from '../../db/photos/detections.ts'
import { getMedia, MAX_ATTEMPTS } from '../../db/photos/media.ts'
import { createTaxon } from '../../db/taxonomy/taxa.ts'
import { ensureModel, getEmbedding } from '../../db/trees/models.ts'
import { sha256Of } from '../../indexer/analyse.ts'
import { StorageError } from '../../indexer/errors.ts'
import { cropOf, indexMedia } from '../../indexer/index-media.ts'
import type { Models } from '../../indexer/models/models.ts'
import { openPhotos } from '../../indexer/photos/open-photos.ts'
import type { Photos } from '../../indexer/photos/photos.ts'
import { openTestDatabase } from '../support/database.ts'
import { COLOURS, drawAnimal, drawPhoto } from '../support/photos.ts'
import { openTestModels } from '../support/test-models.ts'

let folder: string
let database: Database
let models: Models
let photos: Photos
let deps: { db: Database['db']; models: Models; photos: Photos }

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clavis-index-'))
  ;[database, models, photos] = await Promise.all([
    openTestDatabase(),
    openTestModels(join(folder, 'models')),
    openPhotos({ dataDir: folder, bucket: null }),
  ])
  deps = { db: database.db, models, photos }
  for (const { name, sha256, manifest } of [models.detector, models.embedder]) {
    await ensureModel(database.db, { name, sha256, manifest, kind: manifest.kind })
  }
})
after(async () => {
  await models.close()
  await database.close()
  await rm(folder, { recursive: true })
})

async function queue(bytes: Buffer, facts: Partial<MediaFacts> = {}): Promise<number> {
  const sha256 = sha256Of(bytes)
  await photos.put(sha256, bytes)
  const base = { sha256, filename: 'photo.jpg', mimeType: 'image/jpeg', bytes: bytes.length }
  return (await addMedia(database.db, { ...base, ...facts })).id
}

const label = async () => ({
  taxonId: (await createTaxon(database.db, { name: `Lynx ${Math.random()}`, rank: 'species', parentId: null })).id,
  person: 'import:test',
})

test('a photo with an animal and a person: rows, an embedding for the animal, a crop for each', async () => {
  const bytes = await drawPhoto([
    { cell: [0, 0], colour: COLOURS.green },
    { cell: [2, 2], colour: COLOURS.white },
  ])
  const id = await queue(bytes)
  const outcome = await indexMedia(deps, id)
  assert.ok(outcome.status === 'indexed')
  const media = await getMedia(database.db, id)
  assert.deepEqual([media.status, media.width, media.height], ['indexed', 160, 160])
  assert.equal(media.detectorSha256, models.detector.sha256)
  const found = await detectionsOfMedia(database.db, [id])
  assert.deepEqual(found.map((one) => one.kind).sort(), ['animal', 'person'])
  for (const one of found) {
    const embedding = await getEmbedding(database.db, models.embedder.sha256, one.id)
    assert.equal(embedding === null, one.kind === 'person')
    // The crop shows this detection, not the other.
    const { channels } = await sharp((await photos.getCrop(one.id))!).stats()
    const [red, green] = channels.map((channel) => channel.mean)
    assert.ok(one.kind === 'person' ? red! > 150 : red! < 100 && green! > 150, `${one.kind}: ${red}, ${green}`)
  }
})

test('done twice it changes nothing', async () => {
  const id = await queue(await drawAnimal(COLOURS.red, { seed: 11 }))
  const first = await indexMedia(deps, id)
  assert.ok(first.status === 'indexed')
  assert.deepEqual(await indexMedia(deps, id), { status: 'skipped' })
  assert.equal((await detectionsOfMedia(database.db, [id])).length, 1)
})

test('given boxes are the animals: the detector is not asked and not named', async () => {
  const boxes: [number, number, number, number][] = [
    [0, 0, 0.5, 0.5],
    [0.5, 0.5, 0.5, 0.5],
  ]
  const id = await queue(await drawAnimal(COLOURS.red, { seed: 12 }), { boxes })
  await indexMedia(deps, id)
  const found = await detectionsOfMedia(database.db, [id])
  assert.deepEqual(
    found.map(({ source, bbox }) => ({ source, bbox })),
    boxes.map((bbox) => ({ source: 'imported', bbox })),
  )
  assert.equal((await getMedia(database.db, id)).detectorSha256, null)
})

test('a labelled photo in which only a person is found teaches by the whole photo', async () => {
  const bytes = await drawPhoto([{ cell: [1, 1], colour: COLOURS.white }], { seed: 13 })
  const { taxonId, person } = await label()
  const id = await queue(bytes, { label: { taxonId, person } })
  await indexMedia(deps, id)
  const animal = (await detectionsOfMedia(database.db, [id])).find((one) => one.kind === 'animal')!
  assert.deepEqual([animal.source, animal.taughtTaxonId], ['wholePhoto', taxonId])
  assert.ok(await getEmbedding(database.db, models.embedder.sha256, animal.id))
})

test('a broken photo is recorded with its stage and a sentence', async () => {
  const bytes = await drawAnimal(COLOURS.red, { seed: 14 })
  const id = await queue(bytes.subarray(0, bytes.length / 2))
  const outcome = await indexMedia(deps, id)
  assert.equal(outcome.status, 'failed')
  const { status, failure } = await getMedia(database.db, id)
  assert.deepEqual([status, failure?.stage], ['failed', 'decode'])
  assert.match(failure!.message, /cut off/)
})

test('a photo whose file is gone is recorded as unreadable', async () => {
  const bytes = await drawAnimal(COLOURS.red, { seed: 15 })
  const id = await queue(bytes)
  await photos.delete(sha256Of(bytes))
  await indexMedia(deps, id)
  assert.equal((await getMedia(database.db, id)).failure?.stage, 'read')
})

test('models that are being closed are not the fault of the photo: it stays queued', async () => {
  const closed = await openTestModels(join(folder, 'models'))
  await closed.close()
  const id = await queue(await drawAnimal(COLOURS.red, { seed: 16 }))
  await assert.rejects(indexMedia({ ...deps, models: closed }, id), /being closed/)
  assert.equal((await getMedia(database.db, id)).status, 'queued')
  assert.equal((await indexMedia(deps, id)).status, 'indexed')
})

test('a crop that is missing is cut again from the photo, and kept', async () => {
  const bytes = await drawPhoto([{ cell: [3, 0], colour: COLOURS.yellow }], { seed: 17 })
  const outcome = await indexMedia(deps, await queue(bytes))
  assert.ok(outcome.status === 'indexed')
  const [id] = outcome.detectionIds
  const before = (await photos.getCrop(id!))!
  await photos.deleteCrop(id!)
  const again = await cropOf(deps, { id: id!, bbox: [0.75, 0, 0.25, 0.25], sha256: sha256Of(bytes) })
  assert.deepEqual(again, before)
  assert.deepEqual(await photos.getCrop(id!), before)
})

test('a place of the photos that does not answer is not the fault of the photo: it stays queued, however often', async () => {
  const id = await queue(await drawAnimal(COLOURS.red, { seed: 17 }))
  const away = {
    ...photos,
    get: () => Promise.reject(new StorageError('read', 'TimeoutError', 'away', { temporary: true })),
  }
  for (let i = 0; i < 2 * MAX_ATTEMPTS; i++) await assert.rejects(indexMedia({ ...deps, photos: away }, id), /away/)
  const { status, attempts } = await getMedia(database.db, id)
  assert.deepEqual([status, attempts], ['queued', 0])
  assert.equal((await indexMedia(deps, id)).status, 'indexed')
})
