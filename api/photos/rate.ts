// How fast a count grows.

/** Only recent counts matter: the first photos wait for models to warm up. */
const RATE_WINDOW_MS = 20_000

/** Per second over the last 20 seconds. */
export function createRate(now: () => number = () => performance.now()): (done: number) => number {
  const samples: { at: number; done: number }[] = []
  return (done) => {
    const at = now()
    samples.push({ at, done })
    while (samples.length > 2 && at - samples[1]!.at >= RATE_WINDOW_MS) samples.shift()
    const first = samples[0]!
    return at === first.at ? 0 : ((done - first.done) * 1000) / (at - first.at)
  }
}
