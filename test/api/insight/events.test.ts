// Events by both definitions, against hand-made rows and camtrapR's own sample.

import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { effortOf } from '../../../api/insight/results/effort.ts'
import { DEFAULT_EVENT_RULE, independentEvents, type Sighting } from '../../../api/interchange/independent-events.ts'
import {
  clockToUtc,
  localTimeIn,
  MINUTE_MS,
  readClock,
  utcToClock,
  writeClock,
} from '../../../api/interchange/local-time.ts'
import { shared, without } from '../../support/shared.ts'

let nextId = 1
const seen = (time: string | null, more: Partial<Sighting> = {}): Sighting => ({
  mediaId: nextId++,
  deploymentId: 1,
  stationId: 1,
  taxonId: 1,
  takenAt: time === null ? null : readClock(time.includes('T') ? time : `2026-05-01T${time}:00`),
  individuals: 1,
  counted: null,
  ...more,
})
const gap = (minutes: number) => ({ ...DEFAULT_EVENT_RULE, gapMs: minutes * MINUTE_MS })

describe('independent events', () => {
  test('a long stay is one event by the last record, several by the last independent one', () => {
    const stay = ['10:00', '10:20', '10:40', '11:00'].map((time) => seen(time))
    assert.equal(independentEvents(stay, gap(30)).length, 1)
    const several = independentEvents(stay, { gapMs: 30 * MINUTE_MS, independence: 'lastIndependentRecord' })
    assert.deepEqual(
      several.map(({ start }) => writeClock(start!).slice(11, 16)),
      ['10:00', '10:40'],
    )
  })

  test('a record exactly the gap later is independent, and records of the same second never are', () => {
    assert.equal(independentEvents([seen('10:00'), seen('10:30')], gap(30)).length, 2)
    assert.equal(independentEvents([seen('10:00'), seen('10:00')], gap(0)).length, 1)
    assert.equal(independentEvents([seen('10:00'), seen('10:01')], gap(0)).length, 2)
  })

  test('stations and species never share an event; two cameras at one station do', () => {
    const at = seen('10:00')
    assert.equal(independentEvents([at, seen('10:01', { stationId: 2, deploymentId: 2 })], gap(30)).length, 2)
    assert.equal(independentEvents([at, seen('10:01', { taxonId: 2 })], gap(30)).length, 2)
    const [both] = independentEvents([at, seen('10:01', { deploymentId: 2 })], gap(30))
    assert.deepEqual(both!.deploymentIds, [1, 2])
  })

  test('what has no time or no place is an event of its own', () => {
    const events = independentEvents(
      [
        seen(null),
        seen(null),
        seen('10:00', { stationId: null, deploymentId: null }),
        seen('10:01', { stationId: null, deploymentId: null }),
      ],
      gap(30),
    )
    assert.equal(events.length, 4)
    assert.deepEqual(
      events.slice(2).map(({ start }) => start),
      [null, null],
    )
  })

  test('the count is the most in one photo, and a person’s number replaces it', () => {
    const herd = [seen('10:00', { individuals: 2 }), seen('10:01', { individuals: 3 }), seen('10:02')]
    assert.equal(independentEvents(herd, gap(30))[0]!.count, 3)
    const boxes = [seen('10:00', { mediaId: 900 }), seen('10:00', { mediaId: 900 })]
    assert.equal(independentEvents(boxes, gap(30))[0]!.count, 2)
    assert.equal(independentEvents([...herd, seen('10:03', { counted: 2 })], gap(30))[0]!.count, 2)
  })

  test('the order of rows does not matter, and every photo is in exactly one event of its species', () => {
    const sighting = fc.record({
      mediaId: fc.nat(1000),
      deploymentId: fc.constantFrom(1, 2),
      stationId: fc.constantFrom(1, 2, null),
      taxonId: fc.constantFrom(1, 2),
      takenAt: fc.oneof(fc.nat(10_000_000), fc.constant(null)),
      individuals: fc.integer({ min: 1, max: 4 }),
      counted: fc.constant(null),
    })
    const sightings = fc.uniqueArray(sighting, { selector: ({ mediaId }) => mediaId, maxLength: 40 })
    fc.assert(
      fc.property(sightings, fc.infiniteStream(fc.nat(1000)), (rows, draws) => {
        const shuffled = rows
          .map((row) => ({ row, key: draws.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ row }) => row)
        const plain = (list: Sighting[]) =>
          independentEvents(list, gap(30)).map((event) => ({
            ...event,
            mediaIds: [...event.mediaIds].sort(),
            deploymentIds: [...event.deploymentIds].sort(),
          }))
        assert.deepEqual(plain(shuffled), plain(rows))
        assert.equal(plain(rows).flatMap(({ mediaIds }) => mediaIds).length, rows.length)
      }),
      { numRuns: 100, seed: 4 },
    )
  })

  test('camtrapR’s sample photos give its own record table', {
    skip: without('data/interchange/camtrapr/recordTableSample.csv'),
  }, async () => {
    const folder = shared('data/interchange/camtrapr/sample_images_species_dir')
    const codes: string[] = []
    const stations: string[] = []
    const number = (list: string[], name: string) => {
      if (!list.includes(name)) list.push(name)
      return list.indexOf(name)
    }
    const sightings: Sighting[] = []
    for (const file of (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.JPG'))) {
      const [station, code, name] = file.split('/') as [string, string, string]
      const [, date, time] = /__(\d{4}-\d\d-\d\d)__(\d\d-\d\d-\d\d)/.exec(name)!
      if (code === 'UNID') continue
      const stationId = number(stations, station)
      sightings.push({
        ...seen(`${date}T${time!.replaceAll('-', ':')}`),
        stationId,
        deploymentId: stationId,
        taxonId: number(codes, code),
      })
    }
    const table: Record<string, string>[] = parse(await readFile(join(folder, '..', 'recordTableSample.csv')), {
      columns: true,
    })
    const wanted = table.map((row) => `${row.Station} ${row.Species} ${row.DateTimeOriginal!.replace(' ', 'T')}`).sort()
    for (const independence of ['lastRecord', 'lastIndependentRecord'] as const) {
      const events = independentEvents(sightings, { gapMs: 60 * MINUTE_MS, independence })
      assert.deepEqual(
        events
          .map(({ stationId, taxonId, start }) => `${stations[stationId!]} ${codes[taxonId]} ${writeClock(start!)}`)
          .sort(),
        wanted,
      )
    }
  })
})

test('the Camtrap DP example’s photos give its own events, and its dates its camera-days', {
  skip: without('data/camtrap-dp-example/observations.csv'),
}, async () => {
  const rows = async (name: string) =>
    parse(await readFile(shared(`data/camtrap-dp-example/${name}.csv`)), { columns: true }) as Record<string, string>[]
  const isNamed = (row: Record<string, string>) => row.observationType === 'animal' && row.scientificName !== ''
  const named = (await rows('observations')).filter(isNamed)
  const ofPhotos = named.filter(({ observationLevel }) => observationLevel === 'media')
  const number = (values: string[]) => new Map([...new Set(values)].map((value, k) => [value, k + 1]))
  const [photos, cameras, taxa] = (['mediaID', 'deploymentID', 'scientificName'] as const).map((column) =>
    number(ofPhotos.map((row) => row[column]!)),
  )
  const sightings = ofPhotos.map(
    (row): Sighting => ({
      mediaId: photos!.get(row.mediaID!)!,
      deploymentId: cameras!.get(row.deploymentID!)!,
      stationId: cameras!.get(row.deploymentID!)!,
      taxonId: taxa!.get(row.scientificName!)!,
      takenAt: Date.parse(row.eventStart!),
      individuals: 1,
      counted: null,
    }),
  )
  // The package's events end after two minutes of silence; those of a species are one here, whatever sex it has.
  const own = new Set(ofPhotos.map(({ eventID, scientificName }) => `${eventID} ${scientificName}`))
  assert.equal(own.size, 26)
  for (const minutes of [2, 30]) assert.equal(independentEvents(sightings, gap(minutes)).length, own.size)

  const days = (await rows('deployments')).map(({ deploymentStart, deploymentEnd }) => {
    const [start, end] = [deploymentStart, deploymentEnd].map((text) =>
      readClock(localTimeIn(text!, 'Europe/Brussels')),
    )
    const none = { id: 1, stationId: 1, firstPhoto: null, lastPhoto: null, problems: [] }
    return Math.round(effortOf({ ...none, start: start!, end: end! })!.days * 1000) / 1000
  })
  // Summer time ends in the fourth: the clocks of the place show an hour more than passed.
  assert.deepEqual(days, [32.281, 9.952, 9.107, 22.074])
})

describe('clock readings', () => {
  test('a night of 23 or 25 hours keeps its readings, and instants are those of the zone', () => {
    const zone = 'Europe/Berlin'
    const [before, after] = [readClock('2026-03-29T01:30:00'), readClock('2026-03-29T03:30:00')]
    assert.equal(clockToUtc(after, zone) - clockToUtc(before, zone), 60 * MINUTE_MS)
    assert.equal(new Date(clockToUtc(readClock('2026-10-25T02:30:00'), zone)).toISOString(), '2026-10-25T00:30:00.000Z')
    for (const text of ['2026-01-15T12:00:00', '2026-07-15T00:00:00', '2026-03-29T03:00:00'])
      assert.equal(writeClock(utcToClock(clockToUtc(readClock(text), zone), zone)), text)
    assert.throws(() => readClock('yesterday'), RangeError)
  })
})
