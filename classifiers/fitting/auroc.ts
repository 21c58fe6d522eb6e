/** Area under the ROC curve: the probability that a `positive` value is above a `negative` one, ties counting half. */
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
