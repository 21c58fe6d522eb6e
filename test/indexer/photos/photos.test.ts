// The place of photos: each is stored whole or not at all, equal bytes once, and faults are sentences. The same tests
// for a folder and for a bucket.

import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import { sha256Of } from '../../../indexer/analyse.ts'
import { StorageError } from '../../../indexer/errors.ts'
import { cropName, photoName } from '../../../indexer/photos/file-names.ts'
import { openPhotos } from '../../../indexer/photos/open-photos.ts'
import type { Bucket, Photos } from '../../../indexer/photos/photos.ts'
import { WIDTHS } from '../../../indexer/photos/scale.ts'
import { makeBucket, needsBucket } from '../../support/bucket.ts'

let root: string
let count = 0

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'clavis-photos-'))
})
after(() => rm(root, { recursive: true }))

const bytes = Buffer.from('a photo, let us say')
const sha256 = sha256Of(bytes)
const WIDTH = WIDTHS[0]
const newFolder = () => join(root, String(count++))
const isStorageError =
  (stage: StorageError['stage'], code: string | null, sentence: RegExp, temporary: boolean) => (error: unknown) => {
    assert.ok(error instanceof StorageError, String(error))
    assert.equal(error.stage, stage)
    if (code !== null) assert.equal(error.code, code)
    assert.match(error.message, sentence)
    assert.equal(error.temporary, temporary)
    return true
  }

const PLACES = [
  { name: 'a folder', skip: false, make: async () => ({ dataDir: newFolder(), bucket: null }) },
  {
    name: 'a bucket',
    skip: needsBucket,
    make: async () => ({ dataDir: newFolder(), bucket: await makeBucket() }),
  },
] as const

for (const { name, skip, make } of PLACES)
  describe(`photos in ${name}`, { skip }, () => {
    let place: Awaited<ReturnType<typeof make>>
    let photos: Photos
    before(async () => {
      place = await make()
      photos = await openPhotos(place)
    })
    beforeEach(() => photos.clear())

    test('what was put is got, now and by who opens it later', async () => {
      await photos.put(sha256, bytes)
      assert.deepEqual(await photos.get(sha256), bytes)
      assert.deepEqual(await (await openPhotos(place)).get(sha256), bytes)
    })

    test('the same photo many times at once is one', async () => {
      await Promise.all(Array.from({ length: 20 }, () => photos.put(sha256, bytes)))
      assert.deepEqual(await photos.get(sha256), bytes)
    })

    test('a photo that is gone is a sentence, deleting it twice is not', async () => {
      await photos.put(sha256, bytes)
      await photos.putScaled(sha256, WIDTH, bytes)
      await photos.delete(sha256)
      await photos.delete(sha256)
      await assert.rejects(
        photos.get(sha256),
        isStorageError('read', 'ENOENT', /missing from the (data folder|bucket)/, false),
      )
      assert.equal(await photos.getScaled(sha256, WIDTH), null)
    })

    test('crops are kept by detection, scaled photos by width, or are null', async () => {
      await photos.putCrop(1234, bytes)
      assert.deepEqual(await photos.getCrop(1234), bytes)
      assert.equal(await photos.getCrop(1235), null)
      await photos.deleteCrop(1234)
      await photos.deleteCrop(1234)
      assert.equal(await photos.getCrop(1234), null)
      await photos.putScaled(sha256, WIDTH, bytes)
      assert.deepEqual(await photos.getScaled(sha256, WIDTH), bytes)
      assert.equal(await photos.getScaled(sha256, WIDTHS.at(-1)!), null)
    })

    test('it says whether anything is kept, and forgets all of it', async () => {
      assert.equal(await photos.isEmpty(), true)
      await photos.putCrop(1, bytes)
      assert.equal(await photos.isEmpty(), false)
      await photos.put(sha256, bytes)
      await photos.clear()
      assert.equal(await photos.isEmpty(), true)
      assert.equal(await photos.getCrop(1), null)
      await photos.put(sha256, bytes)
      assert.equal(await photos.isEmpty(), false)
    })
  })

describe('photos in a folder, as files', () => {
  let folder: string
  let photos: Photos
  beforeEach(async () => {
    folder = newFolder()
    photos = await openPhotos({ dataDir: folder, bucket: null })
  })
  const fileOf = (sha: string) => join(folder, photoName(sha))

  test('a photo is a file under its sha256, and nothing half-written stays', async () => {
    await Promise.all(Array.from({ length: 20 }, () => photos.put(sha256, bytes)))
    assert.deepEqual(await readdir(dirname(fileOf(sha256))), [sha256])
    assert.deepEqual(await readdir(join(folder, 'photos', 'incoming')), [])
  })

  test('a file of another length under that name is replaced', async () => {
    await photos.put(sha256, bytes)
    await writeFile(fileOf(sha256), 'half')
    await photos.put(sha256, bytes)
    assert.deepEqual(await photos.get(sha256), bytes)
  })

  test('what was overwritten is never given out, and is healed by the same bytes', async () => {
    const told: string[] = []
    const sealing = await openPhotos({ dataDir: folder, bucket: null }, (name) => told.push(name))
    await sealing.put(sha256, bytes)
    await writeFile(fileOf(sha256), Buffer.from('a photo, let us lie'))
    await assert.rejects(sealing.get(sha256), isStorageError('read', 'EDAMAGED', /not those that were uploaded/, false))
    assert.equal(await sealing.put(sha256, bytes), true)
    assert.equal(await sealing.put(sha256, bytes), false)
    assert.deepEqual(await sealing.get(sha256), bytes)

    await sealing.putCrop(7, bytes)
    const crop = join(folder, cropName(7))
    const kept = await readFile(crop)
    for (const change of [kept.subarray(0, -1), Buffer.from(kept).fill(1, kept.length - 3), bytes, Buffer.alloc(0)]) {
      await writeFile(crop, change)
      assert.equal(await sealing.getCrop(7), null)
    }
    await writeFile(crop, kept)
    assert.deepEqual(await sealing.getCrop(7), bytes)
    assert.deepEqual(told, [photoName(sha256), photoName(sha256), ...Array(4).fill(cropName(7))])
  })

  test('what a killed process left half-written is swept after an hour, not before', async () => {
    const incoming = join(folder, 'photos', 'incoming')
    await writeFile(join(incoming, 'old'), 'half')
    await writeFile(join(incoming, 'new'), 'half')
    const twoHoursAgo = Date.now() / 1000 - 7200
    await utimes(join(incoming, 'old'), twoHoursAgo, twoHoursAgo)
    await openPhotos({ dataDir: folder, bucket: null })
    assert.deepEqual(await readdir(incoming), ['new'])
  })

  test('a data folder that cannot be one is a sentence', async () => {
    const file = join(root, 'file')
    await writeFile(file, '')
    await assert.rejects(
      openPhotos({ dataDir: file, bucket: null }),
      (error: unknown) => error instanceof StorageError && error.stage === 'store',
    )
    // A folder lies where the photo should: the rename fails, and the half-written file goes.
    await mkdir(fileOf(sha256), { recursive: true })
    await assert.rejects(photos.put(sha256, bytes), { name: 'StorageError', stage: 'store' })
    assert.deepEqual(await readdir(join(folder, 'photos', 'incoming')), [])
  })
})

describe('a bucket that cannot be used is a sentence, and no fault of the photo', () => {
  const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'somebody', AWS_SECRET_ACCESS_KEY: 'a secret' }
  const kept = Object.keys(CREDENTIALS).map((name) => [name, process.env[name]] as const)
  before(() => Object.assign(process.env, CREDENTIALS))
  after(() => {
    for (const [name, value] of kept) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  })

  /** A server that answers every request alike. */
  async function answering(status: number, code: string): Promise<{ bucket: Bucket; close: () => void }> {
    const server = createServer((request, response) => {
      request.resume()
      response.writeHead(status, { 'Content-Type': 'application/xml' })
      response.end(
        request.method === 'HEAD'
          ? undefined
          : `<Error><Code>${code}</Code><Message>${code}, it says</Message></Error>`,
      )
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo // it listens on a port
    const bucket = { name: 'photos', prefix: 'a/', endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1' }
    return { bucket, close: () => server.close() }
  }
  const CASES = [
    [403, 'SignatureDoesNotMatch', /refuses these credentials .* AWS_SECRET_ACCESS_KEY/],
    [404, 'NoSuchBucket', /no bucket photos at the S3 server at 127\.0\.0\.1:\d+: make it, or correct PHOTOS_URL/],
    [507, 'InsufficientStorage', /bucket photos is full/],
  ] as const
  for (const [status, code, sentence] of CASES)
    test(`${status} ${code}`, async () => {
      const { bucket, close } = await answering(status, code)
      await assert
        .rejects(openPhotos({ dataDir: root, bucket }), isStorageError('read', null, sentence, true))
        .finally(close)
    })

  test('nobody listens', async () => {
    const { bucket, close } = await answering(200, '')
    close()
    await assert.rejects(
      openPhotos({ dataDir: root, bucket }),
      isStorageError('read', null, /^The S3 server at 127\.0\.0\.1:\d+ cannot be reached: /, true),
    )
  })
})
