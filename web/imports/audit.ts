// What a look at a few animals drawn at random says about all of them.

/** How sure the upper bound is. */
const CONFIDENCE = 0.95

export type Audit = {
  /** The share seen to be wrong, taken for all. */
  expected: number
  /** With 95 % confidence, no more of all are wrong (exact for draws without replacement, one-sided). */
  most: number
}

/**
 * The chance to see at most `wrong` wrong ones among `looked` drawn from `total`, of which `bad` are wrong
 * (hypergeometric).
 */
function chanceOfAtMost(wrong: number, looked: number, total: number, bad: number): number {
  const logChoose = (n: number, k: number) => {
    let sum = 0
    for (let i = 1; i <= k; i++) sum += Math.log((n - k + i) / i)
    return sum
  }
  let chance = 0
  for (let seen = Math.max(0, looked - (total - bad)); seen <= Math.min(wrong, bad); seen++)
    chance += Math.exp(logChoose(bad, seen) + logChoose(total - bad, looked - seen) - logChoose(total, looked))
  return chance
}

/** `looked` of `total` were drawn at random, and `wrong` of these were wrong. Null where nothing was looked at. */
export function auditOf(wrong: number, looked: number, total: number): Audit | null {
  if (looked === 0 || total === 0) return null
  // The chance falls as more are wrong: the largest number that is not yet improbable, by bisection.
  let [low, high] = [wrong, total - (looked - wrong)]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (chanceOfAtMost(wrong, looked, total, middle) > 1 - CONFIDENCE) low = middle
    else high = middle - 1
  }
  return { expected: (wrong / looked) * total, most: low }
}
