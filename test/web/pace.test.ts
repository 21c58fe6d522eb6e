// Photos a minute, against moments worked out by hand.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { perMinute } from '../../web/review/queue/pace.ts'

const every = (ms: number, times: number, from = 0) => Array.from({ length: times }, (_, i) => from + i * ms)

test('a photo every two seconds is thirty a minute', () => {
  assert.equal(perMinute(every(2000, 6)), 30)
  assert.equal(perMinute(every(2000, 200)), 30)
})

test('too few say nothing, nor do photos passed at the same moment', () => {
  assert.equal(perMinute(every(2000, 5)), null)
  assert.equal(perMinute([]), null)
  assert.equal(perMinute(every(0, 10)), null)
})

test('a pause is not the time that a photo took, and what is long ago is forgotten', () => {
  assert.equal(perMinute([...every(2000, 6), ...every(2000, 6, 3_600_000)]), 30)
  assert.equal(perMinute([...every(30_000, 40), ...every(1000, 31, 1_200_000)]), 60)
})
