// A zip counts as the folder that it was packed from. One that is made to fill a disk, or is not a zip, is refused
// before it is unpacked.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, before, test } from 'node:test'
import type { Media, MediaAdded, MediaItem } from '../../../api/contract/media.ts'
import { unpackZip, ZIP_LIMITS, type ZippedFile } from '../../../api/photos/zip.ts'
import { COLOURS, drawAnimal } from '../../support/photos.ts'
import { form, openTestService, type TestService } from '../../support/service.ts'
import { makeZip, type Zipped } from '../../support/zip.ts'

let service: TestService
let folder = ''
before(async () => {
  service = await openTestService({ maxPhotoBytes: 20_000 })
  folder = await mkdtemp(join(tmpdir(), 'clavis-zip-'))
})
after(async () => {
  await service.close()
  await rm(folder, { recursive: true, force: true })
})

const send = (zip: Uint8Array, fields = {}) =>
  service.ask('/api/media', { method: 'POST', body: form([['Hill.zip', zip]], fields) })
const photo = (seed: number) => drawAnimal(COLOURS.red, { seed })

test('its folders are labels and deployments, and what cannot be read is a failure of that file', async () => {
  const zip = makeZip([
    { name: 'Danaus_plexippus/', bytes: Buffer.alloc(0) },
    { name: 'Danaus_plexippus/a.jpg', bytes: await photo(1) },
    { name: 'North Camera/Danaus_plexippus/b.jpg', bytes: await photo(2) },
    { name: 'c.jpg', bytes: await photo(3) },
    { name: 'notes.txt', bytes: Buffer.from('two monarchs') },
    {
      name: 'big.jpg',
      bytes: Buffer.concat([await photo(4), Buffer.from(Array.from({ length: 30_000 }, (_, i) => (i * i) % 251))]),
    },
    { name: 'locked.jpg', bytes: await photo(5), encrypted: true },
    { name: 'lies.jpg', bytes: await photo(6), claims: 10 },
    { name: '__MACOSX/._a.jpg', bytes: Buffer.from('x') },
    { name: '.DS_Store', bytes: Buffer.from('x') },
  ])
  const response = await send(zip)
  assert.equal(response.status, 202)
  const { items, leftOut } = (await response.json()) as MediaAdded
  assert.deepEqual(leftOut, ['__MACOSX/._a.jpg', '.DS_Store'])
  await service.settled()
  assert.deepEqual(
    items.map(({ filename, status }) => [filename, status]),
    [
      ['Danaus_plexippus/a.jpg', 'queued'],
      ['North Camera/Danaus_plexippus/b.jpg', 'queued'],
      ['c.jpg', 'queued'],
      ['notes.txt', 'failed'],
      ['big.jpg', 'failed'],
      ['locked.jpg', 'failed'],
      ['lies.jpg', 'failed'],
    ],
  )
  assert.match(items[4]!.failure!.message, /bigger than 20000 bytes/)
  assert.match(items[5]!.failure!.message, /encrypted/)
  assert.match(items[6]!.failure!.message, /damaged/)
  const seen = await Promise.all(
    items.slice(0, 3).map(async ({ id }) => {
      const { deployment, detections } = await service.read<Media>(200, `/api/media/${id}`)
      return [deployment, detections[0]?.taxon?.name ?? null]
    }),
  )
  assert.deepEqual(seen, [
    [null, 'Danaus plexippus'],
    ['North Camera', 'Danaus plexippus'],
    ['Hill', null],
  ])
  assert.deepEqual(await readdir(join(service.folder, 'photos', 'incoming')), [], 'the zip itself is not kept')
})

test('a name that no row can hold is a failure of its file, and the others are taken', async () => {
  const zip = makeZip([
    { name: 'Hill/a.jpg', bytes: await photo(31) },
    { name: `${'long '.repeat(100)}/b.jpg`, bytes: await photo(32) },
    { name: 'NUL\0/c.jpg', bytes: await photo(33) },
    { name: `${'d'.repeat(6000)}.jpg`, bytes: await photo(34) },
  ])
  const response = await send(zip)
  assert.equal(response.status, 202)
  const { items } = (await response.json()) as { items: MediaItem[] }
  assert.deepEqual(
    items.map(({ status }) => status),
    ['queued', 'failed', 'failed', 'failed'],
  )
  assert.match(items[1]!.failure!.message, /at most 300 characters/)
  assert.match(items[2]!.failure!.message, /without NUL/)
  assert.match(items[3]!.failure!.message, /at most 5000 characters/)
  await service.settled()
})

test('what the request says comes before what the folders say; photos beside a zip are taken too', async () => {
  const body = form(
    [
      ['a.zip', makeZip([{ name: 'Aglais_io/d.jpg', bytes: await photo(7) }])],
      ['e.jpg', await photo(8)],
    ],
    {
      genus: 'Vanessa',
      species: 'Vanessa atalanta',
    },
  )
  const { items } = await service.read<{ items: MediaItem[] }>(202, '/api/media', { method: 'POST', body })
  await service.settled()
  assert.equal(items.length, 2)
  for (const { id } of items) {
    const { detections } = await service.read<Media>(200, `/api/media/${id}`)
    assert.equal(detections[0]?.taxon?.name, 'Vanessa atalanta')
  }
})

test('a bomb, a broken zip and facts beside a zip are refused, and leave nothing', async () => {
  const refused: [zip: Uint8Array, fields: Record<string, string>, status: number, detail: RegExp][] = [
    [makeZip([{ name: 'bomb.jpg', bytes: Buffer.alloc(5_000_000) }]), {}, 413, /many times larger/],
    [
      makeZip([
        { name: 'bomb.jpg', bytes: Buffer.alloc(5_000_000) },
        // So much other content that the average looks harmless.
        { name: 'noise.jpg', bytes: randomBytes(100_000) },
      ]),
      {},
      413,
      /many times larger/,
    ],
    [Buffer.from('PK\x03\x04 and nothing more'), {}, 422, /cannot be read as one/],
    [makeZip([]), {}, 400, /at least one file/],
    [makeZip([{ name: '../out.jpg', bytes: await photo(9) }]), {}, 422, /cannot be read as one/],
    [makeZip([{ name: 'f.jpg', bytes: await photo(10) }]), { facts: '[{}]' }, 400, /no facts together with a zip/],
  ]
  const before = (await service.read<{ items: Media[] }>(200, '/api/media?limit=200')).items.length
  for (const [zip, fields, status, detail] of refused) {
    const response = await send(zip, fields)
    assert.equal(response.status, status, `${detail}`)
    assert.match((await response.json()).detail, detail)
  }
  assert.equal((await service.read<{ items: Media[] }>(200, '/api/media?limit=200')).items.length, before)
  assert.deepEqual(await readdir(join(service.folder, 'photos', 'incoming')), [])
})

test('limits of files and of bytes hold', async () => {
  const files: Zipped[] = [1, 2, 3].map((i) => ({ name: `${i}.jpg`, bytes: Buffer.from([i, i + 1, i + 2]) }))
  const unpack = async (limits: Partial<typeof ZIP_LIMITS>) => {
    const taken: ZippedFile[] = []
    const where = { folder, maxFileBytes: 100, limits: { ...ZIP_LIMITS, ...limits } }
    await unpackZip(Readable.from([makeZip(files)]), where, async (file) => void taken.push(file))
    return taken.map(({ path, bytes }) => [path, bytes?.length])
  }
  assert.deepEqual(await unpack({ files: 3, unpackedBytes: 9 }), [
    ['1.jpg', 3],
    ['2.jpg', 3],
    ['3.jpg', 3],
  ])
  await assert.rejects(unpack({ files: 2 }), /at most 2 files/)
  await assert.rejects(unpack({ unpackedBytes: 8 }), /at most 8 bytes/)
  assert.deepEqual(await readdir(folder), [])
})

test('names without the flag for UTF-8 are read as what they are, and what systems keep stays out', async () => {
  const paths: string[] = []
  const bytes = await photo(7)
  const zip = makeZip([
    // As macOS packs it: UTF-8 with decomposed accents and no flag.
    { name: '', rawName: Buffer.from('Fore\u0302t/a.jpg'), bytes },
    // As DOS did: code page 437.
    { name: '', rawName: Buffer.from([...Buffer.from('For'), 0x88, ...Buffer.from('t/b.jpg')]), bytes },
    { name: '@eaDir/a.jpg', bytes },
    { name: 'Hill/$RECYCLE.BIN/c.jpg', bytes },
  ])
  await unpackZip(Readable.from([zip]), { folder, maxFileBytes: 100_000 }, async ({ path }) => {
    paths.push(path)
  })
  assert.deepEqual(paths, ['Forêt/a.jpg', 'Forêt/b.jpg'])
})
