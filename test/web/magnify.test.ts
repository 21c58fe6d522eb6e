// Where a photo lies in its frame, against placements worked out by hand.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fitInto, magnify } from '../../web/parts/photo/magnify.ts'

const frame = { width: 800, height: 600 }

test('the whole photo is centred and as large as fits', () => {
  assert.deepEqual(fitInto(frame, { width: 4000, height: 2000 }), { width: 800, height: 400, left: 0, top: 100 })
  assert.deepEqual(fitInto(frame, { width: 300, height: 600 }), { width: 300, height: 600, left: 250, top: 0 })
})

test('a box in the middle is centred with an eighth of itself around', () => {
  const placed = magnify(frame, { width: 800, height: 600 }, [0.4, 0.4, 0.2, 0.2])
  assert.equal(Math.round(placed.width), Math.round(800 / (0.2 * 1.24)))
  assert.ok(Math.abs(placed.left + placed.width * 0.5 - 400) < 1e-9)
  assert.ok(Math.abs(placed.top + placed.height * 0.5 - 300) < 1e-9)
})

test('a box at the edge moves off centre rather than showing emptiness', () => {
  const placed = magnify(frame, { width: 800, height: 600 }, [0, 0.9, 0.1, 0.1])
  assert.equal(placed.left, 0)
  assert.ok(Math.abs(placed.top + placed.height - 600) < 1e-9)
})

test('a box as large as the photo shows the fitted photo, one of a few pixels stops at twelvefold', () => {
  const photo = { width: 4000, height: 2000 }
  assert.deepEqual(magnify(frame, photo, [0, 0, 1, 1]), fitInto(frame, photo))
  assert.equal(magnify(frame, photo, [0.5, 0.5, 0.001, 0.001]).width, 800 * 12)
})

test('a frame not measured yet has no size and no infinities', () => {
  const placed = magnify({ width: 0, height: 0 }, { width: 4, height: 3 }, [0.1, 0.1, 0.2, 0.2])
  assert.deepEqual([placed.width, placed.height], [0, 0])
})
