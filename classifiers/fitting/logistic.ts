// Pairwise logistic regression (Bradley and Terry 1952): from differences between two rivals, weights w with P(first is
// right) = 1 / (1 + exp(-w . difference)). The only file that uses ml-logistic-regression.
//
// The library fits no intercept, as rivals need: equal evidence must give equal odds. It sums its gradient over rows
// and takes fixed steps, so the step is chosen here from the size of the rows. It encodes class i as 0 in classifier i,
// so the output of classifier 0 is the probability of class 1.

import LogisticRegression from 'ml-logistic-regression'
import { Matrix } from 'ml-matrix'

/** On a library's held-out answers 150 steps came within 0.001 of 2,000 (2026-11-22). */
const STEPS = 150

/** `rows`: at least one, of equal length; `right[i]`: whether row i's first rival was the true one. */
export function fitPairwise(rows: readonly (readonly number[])[], right: readonly boolean[]): number[] {
  const width = rows[0]!.length
  // Every other pair is reversed: the library needs both classes, and the fit stays the same.
  const x = rows.map((row, i) => (i % 2 === 0 ? [...row] : row.map((value) => -value)))
  const y = right.map((first, i) => (first === (i % 2 === 0) ? 1 : 0))
  const scale = Array.from({ length: width }, (_, c) =>
    Math.sqrt(x.reduce((sum, row) => sum + row[c]! ** 2, 0) / x.length),
  )
  const scaled = x.map((row) => row.map((value, c) => (scale[c]! > 0 ? value / scale[c]! : 0)))
  // The curvature of the summed loss is at most rows * width / 4 for columns of mean square 1.
  const model = new LogisticRegression({ numSteps: STEPS, learningRate: 4 / (x.length * width) })
  model.train(new Matrix(scaled), Matrix.columnVector(y))
  const weights = model.classifiers[0]!.weights.to1DArray()
  return weights.map((weight, c) => (scale[c]! > 0 ? weight / scale[c]! : 0))
}
