// Clusters of animals by the tree's own model: two clusters are merged while one unknown taxon explains both better
// than two do. Nobody has to say how many there are. Heller and Ghahramani, Bayesian Hierarchical Clustering (2005),
// with the two-covariance model of the tree, tempered like its answers.

import { hash } from '../fitting/folds.ts'
import type { VectorRows } from '../labels/near-rows.ts'
import { metricWeight, type Statistics } from '../statistics.ts'

export type Clustered = {
  /** The cluster of each row; -1 for a row that belongs to none of them. */
  of: Int32Array
  /** For each cluster its mean in the tree's metric. */
  means: Float64Array[]
  /** The cluster that explains a metric vector best; -1 where it would rather be a cluster of its own. */
  find(vector: ArrayLike<number>): number
}
export type Metric = Pick<Statistics, 'between' | 'temperature'> & {
  /** What is expected of an unknown taxon, in the metric; by default the mean of everything. */
  centre?: ArrayLike<number>
}

/** Merging takes time by the square of the groups. Further groups join the cluster that explains them best. */
const MOST_GROUPS = 1500

/** VectorRows of one group (a burst, an individual) stay together and count as 1 + ln k. */
export function clusterRows(rows: VectorRows, groups: readonly string[], metric: Metric): Clustered {
  const evidence = new Evidence(metric)
  const units = unitsOf(rows, groups, evidence)
  const chosen = units.length <= MOST_GROUPS ? units : sampleOf(units)
  const clusters = merge(chosen, evidence)
  const of = new Int32Array(groups.length).fill(-1)
  const place = (unit: Unit, cluster: number) => {
    for (const row of unit.rows) of[row] = cluster
  }
  clusters.forEach((cluster, c) => {
    for (const unit of cluster.units) place(unit, c)
  })
  if (chosen !== units) {
    const placed = new Set(chosen)
    for (const unit of units) if (!placed.has(unit)) place(unit, bestOf(clusters, unit, evidence))
  }
  return {
    of,
    means: clusters.map(({ weight, sum }) => evidence.toMetric(sum, weight)),
    find: (vector) => bestOf(clusters, evidence.unit([], [vector]), evidence),
  }
}

type Unit = { rows: number[]; group: string; weight: number; sum: Float64Array; evidence: number }
type Cluster = { units: Unit[]; weight: number; sum: Float64Array; evidence: number }

/** Log evidence, up to a constant, that some animals are one unknown taxon. */
class Evidence {
  readonly #between: Float64Array
  readonly #scale: Float64Array
  readonly #centre: ArrayLike<number> | null
  readonly #logTerms: number[] = []

  constructor({ between, temperature, centre }: Metric) {
    this.#centre = centre ?? null
    // Of the factors tried on the library (2026-11-27, temperatures of 37 and 49), 0.3 gave the best first 25
    // questions; the answer's own temperature joins species, and none splits them.
    const tempered = Math.min(1, 2 / Math.sqrt(Math.max(temperature, 1e-9)))
    this.#between = between.map((b) => b * tempered)
    this.#scale = between.map((b) => Math.sqrt(tempered) / metricWeight(b))
  }

  unit(rows: number[], vectors: readonly ArrayLike<number>[], group = ''): Unit {
    const sum = new Float64Array(this.#between.length)
    for (const vector of vectors)
      for (let d = 0; d < sum.length; d++) sum[d]! += (vector[d]! - (this.#centre?.[d] ?? 0)) * this.#scale[d]!
    const weight = 1 + Math.log(vectors.length)
    for (let d = 0; d < sum.length; d++) sum[d]! *= weight / vectors.length
    return { rows, group, weight, sum, evidence: this.of(weight, sum) }
  }

  of(weight: number, sum: Float64Array): number {
    let total = 0
    for (let d = 0; d < sum.length; d++) {
      const b = this.#between[d]!
      total += (b * sum[d]! * sum[d]!) / (1 + weight * b)
    }
    return total / 2 - this.#logTerm(weight)
  }

  /** What is gained where both are one taxon. */
  gain(a: Omit<Cluster, 'units'>, b: Omit<Cluster, 'units'>): number {
    const weight = a.weight + b.weight
    let total = 0
    for (let d = 0; d < a.sum.length; d++) {
      const sum = a.sum[d]! + b.sum[d]!
      const between = this.#between[d]!
      total += (between * sum * sum) / (1 + weight * between)
    }
    return total / 2 - this.#logTerm(weight) - a.evidence - b.evidence
  }

  toMetric(sum: Float64Array, weight: number): Float64Array {
    return sum.map((value, d) => value / weight / this.#scale[d]! + (this.#centre?.[d] ?? 0))
  }

  /** Depends on the weight alone. Computed in steps, because every pair asks for it. */
  #logTerm(weight: number): number {
    const step = Math.round(weight * STEPS)
    let term = this.#logTerms[step]
    if (term === undefined) {
      term = this.#between.reduce((total, b) => total + Math.log(1 + (step / STEPS) * b), 0) / 2
      this.#logTerms[step] = term
    }
    return term
  }
}
const STEPS = 8

function unitsOf({ values, size }: VectorRows, groups: readonly string[], evidence: Evidence): Unit[] {
  const byGroup = new Map<string, number[]>()
  groups.forEach((group, row) => {
    const rows = byGroup.get(group)
    if (rows) rows.push(row)
    else byGroup.set(group, [row])
  })
  return [...byGroup].map(([group, rows]) =>
    evidence.unit(
      rows,
      rows.map((row) => values.subarray(row * size, (row + 1) * size)),
      group,
    ),
  )
}

/** The same groups for the same names, in whatever order they come. */
function sampleOf(units: readonly Unit[]): Unit[] {
  const keyed = units.map((unit) => ({ unit, key: hash(unit.group) }))
  keyed.sort((a, b) => a.key - b.key || (a.unit.group < b.unit.group ? -1 : 1))
  return keyed.slice(0, MOST_GROUPS).map(({ unit }) => unit)
}

/** Merges the pair that gains most until no pair gains. */
function merge(units: readonly Unit[], evidence: Evidence): Cluster[] {
  const clusters: (Cluster | null)[] = units.map(({ weight, sum, evidence }, i) => ({
    ...{ units: [units[i]!], weight, sum, evidence },
  }))
  const best = clusters.map(() => ({ with: -1, gain: 0 }))
  const lookFor = (i: number) => {
    best[i] = { with: -1, gain: 0 }
    clusters.forEach((other, k) => {
      if (other === null || k === i) return
      const gain = evidence.gain(clusters[i]!, other)
      if (gain > best[i]!.gain) best[i] = { with: k, gain }
    })
  }
  for (let i = 0; i < clusters.length; i++) lookFor(i)
  for (;;) {
    let at = -1
    best.forEach(({ gain }, i) => {
      if (clusters[i] && gain > (at < 0 ? 0 : best[at]!.gain)) at = i
    })
    if (at < 0) return clusters.filter((one) => one !== null)
    const gone = best[at]!.with
    const [a, b] = [clusters[at]!, clusters[gone]!]
    const weight = a.weight + b.weight
    const sum = a.sum.map((value, d) => value + b.sum[d]!)
    clusters[at] = { units: [...a.units, ...b.units], weight, sum, evidence: evidence.of(weight, sum) }
    clusters[gone] = null
    clusters.forEach((one, i) => {
      if (one === null || i === at) return
      if (best[i]!.with === at || best[i]!.with === gone) lookFor(i)
      else {
        const gain = evidence.gain(one, clusters[at]!)
        if (gain > best[i]!.gain) best[i] = { with: at, gain }
      }
    })
    lookFor(at)
  }
}

function bestOf(clusters: readonly Cluster[], unit: Unit, evidence: Evidence): number {
  let found = -1
  let most = 0
  clusters.forEach((cluster, c) => {
    const gain = evidence.gain(cluster, unit)
    if (gain > most) {
      most = gain
      found = c
    }
  })
  return found
}
