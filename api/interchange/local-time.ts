// Times as cameras write them: a clock reading without a zone. Inside the API such a reading is a number, the
// milliseconds that the same reading would have in UTC, so that differences and hours of the day need no zone and no
// night has 23 or 25 hours.

export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

/** `2026-03-29T02:30:00` (a blank instead of the T is fine, a zone is not) as clock milliseconds. Throws RangeError. */
export function readClock(text: string): number {
  const ms = Date.parse(`${text.replace(' ', 'T')}Z`)
  if (Number.isNaN(ms)) throw new RangeError(`Expected a time such as 2026-03-29T02:30:00 but received ${text}`)
  return ms
}

/** `2026-03-29T02:30:00` of clock milliseconds. */
export const writeClock = (clockMs: number): string => new Date(clockMs).toISOString().slice(0, 19)

/** Midnight at which the day of that reading began. */
export const startOfDay = (clockMs: number): number => Math.floor(clockMs / DAY_MS) * DAY_MS

/**
 * The instant that a clock reading was in an IANA zone, as UTC milliseconds. The hour that comes twice counts as the
 * first one.
 */
export function clockToUtc(clockMs: number, timeZone: string): number {
  const offsetAt = (utcMs: number) => utcToClock(utcMs, timeZone) - Math.floor(utcMs / 1000) * 1000
  const early = clockMs - offsetAt(clockMs - DAY_MS / 2)
  if (utcToClock(early, timeZone) === clockMs) return early
  return clockMs - offsetAt(clockMs)
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** What a clock in that zone shows at an instant, to the second. Throws RangeError for an unknown zone. */
export function utcToClock(utcMs: number, timeZone: string): number {
  let format = formats.get(timeZone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(timeZone, format)
  }
  const part = Object.fromEntries(format.formatToParts(utcMs).map(({ type, value }) => [type, Number(value)]))
  return Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!)
}

/**
 * What a clock at the place shows at a time that a table gives. With a zone ("…Z", "…+02:00") it is an instant,
 * which is read in the installation's zone; where that is not known, and for a time without a zone, the reading is
 * what is written.
 */
export function localTimeIn(text: string, timeZone: string | null): string {
  const match = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?)(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?$/i.exec(text.trim())
  if (!match) return text
  const [, reading, zone] = match
  if (zone === undefined || timeZone === null) return reading!
  const instant = Date.parse(`${reading!.replace(' ', 'T')}${zone.toUpperCase()}`)
  return Number.isNaN(instant) ? text : writeClock(utcToClock(instant, timeZone))
}
