// Measures of suggestions against numbers worked by hand.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Taxon } from '../../../api/contract/taxon.ts'
import { createAnswerCache } from '../../../api/insight/cache.ts'
import { activityOf, taxaOf } from '../../../api/insight/counts.ts'
import { accuracyOf, behindBar, interval, judge, learningOf } from '../../../api/insight/measures.ts'

const step = (id: number, name: string, rank: Taxon['rank']) => ({ id: String(id), name, rank })
const aves = step(1, 'Aves', 'class')
const corvus = step(2, 'Corvus', 'genus')
const taxon = (at: ReturnType<typeof step>, path: ReturnType<typeof step>[]): Taxon => ({
  ...at,
  commonName: null,
  path,
})
const known = new Map<number, Taxon>([
  [1, taxon(aves, [])],
  [2, taxon(corvus, [aves])],
  [3, taxon(step(3, 'Corvus corax', 'species'), [aves, corvus])],
  [4, taxon(step(4, 'Corvus cornix', 'species'), [aves, corvus])],
])
const taxa = { taxon: (id: number) => known.get(id) ?? null, merged: new Map([[9, 3]]) }
const forecast = (detectionId: number, taxonId: number, said: [number, number][], examples = 4) => ({
  detectionId,
  taxonId,
  treeVersion: '1.0',
  examples,
  path: said.map(([id, probability]) => ({ taxonId: id, probability })),
})
const path = (species: number, probability: number): [number, number][] => [
  [1, 0.9],
  [2, 0.8],
  [species, probability],
]

test('right at each rank where the paths agree; ranks that were not said are not right', () => {
  const forecasts = [
    forecast(10, 3, path(3, 0.75)),
    forecast(11, 3, path(4, 0.75)),
    forecast(12, 3, [[1, 0.9]]),
    forecast(13, 2, path(4, 0.35)),
  ]
  const { judged, named } = judge(forecasts, taxa)
  const { ranks, reliability } = accuracyOf(judged, { forecasts: named.length, leftOut: false })
  assert.deepEqual(
    ranks.map(({ rank, count, right, said }) => [rank, count, right, said]),
    [
      ['class', 4, 4, 4],
      ['genus', 4, 3, 3],
      ['species', 3, 1, 2],
    ],
  )
  assert.deepEqual(
    named.map((one) => one.right),
    [true, false, false, true],
  )
  const species = reliability.find((one) => one.rank === 'species')
  assert.equal(species?.bins.length, 1)
  assert.deepEqual(
    [species?.bins[0]?.from, species?.bins[0]?.count, species?.bins[0]?.right, species?.bins[0]?.meanProbability],
    [0.7, 2, 1, 0.75],
  )
  assert.equal(ranks[2]?.calibrationError, 0.25)
  assert.deepEqual(behindBar({ judged, named }, { rank: 'species', right: false }), [11, 12])
  assert.deepEqual(behindBar({ judged, named }, { rank: 'species', probability: { from: 0.7, to: 0.8 } }), [10, 11])
  assert.deepEqual(behindBar({ judged, named }, { right: true, examples: { from: 4, to: 7 } }), [10, 13])
  assert.deepEqual(behindBar({ judged, named }, { examples: { from: 8, to: null } }), [])
})

test('what was said of a taxon that was merged counts for what it became', () => {
  const { named } = judge([forecast(10, 3, path(9, 0.75)), forecast(11, 77, path(3, 0.75))], taxa)
  assert.deepEqual(
    named.map((one) => [one.detectionId, one.right]),
    [[10, true]],
  )
})

test('Wilson interval as in the literature: 8 of 10 is 0.490 to 0.943', () => {
  const { low, high } = interval(8, 10)
  assert.ok(Math.abs(low - 0.4901) < 1e-3)
  assert.ok(Math.abs(high - 0.9433) < 1e-3)
  assert.deepEqual(interval(0, 0), { low: 0, high: 1 })
})

test('the learning curve counts by examples of then, and reads what twice as many would do', () => {
  const few = Array.from({ length: 10 }, (_, i) => forecast(i, 3, path(i < 4 ? 3 : 4, 0.5), 2))
  const many = Array.from({ length: 10 }, (_, i) => forecast(100 + i, 4, path(i < 9 ? 4 : 3, 0.5), 5))
  const { named } = judge([...few, ...many], taxa)
  const facts = { leftOut: false, examplesOf: (id: number) => (id === 3 ? 2 : 5) }
  const learned = learningOf(named, named, facts)
  assert.equal(learned.enough, true)
  assert.deepEqual(
    learned.curve.filter((one) => one.count > 0).map(({ from, to, count, right }) => [from, to, count, right]),
    [
      [2, 3, 10, 4],
      [4, 7, 10, 9],
    ],
  )
  const raven = learned.taxa.find((one) => one.taxon.id === '3')
  assert.deepEqual(raven?.next, { examples: 4, accuracyNow: 0.4, accuracyThen: 0.9 })
  const crow = learned.taxa.find((one) => one.taxon.id === '4')
  assert.equal(crow?.next, null, 'nobody has ten examples yet')
  assert.equal(learningOf(named.slice(0, 5), named, facts).enough, false)
})

test('counts are summed up the taxonomy', () => {
  const find = (id: number | null) => (id === null ? null : (known.get(id) ?? null))
  const summed = taxaOf(
    [
      { taxonId: 3, identified: 2, suggested: 1 },
      { taxonId: 2, identified: 1, suggested: 0 },
      { taxonId: null, identified: 0, suggested: 5 },
    ],
    find,
  )
  assert.equal(summed.animals, 9)
  assert.equal(summed.nameless, 5)
  assert.deepEqual(
    summed.taxa.map(({ id, parentId, identified, suggested, own }) => [id, parentId, identified, suggested, own]),
    [
      ['1', null, 3, 1, 0],
      ['2', '1', 3, 1, 1],
      ['3', '2', 2, 1, 3],
    ],
  )
  assert.deepEqual(summed.ranks, [
    { rank: 'class', taxa: 1, animals: 4 },
    { rank: 'genus', taxa: 1, animals: 4 },
    { rank: 'species', taxa: 1, animals: 3 },
  ])
  const { hours, months, untimed } = activityOf([
    { month: 5, hour: 6, animals: 2 },
    { month: 12, hour: 6, animals: 1 },
    { month: null, hour: null, animals: 4 },
  ])
  assert.deepEqual([hours[6], months[4], months[11], untimed], [3, 2, 1, 4])
})

test('equal questions are counted once, cheap answers are soon forgotten, faults at once', async () => {
  let clock = 0
  const keep = createAnswerCache(() => clock)
  let asked = 0
  const count = (cost: number) => async () => {
    asked++
    await sleep(1)
    clock += cost
    return asked
  }
  assert.deepEqual(await Promise.all([keep('a', count(100)), keep('a', count(100))]), [1, 1])
  clock += 1999
  assert.equal(await keep('a', count(1)), 1)
  clock += 2
  assert.equal(await keep('a', count(1)), 2)
  await assert.rejects(
    keep('b', () => Promise.reject(new Error('broken'))),
    /broken/,
  )
  assert.equal(await keep('b', count(1)), 3)
})
