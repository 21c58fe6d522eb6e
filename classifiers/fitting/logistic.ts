// Small logistic regressions by ml-logistic-regression, the only file that knows it. In: differences between two rivals,
// and whether the first was right. Out: weights w with P(first) = 1 / (1 + exp(-w . difference)).
//
// The library fits no intercept, which is what rivals need: equal evidence must mean equal odds. It sums its gradient over
// rows and takes fixed steps, so the step is chosen here from the rows' size; it encodes class i as 0 in classifier i, so
// classifier 0 is the one whose output is the probability of class 1.

import LogisticRegression from 'ml-logistic-regression'
import { Matrix } from 'ml-matrix'

/** On a library's held-out answers 150 steps came within 0.001 of 2,000 (2026-11-22). */
const STEPS = 150

/** `rows` of equal length; `right[i]` says whether row i's first rival was the true one. At least one row. */
export function fitPairwise(rows: readonly (readonly number[])[], right: readonly boolean[]): number[] {
  const width = rows[0]!.length
  // Every other pair is turned round: the library needs both classes, and the fit stays the same.
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
