import { mean } from '../../../classifiers/fitting/averages.ts'

/**
 * Means of all numbers in results of one shape. Other values, and lists of unequal length, are those of the first
 * result.
 */
export function average<T>(results: readonly T[]): T {
  const first = results[0]!
  if (results.length === 1) return first
  // One shape in, the same shape out: the compiler cannot follow the recursion over keys.
  if (typeof first === 'number') return mean(results as readonly number[]) as T
  if (Array.isArray(first)) {
    const lists = results as readonly unknown[][]
    if (lists.some((list) => list.length !== first.length)) return first
    return first.map((_, i) => average(lists.map((list) => list[i]))) as T
  }
  if (typeof first === 'object' && first !== null) {
    const keys = Object.keys(first) as (keyof T)[]
    return Object.fromEntries(keys.map((key) => [key, average(results.map((result) => result[key]))])) as T
  }
  return first
}
