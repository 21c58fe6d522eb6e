// Times and places as strangers' cameras, phones and programs write them, in every field and form.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import sharp from 'sharp'
import { localTimeOf } from '../../../api/interchange/exchange/photo-facts.ts'
import { coordinate } from '../../../indexer/photos/camera-place.ts'
import { cameraTime } from '../../../indexer/photos/camera-time.ts'
import { readPhotoFacts } from '../../../indexer/photos/metadata.ts'

test('one time in every form', () => {
  for (const written of [
    '2024:01:05 07:03:09',
    '2024:1:5 7:3:9',
    '2024: 1: 5  7: 3: 9',
    '2024-01-05T07:03:09+02:00',
    '2024-01-05T07:03:09Z',
    '2024/01/05 07:03:09',
    '2024.01.05 07.03.09',
    '2024-01-05 07-03-09',
    '2024:01:05 07:03:09.123',
    '2024:01:05 07:03:09 AM',
    '2024:01:05 7:03:09 a.m.',
    '2024:01:05 上午 7:03:09',
    '20240105T070309',
    '20240105 070309+0200',
    '05-Jan-2024 07:03:09',
    '5 January 2024 07:03:09',
    'Fri, 05 Jan 2024 07:03:09 +0200',
    'Fri Jan  5 07:03:09 2024',
    '2024:01:05 07:03:09\0',
    ' 2024:01:05  07:03:09 ',
    '２０２４:０１:０５ 07:03:09',
    '2024年01月05日 07:03:09',
    '2024년 1월 5일 07:03:09',
    '2024-01-05_07-03-09',
    '2024:01:05 07:03:09:123',
  ]) {
    assert.equal(cameraTime(written), '2024-01-05 07:03:09', written)
    assert.equal(localTimeOf(written), '2024-01-05T07:03:09', written)
  }
  assert.equal(cameraTime('2024:01:05 07:03:09 PM'), '2024-01-05 19:03:09')
  assert.equal(cameraTime('2024:01:05 12:03:09 AM'), '2024-01-05 00:03:09')
  assert.equal(cameraTime('2024:01:05 下午 12:03:09'), '2024-01-05 12:03:09')
  assert.equal(cameraTime('2024:01:05 07:03'), '2024-01-05 07:03:00')
})

test('what no clock showed is no time', () => {
  for (const written of [
    '0000:00:00 00:00:00',
    '    :  :     :  :  ',
    '2024:02:30 07:03:09',
    '2023:02:29 07:03:09',
    '2024:13:01 07:03:09',
    '2024:00:05 07:03:09',
    '2024:01:05 24:00:00',
    '2024:01:05 07:60:09',
    '1970:01:01 00:00:00',
    '1970:01:01 01:00:00',
    '1980:01:01 00:00:00',
    '1904:01:01 00:00:00',
    '2024:01:05',
    '05/01/2024 07:03:09',
    'yesterday',
    '',
  ])
    assert.equal(cameraTime(written), null, written)
})

test('one place in every form', () => {
  for (const [written, reference] of [
    [
      [
        [33, 1],
        [51, 1],
        [36, 1],
      ],
      'S',
    ],
    [
      [
        [33, 1],
        [516, 10],
        [0, 0],
      ],
      's',
    ],
    [[[3386, 100]], 'South'],
    [[3386, 100], 'S'],
    [
      [
        [-33, 1],
        [-51, 1],
        [-36, 1],
      ],
      'S\0',
    ],
    [['33 51 36'], 'S'],
    ['33,51.6S', ''],
    ['33,51,36S', ''],
    ['S 33 51.6', ''],
    ['S33°51\'36"', ''],
    ['33° 51′ 36″ S', ''],
    ['33.86 South', ''],
    ['33 deg 51\' 36.00" S', ''],
    ['33.86 sud', ''],
    ['33.86', 'Süd'],
    ['33.86', 'südlich'],
    ['33.86', 'ZUID'],
    ['33.86', 's. latitude'],
    ['33.86', 'S'],
    ['-33.86', ''],
    ['−33.86', ''],
  ] as const) {
    const read = coordinate(written, reference, 'N', 'S')
    assert.ok(read !== null && Math.abs(read + 33.86) < 1e-9, `${JSON.stringify(written)} ${reference}: ${read}`)
  }
  const rounded = coordinate(
    [
      [33, 1],
      [50, 1],
      [60, 1],
    ],
    'S',
    'N',
    'S',
  )
  assert.ok(rounded !== null && Math.abs(rounded + 33.85) < 1e-9)
})

test('no place with a guessed sign, out of range, or of half a reading', () => {
  for (const [written, reference] of [
    [
      [
        [33, 1],
        [51, 1],
        [36, 1],
      ],
      '',
    ],
    [
      [
        [33, 1],
        [51, 1],
        [36, 1],
      ],
      'E',
    ],
    [
      [
        [33, 1],
        [51, 1],
        [36, 1],
      ],
      '\x01',
    ],
    [
      [
        [-33, 1],
        [51, 1],
        [36, 1],
      ],
      '',
    ],
    [
      [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
      'N',
    ],
    [
      [
        [33, 0],
        [51, 1],
        [36, 1],
      ],
      'N',
    ],
    [
      [
        [133, 1],
        [51, 1],
        [36, 1],
      ],
      'N',
    ],
    [
      [
        [33, 1],
        [75, 1],
        [36, 1],
      ],
      'N',
    ],
    ['33,51.6N', 'S'],
    ['N 33 51.6 S', ''],
    ['33.86', ''],
    ['somewhere', 'N'],
    ['1 2 3 4', 'N'],
    [undefined, 'N'],
    [[[-33, 1]], 'N'],
  ] as const)
    assert.equal(coordinate(written, reference, 'N', 'S'), null, `${JSON.stringify(written)} ${reference}`)
})

const image = () => sharp({ create: { width: 16, height: 16, channels: 3, background: '#456' } })
const packet = (attributes: string, elements = '') =>
  `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" ${attributes}>${elements}</rdf:Description></rdf:RDF></x:xmpmeta>`

test('the time and the place are found in whatever field a program keeps them', async () => {
  const exif = (tags: Record<string, string>, file: Record<string, string> = {}) => ({ IFD0: file, IFD2: tags })
  const xmp = packet(
    'exif:DateTimeOriginal="2024-01-05T07:03:09+02:00" exif:GPSLatitude="33,51.6S"',
    '<exif:GPSLongitude>70,30,0W</exif:GPSLongitude>',
  )
  const wanted = '2024-01-05 07:03:09'
  const photos: Record<string, Promise<Buffer>> = {
    'DateTimeDigitized alone': image()
      .jpeg()
      .withExif(exif({ DateTimeDigitized: '2024:01:05 07:03:09' }))
      .toBuffer(),
    'DateTime alone': image()
      .jpeg()
      .withExif(exif({}, { DateTime: '2024:01:05 07:03:09' }))
      .toBuffer(),
    'after an unset DateTimeOriginal': image()
      .jpeg()
      .withExif(
        exif(
          { DateTimeOriginal: '0000:00:00 00:00:00', DateTimeDigitized: '1970:01:01 00:00:00' },
          { DateTime: '2024:01:05 07:03:09' },
        ),
      )
      .toBuffer(),
    'before the time of the file': image()
      .jpeg()
      .withExif(exif({ DateTimeOriginal: '2024:01:05 07:03:09' }, { DateTime: '2025:01:01 01:01:01' }))
      .toBuffer(),
    'XMP alone': image().jpeg().withXmp(xmp).toBuffer(),
    'CreateDate of XMP': image().jpeg().withXmp(packet('xmp:CreateDate="2024-01-05T07:03:09"')).toBuffer(),
    'DateCreated of XMP': image().jpeg().withXmp(packet('photoshop:DateCreated="2024-01-05T07:03:09"')).toBuffer(),
    'EXIF in WebP': image()
      .webp()
      .withExif(exif({ DateTimeOriginal: '2024:01:05 07:03:09' }))
      .toBuffer(),
    'EXIF in PNG': image()
      .png()
      .withExif(exif({ DateTimeOriginal: '2024:01:05 07:03:09' }))
      .toBuffer(),
    'EXIF in AVIF': image()
      .avif({ effort: 0 })
      .withExif(exif({ DateTimeOriginal: '2024:01:05 07:03:09' }))
      .toBuffer(),
    'the text of a PNG': image()
      .png()
      .toBuffer()
      .then((png) => withText(png, 'Creation Time', 'Fri, 05 Jan 2024 07:03:09 GMT')),
  }
  for (const [name, photo] of Object.entries(photos)) assert.equal(readPhotoFacts(await photo).capturedAt, wanted, name)
  const { latitude, longitude } = readPhotoFacts(await image().jpeg().withXmp(xmp).toBuffer())
  assert.deepEqual([latitude?.toFixed(4), longitude], ['-33.8600', -70.5])
  const halves = image()
    .jpeg()
    .withExif({
      IFD2: { DateTimeOriginal: '2024:01:05 07:03:09' },
      IFD3: {
        GPSLatitude: '33/1 516/10 0/0',
        GPSLatitudeRef: 'S',
        GPSLongitude: '70/1 30/1 0/0',
        GPSLongitudeRef: 'W',
      },
    })
  assert.equal(readPhotoFacts(await halves.toBuffer()).latitude?.toFixed(4), '-33.8600')
})

/** A PNG with a chunk of text after its header. */
function withText(png: Buffer, key: string, text: string): Buffer {
  const data = Buffer.concat([Buffer.from('tEXt'), Buffer.from(`${key}\0${text}`)])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length - 4)
  // The sum of checks is not looked at.
  return Buffer.concat([png.subarray(0, 33), length, data, Buffer.alloc(4), png.subarray(33)])
}
