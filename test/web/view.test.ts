// Zooming, panning and drawing boxes, against placements worked out by hand.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Detection } from '../../api/contract/detection.ts'
import { grown, isDrawn, moved, onPhoto, panBy, pulled, spanned, zoomBy } from '../../web/review/view.ts'

const frame = { width: 400, height: 300 }
const photo = { width: 4000, height: 2000 }
const fitted = { left: 0, top: 50, width: 400, height: 200 }
const near = (actual: readonly number[], expected: readonly number[]) => {
  assert.equal(actual.length, expected.length)
  for (const [i, value] of expected.entries())
    assert.ok(Math.abs(actual[i]! - value) < 1e-9, `${actual} is not ${expected}`)
}

test('closer keeps the point under the pointer where it is', () => {
  const at = { x: 100, y: 150 }
  const close = zoomBy(frame, photo, fitted, 4, at)
  assert.deepEqual(close, { left: -300, top: -250, width: 1600, height: 800 })
  assert.deepEqual(onPhoto(at, close), onPhoto(at, fitted))
})

test('farther ends where the whole photo fits, in the middle; closer ends too', () => {
  const close = zoomBy(frame, photo, fitted, 4, { x: 0, y: 0 })
  assert.deepEqual(zoomBy(frame, photo, close, 0.01, { x: 380, y: 10 }), fitted)
  assert.equal(zoomBy(frame, photo, fitted, 1000, { x: 0, y: 0 }).width, 400 * 24)
})

test('a photo is not pushed out of its frame', () => {
  assert.deepEqual(panBy(frame, fitted, 50, 50), fitted)
  const close = { left: -300, top: -250, width: 1600, height: 800 }
  assert.deepEqual(panBy(frame, close, 10, -20), { ...close, left: -290, top: -270 })
  assert.deepEqual(panBy(frame, close, 9999, -9999), { ...close, left: 0, top: -500 })
})

test('points outside the photo count as its edge', () => {
  assert.deepEqual(onPhoto({ x: 200, y: 0 }, fitted), { x: 0.5, y: 0 })
  assert.deepEqual(onPhoto({ x: -5, y: 400 }, fitted), { x: 0, y: 1 })
})

test('a box is drawn from any corner, moved within the photo, and grows to its edge', () => {
  near(spanned({ x: 0.6, y: 0.2 }, { x: 0.1, y: 0.5 }), [0.1, 0.2, 0.5, 0.3])
  const box: Detection['bbox'] = [0.1, 0.2, 0.5, 0.3]
  near(moved(box, 0.1, -0.05), [0.2, 0.15, 0.5, 0.3])
  near(moved(box, 2, -2), [0.5, 0, 0.5, 0.3])
  near(grown(box, 0.1, 2), [0.1, 0.2, 0.6, 0.8])
  near(grown(box, -2, 0), [0.1, 0.2, 0.01, 0.3])
})

test('a handle moves its sides alone, and may be pulled past the other side', () => {
  const box: Detection['bbox'] = [0.2, 0.2, 0.4, 0.4]
  near(pulled(box, { x: 1, y: 0 }, { x: 0.9, y: 0.9 }), [0.2, 0.2, 0.7, 0.4])
  near(pulled(box, { x: -1, y: -1 }, { x: 0.1, y: 0.3 }), [0.1, 0.3, 0.5, 0.3])
  near(pulled(box, { x: -1, y: 0 }, { x: 0.8, y: 0 }), [0.6, 0.2, 0.2, 0.4])
})

test('a click is no box', () => {
  assert.ok(!isDrawn(spanned({ x: 0.5, y: 0.5 }, { x: 0.501, y: 0.8 })))
  assert.ok(isDrawn([0, 0, 0.02, 0.02]))
})
