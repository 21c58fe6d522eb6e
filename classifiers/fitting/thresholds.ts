// Fits, on held-out answers, the probability that a stop must reach to be right as often as asked.

import type { Thresholds } from '../statistics.ts'

/** A step of a held-out answer's path: its probability, and whether the animal is of that taxon. */
export type HeldOutStep = { probability: number; right: boolean }

/**
 * For every theta of a grid, the share of right stops (the deepest step that reaches theta) among answers that stop at
 * all, made monotone by isotonic regression. Each answer's path is given top first.
 */
export function fitThresholds(answers: readonly HeldOutStep[][], species: number): Thresholds {
  const grid: number[] = []
  const right: number[] = []
  const stops: number[] = []
  for (let i = 1; i <= 200; i++) {
    // The grid is finer towards 1, where the asked accuracies are.
    const theta = 1 - (1 - i / 200) ** 1.5
    let stopped = 0
    let correct = 0
    for (const path of answers) {
      const step = path.findLast(({ probability }) => probability >= theta)
      if (!step) continue
      stopped++
      if (step.right) correct++
    }
    if (stopped < Math.max(20, answers.length / 20)) break
    grid.push(theta)
    right.push(correct)
    stops.push(stopped)
  }
  const accuracy = isotonic(
    right.map((count, i) => count / stops[i]!),
    stops,
  )
  return { theta: Float64Array.from(grid), accuracy: Float64Array.from(accuracy), answers: answers.length, species }
}

/** The non-decreasing sequence closest to `values` in weighted least squares (pool adjacent violators). */
export function isotonic(values: readonly number[], weights: readonly number[]): number[] {
  const blocks: { value: number; weight: number; length: number }[] = []
  values.forEach((value, i) => {
    let block = { value, weight: weights[i]!, length: 1 }
    for (let last = blocks.at(-1); last && last.value >= block.value; last = blocks.at(-1)) {
      blocks.pop()
      const weight = last.weight + block.weight
      block = {
        value: (last.value * last.weight + block.value * block.weight) / weight,
        weight,
        length: last.length + block.length,
      }
    }
    blocks.push(block)
  })
  return blocks.flatMap(({ value, length }) => new Array<number>(length).fill(value))
}
