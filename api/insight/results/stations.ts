// Which cameras stood at which station and when they watched, under a filter of days.

import { groupedBy } from '../../interchange/grouped.ts'
import { DAY_MS } from '../../interchange/local-time.ts'
import { byCamera, clipped, type Effort, effortOf, type Period } from './effort.ts'

/** A deployment with times in clock milliseconds. */
export type SurveyedDeployment = {
  id: number
  name: string
  station: string
  camera: string | null
  latitude: number | null
  longitude: number | null
  /** As recorded; null where nobody said so. */
  start: number | null
  end: number | null
  problems: Period[]
  photos: number
  firstPhoto: number | null
  lastPhoto: number | null
}

export type Station = {
  /** The smallest id among its deployments. */
  id: number
  name: string
  deployments: SurveyedDeployment[]
}

/** `within`: the days of the filter. */
export type Survey = { deployments: SurveyedDeployment[]; within: Period }

export const EVER: Period = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }

/**
 * Stations with a photo or a recorded start, by name; those that stood entirely outside the filter's days are left out.
 */
export function stationsOf({ deployments, within }: Survey): Station[] {
  const surveyed = deployments.filter((one) => (one.photos > 0 || one.start !== null) && meets(one, within))
  const stations = groupedBy(surveyed, ({ station }) => station)
  return [...stations]
    .map(([name, own]) => ({ id: Math.min(...own.map(({ id }) => id)), name, deployments: own }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function meets({ start, end, firstPhoto, lastPhoto }: SurveyedDeployment, { from, to }: Period): boolean {
  if (from === EVER.from && to === EVER.to) return true
  const [first, last] = [start ?? firstPhoto, end ?? lastPhoto]
  return first !== null && last !== null && first < to && last >= from
}

/** One effort for each camera, within the filter's days. */
export function effortsOf(stations: readonly Station[], within: Period): Effort[] {
  const cameras = new Map<number, string | null>()
  const efforts = stations.flatMap(({ id: stationId, deployments }) =>
    deployments.flatMap((one) => {
      cameras.set(one.id, one.camera)
      const effort = effortOf({ ...one, stationId })
      if (effort === null) return []
      const periods = clipped(effort.periods, within)
      return [{ ...effort, periods, days: periods.reduce((sum, { from, to }) => sum + to - from, 0) / DAY_MS }]
    }),
  )
  return byCamera(efforts, (id) => cameras.get(id) ?? null)
}
