// How fast a person goes through a queue, in photos a minute. `moments` are the times in ms at which photos were
// passed. The result is null while there are too few of them.

/** Only this many recent photos count, so that an old pause does not matter. */
const WINDOW = 30
const ENOUGH = 5
/** A longer gap is a pause and not the time that a photo took. */
const PAUSE_MS = 60_000

export function perMinute(moments: readonly number[]): number | null {
  const last = moments.slice(-WINDOW)
  const gaps = last
    .slice(1)
    .map((at, i) => at - (last[i] ?? at))
    .filter((gap) => gap < PAUSE_MS)
  if (gaps.length < ENOUGH) return null
  const ms = gaps.reduce((sum, gap) => sum + gap, 0)
  return ms === 0 ? null : Math.round((60_000 * gaps.length) / ms)
}
