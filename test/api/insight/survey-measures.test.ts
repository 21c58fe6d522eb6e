// Effort, histories, richness, activity and camera health, against numbers worked by hand and camtrapR's own.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  activityCurve,
  bandwidthOf,
  radiansOfDay,
  sampleCurve,
  scaledBessel,
} from '../../../api/insight/results/activity.ts'
import { cameraHealth, type HealthPhoto } from '../../../api/insight/results/camera-health.ts'
import { type Deployment, effortOf, stationDays } from '../../../api/insight/results/effort.ts'
import { detectionHistory, naiveOccupancy } from '../../../api/insight/results/occupancy.ts'
import { activityOverlap } from '../../../api/insight/results/overlap.ts'
import { chao2, speciesAccumulation } from '../../../api/insight/results/richness.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, readClock } from '../../../api/interchange/local-time.ts'
import { random } from '../../../classifiers/seeded-random.ts'

const day = (text: string) => readClock(`${text}T00:00:00`)
const deployment = (more: Partial<Deployment>): Deployment => ({
  id: 1,
  stationId: 1,
  start: null,
  end: null,
  firstPhoto: null,
  lastPhoto: null,
  problems: [],
  ...more,
})
const close = (actual: number, expected: number, within = 1e-6) =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected}`)

describe('effort', () => {
  test('start and end as recorded, less problem periods; photos stand in for what is missing, and it says so', () => {
    const whole = effortOf(deployment({ start: day('2026-05-01'), end: day('2026-05-11') }))
    assert.deepEqual([whole!.days, whole!.startFrom, whole!.endFrom], [10, 'recorded', 'recorded'])
    const problems = [
      { from: day('2026-05-03'), to: day('2026-05-05') },
      { from: day('2026-05-04'), to: day('2026-05-06') },
      { from: day('2026-05-10'), to: day('2026-06-01') },
    ]
    assert.equal(effortOf(deployment({ start: day('2026-05-01'), end: day('2026-05-11'), problems }))!.days, 6)
    const open = effortOf(deployment({ start: day('2026-05-01'), lastPhoto: day('2026-05-04') }))
    assert.deepEqual([open!.days, open!.startFrom, open!.endFrom], [3, 'recorded', 'photos'])
    assert.equal(effortOf(deployment({})), null)
    assert.equal(effortOf(deployment({ start: day('2026-05-02'), end: day('2026-05-01') })), null)
  })

  test('a day that two cameras or a card swap share counts once for the station', () => {
    const efforts = [
      effortOf(deployment({ id: 1, start: day('2026-05-01'), end: day('2026-05-05') }))!,
      effortOf(deployment({ id: 2, start: day('2026-05-04'), end: day('2026-05-07') }))!,
    ]
    assert.equal(stationDays(efforts), 6)
  })
})

describe('detection histories', () => {
  const stations = { A: 1, B: 2, C: 3 }
  // Dates count whole here, the day of retrieval included.
  const survey: Deployment[] = [
    deployment({ id: 1, stationId: 1, start: day('2009-04-02'), end: day('2009-05-15') }),
    deployment({ id: 2, stationId: 2, start: day('2009-04-03'), end: day('2009-05-17') }),
    deployment({
      id: 3,
      stationId: 3,
      start: day('2009-04-04'),
      end: day('2009-05-18'),
      problems: [{ from: day('2009-05-12') + 12 * HOUR_MS, to: day('2009-05-18') }],
    }),
  ]
  const efforts = survey.map((one) => effortOf(one)!)
  const rule = { days: 7, from: 'setup' as const, minActiveDays: 1 }
  const records = (list: [keyof typeof stations, string][]) =>
    list.map(([station, time]) => ({ stationId: stations[station], takenAt: readClock(time) }))
  const rows = (history: ReturnType<typeof detectionHistory>) =>
    history.stations.map(({ detected }) => detected.map((cell) => cell ?? '-').join(''))

  test('occasions of seven days from set-up are those of camtrapR', () => {
    const vta = records([
      ['A', '2009-04-10T05:07:00'],
      ['A', '2009-05-06T19:06:00'],
      ['B', '2009-04-15T19:12:00'],
      ['B', '2009-04-27T05:07:00'],
      ['C', '2009-04-24T02:57:00'],
    ])
    const history = detectionHistory(vta, efforts, rule)
    assert.deepEqual(rows(history), ['0100100', '0101000', '001000-'])
    assert.deepEqual(
      history.stations.map(({ effort }) => effort.map((days) => Math.round(days * 10) / 10)),
      [
        [7, 7, 7, 7, 7, 7, 1],
        [7, 7, 7, 7, 7, 7, 2],
        [7, 7, 7, 7, 7, 3.5, 0],
      ],
    )
    assert.equal(naiveOccupancy(history), 1)
  })

  test('a station without a record is a row of zeros, a camera that never watched is none', () => {
    const history = detectionHistory(records([['A', '2009-04-10T05:07:00']]), efforts, rule)
    assert.deepEqual(rows(history)[1], '0000000')
    close(naiveOccupancy(history)!, 1 / 3)
    assert.equal(naiveOccupancy(detectionHistory([], [], rule)), null)
  })

  test('records while no camera watched are told and left out; occasions may start on one day for all', () => {
    const history = detectionHistory(
      records([
        ['C', '2009-05-17T05:00:00'],
        ['A', '2010-01-01T00:00:00'],
      ]),
      efforts,
      rule,
    )
    assert.equal(history.outside, 2)
    const one = detectionHistory(records([['B', '2009-04-08T05:00:00']]), efforts, { ...rule, from: day('2009-04-01') })
    assert.deepEqual(rows(one)[1]!.slice(0, 3), '010')
    const strict = detectionHistory([], efforts, { ...rule, minActiveDays: 4 })
    assert.deepEqual(rows(strict)[2], '00000' + '0-')
  })
})

describe('richness', () => {
  test('Chao2 and its interval, worked by hand', () => {
    // 5 stations, species at 1, 1, 1, 2, 2, 4 of them: a = 0.8, unseen = 0.8 * 9 / 4 = 1.8.
    const found = chao2([1, 1, 1, 2, 2, 4, 0], 5)!
    close(found.estimate, 7.8)
    // Variance 2 (0.4 * 2.25 + 0.64 * 3.375 + 0.16 * 5.0625) = 7.74; K = exp(1.96 sqrt(ln(1 + 7.74 / 3.24))) = 8.7175.
    close(found.low, 6 + 1.8 / 8.7175, 1e-3)
    close(found.high, 6 + 1.8 * 8.7175, 1e-3)
    assert.deepEqual(chao2([3, 4, 5], 5), { observed: 3, estimate: 3, low: 3, high: 3 })
    close(chao2([1, 1, 1, 5], 5)!.estimate, 4 + (0.8 * 6) / 2)
    assert.equal(chao2([1], 1), null)
    assert.equal(chao2([], 9), null)
  })

  test('accumulation is the mean over all orders of the stations', () => {
    const at = [[0], [0, 1], [2]]
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ]
    const mean = [1, 2, 3].map(
      (n) =>
        orders.reduce((sum, order) => sum + new Set(order.slice(0, n).flatMap((station) => at[station]!)).size, 0) /
        orders.length,
    )
    for (const [k, value] of speciesAccumulation([2, 1, 1], 3).entries()) close(value, mean[k]!)
  })
})

describe('activity', () => {
  const next = random(5)
  const around = (hour: number, n: number, spread: number) =>
    Array.from({ length: n }, () => radiansOfDay((hour + (next() + next() + next() - 1.5) * spread) * HOUR_MS + DAY_MS))

  test('Bessel functions as tabulated', () => {
    // Abramowitz and Stegun, table 9.8: exp(-x) I0(x) at 1 and 10, exp(-x) I1(x) at 1.
    close(scaledBessel(0, 1), 0.4657596, 1e-7)
    close(scaledBessel(0, 10), 0.1278333, 1e-7)
    close(scaledBessel(1, 1), 0.2079104, 1e-7)
  })

  test('a curve is a density, peaks where the animals were, and is narrower with more of them', () => {
    const times = around(6, 60, 2)
    const values = sampleCurve(activityCurve(times))
    close((values.reduce((a, b) => a + b, 0) * 2 * Math.PI) / values.length, 1, 1e-6)
    const peak = (values.indexOf(Math.max(...values)) / values.length) * 24
    assert.ok(Math.abs(peak - 6) < 1, `${peak}`)
    assert.ok(bandwidthOf([...times, ...times]) > bandwidthOf(times))
  })

  test('overlap is 1 with oneself, near 0 between day and night, within its interval, and needs 20 events', () => {
    const [dawn, night] = [around(6, 60, 1.5), around(22, 60, 1.5)]
    close(activityOverlap(dawn, dawn, 20)!.overlap, 1, 1e-9)
    const apart = activityOverlap(dawn, night, 100)!
    assert.ok(apart.overlap < 0.05 && apart.estimator === 'Dhat4')
    const few = activityOverlap(around(6, 25, 2), around(9, 30, 2), 200)!
    assert.ok(few.estimator === 'Dhat1' && few.low < few.overlap && few.overlap < few.high)
    assert.equal(activityOverlap(dawn.slice(0, 19), night), null)
    assert.deepEqual(activityOverlap(dawn, night, 50), activityOverlap(dawn, night, 50))
  })
})

describe('activity of a season', () => {
  test('the interval of two times 100,000 events is narrow, holds the overlap, and takes no longer than of fifty', () => {
    const next = random(8)
    const bump = (hour: number) =>
      Array.from({ length: 100_000 }, () => radiansOfDay((hour + (next() + next() + next()) * 4) * HOUR_MS + DAY_MS))
    const [a, b] = [bump(4), bump(6)]
    const found = activityOverlap(a, b)!
    assert.ok(found.low <= found.overlap && found.overlap <= found.high, JSON.stringify(found))
    assert.ok(found.high - found.low < 0.02)
    // Sums of three uniform numbers, twelve hours wide and two hours apart, share this much.
    close(found.overlap, 0.6354, 0.005)
  })
})

describe('camera health', () => {
  const now = day('2026-06-01')
  const photos = (times: (string | null)[], name = (n: number) => `IMG_${n}.JPG`): HealthPhoto[] =>
    times.map((time, n) => ({ mediaId: n + 1, filename: name(n + 1), takenAt: time === null ? null : readClock(time) }))
  const faults = (list: HealthPhoto[], dates: { start?: number; end?: number } = {}) =>
    cameraHealth(list, { start: dates.start ?? null, end: dates.end ?? null, now }).map(
      ({ fault, count }) => `${fault} ${count}`,
    )

  test('a good camera has nothing to say', () => {
    const good = photos(
      Array.from(
        { length: 60 },
        (_, n) =>
          `2026-05-${String(1 + (n >> 2)).padStart(2, '0')}T${n % 2 ? '23' : '10'}:${String(n).padStart(2, '0')}:00`,
      ),
    )
    // Names in order of time.
    const ordered = [...good]
      .sort((a, b) => a.takenAt! - b.takenAt!)
      .map((photo, n) => ({ ...photo, filename: `IMG_${n}.JPG` }))
    assert.deepEqual(faults(ordered), [])
    assert.deepEqual(faults([]), [])
  })

  test('clocks: before 2010, in the future, none, outside the dates, running backwards by the names of files', () => {
    assert.deepEqual(faults(photos(['2000-01-01T00:00:00', '2000-01-01T01:00:00'])), ['before2010 2'])
    assert.deepEqual(faults(photos(['2026-05-31T00:00:00', '2026-06-03T00:00:00'])), ['inTheFuture 1'])
    assert.deepEqual(faults(photos([null])), ['undated 1'])
    assert.deepEqual(faults(photos(['2026-05-20T10:00:00', '2026-05-19T10:00:00', '2026-05-20T11:00:00'])), [
      'clockRunsBackwards 1',
    ])
    const apart = photos(['2026-05-20T10:00:00', '2026-05-19T10:00:00'], (n) => `100EK11${n}/IMG_1.JPG`)
    assert.deepEqual(faults(apart), [])
    const dates = { start: day('2026-05-10'), end: day('2026-05-20') }
    assert.deepEqual(faults(photos(['2026-05-12T00:00:00', '2026-05-21T00:00:00']), dates), ['outsideDates 1'])
  })

  test('gaps of three weeks also at the ends, floods, and no night photo among fifty', () => {
    assert.deepEqual(faults(photos(['2026-04-01T00:00:00', '2026-04-22T00:00:00'])), ['gap 21'])
    assert.deepEqual(faults(photos(['2026-04-01T00:00:00']), { start: day('2026-03-01'), end: day('2026-04-30') }), [
      'gap 31',
      'gap 29',
    ])
    const flood = Array.from({ length: 101 }, (_, n) =>
      new Date(day('2026-05-01') + n * MINUTE_MS + 10 * HOUR_MS).toISOString().slice(0, 19),
    )
    assert.deepEqual(faults(photos(flood)), ['manyPhotosADay 1', 'noNightPhotos 101'])
  })
})
