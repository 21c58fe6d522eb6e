// Limited-memory BFGS (Nocedal 1980): minimises a smooth function.

/** Writes the gradient at `x` into `gradient` and returns the value. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number

const MEMORY = 10

export type Options = {
  /** At most so many steps. */
  steps: number
  /** Ends when the gradient's largest component is below this. */
  tolerance: number
  /** Multiplies by a symmetric estimate of the inverse Hessian, in place; a constant factor does not matter. */
  precondition?: (gradient: Float64Array) => void
}

/** Moves `x` to the minimum, in place. `steepest` is the preconditioned gradient. */
export function minimiseLbfgs(f: Objective, x: Float64Array, { steps, tolerance, precondition }: Options): void {
  const n = x.length
  let gradient = new Float64Array(n)
  let value = f(x, gradient)
  const preconditioned = (of: Float64Array): Float64Array => {
    const result = of.slice()
    precondition?.(result)
    return result
  }
  let steepest = preconditioned(gradient)
  const history: Change[] = []
  for (let step = 0; step < steps; step++) {
    if (gradient.every((component) => Math.abs(component) < tolerance)) return
    const direction = searchDirection(gradient, steepest, history)
    const slope = dot(direction, gradient)
    let length = history.length === 0 && !precondition ? 1 / Math.sqrt(dot(gradient, gradient)) : 1
    const next = new Float64Array(n)
    const nextGradient = new Float64Array(n)
    let nextValue = Number.POSITIVE_INFINITY
    // Backtracking until the value falls enough (Armijo); the curvature test below guards the memory.
    for (let tries = 0; tries < 30; tries++, length /= 2) {
      for (let i = 0; i < n; i++) next[i] = x[i]! + length * direction[i]!
      nextValue = f(next, nextGradient)
      if (nextValue <= value + 1e-4 * length * slope) break
    }
    if (!(nextValue < value)) return
    const s = new Float64Array(n)
    const y = new Float64Array(n)
    const yPreconditioned = new Float64Array(n)
    const nextSteepest = preconditioned(nextGradient)
    for (let i = 0; i < n; i++) {
      s[i] = next[i]! - x[i]!
      y[i] = nextGradient[i]! - gradient[i]!
      yPreconditioned[i] = nextSteepest[i]! - steepest[i]!
    }
    const curvature = dot(s, y)
    if (curvature > 1e-12) {
      history.push({ s, y, yPreconditioned, rho: 1 / curvature })
      if (history.length > MEMORY) history.shift()
    }
    x.set(next)
    gradient = nextGradient
    steepest = nextSteepest
    value = nextValue
  }
}

/** One step's change of x and of the gradient, the latter also preconditioned. */
type Change = { s: Float64Array; y: Float64Array; yPreconditioned: Float64Array; rho: number }

/**
 * The two-loop recursion: minus the estimated inverse Hessian times the gradient. The preconditioner is linear, so its
 * product with the loop's vector is put together from its products with the gradients, and it is applied once per step.
 */
function searchDirection(gradient: Float64Array, steepest: Float64Array, history: readonly Change[]): Float64Array {
  const q = gradient.slice()
  const direction = steepest.slice()
  const alphas: number[] = []
  for (let h = history.length - 1; h >= 0; h--) {
    const { s, y, yPreconditioned, rho } = history[h]!
    const alpha = rho * dot(s, q)
    alphas[h] = alpha
    for (let i = 0; i < q.length; i++) {
      q[i]! -= alpha * y[i]!
      direction[i]! -= alpha * yPreconditioned[i]!
    }
  }
  const last = history.at(-1)
  const scale = last ? 1 / (last.rho * dot(last.y, last.yPreconditioned)) : 1
  for (let i = 0; i < direction.length; i++) direction[i]! *= scale
  history.forEach(({ s, y, rho }, h) => {
    const beta = rho * dot(y, direction)
    for (let i = 0; i < direction.length; i++) direction[i]! += (alphas[h]! - beta) * s[i]!
  })
  return direction.map((component) => -component)
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
