// Calibration error (ECE) with its interval and floor, and reliability.

import { mean, quantile } from '../fitting/averages.ts'
import { random } from '../seeded-random.ts'

/** The most probable taxon of a rank: its probability, whether it was right, and the group of the photo. */
export type Judged = { probability: number; right: boolean; group: string }

const BINS = 15
const DRAWS = 200

export type Bin = { from: number; to: number; count: number; said: number; right: number }

/** Bins of equal width over the top-1 probability, without empty ones. */
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

/** Expected calibration error: the mean over answers of |mean probability - accuracy| of their bin. */
export function calibrationError(judged: readonly Judged[]): number {
  return reliability(judged).reduce((sum, bin) => sum + (bin.count * Math.abs(bin.said - bin.right)) / judged.length, 0)
}

/** The mean calibration error of a perfectly calibrated model with these probabilities. */
export function calibrationFloor(judged: readonly Judged[], seed: number): number {
  const next = random(seed)
  const draws: number[] = []
  for (let draw = 0; draw < DRAWS; draw++) {
    draws.push(calibrationError(judged.map((one) => ({ ...one, right: next() < one.probability }))))
  }
  return mean(draws)
}

/** 95 % bootstrap interval of a figure, drawing whole groups with replacement. */
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

/** Mean and 95 % interval of paired differences over few splits, by Student's t distribution. */
export function pairedInterval(differences: readonly number[]): { mean: number; low: number; high: number } {
  const T_95 = [Number.NaN, 12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262]
  const center = mean(differences)
  const n = differences.length
  const deviation = Math.sqrt(differences.reduce((sum, value) => sum + (value - center) ** 2, 0) / Math.max(1, n - 1))
  const reach = ((T_95[n - 1] ?? 1.96) * deviation) / Math.sqrt(n)
  return { mean: center, low: center - reach, high: center + reach }
}
