// What is computed in the thread of the results, and with what: only numbers and texts, which can be sent to it.

import { FIELD, ROW } from '../../../db/insight/packed.ts'
import { groupedBy } from '../../interchange/grouped.ts'
import { type EventRule, visitEvents } from '../../interchange/independent-events.ts'
import { writeClock } from '../../interchange/local-time.ts'
import { activityCurve, MIN_EVENTS, radiansOfDay, sampleCurve } from './activity.ts'
import { type ReportQuestion, type ReportReply, reportOf } from './by-taxon.ts'
import { cameraHealth, type HealthFault } from './camera-health.ts'
import { detectionHistory, type OccasionRule, type StationHistory } from './occupancy.ts'
import { activityOverlap, type Overlap } from './overlap.ts'
import { EVER, effortsOf, type Station, type Survey, stationsOf } from './stations.ts'
import { sunTime } from './sun-time.ts'
import { type SurveyNumbers, stationIds, surveyNumbers, unpackSightings } from './survey.ts'

export type Question =
  | { kind: 'numbers'; survey: Survey; sightings: string; rule: EventRule }
  | { kind: 'history'; survey: Survey; sightings: string; rule: OccasionRule }
  /** A text of sightings for each curve. `timeZone`: for sun time. */
  | {
      kind: 'activity'
      survey: Survey
      sightings: string[]
      rule: EventRule
      time: 'clock' | 'sun'
      timeZone: string | null
    }
  | ReportQuestion
  | { kind: 'health'; survey: Survey; clocks: string; now: number }

export type NamedHistory = StationHistory & { name: string }
export type Curve = {
  /** With a time. */
  events: number
  enough: boolean
  /** Events whose sun time is not known: no coordinates, or a day without sunrise. */
  withoutSun: number
  /** Per hour, at equal steps of the day. */
  density: number[]
  /** Events by hour. */
  hours: number[]
}
export type Finding = { fault: HealthFault; count: number; from: string | null; to: string | null; mediaIds: number[] }

export type Reply = {
  report: ReportReply
  numbers: SurveyNumbers
  history: { stations: NamedHistory[]; outside: number }
  activity: { curves: Curve[]; overlap: Overlap | null }
  health: { id: number; name: string; findings: Finding[] }[]
}

const answers: { [K in Question['kind']]: (question: Extract<Question, { kind: K }>) => Reply[K] } = {
  numbers: ({ survey, sightings, rule }) => surveyNumbers(survey, sightings, rule),
  history: historyOf,
  activity: activityOf,
  report: reportOf,
  health: healthOf,
}

export function answer(question: Question): Reply[Question['kind']] {
  const find = answers[question.kind] as (asked: Question) => Reply[Question['kind']] // of that very kind
  return find(question)
}

function historyOf({ survey, sightings, rule }: Extract<Question, { kind: 'history' }>): Reply['history'] {
  const stations = stationsOf(survey)
  const names = new Map(stations.map(({ id, name }) => [id, name]))
  const records = unpackSightings(sightings, stationIds(stations)).flatMap(({ stationId, takenAt }) =>
    stationId === null || takenAt === null ? [] : [{ stationId, takenAt }],
  )
  const history = detectionHistory(records, effortsOf(stations, survey.within), rule)
  return {
    outside: history.outside,
    stations: history.stations.map((row) => ({ ...row, name: names.get(row.stationId) ?? String(row.stationId) })),
  }
}

const HOURS_PER_RADIAN = 24 / (2 * Math.PI)

function activityOf(question: Extract<Question, { kind: 'activity' }>): Reply['activity'] {
  const stations = stationsOf(question.survey)
  const ids = stationIds(stations)
  const places = new Map(stations.map((station) => [station.id, placeOf(station)]))
  const drawn = question.sightings.map((text) => {
    // All taxa of a filter are one here: a curve of a family is that of its animals.
    const all = unpackSightings(text, ids).map((one) => ({ ...one, taxonId: 0 }))
    const dated: { start: number; stationId: number | null }[] = []
    visitEvents(all, question.rule, (series, from) => {
      const { takenAt, stationId } = series[from]!
      if (takenAt !== null) dated.push({ start: takenAt, stationId })
    })
    const times = dated.flatMap(({ start, stationId }) => {
      if (question.time === 'clock') return [radiansOfDay(start)]
      const place = stationId === null ? null : places.get(stationId)
      if (!place || question.timeZone === null) return []
      return sunTime(start, place, question.timeZone) ?? []
    })
    return { times, withoutSun: dated.length - times.length }
  })
  const curves = drawn.map(({ times, withoutSun }): Curve => {
    const density = times.length === 0 ? [] : sampleCurve(activityCurve(times))
    const hours = new Array<number>(24).fill(0)
    for (const time of times) hours[Math.min(23, Math.floor(time * HOURS_PER_RADIAN))]!++
    return {
      events: times.length,
      enough: times.length >= MIN_EVENTS,
      withoutSun,
      density: density.map((value) => value / HOURS_PER_RADIAN),
      hours,
    }
  })
  const [a, b] = drawn
  return { curves, overlap: a && b ? activityOverlap(a.times, b.times) : null }
}

function placeOf({ deployments }: Station) {
  for (const { latitude, longitude } of deployments)
    if (latitude !== null && longitude !== null) return { latitude, longitude }
  return null
}

function healthOf({ survey, clocks, now }: Extract<Question, { kind: 'health' }>): Reply['health'] {
  const rows = clocks === '' ? [] : clocks.split(ROW)
  const photos = rows.map((row) => {
    const [mediaId, deploymentId, seconds, filename] = row.split(FIELD)
    return {
      mediaId: Number(mediaId),
      deploymentId: Number(deploymentId),
      takenAt: seconds === '' ? null : Number(seconds) * 1000,
      filename: filename!,
    }
  })
  const photosOf = groupedBy(photos, ({ deploymentId }) => deploymentId)
  const clockOf = (clockMs: number | null) => (clockMs === null ? null : writeClock(clockMs))
  const stations = stationsOf({ ...survey, within: EVER })
  return stations
    .flatMap(({ deployments }) => deployments)
    .map(({ id, name, start, end }) => ({
      id,
      name,
      findings: cameraHealth(photosOf.get(id) ?? [], { start, end, now }).map((finding) => ({
        ...finding,
        from: clockOf(finding.from),
        to: clockOf(finding.to),
      })),
    }))
    .filter(({ findings }) => findings.length > 0)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}
