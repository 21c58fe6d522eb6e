// What ml-logistic-regression 2.0 exports, as far as logistic.ts uses it; the package has no types.
declare module 'ml-logistic-regression' {
  import type { Matrix } from 'ml-matrix'

  export default class LogisticRegression {
    constructor(options: { numSteps: number; learningRate: number })
    classifiers: { weights: Matrix }[]
    train(features: Matrix, classes: Matrix): void
  }
}
