// What a report says of every taxon at once: its detection history, its activity, and its events one by one.

import { groupedBy } from '../../interchange/grouped.ts'
import { countOf, type EventRule, visitEvents } from '../../interchange/independent-events.ts'
import { writeClock } from '../../interchange/local-time.ts'
import { activityCurve, MIN_EVENTS, radiansOfDay, sampleCurve } from './activity.ts'
import { detectionHistory, type OccasionRule, type StationHistory } from './occupancy.ts'
import { effortsOf, type Survey, stationsOf } from './stations.ts'
import { stationIds, unpackSightings } from './survey.ts'

export type ReportQuestion = {
  kind: 'report'
  survey: Survey
  sightings: string
  rule: EventRule
  occasions: OccasionRule
}

export type EventRecord = {
  station: string
  taxonId: number
  /** By the camera's clock; null: undated. */
  start: string | null
  end: string | null
  individuals: number
  photos: number
}

export type TaxonReport = {
  taxonId: number
  history: (StationHistory & { name: string })[]
  /** Per hour, at equal steps of the day; null with too few events to say. */
  activity: number[] | null
  events: number
}

export type ReportReply = { taxa: TaxonReport[]; events: EventRecord[] }

const PER_HOUR = (2 * Math.PI) / 24

export function reportOf({ survey, sightings, rule, occasions }: ReportQuestion): ReportReply {
  const stations = stationsOf(survey)
  const names = new Map(stations.map(({ id, name }) => [id, name]))
  const nameOf = (id: number | null) => (id === null ? '' : (names.get(id) ?? ''))
  const efforts = effortsOf(stations, survey.within)
  const rows = unpackSightings(sightings, stationIds(stations))
  const events: EventRecord[] = []
  const times = new Map<number, number[]>()
  visitEvents(rows, rule, (series, from, to) => {
    const [first, last] = [series[from]!, series[to - 1]!]
    if (first.takenAt !== null) {
      const own = times.get(first.taxonId)
      if (own) own.push(radiansOfDay(first.takenAt))
      else times.set(first.taxonId, [radiansOfDay(first.takenAt)])
    }
    events.push({
      station: nameOf(first.stationId),
      taxonId: first.taxonId,
      start: first.takenAt === null ? null : writeClock(first.takenAt),
      end: last.takenAt === null ? null : writeClock(last.takenAt),
      individuals: countOf(series, from, to),
      photos: new Set(series.slice(from, to).map(({ mediaId }) => mediaId)).size,
    })
  })
  const taxa = [...groupedBy(rows, ({ taxonId }) => taxonId)].map(([taxonId, own]): TaxonReport => {
    const records = own.flatMap(({ stationId, takenAt }) =>
      stationId === null || takenAt === null ? [] : [{ stationId, takenAt }],
    )
    const at = times.get(taxonId) ?? []
    return {
      taxonId,
      history: detectionHistory(records, efforts, occasions).stations.map((row) => ({
        ...row,
        name: nameOf(row.stationId),
      })),
      activity: at.length < MIN_EVENTS ? null : sampleCurve(activityCurve(at)).map((value) => value * PER_HOUR),
      events: at.length,
    }
  })
  return { taxa, events: events.sort((a, b) => ((a.start ?? '~') < (b.start ?? '~') ? -1 : 1)) }
}
