// Wrong labels, near duplicates, the odd and the typical, on vectors whose answer is known.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearRows } from '../../classifiers/labels/near-rows.ts'
import { nearDuplicates, representativeness, uniqueness } from '../../classifiers/labels/standing.ts'
import { random } from '../../classifiers/seeded-random.ts'

/** Rows in the plane, by their angle in degrees. */
function atAngles(...degrees: number[]) {
  const values = Float32Array.from(
    degrees.flatMap((one) => [Math.cos((one * Math.PI) / 180), Math.sin((one * Math.PI) / 180)]),
  )
  return { values, size: 2 }
}

test('neighbours are the nearest of other groups, nearest first', () => {
  const near = nearRows(atAngles(0, 1, 10, 30), ['a', 'a', 'b', 'c'], 2)
  assert.deepEqual([...near.rows], [2, 3, 2, 3, 1, 0, 2, 1])
  assert.ok(Math.abs(near.similarities[0]! - Math.cos(Math.PI / 18)) < 1e-6)
})

test('where there are no others, there are no neighbours', () => {
  const near = nearRows(atAngles(0, 1), ['a', 'a'], 2)
  assert.deepEqual([...near.rows], [-1, -1, -1, -1])
  assert.deepEqual([...uniqueness(near, 2)], [1, 1])
  assert.deepEqual([...representativeness(near, 2)], [0, 0])
})

test('among many rows nearly all neighbours are found without comparing all', () => {
  const next = random(5)
  const count = 12_500
  const values = Float32Array.from({ length: count * 4 }, () => next() - 0.5)
  const groups = Array.from({ length: count }, (_, i) => String(i))
  const near = nearRows({ values, size: 4 }, groups, 1)
  let found = 0
  for (let row = 0; row < 50; row++) {
    let best = -1
    let most = -2
    for (let other = 0; other < count; other++) {
      if (other === row) continue
      let [dot, a, b] = [0, 0, 0]
      for (let d = 0; d < 4; d++) {
        dot += values[row * 4 + d]! * values[other * 4 + d]!
        a += values[row * 4 + d]! ** 2
        b += values[other * 4 + d]! ** 2
      }
      const cosine = dot / Math.sqrt(a * b)
      if (cosine > most) [best, most] = [other, cosine]
    }
    if (near.rows[row] === best) found++
  }
  assert.ok(found >= 45, `${found} of 50`)
})

test('an animal far from all is unique, one among many stands for them, and a copy is a duplicate', () => {
  const angles = [0, 10, 20, 30, 30.2, 180]
  const near = nearRows(atAngles(...angles), angles.map(String), 3)
  const unique = uniqueness(near, angles.length)
  assert.equal(unique[5], 1)
  assert.ok(unique[3]! < unique[0]!)
  const typical = representativeness(near, angles.length)
  assert.equal(Math.max(...typical), 1)
  assert.ok(typical[5]! < 0.1)
  assert.deepEqual([...nearDuplicates(near, angles.length)], [-1, -1, -1, 4, 3, -1])
})
