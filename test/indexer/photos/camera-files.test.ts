// Photos as cameras and phones write them besides plain JPEG, and pictures that would take too much to decode. All made
// here; the HEIC has four coloured quarters.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import sharp from 'sharp'
import { withinBudget } from '../../../indexer/photos/decode-budget.ts'
import { identifyType } from '../../../indexer/photos/file-type.ts'
import { decode, type Pixels } from '../../../indexer/photos/image.ts'

const HEIC = Buffer.from(
  `AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAVZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9j
  AAAAAERAAAEAAQAAAAABegABAAAAAAAAAS0AAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA1mlw
  cnAAAAC3aXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQArQgEBA3AA
  AAMAkAAAAwAAAwAeoBAgYWW6kkprm4CGgwIAAAMAMgAAAwACEGIAAQAHRAHBcrAiQAAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAA
  AACAAAAAYAAAABBwaXhpAAAAAAMICAgAAAAXaXBtYQAAAAAAAAABAAEEgQIDBAAAATVtZGF0AAABKSgBrwng4wucuq///pk///5Fu5D+MNs4
  hm4h5R//0tDFf2fMx/6KkqFtMfeZzNZqn84lOTUHyu4b6ZG0dTp1YXEBhgxUcsIo8Pk+1DNei6mk7Cuskt+11lvWH9rHb/+JqH/+atTvdOw3
  v6U4mZsP4HxXFXSf/9J2n2mWYNoh6G9Dc4nx+XKLzDf/iwWX9iXIvmLQVz/r5k5DAJLkqlFLUk46qV3g8lW94SCOZ9fYfuzT7ennc++gBbP1
  WXMjEndXZX4qrOpTFc154GHd4tv60zOeZ9x6FUWlEsMfUKs5U44JFvdU1FO1OpAOnCKFlGbH5q2OKDork10rRJJ+86qHlJwmVmYu6YqlutLS
  jiS9GCg8G7dl1o3nHzjg7Gj7+2/Osf61+af53SSpeA==`,
  'base64',
)
const flat = (width: number, height: number, background: string) =>
  sharp({ create: { width, height, channels: 3, background } })
const colourAt = ({ data, width, height }: Pixels, x: number, y: number) => {
  const start = (Math.floor(y * height) * width + Math.floor(x * width)) * 3
  return [data[start]!, data[start + 1]!, data[start + 2]!]
}
function near(found: number[], wanted: number[], tolerance = 16) {
  for (const [i, value] of wanted.entries()) {
    assert.ok(Math.abs(found[i]! - value) <= tolerance, `expected about ${wanted} but received ${found}`)
  }
}

test('HEIC photos are decoded', async () => {
  assert.equal(identifyType(HEIC), 'image/heic')
  const image = await decode(HEIC)
  assert.deepEqual([image.width, image.height], [128, 96])
  near(colourAt(image.working, 0.25, 0.25), [220, 20, 20])
  near(colourAt(image.working, 0.75, 0.75), [220, 220, 20])
  const region = await image.readRegion({ left: 64, top: 0, width: 64, height: 48 }, 100)
  near(colourAt(region, 0.5, 0.5), [20, 220, 20])
})

test('a damaged HEIC photo says what to do', async () => {
  const broken = Buffer.from(HEIC)
  broken.fill(0, 300)
  await assert.rejects(decode(broken), /HEIC photos cannot be read here\. Export them as JPEG/)
})

/** A TIFF whose directories are lists of [tag, type, value]; `next` directories follow each other in the file. */
function tiff(directories: [tag: number, type: number, value: number][][], data: Buffer): Buffer {
  const sizes = directories.map((entries) => 6 + 12 * entries.length)
  const total = 8 + sizes.reduce((a, b) => a + b, 0)
  const head = Buffer.alloc(total)
  head.write('II*\0', 'latin1')
  head.writeUInt32LE(8, 4)
  let at = 8
  for (const [i, entries] of directories.entries()) {
    head.writeUInt16LE(entries.length, at)
    for (const [j, [tag, type, value]] of entries.entries()) {
      const entry = at + 2 + 12 * j
      head.writeUInt16LE(tag, entry)
      head.writeUInt16LE(type, entry + 2)
      head.writeUInt32LE(1, entry + 4)
      head.writeUInt32LE(value < 0 ? total - value - 1 : value, entry + 8)
    }
    at += sizes[i]!
  }
  return Buffer.concat([head, data])
}
/** Offsets below zero count from the end of the directories: -1 is the first byte of the data. */
const DATA = -1

test('of a raw file, the largest embedded JPEG is read, turned as the raw file says', async () => {
  const small = await flat(660, 440, '#00c').jpeg().toBuffer()
  const full = await flat(900, 600, '#c00').jpeg().toBuffer()
  const data = Buffer.concat([small, full])
  const second = DATA - small.length
  const files: Record<string, Buffer> = {
    // A preview made by a camera, and the full JPEG in a directory that it points to.
    nef: tiff(
      [
        [
          [254, 4, 1],
          [271, 2, 0],
          [274, 3, 6],
          [513, 4, DATA],
          [514, 4, small.length],
          [330, 4, 8 + 6 + 12 * 6],
        ],
        [
          [513, 4, second],
          [514, 4, full.length],
        ],
      ],
      data,
    ),
    dng: tiff(
      [
        [
          [50_706, 1, 1],
          [274, 3, 6],
          [273, 4, second],
          [279, 4, full.length],
        ],
      ],
      data,
    ),
  }
  for (const [what, bytes] of Object.entries(files)) {
    assert.equal(identifyType(bytes), 'image/x-raw', what)
    const image = await decode(bytes)
    assert.deepEqual([image.width, image.height], [600, 900], what)
    near(colourAt(image.working, 0.5, 0.5), [204, 0, 0])
  }
  const raf = Buffer.alloc(200)
  raf.write('FUJIFILMCCD-RAW 0201', 'latin1')
  raf.writeUInt32BE(200, 84)
  raf.writeUInt32BE(full.length, 88)
  const type = Buffer.from('\0\0\0\x18ftypcrx \0\0\0\x01crx isom', 'latin1')
  const box = Buffer.alloc(16)
  box.writeUInt32BE(1, 0)
  box.write('mdat', 4, 'latin1')
  box.writeBigUInt64BE(BigInt(16 + full.length), 8)
  for (const bytes of [Buffer.concat([raf, full]), Buffer.concat([type, box, full])]) {
    const image = await decode(bytes)
    assert.deepEqual([image.width, image.height], [900, 600])
  }
})

test('an MPO, two JPEGs in one file, shows its first', async () => {
  const bytes = Buffer.concat([
    await flat(64, 48, '#c00').jpeg().toBuffer(),
    await flat(64, 48, '#00c').jpeg().toBuffer(),
  ])
  near(colourAt((await decode(bytes)).working, 0.5, 0.5), [204, 0, 0])
})

test('a JPEG of 12 bits and a TIFF of floating-point numbers are named for what they are', async () => {
  const jpeg = await flat(64, 48, '#c00').jpeg().toBuffer()
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]))
  jpeg[frame + 4] = 12
  await assert.rejects(decode(jpeg), /This JPEG has 12 bits per channel/)
  // One strip of 2 x 1 numbers.
  const measured = tiff(
    [
      [
        [256, 3, 2],
        [257, 3, 1],
        [258, 3, 32],
        [259, 3, 1],
        [262, 3, 1],
        [273, 4, DATA],
        [277, 3, 1],
        [278, 3, 1],
        [279, 4, 8],
        [339, 3, 3],
      ],
    ],
    Buffer.from(new Float32Array([0.1, 300]).buffer),
  )
  await assert.rejects(decode(measured), /This TIFF holds floating-point numbers/)
})

test('a 16-bit picture that fills only the low range is stretched, one that fills it is not', async () => {
  const ramp = (most: number) => {
    const values = Uint16Array.from({ length: 64 * 64 }, (_, i) => Math.round(((i % 64) / 63) * most))
    const grey = sharp(values, { raw: { width: 64, height: 64, channels: 1 } })
    return grey.toColourspace('grey16').png().toBuffer()
  }
  const low = await decode(await ramp(4095))
  near(colourAt(low.working, 0.99, 0.5), [255, 255, 255], 4)
  near(colourAt(low.working, 0.5, 0.5), [130, 130, 130], 8)
  const region = await low.readRegion({ left: 32, top: 0, width: 32, height: 64 }, 64)
  near(colourAt(region, 0.98, 0.5), [255, 255, 255], 4)
  const whole = await decode(await ramp(40_000))
  near(colourAt(whole.working, 0.99, 0.5), [155, 155, 155], 6)
})

test('an interlaced picture counts more than its pixels, before they are made', async () => {
  const picture = sharp({ create: { width: 8000, height: 5000, channels: 4, background: '#888' } })
  const bytes = await picture.toColourspace('rgb16').png({ progressive: true, compressionLevel: 1 }).toBuffer()
  const begun = performance.now()
  await assert.rejects(
    decode(bytes),
    /at most 1000 MB to decode but received one of 1280 MB \(8000 x 5000, interlaced\)/,
  )
  assert.ok(performance.now() - begun < 1000)
})

test('pictures wait until there is memory for them, and none waits for ever', async () => {
  let running = 0
  let most = 0
  const work = async () => {
    running++
    most = Math.max(most, running)
    await new Promise((resolve) => setTimeout(resolve, 5))
    running--
  }
  const sizes = [400e6, 400e6, 400e6, 5e9, 100e6]
  await Promise.allSettled([
    ...sizes.map((bytes) => withinBudget(bytes, work)),
    withinBudget(400e6, () => Promise.reject(new Error('broken'))),
  ])
  assert.equal(most, 2)
  await withinBudget(1e9, work)
})
