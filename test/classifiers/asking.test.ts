// What a person should name next: clusters by the tree's own evidence, and the order of questions.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clusterRows } from '../../classifiers/asking/clusters.ts'
import { orderQuestions, RANDOM_EVERY } from '../../classifiers/asking/order.ts'
import type { VectorRows } from '../../classifiers/labels/near-rows.ts'
import { random } from '../../classifiers/seeded-random.ts'
import { metricWeight } from '../../classifiers/statistics.ts'

const SIZE = 6
const metric = { between: new Float64Array(SIZE).fill(25), temperature: 1 }

/** Animals of kinds that lie apart along one dimension each, in groups of their own. */
function drawn(counts: readonly number[], seed = 1): { rows: VectorRows; groups: string[]; kinds: number[] } {
  const next = random(seed)
  const kinds = counts.flatMap((count, kind) => Array.from({ length: count }, () => kind))
  const values = Float32Array.from(
    kinds.flatMap((kind) =>
      Array.from({ length: SIZE }, (_, d) => ((d === kind ? 12 : 0) + next() + next() - 1) * metricWeight(25)),
    ),
  )
  return { rows: { values, size: SIZE }, groups: kinds.map((_, i) => `g${i}`), kinds }
}

const nothing: VectorRows = { values: new Float32Array(0), size: SIZE }
const flat = (length: number, value: number) => new Float64Array(length).fill(value)

test('animals of one kind are one cluster, and another kind is explained by none', () => {
  const { rows, groups, kinds } = drawn([20, 12, 5])
  const { of, means, find } = clusterRows(rows, groups, metric)
  assert.equal(means.length, 3)
  for (const kind of [0, 1, 2]) {
    const clusters = new Set([...of].filter((_, row) => kinds[row] === kind))
    assert.equal(clusters.size, 1, `kind ${kind}`)
  }
  assert.equal(find(rows.values.subarray(0, SIZE)), of[0])
  const stranger = drawn([0, 0, 0, 1], 2).rows.values
  assert.equal(find(stranger), -1)
})

test('a burst stays together and counts less than as many single animals', () => {
  const { rows } = drawn([4])
  const { of } = clusterRows(rows, ['a', 'a', 'b', 'b'], metric)
  assert.equal(of[0], of[1])
  assert.equal(of[2], of[3])
})

test('clusters without a label come first, the largest of them first, and a labelled one is not asked again', () => {
  const { rows, groups, kinds } = drawn([20, 12, 5])
  const waiting = { rows, groups, probabilities: flat(37, 0.9), novelties: flat(37, 0) }
  const asked = { metric, most: 12, seed: 1 }
  const first = orderQuestions(waiting, { ...asked, exemplars: nothing })
  assert.deepEqual(
    first.slice(0, 3).map(({ row, why, alike }) => [kinds[row], why, alike]),
    [
      [0, 'typical', 20],
      [1, 'typical', 12],
      [2, 'typical', 5],
    ],
  )
  const exemplars = { values: drawn([1], 3).rows.values, size: SIZE }
  const later = orderQuestions(waiting, { ...asked, exemplars })
  assert.deepEqual(
    later.filter(({ why }) => why === 'typical').map(({ row }) => kinds[row]),
    [1, 2],
  )
  assert.equal(new Set(later.map(({ row }) => row)).size, later.length, 'nothing is asked twice')
})

test('then what the tree doubts comes first, and every tenth question is drawn at random', () => {
  const { rows, groups } = drawn([200, 100])
  const probabilities = Float64Array.from(groups, (_, i) => (i % 50) / 50)
  const novelties = Float64Array.from(groups, (_, i) => (i === 123 ? 0.9 : 0))
  const waiting = { rows, groups, probabilities, novelties }
  const questions = orderQuestions(waiting, { exemplars: rows, metric, most: 40, seed: 4 })
  assert.deepEqual(questions[0], { row: 123, why: 'new', alike: 200 })
  const unsure = questions.filter(({ why }) => why === 'unsure').map(({ row }) => probabilities[row]!)
  assert.deepEqual(
    unsure,
    [...unsure].sort((a, b) => a - b),
  )
  const drawnAt = questions.flatMap(({ why }, i) => (why === 'random' ? [i] : []))
  assert.deepEqual(
    drawnAt,
    [9, 19, 29, 39].filter((at) => at < questions.length),
  )
  assert.equal(RANDOM_EVERY, 10)
  assert.deepEqual(orderQuestions(waiting, { exemplars: rows, metric, most: 40, seed: 4 }), questions)
})

test('without waiting animals there is no question', () => {
  const none = { rows: nothing, groups: [], probabilities: [], novelties: [] }
  assert.deepEqual(orderQuestions(none, { exemplars: nothing, metric, most: 5, seed: 1 }), [])
})

test('of a cluster only those are said to look alike that do', () => {
  // A taxon as broad as everything else holds both kinds, which do not look alike.
  const { rows, groups } = drawn([6, 4])
  const broad = { ...metric, temperature: 1e6 }
  assert.equal(new Set(clusterRows(rows, groups, broad).of).size, 1)
  const waiting = { rows, groups, probabilities: flat(10, 0.9), novelties: flat(10, 0) }
  const [first] = orderQuestions(waiting, { metric: broad, most: 1, seed: 1, exemplars: nothing })
  assert.ok(first!.alike === 6 || first!.alike === 4, `${first!.alike} look alike`)
})
