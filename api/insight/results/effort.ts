// How long cameras watched. Recorded starts and ends count; where there are none, the first and last photo stand in,
// which is 10 to 16 % too short (CamTrapTools, Snapshot Kgalagadi), so every figure says which. Problem periods are
// taken out.

import { groupedBy } from '../../interchange/grouped.ts'
import { DAY_MS, startOfDay } from '../../interchange/local-time.ts'

/** Clock milliseconds (local-time.ts), the end excluded. */
export type Period = { from: number; to: number }

export type Deployment = {
  id: number
  stationId: number
  start: number | null
  end: number | null
  /** Of its dated photos; null where it has none. */
  firstPhoto: number | null
  lastPhoto: number | null
  /** Times in which it did not work: battery, theft, a fallen camera. */
  problems: readonly Period[]
}

export type Effort = {
  deploymentId: number
  stationId: number
  /** When it watched, in order and without overlap. */
  periods: Period[]
  days: number
  startFrom: 'recorded' | 'photos'
  endFrom: 'recorded' | 'photos'
}

/** Null where neither dates nor dated photos say when a deployment watched, or it ended before it began. */
export function effortOf(deployment: Deployment): Effort | null {
  const from = deployment.start ?? deployment.firstPhoto
  const to = deployment.end ?? deployment.lastPhoto
  if (from === null || to === null || to < from) return null
  const periods = without({ from, to }, deployment.problems)
  return {
    deploymentId: deployment.id,
    stationId: deployment.stationId,
    periods,
    days: lengthOf(periods) / DAY_MS,
    startFrom: deployment.start === null ? 'photos' : 'recorded',
    endFrom: deployment.end === null ? 'photos' : 'recorded',
  }
}

/**
 * Days on which at least one camera of the station watched: a day shared by two cameras, or by a card swap, counts
 * once.
 */
export const stationDays = (efforts: readonly Effort[]): number =>
  lengthOf(joined(efforts.flatMap(({ periods }) => periods))) / DAY_MS

/**
 * Camera-days within each of the day-long steps from `start` on: how much of an occasion was watched, two cameras
 * counting twice.
 */
export function effortWithin(efforts: readonly Effort[], within: Period): number {
  let ms = 0
  for (const { periods } of efforts)
    for (const period of periods) ms += Math.max(0, Math.min(period.to, within.to) - Math.max(period.from, within.from))
  return ms / DAY_MS
}

/** On how many calendar days of the period some camera watched, however short. */
export function activeDaysWithin(efforts: readonly Effort[], within: Period): number {
  const days = new Set<number>()
  for (const { periods } of efforts)
    for (const period of periods) {
      const from = Math.max(period.from, within.from)
      const to = Math.min(period.to, within.to)
      for (let day = startOfDay(from); day < to; day += DAY_MS) days.add(day)
    }
  return days.size
}

function without(period: Period, holes: readonly Period[]): Period[] {
  let left = [period]
  for (const hole of holes)
    left = left.flatMap(({ from, to }) =>
      hole.to <= from || hole.from >= to
        ? [{ from, to }]
        : [
            { from, to: Math.max(from, hole.from) },
            { from: Math.min(to, hole.to), to },
          ].filter((part) => part.to > part.from),
    )
  return left
}

/** Overlapping and touching periods as one. */
function joined(periods: readonly Period[]): Period[] {
  const out: Period[] = []
  for (const { from, to } of [...periods].sort((a, b) => a.from - b.from)) {
    const last = out.at(-1)
    if (last && from <= last.to) last.to = Math.max(last.to, to)
    else out.push({ from, to })
  }
  return out
}

/** What lies within the period; a camera with a single photo keeps its moment. */
export const clipped = (periods: readonly Period[], within: Period): Period[] =>
  periods
    .map(({ from, to }) => ({ from: Math.max(from, within.from), to: Math.min(to, within.to) }))
    .filter(({ from, to }) => to >= from)

/**
 * One effort for each camera: deployments of one camera at one station, as cards are swapped, count the time that they
 * share once. Where nobody named the camera, each deployment is a camera of its own.
 */
export function byCamera(efforts: readonly Effort[], cameraOf: (deploymentId: number) => string | null): Effort[] {
  const cameras = groupedBy(
    efforts,
    ({ deploymentId, stationId }) => `${stationId} ${cameraOf(deploymentId) ?? `deployment ${deploymentId}`}`,
  )
  return [...cameras.values()].map((own) => {
    const periods = joined(own.flatMap((effort) => effort.periods))
    return { ...own[0]!, periods, days: lengthOf(periods) / DAY_MS }
  })
}

const lengthOf = (periods: readonly Period[]): number => periods.reduce((sum, { from, to }) => sum + to - from, 0)
