// Photos as cameras, phones and programs write them: turned, grey, transparent, CMYK, 16 bit, animated, cut off, too
// large, or no photo at all. All made here.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import sharp, { type Sharp } from 'sharp'
import { DecodeError, UnsupportedType } from '../../../indexer/errors.ts'
import { averageAreas } from '../../../indexer/photos/area-average.ts'
import { identifyType } from '../../../indexer/photos/file-type.ts'
import { decode, type Image, type Pixels } from '../../../indexer/photos/image.ts'

type Rgb = [number, number, number]
const [RED, GREEN, BLUE, YELLOW]: [Rgb, Rgb, Rgb, Rgb] = [
  [220, 20, 20],
  [20, 220, 20],
  [20, 20, 220],
  [220, 220, 20],
]

/** Four quarters: red, green above; blue, yellow below. */
function quarters(width: number, height: number): Sharp {
  const data = Buffer.alloc(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const colour = y < height / 2 ? (x < width / 2 ? RED : GREEN) : x < width / 2 ? BLUE : YELLOW
      data.set(colour, (y * width + x) * 3)
    }
  }
  return sharp(data, { raw: { width, height, channels: 3 } })
}

function at({ data, width, height }: Pixels, x: number, y: number): Rgb {
  const start = (Math.floor(y * height) * width + Math.floor(x * width)) * 3
  return [data[start]!, data[start + 1]!, data[start + 2]!]
}

function near(found: Rgb, wanted: Rgb, tolerance = 16) {
  for (const i of [0, 1, 2] as const) {
    assert.ok(Math.abs(found[i] - wanted[i]) <= tolerance, `expected about ${wanted} but received ${found}`)
  }
}

function showsQuarters(picture: Pixels) {
  near(at(picture, 0.25, 0.25), RED)
  near(at(picture, 0.75, 0.25), GREEN)
  near(at(picture, 0.25, 0.75), BLUE)
  near(at(picture, 0.75, 0.75), YELLOW)
}

/** How the camera's sensor saw the upright picture, for each EXIF orientation. */
const AS_STORED: Record<number, (upright: Sharp) => Sharp> = {
  1: (s) => s,
  2: (s) => s.flop(),
  3: (s) => s.rotate(180),
  4: (s) => s.flip(),
  // sharp mirrors before it turns, whatever the order of the calls.
  5: (s) => s.flop().rotate(270),
  6: (s) => s.rotate(270),
  7: (s) => s.flop().rotate(90),
  8: (s) => s.rotate(90),
}

for (const [orientation, asStored] of Object.entries(AS_STORED)) {
  test(`EXIF orientation ${orientation}: the picture and any region of it stand upright`, async () => {
    const turned = await asStored(sharp(await quarters(320, 160).png().toBuffer())).toBuffer()
    const bytes = await sharp(turned)
      .jpeg({ quality: 95 })
      .withMetadata({ orientation: Number(orientation) })
      .toBuffer()
    showsQuarters({ data: await sharp(bytes).autoOrient().raw().toBuffer(), width: 320, height: 160 })
    const image = await decode(bytes)
    assert.deepEqual([image.width, image.height], [320, 160])
    assert.deepEqual([image.working.width, image.working.height], [320, 160])
    showsQuarters(image.working)
    showsQuarters(await image.readRegion({ left: 80, top: 40, width: 160, height: 80 }, 1000))
    const corner = await image.readRegion({ left: 200, top: 0, width: 100, height: 60 }, 50)
    assert.deepEqual([corner.width, corner.height], [50, 30])
    near(at(corner, 0.1, 0.1), GREEN)
    near(at(corner, 0.9, 0.9), GREEN)
  })
}

test('a large photo is decoded to the working size; a region of it has all its pixels', async () => {
  const image = await decode(await quarters(3000, 1500).jpeg().toBuffer(), { workingSidePx: 640 })
  assert.deepEqual([image.width, image.height], [3000, 1500])
  assert.deepEqual([image.working.width, image.working.height], [640, 320])
  showsQuarters(image.working)
  const region = await image.readRegion({ left: 1400, top: 700, width: 200, height: 100 }, 480)
  assert.deepEqual([region.width, region.height], [200, 100])
  showsQuarters(region)
})

const opaque: [string, () => Promise<Buffer>][] = [
  ['PNG', () => quarters(64, 48).png().toBuffer()],
  ['WebP', () => quarters(64, 48).webp({ lossless: true }).toBuffer()],
  ['TIFF', () => quarters(64, 48).tiff().toBuffer()],
  ['GIF', () => quarters(64, 48).gif().toBuffer()],
  ['AVIF', () => quarters(64, 48).avif({ quality: 90 }).toBuffer()],
  ['progressive JPEG', () => quarters(64, 48).jpeg({ progressive: true }).toBuffer()],
  ['16 bits per channel', () => quarters(64, 48).toColourspace('rgb16').png().toBuffer()],
]
for (const [what, make] of opaque) {
  test(`reads ${what}`, async () => {
    const image = await decode(await make())
    assert.deepEqual([image.width, image.height], [64, 48])
    showsQuarters(image.working)
  })
}

test('CMYK becomes the colours that it prints', async () => {
  const bytes = await quarters(64, 48).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer()
  assert.equal((await sharp(bytes).metadata()).space, 'cmyk')
  const { working } = await decode(bytes)
  const [r, g, b] = at(working, 0.25, 0.25)
  assert.ok(r > 150 && g < 90 && b < 90, `red became ${[r, g, b]}`)
  const [r2, g2, b2] = at(working, 0.25, 0.75)
  assert.ok(b2 > 100 && r2 < 110 && g2 < 110, `blue became ${[r2, g2, b2]}`)
})

test('greyscale, with 8 and 16 bits, becomes three equal channels', async () => {
  const grey = sharp(Buffer.alloc(32 * 16, 100), { raw: { width: 32, height: 16, channels: 1 } })
  const deep = await grey.clone().toColourspace('grey16').png().toBuffer()
  assert.equal((await sharp(deep).metadata()).depth, 'ushort')
  for (const bytes of [
    await grey.clone().jpeg().toBuffer(),
    await grey.clone().toColourspace('b-w').png().toBuffer(),
    deep,
  ]) {
    const { working } = await decode(bytes)
    assert.equal(working.data.length, 32 * 16 * 3)
    near(at(working, 0.5, 0.5), [100, 100, 100], 2)
  }
})

test('what is transparent is grey', async () => {
  const data = Buffer.alloc(32 * 32 * 4)
  for (let i = 0; i < 32 * 16; i++) data.set([...RED, 255], i * 4)
  const bytes = await sharp(data, { raw: { width: 32, height: 32, channels: 4 } })
    .png()
    .toBuffer()
  const { working } = await decode(bytes)
  near(at(working, 0.5, 0.25), RED, 2)
  near(at(working, 0.5, 0.75), [114, 114, 114], 2)
})

test('an animation shows its first frame', async () => {
  const frames = Buffer.concat([Buffer.alloc(32 * 32 * 3, 0), Buffer.alloc(32 * 32 * 3, 255)])
  const two = sharp(frames, { raw: { width: 32, height: 64, channels: 3, pageHeight: 32 } })
  const bytes = await two.gif({ delay: [100, 100] }).toBuffer()
  assert.equal((await sharp(bytes).metadata()).pages, 2)
  const { width, height, working } = await decode(bytes)
  assert.deepEqual([width, height], [32, 32])
  near(at(working, 0.5, 0.5), [0, 0, 0], 2)
})

const decodeFails = (bytes: Uint8Array, sentence: RegExp, options = {}) =>
  assert.rejects(decode(bytes, options), (error: Error) => {
    assert.ok(error instanceof DecodeError, `${error}`)
    assert.match(error.message, sentence)
    return true
  })

test('a file that was cut off says so, in every format, and is not answered with half a picture', async () => {
  const noisy = quarters(400, 300).blur(0.5)
  for (const format of ['jpeg', 'png', 'webp', 'tiff'] as const) {
    const bytes = await noisy.clone().toFormat(format).toBuffer()
    await decodeFails(bytes.subarray(0, Math.floor(bytes.length * 0.6)), /cut off|damaged/)
  }
  const jpeg = await noisy.clone().jpeg({ progressive: true }).toBuffer()
  await decodeFails(jpeg.subarray(0, Math.floor(jpeg.length * 0.8)), /cut off/)
})

test('a region of a photo that breaks further down is an error too', async () => {
  const bytes = await quarters(400, 300).png().toBuffer()
  const broken = Buffer.from(bytes)
  broken.fill(0, Math.floor(bytes.length / 2), bytes.length - 20)
  await decodeFails(broken, /damaged|cut off/)
})

test('a file that claims more pixels than allowed is refused before they are made', async () => {
  const bytes = await sharp({ create: { width: 6000, height: 6000, channels: 3, background: '#888' } })
    .png()
    .toBuffer()
  assert.ok(bytes.length < 200_000)
  await decodeFails(bytes, /at most 30 megapixels.*6000 x 6000/, { maxPixels: 30_000_000 })
})

const unsupported: [string, Buffer, RegExp][] = [
  ['empty', Buffer.alloc(0), /empty/],
  ['unknown', Buffer.from('Dear diary, today I saw a lynx.'), /Expected a photo/],
  ['heic', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'), /HEIC.*JPEG/],
  ['video', Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp41isom', 'latin1'), /video/],
  ['raw', Buffer.from('II*\0\x10\0\0\0CR\x02\0', 'latin1'), /Raw.*JPEG/],
  ['raw', Buffer.from('\0\0\0\x18ftypcrx \0\0\0\x01crx isom', 'latin1'), /Raw/],
  ['raw', Buffer.from('FUJIFILMCCD-RAW 0201', 'latin1'), /Raw/],
  ['pdf', Buffer.from('%PDF-1.7'), /PDF/],
  [
    'svg',
    Buffer.from(
      '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
    ),
    /SVG/,
  ],
]
for (const [type, bytes, sentence] of unsupported) {
  test(`refuses with a sentence that helps: ${type} (${bytes.length} bytes)`, async () => {
    await assert.rejects(decode(bytes), (error: Error) => {
      assert.ok(error instanceof UnsupportedType, `${error}`)
      assert.equal(error.type, type)
      assert.match(error.message, sentence)
      return true
    })
  })
}

test('a raw file that looks like a TIFF is told by its first directory', () => {
  const tiff = (entries: [tag: number, value: number][]) => {
    const bytes = Buffer.alloc(10 + entries.length * 12)
    bytes.write('II*\0', 'latin1')
    bytes.writeUInt32LE(8, 4)
    bytes.writeUInt16LE(entries.length, 8)
    for (const [i, [tag, value]] of entries.entries()) {
      bytes.writeUInt16LE(tag, 10 + i * 12)
      bytes.writeUInt32LE(value, 18 + i * 12)
    }
    return bytes
  }
  const refused = (bytes: Buffer) => assert.throws(() => identifyType(bytes), { name: 'UnsupportedType', type: 'raw' })
  refused(tiff([[50_706, 1]])) // DNGVersion
  refused(
    tiff([
      [254, 1],
      [271, 0],
    ]),
  ) // a preview, made by a camera
  refused(
    tiff([
      [271, 0],
      [330, 0],
    ]),
  ) // further directories, made by a camera
  assert.equal(
    identifyType(
      tiff([
        [256, 10],
        [257, 10],
      ]),
    ),
    'image/tiff',
  )
})

test('bytes that are part of a larger buffer are read in their bounds', async () => {
  const bytes = await quarters(64, 48).jpeg({ quality: 95 }).toBuffer()
  const larger = Buffer.concat([Buffer.alloc(100, 7), bytes, Buffer.alloc(100, 7)])
  const image: Image = await decode(larger.subarray(100, 100 + bytes.length))
  showsQuarters(image.working)
})

test('area averaging: each pixel is the mean of what it covers, by hand and whatever the sizes', () => {
  // 3 x 1 pixels to 2 x 1: one and a half pixels each.
  const row = { data: Uint8Array.from([10, 0, 0, 40, 0, 0, 100, 30, 0]), width: 3, height: 1 }
  assert.deepEqual([...averageAreas(row, 2, 1)], [20, 0, 0, 80, 20, 0])
  assert.deepEqual([...averageAreas(row, 3, 1)], [...row.data])
  for (const [width, height, toWidth, toHeight] of [
    [7, 5, 3, 2],
    [640, 480, 448, 336],
    [9, 9, 1, 1],
  ] as const) {
    const even = { data: new Uint8Array(width * height * 3).fill(77), width, height }
    assert.ok(averageAreas(even, toWidth, toHeight).every((value) => value === 77))
  }
  assert.throws(() => averageAreas(row, 4, 1), RangeError)
})
