// The numbers of a survey from its sightings: pure, and run in a thread of its own (apart.ts), because a season takes a
// second.

import { FIELD, ROW } from '../../../db/insight/packed.ts'
import { groupedBy } from '../../interchange/grouped.ts'
import {
  type EventRule,
  type IndependentEvent,
  independentEvents,
  type Sighting,
} from '../../interchange/independent-events.ts'
import { writeClock } from '../../interchange/local-time.ts'
import type { Effort } from './effort.ts'
import { effortsOf, type Station, type Survey, stationsOf } from './stations.ts'

/** Rows of db/insight/sightings.ts. */
export function unpackSightings(text: string, stationOf: ReadonlyMap<number, number>): Sighting[] {
  if (text === '') return []
  return text.split(ROW).map((row) => {
    const [mediaId, deployment, taxonId, seconds, animals, counted] = row.split(FIELD)
    const deploymentId = deployment === '0' ? null : Number(deployment)
    return {
      mediaId: Number(mediaId),
      deploymentId,
      stationId: deploymentId === null ? null : (stationOf.get(deploymentId) ?? null),
      taxonId: Number(taxonId),
      takenAt: seconds === '' ? null : Number(seconds) * 1000,
      individuals: Number(animals),
      counted: counted === undefined || counted === '' ? null : Number(counted),
    }
  })
}

/** Deployments by station. */
export const stationIds = (stations: readonly Station[]): Map<number, number> =>
  new Map(stations.flatMap(({ id, deployments }) => deployments.map((one): [number, number] => [one.id, id])))

export type StationNumbers = {
  id: number
  name: string
  deploymentIds: number[]
  photos: number
  latitude: number | null
  longitude: number | null
  first: string | null
  last: string | null
  days: number | null
  /** How its effort is known; null where it is not. */
  effortFrom: 'recorded' | 'photos' | 'both' | null
  events: number
}

export type SurveyNumbers = {
  events: number
  undatedEvents: number
  /** Events at times at which, by its dates, no camera of their station watched. */
  outsideEvents: number
  days: number
  stations: StationNumbers[]
  taxa: { taxonId: number; events: number; individuals: number; stationIds: number[] }[]
  cells: { taxonId: number; stationId: number | null; events: number; individuals: number }[]
}

export function surveyNumbers(survey: Survey, sightings: string, rule: EventRule): SurveyNumbers {
  const stations = stationsOf(survey)
  const efforts = effortsOf(stations, survey.within)
  const events = independentEvents(unpackSightings(sightings, stationIds(stations)), rule)
  const effortsBy = groupedBy(efforts, ({ stationId }) => stationId)
  const eventsBy = groupedBy(events, ({ stationId }) => stationId)
  return {
    events: events.length,
    undatedEvents: events.filter(({ start }) => start === null).length,
    outsideEvents: events.filter((event) => isOutside(event, effortsBy)).length,
    days: efforts.reduce((sum, { days }) => sum + days, 0),
    stations: stations.map((station) =>
      stationNumbers(station, effortsBy.get(station.id) ?? [], eventsBy.get(station.id)?.length ?? 0),
    ),
    taxa: [...groupedBy(events, ({ taxonId }) => taxonId)].map(([taxonId, own]) => ({
      taxonId,
      events: own.length,
      individuals: individualsOf(own),
      stationIds: [...new Set(own.flatMap(({ stationId }) => stationId ?? []))],
    })),
    cells: [...groupedBy(events, ({ taxonId, stationId }) => `${taxonId} ${stationId}`).values()].map((own) => ({
      taxonId: own[0]!.taxonId,
      stationId: own[0]!.stationId,
      events: own.length,
      individuals: individualsOf(own),
    })),
  }
}

const individualsOf = (events: readonly IndependentEvent[]): number => events.reduce((sum, { count }) => sum + count, 0)

/** The end counts as watched here: the last photo itself is where effort from photos ends. */
function isOutside({ stationId, start }: IndependentEvent, efforts: ReadonlyMap<number, Effort[]>): boolean {
  if (stationId === null || start === null) return false
  const own = efforts.get(stationId) ?? []
  return !own.some(({ periods }) => periods.some(({ from, to }) => start >= from && start <= to))
}

function stationNumbers(
  { id, name, deployments }: Station,
  efforts: readonly Effort[],
  events: number,
): StationNumbers {
  const times = (key: 'firstPhoto' | 'lastPhoto') => deployments.flatMap((one) => one[key] ?? [])
  const [firsts, lasts] = [times('firstPhoto'), times('lastPhoto')]
  const placed = deployments.find(({ latitude }) => latitude !== null)
  return {
    id,
    name,
    deploymentIds: deployments.map((one) => one.id),
    photos: deployments.reduce((sum, { photos }) => sum + photos, 0),
    latitude: placed?.latitude ?? null,
    longitude: placed?.longitude ?? null,
    first: firsts.length === 0 ? null : writeClock(Math.min(...firsts)),
    last: lasts.length === 0 ? null : writeClock(Math.max(...lasts)),
    days: efforts.length === 0 ? null : efforts.reduce((sum, { days }) => sum + days, 0),
    effortFrom: sourceOf(efforts),
    events,
  }
}

function sourceOf(efforts: readonly Effort[]): StationNumbers['effortFrom'] {
  const sources = new Set(efforts.flatMap(({ startFrom, endFrom }) => [startFrom, endFrom]))
  const [only, other] = sources
  return other !== undefined ? 'both' : (only ?? null)
}
