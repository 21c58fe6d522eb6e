// Keeps what was expensive to count. In: a question's key and how to answer it. Out: the answer, at most so old that counting takes
// a twentieth of the database's time however often people look; equal questions at once are counted once.

/** An answer that took a second is kept for twenty; one that took 5 ms for a tenth of a second. */
const KEPT_PER_COST = 20
const LONGEST_MS = 60_000
const MOST_KEPT = 200

type Kept = { answer: Promise<unknown>; until: number }

export type Keep = <T>(key: string, count: () => Promise<T>) => Promise<T>

export function keepAnswers(now: () => number = () => performance.now()): Keep {
  const kept = new Map<string, Kept>()
  return <T>(key: string, count: () => Promise<T>): Promise<T> => {
    const known = kept.get(key)
    // Each key is one question of one type: whoever asks it again passes a `count` of the same type.
    if (known && known.until > now()) return known.answer as Promise<T>
    const startedAt = now()
    const entry: Kept = { answer: Promise.resolve(), until: Number.POSITIVE_INFINITY }
    const answer = count().then(
      (value) => {
        entry.until = now() + Math.min(LONGEST_MS, KEPT_PER_COST * (now() - startedAt))
        return value
      },
      (error) => {
        if (kept.get(key) === entry) kept.delete(key)
        throw error
      },
    )
    entry.answer = answer
    kept.delete(key)
    kept.set(key, entry)
    const oldest = kept.keys().next()
    if (kept.size > MOST_KEPT && !oldest.done) kept.delete(oldest.value)
    return answer
  }
}
