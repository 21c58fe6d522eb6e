// The files of the data folder: whole or not at all, the same bytes once, and sentences when the disk cannot.

import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { sha256Of } from '../indexer/analyse.ts'
import { StorageError } from '../indexer/errors.ts'
import { openPhotos, type Photos } from '../indexer/photos.ts'

let root: string
let folder: string
let photos: Photos
let count = 0

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'clavis-photos-'))
})
beforeEach(async () => {
  folder = join(root, String(count++))
  photos = await openPhotos(folder)
})
after(() => rm(root, { recursive: true }))

const bytes = Buffer.from('a photo, let us say')
const sha256 = sha256Of(bytes)

test('what was put is got, and is a file under its sha256', async () => {
  await photos.put(sha256, bytes)
  assert.deepEqual(await photos.get(sha256), bytes)
  assert.equal(photos.path(sha256), join(folder, 'photos', sha256.slice(0, 2), sha256))
  assert.deepEqual(await (await openPhotos(folder)).get(sha256), bytes)
})

test('the same photo many times at once is one file, and nothing half-written stays', async () => {
  await Promise.all(Array.from({ length: 20 }, () => photos.put(sha256, bytes)))
  assert.deepEqual(await readdir(join(folder, 'photos', sha256.slice(0, 2))), [sha256])
  assert.deepEqual(await readdir(join(folder, 'photos', 'incoming')), [])
})

test('a file of another length under that name is replaced', async () => {
  await photos.put(sha256, bytes)
  await writeFile(photos.path(sha256), 'half')
  await photos.put(sha256, bytes)
  assert.deepEqual(await photos.get(sha256), bytes)
})

test('a photo that is gone is a sentence, deleting it twice is not', async () => {
  await photos.put(sha256, bytes)
  await photos.delete(sha256)
  await photos.delete(sha256)
  await assert.rejects(photos.get(sha256), (error: unknown) => {
    assert.ok(error instanceof StorageError, String(error))
    assert.deepEqual([error.stage, error.code], ['read', 'ENOENT'])
    assert.match(error.message, /missing from the data folder/)
    return true
  })
})

test('crops are kept by detection, or are null', async () => {
  await photos.putCrop(1234, bytes)
  assert.deepEqual(await photos.getCrop(1234), bytes)
  assert.equal(await photos.getCrop(1235), null)
  await photos.deleteCrop(1234)
  await photos.deleteCrop(1234)
  assert.equal(await photos.getCrop(1234), null)
})

test('what a killed process left half-written is swept after an hour, not before', async () => {
  const incoming = join(folder, 'photos', 'incoming')
  await writeFile(join(incoming, 'old'), 'half')
  await writeFile(join(incoming, 'new'), 'half')
  const twoHoursAgo = Date.now() / 1000 - 7200
  await utimes(join(incoming, 'old'), twoHoursAgo, twoHoursAgo)
  await openPhotos(folder)
  assert.deepEqual(await readdir(incoming), ['new'])
})

test('a data folder that cannot be one is a sentence', async () => {
  const file = join(root, 'file')
  await writeFile(file, '')
  await assert.rejects(openPhotos(file), (error: unknown) => error instanceof StorageError && error.stage === 'store')
  // A folder lies where the photo should: the rename fails, and the half-written file goes.
  await mkdir(photos.path(sha256), { recursive: true })
  await assert.rejects(photos.put(sha256, bytes), { name: 'StorageError', stage: 'store' })
  assert.deepEqual(await readdir(join(folder, 'photos', 'incoming')), [])
})
