// Limited-memory BFGS. In: a smooth function with its gradient. Out: a point near its minimum.

/** Writes the gradient at `x` into `gradient` and answers the value. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number

const MEMORY = 10

export type Options = {
  /** At most so many. */
  steps: number
  /** The gradient's largest component at which to end. */
  tolerance: number
  /** Applies, in place, a symmetric linear guess of the inverse second derivative; a constant factor does not matter. */
  precondition?: (gradient: Float64Array) => void
}

/** Changes `x` in place towards the minimum. */
export function minimiseLbfgs(f: Objective, x: Float64Array, { steps, tolerance, precondition }: Options): void {
  const n = x.length
  let gradient = new Float64Array(n)
  let value = f(x, gradient)
  const preconditioned = (of: Float64Array): Float64Array => {
    const bent = of.slice()
    precondition?.(bent)
    return bent
  }
  let bent = preconditioned(gradient)
  const history: Change[] = []
  for (let step = 0; step < steps; step++) {
    if (gradient.every((component) => Math.abs(component) < tolerance)) return
    const direction = searchDirection(gradient, bent, history)
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
    const yBent = new Float64Array(n)
    const nextPreconditioned = preconditioned(nextGradient)
    for (let i = 0; i < n; i++) {
      s[i] = next[i]! - x[i]!
      y[i] = nextGradient[i]! - gradient[i]!
      yBent[i] = nextPreconditioned[i]! - bent[i]!
    }
    const curvature = dot(s, y)
    if (curvature > 1e-12) {
      history.push({ s, y, yBent, rho: 1 / curvature })
      if (history.length > MEMORY) history.shift()
    }
    x.set(next)
    gradient = nextGradient
    bent = nextPreconditioned
    value = nextValue
  }
}

/** One step's change of x and of the gradient, the latter also preconditioned. */
type Change = { s: Float64Array; y: Float64Array; yBent: Float64Array; rho: number }

/**
 * Two-loop recursion: minus the inverse Hessian's estimate times the gradient. The preconditioner is linear, so what it makes of
 * the loop's vector is put together from what it made of the gradients: it is asked once per step.
 */
function searchDirection(gradient: Float64Array, bent: Float64Array, history: readonly Change[]): Float64Array {
  const q = gradient.slice()
  const direction = bent.slice()
  const alphas: number[] = []
  for (let h = history.length - 1; h >= 0; h--) {
    const { s, y, yBent, rho } = history[h]!
    const alpha = rho * dot(s, q)
    alphas[h] = alpha
    for (let i = 0; i < q.length; i++) {
      q[i]! -= alpha * y[i]!
      direction[i]! -= alpha * yBent[i]!
    }
  }
  const last = history.at(-1)
  const scale = last ? 1 / (last.rho * dot(last.y, last.yBent)) : 1
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
