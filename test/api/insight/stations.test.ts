// Stations, effort by recorded dates, and sun time, against numbers worked by hand.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { EVER, effortsOf, type SurveyedDeployment, stationsOf } from '../../../api/insight/results/stations.ts'
import { sunTime } from '../../../api/insight/results/sun-time.ts'
import { surveyNumbers } from '../../../api/insight/results/survey.ts'
import { readClock } from '../../../api/interchange/local-time.ts'
import { FIELD, ROW } from '../../../db/insight/packed.ts'

let id = 0
const at = (text: string) => readClock(`2026-${text}:00`)
const deployed = (station: string, more: Partial<SurveyedDeployment> = {}): SurveyedDeployment => ({
  id: ++id,
  name: `${station} ${id}`,
  station,
  camera: null,
  latitude: null,
  longitude: null,
  start: null,
  end: null,
  problems: [],
  photos: 1,
  firstPhoto: null,
  lastPhoto: null,
  ...more,
})
const daysOf = (deployments: SurveyedDeployment[], within = EVER) =>
  effortsOf(stationsOf({ deployments, within }), within).reduce((sum, { days }) => sum + days, 0)

describe('effort', () => {
  test('is from start to end as recorded, without the problem periods', () => {
    const one = deployed('A', {
      start: at('05-01T00:00'),
      end: at('05-11T00:00'),
      firstPhoto: at('05-03T00:00'),
      lastPhoto: at('05-04T00:00'),
      problems: [{ from: at('05-05T00:00'), to: at('05-07T00:00') }],
    })
    assert.equal(daysOf([one]), 8)
    assert.equal(daysOf([one], { from: at('05-06T00:00'), to: at('05-08T00:00') }), 1)
  })
  test('without an end it goes to the last photo, and says so', () => {
    const one = deployed('A', { start: at('05-01T00:00'), firstPhoto: at('05-02T00:00'), lastPhoto: at('05-04T12:00') })
    assert.equal(daysOf([one]), 3.5)
    const [effort] = effortsOf(stationsOf({ deployments: [one], within: EVER }), EVER)
    assert.deepEqual([effort!.startFrom, effort!.endFrom], ['recorded', 'photos'])
  })
  test('two cameras at one station both count, one camera whose cards overlap counts once', () => {
    const dates = { start: at('05-01T00:00'), end: at('05-05T00:00') }
    const later = { start: at('05-04T00:00'), end: at('05-08T00:00') }
    assert.equal(daysOf([deployed('A', dates), deployed('A', later)]), 8)
    assert.equal(daysOf([deployed('A', { ...dates, camera: 'C1' }), deployed('A', { ...later, camera: 'C1' })]), 7)
    assert.equal(daysOf([deployed('A', { ...dates, camera: 'C1' }), deployed('B', { ...later, camera: 'C1' })]), 8)
  })
  test('a night on which clocks change has 24 hours by the camera’s clock', () => {
    assert.equal(daysOf([deployed('A', { start: at('03-28T12:00'), end: at('03-29T12:00') })]), 1)
  })
  test('a camera that saw nothing is a station when its start is recorded', () => {
    const nothing = deployed('Empty', { photos: 0, start: at('05-01T00:00'), end: at('05-03T00:00') })
    const unknown = deployed('Unused', { photos: 0 })
    assert.deepEqual(
      stationsOf({ deployments: [nothing, unknown], within: EVER }).map(({ name }) => name),
      ['Empty'],
    )
  })
})

test('an event is one for two cameras of a station, two for two stations, and outside where nobody watched', () => {
  const dates = { start: at('05-01T00:00'), end: at('05-05T00:00') }
  const [left, right, hill] = [deployed('Pond', dates), deployed('Pond', dates), deployed('Hill', dates)]
  const row = (media: number, deployment: number, time: string) =>
    [media, deployment, 7, at(time) / 1000, 2].join(FIELD)
  const sightings = [
    row(1, left.id, '05-02T10:00'),
    row(2, right.id, '05-02T10:10'),
    row(3, hill.id, '05-02T10:05'),
    row(4, hill.id, '05-09T10:05'),
  ].join(ROW)
  const rule = { gapMs: 30 * 60_000, independence: 'lastRecord' as const }
  const numbers = surveyNumbers({ deployments: [left, right, hill], within: EVER }, sightings, rule)
  assert.deepEqual([numbers.events, numbers.outsideEvents, numbers.days], [3, 1, 12])
  assert.deepEqual(
    numbers.stations.map(({ name, events, days, effortFrom }) => [name, events, days, effortFrom]),
    [
      ['Hill', 2, 4, 'recorded'],
      ['Pond', 1, 8, 'recorded'],
    ],
  )
  assert.deepEqual(numbers.taxa[0]!.individuals, 6)
})

test('an event at no station, or where nobody knows how long the camera watched, has no rate', () => {
  const [pond, unknown] = [deployed('Pond', { start: at('05-01T00:00'), end: at('05-05T00:00') }), deployed('Unknown')]
  const row = (media: number, deployment: number) => [media, deployment, 7, '', ''].join(FIELD)
  const rule = { gapMs: 30 * 60_000, independence: 'lastRecord' as const }
  const sightings = [row(1, pond.id), row(2, unknown.id), row(3, 0)].join(ROW)
  const { taxa, events } = surveyNumbers({ deployments: [pond, unknown], within: EVER }, sightings, rule)
  assert.deepEqual([events, taxa[0]!.events, taxa[0]!.rated], [3, 3, 1])
})

describe('sun time', () => {
  const equator = { latitude: 0, longitude: 0 }
  const hours = (time: string, place: { latitude: number; longitude: number }, zone: string) => {
    const radians = sunTime(readClock(time), place, zone)
    return radians === null ? null : (radians * 12) / Math.PI
  }
  test('at the equator on the day of equal day and night it is the clock, within minutes', () => {
    for (const hour of [1, 5, 7, 12, 17, 20, 23]) {
      const found = hours(`2026-03-20T${String(hour).padStart(2, '0')}:00:00`, equator, 'UTC')!
      assert.ok(Math.abs(found - hour) < 0.25, `${hour} ${found}`)
    }
  })
  test('a summer evening in the north is still day, and the zone is heeded', () => {
    const brussels = { latitude: 50.85, longitude: 4.35 }
    assert.ok(hours('2026-06-21T21:30:00', brussels, 'Europe/Brussels')! < 18)
    assert.ok(hours('2026-06-21T21:30:00', brussels, 'UTC')! > 18)
    // The sun rises at 5:29 and sets at 22:00.
    assert.ok(Math.abs(hours('2026-06-21T05:29:00', brussels, 'Europe/Brussels')! - 6) < 0.1)
  })
  test('where the sun does not set there is none', () => {
    assert.equal(hours('2026-06-21T12:00:00', { latitude: 75, longitude: 20 }, 'UTC'), null)
  })
})
