// The cut around an animal: the recipe by hand, and that every crop gets the pixels that the photo has.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import sharp from 'sharp'
import type { Bbox } from '../../db/schema.ts'
import { CROP_SIDE_PX, cropRegion, cutCrops, cutJpegs } from '../../indexer/crop.ts'
import { decode, type Image, type Region } from '../../indexer/photos/image.ts'

const recipe = { square: true, enlarge: 0.1, fill: 114 }

test('the box is made square on its longer side and enlarged by a tenth', () => {
  // 200 x 100 px at (400, 300) of 1000 x 800: 220 px around the centre (500, 350).
  assert.deepEqual(cropRegion([0.4, 0.375, 0.2, 0.125], 1000, 800, recipe), {
    left: 390,
    top: 240,
    width: 220,
    height: 220,
  })
})

test('without square the box keeps its shape', () => {
  const region = cropRegion([0.4, 0.375, 0.2, 0.125], 1000, 800, { ...recipe, square: false })
  assert.deepEqual(region, { left: 390, top: 295, width: 220, height: 110 })
})

test('it is cut to the photo', () => {
  assert.deepEqual(cropRegion([0, 0, 0.2, 0.125], 1000, 800, recipe), { left: 0, top: 0, width: 210, height: 160 })
  assert.deepEqual(cropRegion([0, 0, 1, 1], 1000, 800, recipe), { left: 0, top: 0, width: 1000, height: 800 })
})

test('any box gives a region inside the photo with at least one pixel', () => {
  const f = fc.double({ min: 0, max: 1, noNaN: true })
  const side = fc.integer({ min: 1, max: 20_000 })
  fc.assert(
    fc.property(f, f, f, f, side, side, (x, y, w, h, width, height) => {
      const bbox: Bbox = [x, y, w * (1 - x), h * (1 - y)]
      const region = cropRegion(bbox, width, height, recipe)
      assert.ok(region.left >= 0 && region.top >= 0 && region.width >= 1 && region.height >= 1)
      assert.ok(region.left + region.width <= width && region.top + region.height <= height)
    }),
    { seed: 3, numRuns: 1000 },
  )
})

/** A photo whose red encodes the column and whose green the row: x and y in 256ths. */
async function ramp(width: number, height: number): Promise<Buffer> {
  const data = Buffer.alloc(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set([(x * 256) / width, (y * 256) / height, 0], (y * width + x) * 3)
  }
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer()
}

/** Counts regions that are read again. */
async function watched(bytes: Buffer, workingSidePx: number) {
  const image = await decode(bytes, { workingSidePx })
  const read: { region: Region; longest: number }[] = []
  const watching: Image = {
    ...image,
    readRegion: (region, longest) => {
      read.push({ region, longest })
      return image.readRegion(region, longest)
    },
  }
  return { image: watching, read }
}

function pixel(pixels: Uint8Array, size: number, x: number, y: number) {
  return Array.from(pixels.subarray((y * size + x) * 3, (y * size + x) * 3 + 3))
}

test('a crop shows its region: centred in grey, where the photo ends', async () => {
  const { image, read } = await watched(await ramp(512, 512), 512)
  // Left edge: region 0..160 x 144..368 (204 enlarged to 224, cut at the left): wider than high by nothing, 160 x 224.
  const bbox: Bbox = [0, 0.5 - 102 / 512, 96 / 512, 204 / 512]
  assert.deepEqual(cropRegion(bbox, 512, 512, recipe), { left: 0, top: 144, width: 160, height: 224 })
  const [crop] = await cutCrops(image, [bbox], recipe, 224)
  assert.equal(crop!.pixels.length, 224 * 224 * 3)
  assert.deepEqual(pixel(crop!.pixels, 224, 10, 100), [114, 114, 114])
  assert.deepEqual(pixel(crop!.pixels, 224, 214, 100), [114, 114, 114])
  // 32 px of grey, then column 0; row 0 of the crop is row 144 of the photo.
  const [red, green] = pixel(crop!.pixels, 224, 32 + 80, 112)
  assert.ok(Math.abs(red! - 40) <= 1 && Math.abs(green! - 128) <= 1, `${red}, ${green}`)
  assert.equal(read.length, 0)
})

test('a crop that would lose pixels is read again, once for all that need it; others are not', async () => {
  const { image, read } = await watched(await ramp(2000, 1000), 500)
  const boxes: Bbox[] = [
    [0.1, 0.1, 0.05, 0.1], // 100 px: 27 px of the working picture
    [0.2, 0.3, 0.04, 0.08], // 80 px
    [0.05, 0.05, 0.9, 0.9], // 1,800 px: 495 of them there, enough for 224
  ]
  const crops = await cutCrops(image, boxes, recipe, 224)
  assert.equal(read.length, 1)
  // Both small ones, 100 px -> 110 from (195, 95) and 80 px -> 88 from (396, 296), at full size.
  assert.deepEqual(read[0]!.region, { left: 195, top: 95, width: 289, height: 289 })
  assert.equal(read[0]!.longest, 289)
  for (const [i, [x, y, w, h]] of boxes.entries()) {
    const [red, green] = pixel(crops[i]!.pixels, 224, 112, 112)
    assert.ok(Math.abs(red! - (x + w / 2) * 256) <= 2, `${i}: ${red} for ${(x + w / 2) * 256}`)
    assert.ok(Math.abs(green! - (y + h / 2) * 256) <= 2, `${i}: ${green} for ${(y + h / 2) * 256}`)
  }
})

test('many small animals far apart in a huge photo are read one by one rather than all of it in full', async () => {
  const { image } = await watched(await ramp(100, 100), 100)
  const read: Region[] = []
  const huge: Image = {
    ...image,
    width: 20_000,
    height: 10_000,
    readRegion: async (region) => {
      read.push(region)
      return { data: new Uint8Array(300 * 300 * 3), width: 300, height: 300 }
    },
  }
  await cutCrops(
    huge,
    [
      [0, 0, 0.015, 0.03],
      [0.98, 0.96, 0.015, 0.03],
    ],
    recipe,
    224,
  )
  assert.equal(read.length, 2)
})

test('JPEGs show the same region, at most 480 px long and never enlarged', async () => {
  const image = await decode(await ramp(2000, 1000))
  const [large, small] = await cutJpegs(
    image,
    [
      [0, 0, 1, 1],
      [0.5, 0.5, 0.1, 0.1],
    ],
    recipe,
  )
  const [a, b] = [await sharp(large!).metadata(), await sharp(small!).metadata()]
  assert.deepEqual([a.format, a.width, a.height], ['jpeg', CROP_SIDE_PX, 240])
  assert.deepEqual([b.width, b.height], [220, 220])
})

test('a box thinner than a pixel still gives a crop', async () => {
  const image = await decode(await ramp(40, 30))
  const [crop] = await cutCrops(image, [[0.999, 0.999, 0.0005, 0.0005]], recipe, 224)
  assert.equal(crop!.pixels.length, 224 * 224 * 3)
  assert.ok(crop!.jpeg.length > 0)
})
