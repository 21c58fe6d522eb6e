// The letterbox by hand, and there and back at every aspect ratio.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Bbox } from '../../../db/schema.ts'
import { type Corners, letterbox, type Placement, toPhoto } from '../../../indexer/inference/letterbox.ts'

test('wide, high, square, enlarged', () => {
  assert.deepEqual(letterbox(4000, 3000, 320, 320), { left: 0, top: 40, width: 320, height: 240 })
  assert.deepEqual(letterbox(3000, 4000, 320, 320), { left: 40, top: 0, width: 240, height: 320 })
  assert.deepEqual(letterbox(500, 500, 640, 640), { left: 0, top: 0, width: 640, height: 640 })
  assert.deepEqual(letterbox(1000, 500, 384, 640), { left: 0, top: 224, width: 384, height: 192 })
})

test('an odd pixel of grey goes right and below', () => {
  // 400 x 267 in 320: 213.6 -> 214 high, 106 grey: 53 and 53; 400 x 266: 212.8 -> 213, 107 grey: 53 above, 54 below.
  assert.deepEqual(letterbox(400, 267, 320, 320), { left: 0, top: 53, width: 320, height: 214 })
  assert.deepEqual(letterbox(400, 266, 320, 320), { left: 0, top: 53, width: 320, height: 213 })
})

test('a thread of a photo keeps one pixel', () => {
  assert.deepEqual(letterbox(20_000, 3, 320, 320), { left: 0, top: 159, width: 320, height: 1 })
})

const side = fc.integer({ min: 1, max: 20_000 })
const inputSide = fc.constantFrom(32, 64, 224, 320, 384, 640, 1280)
const fraction = fc.double({ min: 0, max: 1, noNaN: true })
const box = fc.tuple(fraction, fraction, fraction, fraction).map(([a, b, c, d]): Bbox => {
  const [x, y] = [Math.min(a, b), Math.min(c, d)]
  return [x, y, Math.max(a, b) - x, Math.max(c, d) - y]
})

test('the placement lies inside the input, centred, touches two sides and keeps the shape to half a pixel', () => {
  fc.assert(
    fc.property(side, side, inputSide, inputSide, (width, height, inputWidth, inputHeight) => {
      const place = letterbox(width, height, inputWidth, inputHeight)
      const [right, bottom] = [inputWidth - place.left - place.width, inputHeight - place.top - place.height]
      assert.ok(place.left >= 0 && place.top >= 0 && right - place.left >= 0 && bottom - place.top >= 0)
      assert.ok(right - place.left <= 1 && bottom - place.top <= 1)
      assert.ok(place.width === inputWidth || place.height === inputHeight)
      const scale = Math.min(inputWidth / width, inputHeight / height)
      assert.ok(Math.abs(place.width - width * scale) <= 0.5 || place.width === 1)
      assert.ok(Math.abs(place.height - height * scale) <= 0.5 || place.height === 1)
    }),
    { seed: 1, numRuns: 1000 },
  )
})

/** The inverse of `toPhoto`. */
function toInput([x, y, width, height]: Bbox, place: Placement): Corners {
  const right = place.left + (x + width) * place.width
  const bottom = place.top + (y + height) * place.height
  return [place.left + x * place.width, place.top + y * place.height, right, bottom]
}

test('a box comes back as it went, at all aspect ratios', () => {
  fc.assert(
    fc.property(side, side, inputSide, inputSide, box, (width, height, inputWidth, inputHeight, bbox) => {
      const place = letterbox(width, height, inputWidth, inputHeight)
      const back = toPhoto(toInput(bbox, place), place)
      // Exact up to float64: a one-pixel side divides rounding errors of the input's coordinates by one.
      for (const [i, value] of back.entries()) assert.ok(Math.abs(value - bbox[i]!) < 1e-9, `${back} from ${bbox}`)
    }),
    { seed: 2, numRuns: 2000 },
  )
})

test('corners outside the photo are cut to it', () => {
  const place = letterbox(200, 100, 64, 64)
  assert.deepEqual(toPhoto([-10, -10, 100, 100], place), [0, 0, 1, 1])
  assert.deepEqual(toPhoto([0, 0, 64, 10], place), [0, 0, 1, 0])
})
