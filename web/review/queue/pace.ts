// How fast one goes through a queue. In: the moments (ms) at which photos were passed. Out: photos a minute, or null while there are
// too few to say.

/** The last so many count: a pause for coffee is soon forgotten. */
const WINDOW = 30
const ENOUGH = 5
/** A longer gap is a pause, not the time that a photo took. */
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
