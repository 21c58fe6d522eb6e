// How many species there are, estimated from how many were recorded at few stations.

export type Chao2 = {
  observed: number
  /** Species that there probably are at least. */
  estimate: number
  low: number
  high: number
}

/**
 * Chao2 of incidence data with a 95 % interval (Chao 1987; log-normal interval as in EstimateS). `incidences`: per
 * species the number of stations at which it was recorded; `stations`: how many were surveyed. Null with fewer than two
 * stations or without a species.
 */
export function chao2(incidences: readonly number[], stations: number): Chao2 | null {
  const observed = incidences.filter((n) => n > 0).length
  if (stations < 2 || observed === 0) return null
  const q1 = incidences.filter((n) => n === 1).length
  const q2 = incidences.filter((n) => n === 2).length
  const a = (stations - 1) / stations
  const unseen = q2 > 0 ? (a * q1 * q1) / (2 * q2) : (a * q1 * (q1 - 1)) / 2
  const estimate = observed + unseen
  if (unseen === 0) return { observed, estimate, low: observed, high: observed }
  const ratio = q1 / q2
  const variance =
    q2 > 0
      ? q2 * ((a * ratio ** 2) / 2 + a ** 2 * ratio ** 3 + (a ** 2 * ratio ** 4) / 4)
      : (a * q1 * (q1 - 1)) / 2 + (a ** 2 * q1 * (2 * q1 - 1) ** 2) / 4 - (a ** 2 * q1 ** 4) / (4 * estimate)
  const spread = Math.exp(1.96 * Math.sqrt(Math.log(1 + Math.max(0, variance) / unseen ** 2)))
  return { observed, estimate, low: observed + unseen / spread, high: observed + unseen * spread }
}

/**
 * Species expected at 1, 2, ... all stations when stations are taken in every possible order: the exact mean of all
 * accumulation curves (sample-based rarefaction; Colwell, Mao and Chang 2004).
 */
export function speciesAccumulation(incidences: readonly number[], stations: number): number[] {
  const present = incidences.filter((n) => n > 0)
  return Array.from({ length: stations }, (_, k) => {
    const chosen = k + 1
    // A species of n stations is missed with probability C(stations - n, chosen) / C(stations, chosen).
    const missed = present.reduce((sum, n) => {
      let p = 1
      for (let j = 0; j < n; j++) p *= Math.max(0, stations - chosen - j) / (stations - j)
      return sum + p
    }, 0)
    return present.length - missed
  })
}
