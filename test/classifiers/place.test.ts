// What was met at stations: counts by hand, in any order and undone exactly, and what they change in an answer.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Met, type Sighting } from '../../classifiers/met.ts'
import type { Posterior } from '../../classifiers/outcomes.ts'
import { type Place, placeRatio, weighByPlace } from '../../classifiers/place.ts'
import { random, shuffled } from '../../classifiers/seeded-random.ts'
import type { Scores } from '../../classifiers/tree.ts'

const [FOX, BOAR, DEER] = [1, 2, 3]
const saw = (taxonId: number, groupKey: string, more: Partial<Sighting> = {}): Sighting => ({
  taxonId,
  groupKey,
  station: 'Hill',
  month: 5,
  inBulk: false,
  ...more,
})
const countsOf = (met: Met) => ({
  stations: met.stations(),
  places: ['Hill', 'Pond'].map((station) => {
    const place = met.at(station, 5, null)
    return (
      place &&
      [FOX, BOAR, DEER].map((id) => [place.here.of(id), place.everywhere.of(id), place.months.of(id), place.months.all])
    )
  }),
})

test('an event counts once, whatever its photos are, and less where it was only named in bulk', () => {
  const met = new Met()
  met.set(1, saw(FOX, 'a'))
  met.set(2, saw(FOX, 'a'))
  met.set(3, saw(BOAR, 'a'))
  met.set(4, saw(BOAR, 'b', { inBulk: true, station: 'Pond' }))
  met.set(5, saw(BOAR, 'b', { inBulk: true, station: 'Pond' }))
  assert.deepEqual(met.stations(), [
    { station: 'Hill', events: 2, taxa: 2 },
    { station: 'Pond', events: 0.25, taxa: 1 },
  ])
  const place = met.at('Hill', 5, null)!
  assert.deepEqual([place.here.of(FOX), place.here.total, place.everywhere.of(BOAR)], [1, 2, 1.25])
  assert.deepEqual(place.months.all[4], 2.25)
  const without = met.at('Hill', 5, 'a')!
  assert.deepEqual([without.here.of(FOX), without.here.total, without.everywhere.total], [0, 0, 0.25])
  assert.deepEqual(without.months.of(FOX)?.[4], 0)
  assert.equal(met.at('Marsh', null, null)?.here.total, 0)
  assert.equal(new Met().at('Hill', null, null), null)
})

test('sightings come and go in any order', () => {
  const next = random(7)
  const all = Array.from({ length: 60 }, (_, id) => {
    const some = { station: next() < 0.5 ? 'Hill' : 'Pond', month: 1 + Math.floor(next() * 12), inBulk: next() < 0.3 }
    return [id, saw([FOX, BOAR, DEER][id % 3]!, `g${id % 13}`, some)] as const
  })
  const expected = new Met()
  for (const [id, one] of all.slice(0, 40)) expected.set(id, one)
  const met = new Met()
  for (const [id, one] of shuffled(all, next)) met.set(id, one)
  met.set(3, saw(DEER, 'elsewhere'))
  met.set(...all[3]!)
  for (const [id] of shuffled(all.slice(40), next)) met.set(id, null)
  assert.deepEqual(countsOf(met), countsOf(expected))
  met.replace(new Map())
  assert.deepEqual(met.stations(), [])
  met.replace(new Map(all.slice(0, 40)))
  assert.deepEqual(countsOf(met), countsOf(expected))
})

const tally = (counts: Record<number, number>) => ({
  of: (id: number) => counts[id] ?? 0,
  total: Object.values(counts).reduce((sum, n) => sum + n, 0),
})
const NO_MONTHS = { of: () => null, all: new Array<number>(12).fill(0) }
const place = (here: Record<number, number>, more: Partial<Place> = {}): Place => ({
  here: tally(here),
  everywhere: tally(here),
  month: null,
  months: NO_MONTHS,
  ...more,
})

test('ratios by hand: a floor for what was never met, and months only where there are enough', () => {
  // Ten taxa, thirty foxes: (30 + 2) / (30 + 20) anywhere, and of ten further events at the station.
  const foxes = place({ [FOX]: 30 })
  const fox = (30 + 10 * (32 / 50)) / 40
  const other = (10 * (2 / 50)) / 40
  assert.ok(Math.abs(placeRatio(FOX, 10, foxes) - (0.7 * fox * 10 + 0.3)) < 1e-12)
  assert.ok(Math.abs(placeRatio(BOAR, 10, foxes) - (0.7 * other * 10 + 0.3)) < 1e-12)
  const sum = placeRatio(FOX, 10, foxes) + 9 * placeRatio(BOAR, 10, foxes)
  assert.ok(Math.abs(sum - 10) < 1e-9, 'together as if all were even')
  const summer = [0, 0, 0, 0, 10, 10, 10, 0, 0, 0, 0, 0]
  const even = new Array<number>(12).fill(10)
  const inMonth = (month: number | null, events: number[]) =>
    placeRatio(FOX, 10, place({ [FOX]: 30 }, { month, months: { of: () => events, all: even } }))
  assert.ok(inMonth(6, summer) > 2 * inMonth(null, summer))
  assert.ok(inMonth(12, summer) < inMonth(null, summer) / 2)
  assert.equal(
    inMonth(
      12,
      summer.map((n) => n / 2),
    ),
    inMonth(null, summer),
    'too few events',
  )
})

/** The root, and taxa below it that are taught. */
function answerOf(known: number[], novelty: number): { scores: Scores; said: Posterior } {
  const nodes = [0, ...known.map((_, i) => i + 1)].map((id) => ({ id, rankLevel: 10, children: new Set() }))
  const values = Float64Array.from([0, ...known])
  const novel = new Float64Array(values.length)
  novel[0] = novelty
  const scores = {
    nodes,
    parents: Int32Array.from(nodes, (_, i) => (i === 0 ? -1 : 0)),
    known: Float64Array.from(nodes, (_, i) => (i === 0 ? Number.NEGATIVE_INFINITY : 0)),
    novel: new Float64Array(nodes.length),
    weight: new Float64Array(nodes.length),
    outcomes: { known: known.length, inner: new Map() },
  } as unknown as Scores // nodes have all that is read of them
  const total = values.slice()
  total[0] = 1
  return { scores, said: { total, known: values, novel } }
}

test('the taxon that is frequent there gains on a look-alike, and never on novelty', () => {
  const here = place({ [FOX]: 40 })
  for (const novelty of [0, 0.1, 0.9]) {
    const { scores, said } = answerOf([0.4 * (1 - novelty), 0.6 * (1 - novelty)], novelty)
    weighByPlace(said, scores, here)
    assert.ok(said.total[FOX]! > said.total[BOAR]!)
    assert.ok(said.novel[0]! >= novelty - 1e-12)
    assert.ok(Math.abs(said.total[0]! - 1) < 1e-12)
    assert.ok(Math.abs(said.total[FOX]! + said.total[BOAR]! + said.novel[0]! - 1) < 1e-12)
  }
  const { scores, said } = answerOf([0.02, 0.88], 0.1)
  weighByPlace(said, scores, here)
  assert.ok(said.novel[0]! > 0.1, 'what was never met there may be new')
})
