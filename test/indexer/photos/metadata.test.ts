// EXIF as cameras write it: right, odd, unset, broken, absent.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import sharp from 'sharp'
import { timeInName } from '../../../db/name-time.ts'
import { readPhotoFacts } from '../../../indexer/photos/metadata.ts'

const plain = { capturedRaw: null, capturedAt: null, latitude: null, longitude: null }
const photo = () => sharp({ create: { width: 16, height: 16, channels: 3, background: '#456' } }).jpeg()
const taken = (DateTimeOriginal: string) => photo().withExif({ IFD2: { DateTimeOriginal } }).toBuffer()
const at = (GPSLatitude: string, GPSLatitudeRef: string, GPSLongitude: string, GPSLongitudeRef: string) =>
  photo().withExif({ IFD3: { GPSLatitude, GPSLatitudeRef, GPSLongitude, GPSLongitudeRef } }).toBuffer()

test('a photo without EXIF says its type only', async () => {
  assert.deepEqual(readPhotoFacts(await photo().toBuffer()), { mimeType: 'image/jpeg', ...plain })
  assert.deepEqual(readPhotoFacts(await photo().png().toBuffer()), { mimeType: 'image/png', ...plain })
})

test('the capture time is kept as written and as a time without zone', async () => {
  const facts = readPhotoFacts(await taken('2024:05:01 06:13:22'))
  assert.deepEqual([facts.capturedRaw, facts.capturedAt], ['2024:05:01 06:13:22', '2024-05-01 06:13:22'])
})

test('a photo that has only the time of its file still has a time', async () => {
  const bytes = await photo()
    .withExif({ IFD0: { DateTime: '2024:05:01 06:13:22' } })
    .toBuffer()
  assert.equal(readPhotoFacts(bytes).capturedAt, '2024-05-01 06:13:22')
})

const odd: [written: string, raw: string | null, time: string | null][] = [
  ['0000:00:00 00:00:00', null, null],
  ['    :  :     :  :  ', null, null],
  ['2024:02:30 06:13:22', '2024:02:30 06:13:22', null],
  ['2024:05:01 25:00:00', '2024:05:01 25:00:00', null],
  ['2024-05-01 06:13:22', '2024-05-01 06:13:22', '2024-05-01 06:13:22'],
  ['2024:5:1 6:13:2', '2024:5:1 6:13:2', '2024-05-01 06:13:02'],
  ['2024: 5: 1  6:13: 2', '2024: 5: 1  6:13: 2', '2024-05-01 06:13:02'],
  ['May 1st, morning 1', 'May 1st, morning 1', null],
]
for (const [written, raw, time] of odd) {
  test(`an odd capture time: "${written}"`, async () => {
    const { capturedRaw, capturedAt } = readPhotoFacts(await taken(written))
    assert.deepEqual([capturedRaw, capturedAt], [raw, time])
  })
}

test('the place is in degrees, south and west negative', async () => {
  const facts = readPhotoFacts(await at('33/1 51/1 3600/100', 'S', '70/1 30/1 0/1', 'W'))
  assert.ok(Math.abs(facts.latitude! + 33.86) < 1e-9, `${facts.latitude}`)
  assert.ok(Math.abs(facts.longitude! + 70.5) < 1e-9, `${facts.longitude}`)
})

test('the half of the earth is that of the reference’s first letter; without one there is no place', async () => {
  for (const [south, west] of [
    ['s', 'w'],
    ['South', 'West'],
    ['S ', 'W '],
  ] as const) {
    const { latitude, longitude } = readPhotoFacts(await at('33/1 30/1 0/1', south, '70/1 30/1 0/1', west))
    assert.deepEqual([latitude, longitude], [-33.5, -70.5], south)
  }
  const { latitude, longitude } = readPhotoFacts(await at('33/1 30/1 0/1', 'X', '70/1 30/1 0/1', 'W'))
  assert.deepEqual([latitude, longitude], [null, null])
})

test('no place where the camera had none: 0, 0 or beyond the poles', async () => {
  for (const bytes of [
    await at('0/1 0/1 0/1', 'N', '0/1 0/1 0/1', 'E'),
    await at('95/1 0/1 0/1', 'N', '7/1 0/1 0/1', 'E'),
  ]) {
    const { latitude, longitude } = readPhotoFacts(bytes)
    assert.deepEqual([latitude, longitude], [null, null])
  }
})

test('broken EXIF says nothing, wherever it breaks', async () => {
  const bytes = await taken('2024:05:01 06:13:22')
  const start = bytes.indexOf('Exif')
  for (let damage = 0; damage < 150; damage += 3) {
    const broken = Buffer.from(bytes)
    broken.fill(0xff, start + 6 + damage, start + 12 + damage)
    assert.equal(readPhotoFacts(broken).mimeType, 'image/jpeg')
  }
  assert.equal(readPhotoFacts(bytes.subarray(0, 40)).mimeType, 'image/jpeg')
})

test('what is no photo is refused', () => {
  assert.throws(() => readPhotoFacts(Buffer.from('hello')), { name: 'UnsupportedType' })
})

test('the name of a file holds its time in many forms', () => {
  const names = [
    '20250824032846.JPG',
    'DCIM/100EK113/20250824032846(2).jpg',
    'IMG_20250824_032846.jpg',
    'PXL_20250824_032846123.jpg',
    '2025-08-24 03.28.46.jpg',
    '2025_08_24__03_28_46.jpg',
    'StationA__Cam1__2025-08-24__03-28-46(1).JPG',
    '2025-08-24T03:28:46.jpg',
    'WhatsApp Image 2025-08-24 at 03.28.46.jpeg',
    'C:\\cards\\river 2025-08-24-03h28m46.jpg',
  ]
  for (const name of names) assert.equal(timeInName(name), '2025-08-24 03:28:46', name)
})

test('a name without a possible time to the second has none', () => {
  const names = [
    'IMG_0001.JPG',
    'IMG_20250824.jpg',
    '20250231032846.jpg',
    '20250824252846.jpg',
    '120250824032846.jpg',
    '20250824032846/IMG_0001.JPG',
    '202508240328.jpg',
  ]
  for (const name of names) assert.equal(timeInName(name), null, name)
})
