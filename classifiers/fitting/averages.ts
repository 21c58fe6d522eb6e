// Averages of plain numbers.

export const mean = (values: readonly number[]): number =>
  values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

/** Weighted geometric mean; `share` is the second's weight. */
export function geometricMean(first: number, second: number, share: number): number {
  return Math.exp((1 - share) * Math.log(first) + share * Math.log(second))
}
