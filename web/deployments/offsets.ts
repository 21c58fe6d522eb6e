// Differences of clocks and times as people write them.

const DAY_SECONDS = 86_400

/** "+1 d 02:00:00"; nothing for a right clock. */
export function offsetText(seconds: number): string {
  if (seconds === 0) return ''
  const left = Math.abs(seconds)
  const [days, rest] = [Math.floor(left / DAY_SECONDS), left % DAY_SECONDS]
  const clock = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':')
  return `${seconds < 0 ? '−' : '+'}${days === 0 ? '' : `${days} d `}${clock}`
}

/** Seconds of "+1 d 02:00:00", "-1:30" or nothing; null for another text. */
export function readOffset(text: string): number | null {
  const plain = text.trim()
  if (plain === '') return 0
  const match = /^([+−-]?)\s*(?:(\d+)\s*d\s*)?(\d+):(\d\d)(?::(\d\d))?$/.exec(plain)
  if (!match) return null
  const [, sign, days = '0', hours, minutes, seconds = '0'] = match
  const total = Number(days) * DAY_SECONDS + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  return sign === '-' || sign === '−' ? -total : total
}

const utc = (clock: string) => Date.parse(`${clock.length === 16 ? `${clock}:00` : clock}Z`)

/** What must be added to a camera's clock whose photo, shown at `shown` with `offset` in it, was taken at `really`. */
export const offsetFor = (shown: string, really: string, offset: number): number =>
  Math.round((utc(really) - utc(shown)) / 1000) + offset
