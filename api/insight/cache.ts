// Answers that are expensive to count. Each is kept for twenty times as long as it took to count, so counting takes at
// most a twentieth of the database's time, however often people look. Equal questions at the same time are counted
// once.

/** An answer that took a second is kept for twenty; one that took 5 ms for a tenth of a second. */
const KEPT_PER_COST = 20
const LONGEST_MS = 60_000
const MOST_CACHED = 200

type Cached = { answer: Promise<unknown>; until: number }

/** Answers `key` from the cache, or by `count`. */
export type AnswerCache = <T>(key: string, count: () => Promise<T>) => Promise<T>

/** Keeps at most `most` answers. */
export function createAnswerCache(now: () => number = () => performance.now(), most = MOST_CACHED): AnswerCache {
  const cached = new Map<string, Cached>()
  return <T>(key: string, count: () => Promise<T>): Promise<T> => {
    const known = cached.get(key)
    // Each key is one question of one type: whoever asks it again passes a `count` of the same type.
    if (known && known.until > now()) return known.answer as Promise<T>
    const startedAt = now()
    const entry: Cached = { answer: Promise.resolve(), until: Number.POSITIVE_INFINITY }
    const answer = count().then(
      (value) => {
        entry.until = now() + Math.min(LONGEST_MS, KEPT_PER_COST * (now() - startedAt))
        return value
      },
      (error) => {
        if (cached.get(key) === entry) cached.delete(key)
        throw error
      },
    )
    entry.answer = answer
    cached.delete(key)
    cached.set(key, entry)
    const oldest = cached.keys().next()
    if (cached.size > most && !oldest.done) cached.delete(oldest.value)
    return answer
  }
}
