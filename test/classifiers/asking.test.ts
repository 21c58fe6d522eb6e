// What a person should name next: clusters by the tree's own evidence, and the order of questions.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clusterRows } from '../../classifiers/asking/clusters.ts'
import { orderQuestions, RANDOM_EVERY } from '../../classifiers/asking/order.ts'
import { type Cells, gatherRecords, orderByResults, questionsOf } from '../../classifiers/asking/results-order.ts'
import { adviseStop, binOf, PROBABILITY_BINS, wrongLeft } from '../../classifiers/asking/wrong-left.ts'
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

function ordered(records: Parameters<typeof gatherRecords>[1], most: number) {
  const cells: Cells = new Map()
  gatherRecords(cells, records)
  return orderByResults([...questionsOf(cells)], most)
}

const nothing: VectorRows = { values: new Float32Array(0), size: SIZE }
const chances = (length: number) => Float64Array.from({ length }, random(5))
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
  const waiting = { rows, groups, probabilities: flat(37, 0.9), novelties: flat(37, 0), chances: chances(37) }
  const asked = { metric, most: 12, named: 0 }
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
  const waiting = { rows, groups, probabilities, novelties, chances: chances(300) }
  const questions = orderQuestions(waiting, { exemplars: rows, metric, most: 40, named: 0 })
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
  // Whoever only ever takes the first question is asked each tenth at random too, always the same until it is named.
  const tenth = orderQuestions(waiting, { exemplars: rows, metric, most: 1, named: 9 })
  const least = waiting.chances.indexOf(Math.min(...waiting.chances))
  assert.deepEqual(tenth.slice(0, 1), [{ row: least, why: 'random', alike: least < 200 ? 200 : 100 }])
  assert.equal(questions[9]?.row, least)
  assert.deepEqual(orderQuestions(waiting, { exemplars: rows, metric, most: 40, named: 0 }), questions)
})

test('without waiting animals there is no question', () => {
  const none = { rows: nothing, groups: [], probabilities: [], novelties: [], chances: [] }
  assert.deepEqual(orderQuestions(none, { exemplars: nothing, metric, most: 5, named: 0 }), [])
})

test('the surest animal of each doubtful cell is asked, and whose answer settles most comes first', () => {
  const record = (row: number, cell: string, probability: number, burst = `b${row}`) => ({
    row,
    cell,
    burst,
    probability,
  })
  const questions = ordered(
    [
      record(0, 'sure', 0.99),
      record(1, 'even', 0.5),
      record(2, 'two', 0.5),
      record(3, 'two', 0.4),
      record(4, 'one burst', 0.6, 'same'),
      record(5, 'one burst', 0.7, 'same'),
      record(6, 'unlikely', 0.02),
    ],
    10,
  )
  assert.deepEqual(
    questions.map(({ row, records }) => [row, records]),
    [
      [1, 1],
      [5, 1],
      [2, 2],
    ],
  )
  assert.deepEqual(
    questions.map(({ gain }) => Math.round(gain * 100) / 100),
    // Of two in a cell, one "no" leaves the other's doubt: 0.3 - 0.5 · 0.4.
    [0.5, 0.3, 0.1],
  )
  assert.equal(ordered([record(0, 'even', 0.5), record(1, 'other', 0.5)], 1).length, 1)
})

test('wrong suggestions left: the sum of what the tree says, corrected by what was drawn', () => {
  const bins = new Float64Array(PROBABILITY_BINS)
  bins[binOf(0.9)] = 1000
  bins[binOf(0.5)] = 100
  const said = wrongLeft({ bins, burst: 1 }, [])
  assert.ok(said.low < 30 && said.high > 200, 'without a check anything may be')
  const drawn = (count: number, wrong: number) =>
    Array.from({ length: count }, (_, i) => ({ probability: 0.9, right: (i * wrong) % count >= wrong }))
  const asSaid = wrongLeft({ bins, burst: 1 }, drawn(100, 10))
  assert.ok(Math.abs(asSaid.expected - 120) < 40, `${asSaid.expected}`)
  assert.ok(asSaid.low < 150 && asSaid.high > 150 && asSaid.high - asSaid.low < said.high - said.low)
  const worse = wrongLeft({ bins, burst: 1 }, drawn(100, 40))
  assert.ok(worse.low > asSaid.expected && Math.abs(worse.expected - 420) < 90, `${worse.expected}`)
  const first = Array.from({ length: 100 }, (_, i) => ({ probability: 0.9, right: i >= 40 }))
  assert.ok(wrongLeft({ bins, burst: 1 }, first).expected < asSaid.expected, 'what was wrong long ago counts little')
  const bursts = wrongLeft({ bins, burst: 9 }, drawn(100, 10))
  assert.ok(bursts.high - bursts.low > asSaid.high - asSaid.low, 'what is wrong together varies more')
  const nothing = wrongLeft({ bins: new Float64Array(PROBABILITY_BINS), burst: 1 }, [])
  assert.deepEqual([nothing.expected, nothing.low], [0, 0])
})

test('a person may stop where even the high end is as rare as asked, and not before enough is drawn', () => {
  const rank = (high: number) => ({ expected: high / 2, low: 0, high })
  const advise = (species: number, family: number, drawn = 10) =>
    adviseStop(1000, { species: rank(species), family: rank(family) }, { drawn, share: 0.05 })
  assert.equal(advise(50, 10), 'stop')
  assert.equal(advise(51, 50), 'stopAtFamily')
  assert.equal(advise(300, 51), 'goOn')
  assert.equal(advise(0, 0, 9), 'check')
})

test('of a cluster only those are said to look alike that do', () => {
  // A taxon as broad as everything else holds both kinds, which do not look alike.
  const { rows, groups } = drawn([6, 4])
  const broad = { ...metric, temperature: 1e6 }
  assert.equal(new Set(clusterRows(rows, groups, broad).of).size, 1)
  const waiting = { rows, groups, probabilities: flat(10, 0.9), novelties: flat(10, 0), chances: chances(10) }
  const [first] = orderQuestions(waiting, { metric: broad, most: 1, named: 0, exemplars: nothing })
  assert.ok(first!.alike === 6 || first!.alike === 4, `${first!.alike} look alike`)
})
