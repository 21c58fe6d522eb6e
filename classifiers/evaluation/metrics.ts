// How good answers are. In: probabilities with right or wrong. Out: calibration error with interval and floor, reliability,
// AUROC, rank distances. Random draws are seeded: equal input, equal figures.

/** The most probable taxon of a rank: its probability, whether it was right, and the group the photo belongs to. */
export type Judged = { probability: number; right: boolean; group: string }

const BINS = 15
const DRAWS = 200

/** Mulberry32: a small generator, seeded. */
export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

export function shuffled<T>(items: readonly T[], next: () => number): T[] {
  const out = [...items]
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1))
    ;[out[i], out[j]] = [out[j]!, out[i]!]
  }
  return out
}

export const mean = (values: readonly number[]): number =>
  values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

export type Bin = { from: number; to: number; count: number; said: number; right: number }

/** Equal bins of the top-1 probability; empty ones left out. */
export function reliability(judged: readonly Judged[]): Bin[] {
  const bins = Array.from({ length: BINS }, () => ({ count: 0, said: 0, right: 0 }))
  for (const { probability, right } of judged) {
    const bin = bins[Math.min(BINS - 1, Math.floor(probability * BINS))]!
    bin.count++
    bin.said += probability
    if (right) bin.right++
  }
  return bins.flatMap(({ count, said, right }, i) =>
    count === 0 ? [] : [{ from: i / BINS, to: (i + 1) / BINS, count, said: said / count, right: right / count }],
  )
}

/** Expected calibration error: mean over answers of |said - right| of their bin. */
export function calibrationError(judged: readonly Judged[]): number {
  return reliability(judged).reduce((sum, bin) => sum + (bin.count * Math.abs(bin.said - bin.right)) / judged.length, 0)
}

/** The calibration error that a perfectly calibrated model would show on these probabilities, on average. */
export function calibrationFloor(judged: readonly Judged[], seed: number): number {
  const next = random(seed)
  const draws: number[] = []
  for (let draw = 0; draw < DRAWS; draw++) {
    draws.push(calibrationError(judged.map((one) => ({ ...one, right: next() < one.probability }))))
  }
  return mean(draws)
}

/** 95 % interval of a figure when whole groups are drawn with replacement. */
export function groupInterval<T extends { group: string }>(
  rows: readonly T[],
  figure: (rows: readonly T[]) => number,
  seed: number,
): [number, number] {
  const next = random(seed)
  const byGroup = new Map<string, T[]>()
  for (const row of rows) byGroup.set(row.group, [...(byGroup.get(row.group) ?? []), row])
  const groups = [...byGroup.values()]
  const figures: number[] = []
  for (let draw = 0; draw < DRAWS; draw++) {
    const drawn: T[] = []
    for (let i = 0; i < groups.length; i++) drawn.push(...groups[Math.floor(next() * groups.length)]!)
    figures.push(figure(drawn))
  }
  return [quantile(figures, 0.025), quantile(figures, 0.975)]
}

/** Probability that a `positive` value is above a `negative` one, ties half. */
export function auroc(positive: readonly number[], negative: readonly number[]): number {
  const all = [
    ...positive.map((value) => ({ value, positive: true })),
    ...negative.map((value) => ({ value, positive: false })),
  ].sort((a, b) => a.value - b.value)
  let ranks = 0
  for (let i = 0; i < all.length; ) {
    let end = i + 1
    while (end < all.length && all[end]!.value === all[i]!.value) end++
    const rank = (i + 1 + end) / 2
    for (let j = i; j < end; j++) if (all[j]!.positive) ranks += rank
    i = end
  }
  const n = positive.length
  return (ranks - (n * (n + 1)) / 2) / (n * negative.length)
}

/** Mean and 95 % interval of paired differences by the t distribution of few splits. */
export function pairedInterval(differences: readonly number[]): { mean: number; low: number; high: number } {
  const T_95 = [Number.NaN, 12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262]
  const center = mean(differences)
  const n = differences.length
  const deviation = Math.sqrt(differences.reduce((sum, value) => sum + (value - center) ** 2, 0) / Math.max(1, n - 1))
  const reach = ((T_95[n - 1] ?? 1.96) * deviation) / Math.sqrt(n)
  return { mean: center, low: center - reach, high: center + reach }
}

/** Geometric mean, `share` for the second. */
export function between(first: number, second: number, share: number): number {
  return Math.exp((1 - share) * Math.log(first) + share * Math.log(second))
}
