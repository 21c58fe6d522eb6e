// Stops of an installation that is wrong more often than asked become rarer until they are right as often as asked.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { random } from '../../classifiers/seeded-random.ts'
import { NO_THRESHOLDS } from '../../classifiers/thresholds.ts'
import { shifted, UNWATCHED, type Watched, watch } from '../../classifiers/watching.ts'

/** Each says a probability of one taxon, which is right in so many as that probability to the `power` says. */
function answers(count: number, power: number, seed: number): Watched[] {
  const next = random(seed)
  return Array.from({ length: count }, () => {
    const probability = 0.5 + 0.5 * next()
    return { path: [{ probability, right: next() < probability ** power }], strange: 0 }
  })
}

test('a shift is added to the log odds', () => {
  assert.equal(shifted(0.8, 0), 0.8)
  assert.ok(Math.abs(shifted(0.5, Math.log(4)) - 0.8) < 1e-12)
  assert.equal(shifted(1, 2), 1)
})

test('nothing changes without judged answers, and where they are right as often as asked', () => {
  assert.deepEqual(watch([], 0.8, NO_THRESHOLDS), UNWATCHED)
  const { shift, stops, right } = watch(answers(400, 0.5, 1), 0.8, NO_THRESHOLDS)
  assert.equal(shift, 0)
  assert.ok(stops > 60 && stops < 100, String(stops))
  assert.ok(right / stops > 0.85, String(right / stops))
})

test('after a change of camera, stops become right as often as asked again', () => {
  const before = answers(200, 0.5, 2)
  const then = [...before, ...answers(600, 4, 3)]
  const unwatched = then.slice(-600).flatMap(({ path: [step] }) => (step!.probability >= 0.8 ? [step!.right] : []))
  const share = unwatched.filter((right) => right).length / unwatched.length
  assert.ok(share < 0.77, `unwatched ${share}`)
  const { shift, stops, right } = watch(then, 0.8, NO_THRESHOLDS)
  assert.ok(shift > 0, String(shift))
  assert.ok(stops >= 20 && right / stops >= 0.78, `${right} of ${stops}`)
  // And back: the old camera needs no shift.
  assert.equal(watch([...then, ...answers(200, 0.5, 4)], 0.8, NO_THRESHOLDS).shift, 0)
})

test('an answer that is withdrawn leaves no trace', () => {
  const all = answers(300, 4, 5)
  const without = all.filter((_, i) => i !== 150)
  const one = watch(without, 0.8, NO_THRESHOLDS)
  watch(all, 0.8, NO_THRESHOLDS)
  assert.deepEqual(watch([...without.slice(0, 150), ...without.slice(150)], 0.8, NO_THRESHOLDS), one)
})
