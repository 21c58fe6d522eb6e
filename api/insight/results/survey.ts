// The numbers of a survey from its sightings: pure, and run in a thread of its own (apart.ts), because a season takes a
// second.

import { FIELD, ROW } from '../../../db/insight/packed.ts'
import { groupedBy } from '../../interchange/grouped.ts'
import { countOf, type EventRule, type Sighting, visitEvents } from '../../interchange/independent-events.ts'
import { writeClock } from '../../interchange/local-time.ts'
import type { Effort } from './effort.ts'
import { effortsOf, type Station, type Survey, stationsOf } from './stations.ts'

/** Rows of db/insight/sightings.ts. */
export function unpackSightings(text: string, stationOf: ReadonlyMap<number, number>): Sighting[] {
  if (text === '') return []
  return text.split(ROW).map((row) => {
    const [mediaId, deployment, taxonId, seconds, counted] = row.split(FIELD)
    const deploymentId = deployment === '0' ? null : Number(deployment)
    return {
      mediaId: Number(mediaId),
      deploymentId,
      stationId: deploymentId === null ? null : (stationOf.get(deploymentId) ?? null),
      taxonId: Number(taxonId),
      takenAt: seconds === '' ? null : Number(seconds) * 1000,
      individuals: 1,
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
  /** `rated`: events at stations of which the effort is known, which alone have a rate. */
  taxa: { taxonId: number; events: number; rated: number; individuals: number; stationIds: number[] }[]
  cells: { taxonId: number; stationId: number | null; events: number; individuals: number }[]
}

export function surveyNumbers(survey: Survey, sightings: string, rule: EventRule): SurveyNumbers {
  const stations = stationsOf(survey)
  const efforts = effortsOf(stations, survey.within)
  const effortsBy = groupedBy(efforts, ({ stationId }) => stationId)
  const { taxa, events, ...counts } = countEvents(
    unpackSightings(sightings, stationIds(stations)),
    rule,
    (stationId, start) => isOutside(effortsBy.get(stationId) ?? [], start),
  )
  const eventsAt = new Map<number | null, number>()
  const cells: SurveyNumbers['cells'] = []
  for (const [taxonId, places] of taxa)
    for (const [stationId, sums] of places) {
      eventsAt.set(stationId, (eventsAt.get(stationId) ?? 0) + sums.events)
      cells.push({ taxonId, stationId, ...sums })
    }
  return {
    events,
    ...counts,
    days: efforts.reduce((sum, { days }) => sum + days, 0),
    stations: stations.map((station) =>
      stationNumbers(station, effortsBy.get(station.id) ?? [], eventsAt.get(station.id) ?? 0),
    ),
    taxa: [...taxa].map(([taxonId, places]) => ({
      taxonId,
      events: [...places.values()].reduce((sum, one) => sum + one.events, 0),
      rated: [...places].reduce((sum, [id, one]) => sum + (id !== null && effortsBy.has(id) ? one.events : 0), 0),
      individuals: [...places.values()].reduce((sum, one) => sum + one.individuals, 0),
      stationIds: [...places.keys()].flatMap((stationId) => stationId ?? []),
    })),
    cells,
  }
}

type Sums = { events: number; individuals: number }

/** Events and individuals by taxon, then by station. */
function countEvents(
  sightings: readonly Sighting[],
  rule: EventRule,
  isOutsideEffort: (stationId: number, start: number) => boolean,
) {
  const taxa = new Map<number, Map<number | null, Sums>>()
  let [events, undatedEvents, outsideEvents] = [0, 0, 0]
  visitEvents(sightings, rule, (series, from, to) => {
    const { taxonId, stationId, takenAt } = series[from]!
    events++
    if (takenAt === null) undatedEvents++
    else if (stationId !== null && isOutsideEffort(stationId, takenAt)) outsideEvents++
    const places = taxa.get(taxonId) ?? new Map<number | null, Sums>()
    taxa.set(taxonId, places)
    const sums = places.get(stationId) ?? { events: 0, individuals: 0 }
    places.set(stationId, sums)
    sums.events++
    sums.individuals += countOf(series, from, to)
  })
  return { taxa, events, undatedEvents, outsideEvents }
}

/** The end counts as watched here: the last photo itself is where effort from photos ends. */
const isOutside = (efforts: readonly Effort[], start: number): boolean =>
  !efforts.some(({ periods }) => periods.some(({ from, to }) => start >= from && start <= to))

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
