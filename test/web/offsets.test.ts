// Differences of clocks as people write them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { offsetFor, offsetText, readOffset } from '../../web/deployments/offsets.ts'
import { askedOf } from '../../web/upload/missing/asked-times.ts'

test('an offset is read as it is written', () => {
  for (const seconds of [0, 3600, -3600, 86_400 * 365 + 5, -(86_400 + 61)])
    assert.equal(readOffset(offsetText(seconds)), seconds)
  assert.deepEqual(['+1:00', '-1:30', '2 d 00:00', 'soon'].map(readOffset), [3600, -5400, 172_800, null])
  assert.equal(offsetText(-90_000), '−1 d 01:00:00')
})

test('the true time of a photo gives the offset, on top of the one it was shown with', () => {
  assert.equal(
    offsetFor('2020-01-01T00:10:00', '2026-05-01T10:10', 0),
    Date.parse('2026-05-01T10:00Z') / 1000 - 1577836800,
  )
  assert.equal(offsetFor('2026-05-01T11:00:00', '2026-05-01T10:00:00', 3600), 0)
})

test('times of photos without a clock: the first and the last, or one of them and how far apart they are', () => {
  const item = { undated: 5, last: { mediaId: '9', filename: 'IMG_5.JPG' } }
  const [first, last] = ['2026-05-01T08:00', '2026-05-01T09:00']
  assert.deepEqual(askedOf({ first, last, apart: '' }, item), { at: first, secondsApart: 900 })
  assert.deepEqual(askedOf({ first, last: '', apart: '2,5' }, item), { at: first, secondsApart: 2.5 })
  assert.deepEqual(askedOf({ first: '', last, apart: '60' }, item), { mediaId: '9', at: last, secondsApart: 60 })
  assert.throws(() => askedOf({ first: '', last: '', apart: '60' }, item), /Say when/)
  assert.throws(() => askedOf({ first, last: '', apart: '' }, item), /how many seconds/)
  assert.throws(() => askedOf({ first: last, last: first, apart: '' }, item), /before the first/)
  assert.deepEqual(askedOf({ first, last: '', apart: '' }, { undated: 1, last: null }), { at: first, secondsApart: 0 })
})
