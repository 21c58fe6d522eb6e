// The map's layout on vectors whose neighbourhoods are known.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { layOut } from '../../classifiers/map/layout.ts'
import { random } from '../../classifiers/seeded-random.ts'

const SIZE = 12

/** Groups of vectors around directions that are far apart. */
function groups(
  perGroup: number,
  many: number,
  within = 0.3,
): { values: Float32Array; size: number; groupOf: (i: number) => number } {
  const next = random(7)
  const values = new Float32Array(perGroup * many * SIZE)
  for (let i = 0; i < perGroup * many; i++)
    for (let k = 0; k < SIZE; k++) values[i * SIZE + k] = (k % many === i % many ? 1 : 0) + (next() - 0.5) * within
  return { values, size: SIZE, groupOf: (i) => i % many }
}

/** Share of points whose nearest other point on the map is of their own group. */
function purity({ x, y }: { x: Float32Array; y: Float32Array }, groupOf: (i: number) => number): number {
  let right = 0
  for (let i = 0; i < x.length; i++) {
    let nearest = -1
    let least = Number.POSITIVE_INFINITY
    for (let j = 0; j < x.length; j++) {
      const distance = (x[i]! - x[j]!) ** 2 + (y[i]! - y[j]!) ** 2
      if (j !== i && distance < least) {
        least = distance
        nearest = j
      }
    }
    if (groupOf(nearest) === groupOf(i)) right++
  }
  return right / x.length
}

test('look-alikes lie together, within 0..1, the same each time', () => {
  const { groupOf, ...vectors } = groups(40, 4)
  const told: number[] = []
  const map = layOut(vectors, { seed: 1, onProgress: (share) => told.push(share) })
  assert.equal(map.x.length, 160)
  assert.ok([...map.x, ...map.y].every((value) => value >= 0 && value <= 1))
  assert.ok(purity(map, groupOf) > 0.98)
  assert.deepEqual(layOut(vectors, { seed: 1 }), map)
  assert.deepEqual(
    told,
    [...told].sort((a, b) => a - b),
  )
})

test('look-alikes do not lie on one another: each can be pointed at', () => {
  const { groupOf, ...vectors } = groups(9, 12, 0.02)
  const { x, y } = layOut(vectors, { seed: 1 })
  const middle = (values: Float32Array, group: number) =>
    values.reduce((sum, value, i) => sum + (groupOf(i) === group ? value / 9 : 0), 0)
  const fromMiddle = [...x].map((value, i) => Math.hypot(value - middle(x, groupOf(i)), y[i]! - middle(y, groupOf(i))))
  const mean = fromMiddle.reduce((sum, value) => sum + value / fromMiddle.length, 0)
  // On a map of 700 pixels about 14 of them.
  assert.ok(mean > 0.012, `a group is ${mean} of the map`)
  for (let group = 0; group < 12; group++) {
    const own = [...x.keys()].filter((i) => groupOf(i) === group)
    for (const sign of [1, -1]) {
      const across = own.map((i) => x[i]! - sign * y[i]! - middle(x, group) + sign * middle(y, group))
      assert.ok(Math.max(...across.map(Math.abs)) > 0.003, `group ${group} is a diagonal line`)
    }
  }
})

test('what is not in the sample is placed among its own', () => {
  const { groupOf, ...vectors } = groups(100, 4)
  const map = layOut(vectors, { seed: 1, sample: 80 })
  assert.equal(map.x.length, 400)
  assert.ok(purity(map, groupOf) > 0.98)
})

test('few vectors, equal ones and none have a map too', () => {
  assert.deepEqual(layOut({ values: new Float32Array(0), size: SIZE }, { seed: 1 }).x.length, 0)
  const two = layOut({ values: Float32Array.of(1, 0, 0, 1), size: 2 }, { seed: 1 })
  assert.ok(Math.abs(two.x[0]! - two.x[1]!) + Math.abs(two.y[0]! - two.y[1]!) > 0.5)
  const same = layOut({ values: new Float32Array(30 * 2).fill(0.5), size: 2 }, { seed: 1 })
  assert.ok([...same.x, ...same.y].every((value) => value >= 0 && value <= 1))
})
