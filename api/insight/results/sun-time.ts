// Clock readings as sun time, in which the sun rises at 6 and sets at 18 o'clock on every day, as R's
// `overlap::sunTime` has it: days and nights of different length can be laid over one another.

import { getTimes } from 'suncalc'
import { clockToUtc, DAY_MS, startOfDay } from '../../interchange/local-time.ts'

export type Place = { latitude: number; longitude: number }

/** Radians, pi/2 at sunrise and 3 pi/2 at sunset; null on days on which the sun does not rise or set. */
export function sunTime(clockMs: number, { latitude, longitude }: Place, timeZone: string): number | null {
  const at = clockToUtc(clockMs, timeZone)
  const day = sunOf(clockMs, { latitude, longitude }, timeZone)
  if (day === null) return null
  const [quarter, half] = [Math.PI / 2, Math.PI]
  if (at >= day.rise && at < day.set) return quarter + (half * (at - day.rise)) / (day.set - day.rise)
  // A night reaches over two days: its other end belongs to the day before or after.
  const other = sunOf(clockMs + (at < day.rise ? -DAY_MS : DAY_MS), { latitude, longitude }, timeZone)
  if (other === null) return null
  const [from, to] = at < day.rise ? [other.set, day.rise] : [day.set, other.rise]
  return (quarter * 3 + (half * (at - from)) / (to - from)) % (2 * Math.PI)
}

const known = new Map<string, { rise: number; set: number } | null>()
const MOST_KNOWN = 100_000

function sunOf(clockMs: number, { latitude, longitude }: Place, timeZone: string) {
  const noon = startOfDay(clockMs) + DAY_MS / 2
  const key = `${noon} ${latitude} ${longitude} ${timeZone}`
  const found = known.get(key)
  if (found !== undefined) return found
  if (known.size >= MOST_KNOWN) known.clear()
  const { sunrise, sunset } = getTimes(new Date(clockToUtc(noon, timeZone)), latitude, longitude)
  const day = sunrise === null || sunset === null ? null : { rise: sunrise.getTime(), set: sunset.getTime() }
  known.set(key, day)
  return day
}
