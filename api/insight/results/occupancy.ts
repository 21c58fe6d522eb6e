// Detection histories for occupancy models: stations x occasions, 1 where the species was recorded, 0 where a camera
// watched and it was not, nothing where no camera watched. The effort matrix has the same shape, as R's unmarked
// and camtrapR expect.

import { groupedBy } from '../../interchange/grouped.ts'
import { DAY_MS, startOfDay } from '../../interchange/local-time.ts'
import { activeDaysWithin, type Effort, effortWithin, type Period } from './effort.ts'

export type OccasionRule = {
  /** 1 to 7 are usual. */
  days: number
  /** Occasions start at each station's own first day, or for all on one day (clock milliseconds). */
  from: 'setup' | number
  /** An occasion with fewer watched days is left empty. */
  minActiveDays: number
}

export type StationHistory = {
  stationId: number
  /** Day on which its first occasion begins. */
  start: number
  /** 1, 0, or null where nobody watched. */
  detected: (1 | 0 | null)[]
  /** Camera-days per occasion. */
  effort: number[]
}

export type DetectionHistory = {
  stations: StationHistory[]
  /**
   * Records at times at which, by its dates, no camera of their station watched: dates or clock are wrong. They are not
   * in the matrix.
   */
  outside: number
}

/**
 * One species. `efforts` names every station that was surveyed, also those without a record. All rows have as many
 * occasions as the longest; a row is empty past its station's end.
 */
export function detectionHistory(
  records: readonly { stationId: number; takenAt: number }[],
  efforts: readonly Effort[],
  rule: OccasionRule,
): DetectionHistory {
  const step = rule.days * DAY_MS
  const byStation = groupedBy(efforts, ({ stationId }) => stationId)
  const stations = [...byStation].sort(([a], [b]) => a - b)
  const startOf = (own: readonly Effort[]) =>
    rule.from === 'setup'
      ? startOfDay(Math.min(...own.flatMap(({ periods }) => periods.map(({ from }) => from))))
      : rule.from
  const endOf = (own: readonly Effort[]) => Math.max(...own.flatMap(({ periods }) => periods.map(({ to }) => to)))
  const watched = stations.filter(([, own]) => own.some(({ periods }) => periods.length > 0))
  const occasions = Math.max(0, ...watched.map(([, own]) => Math.ceil((endOf(own) - startOf(own)) / step)))

  let outside = 0
  const recordsOf = groupedBy(records, ({ stationId }) => stationId)
  const rows = watched.map(([stationId, own]): StationHistory => {
    const start = startOf(own)
    const periods = Array.from(
      { length: occasions },
      (_, k): Period => ({ from: start + k * step, to: start + (k + 1) * step }),
    )
    const effort = periods.map((period) => effortWithin(own, period))
    const detected = periods.map((period, k): 0 | null =>
      effort[k]! > 0 && activeDaysWithin(own, period) >= rule.minActiveDays ? 0 : null,
    ) as (1 | 0 | null)[]
    for (const { takenAt } of recordsOf.get(stationId) ?? []) {
      const k = Math.floor((takenAt - start) / step)
      if (detected[k] === undefined || detected[k] === null) outside++
      else detected[k] = 1
    }
    return { stationId, start, detected, effort }
  })
  const surveyed = new Set(watched.map(([stationId]) => stationId))
  outside += records.filter(({ stationId }) => !surveyed.has(stationId)).length
  return { stations: rows, outside }
}

/**
 * Share of the surveyed stations with at least one record: occupancy without regard to what cameras miss. Null without
 * stations.
 */
export function naiveOccupancy({ stations }: DetectionHistory): number | null {
  const surveyed = stations.filter(({ detected }) => detected.some((cell) => cell !== null))
  if (surveyed.length === 0) return null
  return surveyed.filter(({ detected }) => detected.includes(1)).length / surveyed.length
}
