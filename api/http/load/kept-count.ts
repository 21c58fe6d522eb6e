// Counts that take long in a large installation. There nobody waits for them: an answer gives the last count with its
// time, and a new one is made meanwhile. In a small installation an answer counts first, and so knows the last change.

/** Counting takes at most a twentieth of the database's time. */
const KEPT_PER_COST = 20
const LONGEST_MS = 60_000

export type Kept<T> = { value: T; countedAt: Date }

/**
 * `state` names what is counted, where that is known: a count of another state is out of date. Null: it is being
 * counted for the first time, in an installation where nobody waits for that.
 */
export type KeptCount<T> = (state: string) => Promise<Kept<T> | null>

export function keepCount<T>(
  count: () => Promise<T>,
  isLarge: () => Promise<boolean>,
  now: () => number = () => performance.now(),
): KeptCount<T> {
  let kept: (Kept<T> & { until: number; state: string }) | null = null
  let counting: Promise<Kept<T>> | null = null
  const begin = (state: string): Promise<Kept<T>> => {
    const startedAt = now()
    counting ??= count()
      .then((value) => {
        const until = now() + Math.min(LONGEST_MS, KEPT_PER_COST * (now() - startedAt))
        kept = { value, countedAt: new Date(), until, state }
        return kept
      })
      .finally(() => {
        counting = null
      })
    return counting
  }
  const fresh = (state: string) => (kept && kept.until > now() && kept.state === state ? kept : null)
  return async (state) => {
    const known = fresh(state)
    if (known) return known
    if (!(await isLarge())) {
      // One that began before the last change may not know it.
      await counting?.catch(() => undefined)
      return fresh(state) ?? (await begin(state))
    }
    // Within the time that a count is kept, changes start no new one.
    if (!kept || kept.until <= now()) begin(state).catch(() => undefined)
    return kept
  }
}
