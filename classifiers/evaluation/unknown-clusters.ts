// Whether animals of species that the tree does not know fall into clusters by species: a fifth of the species is held
// out, the metric comes from the others, and all photos of the held-out species are clustered together.

import { clusterRows } from '../asking/clusters.ts'
import { estimate } from '../fitting/estimate.ts'
import { random, shuffled } from '../seeded-random.ts'
import type { Statistics } from '../statistics.ts'
import { hdbscan } from './hdbscan.ts'
import type { Library, Photo } from './methods.ts'
import type { Reuse } from './reuse.ts'

export type Clustering = {
  method: string
  /** Adjusted Rand index, V-measure, and the share of photos whose cluster is mostly of their species. */
  ari: number
  v: number
  purity: number
  clusters: number
}

const HELD_OUT_SPECIES = 11
/** HDBSCAN's smallest cluster, and the neighbours that it takes density from. */
const FEWEST_DENSE = 10

export function clusterUnknowns(library: Library, { seed }: { seed: number }, reuse: Reuse): Clustering[] {
  const species = [...new Set(library.photos.map(({ taxonId }) => taxonId))].sort((a, b) => a - b)
  const heldOut = new Set(shuffled(species, random(seed + 900)).slice(0, HELD_OUT_SPECIES))
  const known = library.photos.filter(({ taxonId }) => !heldOut.has(taxonId))
  const photos = library.photos.filter(({ taxonId }) => heldOut.has(taxonId))
  const statistics = estimate({
    ...{ taxonomy: library.taxa, examples: known, reference: null },
    ...{ alone: true, uncapped: true },
  })
  return clusterings(statistics, photos, reuse, seed)
}

export function clusterings(
  statistics: Statistics,
  photos: readonly Photo[],
  reuse: Reuse,
  seed: number,
): Clustering[] {
  const { size } = statistics
  const truth = photos.map(({ taxonId }) => taxonId)
  const k = new Set(truth).size
  const values = new Float32Array(photos.length * size)
  photos.forEach(({ embedding }, row) => {
    values.set(reuse.project(statistics, embedding), row * size)
  })
  const groups = photos.map(({ group }) => group)
  const { of } = clusterRows({ values, size }, groups, statistics)
  const units = unitsOf(photos, groups)
  const metric = units.map((rows) => meanOf(rows.map((row) => values.subarray(row * size, (row + 1) * size))))
  const raw = units.map((rows) => meanOf(rows.map((row) => photos[row]!.embedding)))
  const spread = (clusters: ArrayLike<number>) => {
    const all = new Int32Array(photos.length)
    units.forEach((rows, unit) => {
      for (const row of rows) all[row] = clusters[unit]!
    })
    return all
  }
  return [
    judge('by the tree’s evidence', truth, of),
    judge('k-means in the metric, told k', truth, spread(kMeans(metric, k, seed))),
    judge('HDBSCAN in the metric', truth, spread(hdbscan(distancesOf(metric), FEWEST_DENSE))),
    judge('average link in the metric, told k', truth, spread(averageLink(metric, k))),
    judge('average link, raw cosine, told k', truth, spread(averageLink(raw, k))),
  ]
}

function unitsOf(photos: readonly Photo[], groups: readonly string[]): number[][] {
  const byGroup = new Map<string, number[]>()
  photos.forEach((_, row) => {
    byGroup.set(groups[row]!, [...(byGroup.get(groups[row]!) ?? []), row])
  })
  return [...byGroup.values()]
}

/** At unit length. */
function meanOf(vectors: readonly Float32Array[]): Float64Array {
  const sum = new Float64Array(vectors[0]!.length)
  for (const vector of vectors) for (let d = 0; d < sum.length; d++) sum[d]! += vector[d]!
  const length = Math.sqrt(sum.reduce((total, value) => total + value * value, 0))
  return length > 0 ? sum.map((value) => value / length) : sum
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, d) => sum + value * b[d]!, 0)

const distancesOf = (vectors: readonly Float64Array[]) =>
  vectors.map((a) => Float64Array.from(vectors, (b) => Math.sqrt(Math.max(0, 2 - 2 * dot(a, b)))))

const STARTS = 10
const STEPS = 50

/** Spherical k-means with k-means++ starts; the best of several. */
function kMeans(vectors: readonly Float64Array[], k: number, seed: number): number[] {
  const next = random(seed + 7)
  let best = { fit: Number.NEGATIVE_INFINITY, of: [] as number[] }
  for (let start = 0; start < STARTS; start++) {
    const centres = [vectors[Math.floor(next() * vectors.length)]!]
    while (centres.length < k) {
      const far = vectors.map((vector) => 1 - Math.max(...centres.map((centre) => dot(vector, centre))))
      const chosen = next() * far.reduce((a, b) => a + b, 0)
      let sum = 0
      let at = 0
      for (; at < far.length - 1 && sum + far[at]! < chosen; at++) sum += far[at]!
      centres.push(vectors[at]!)
    }
    let of: number[] = []
    for (let step = 0; step < STEPS; step++) {
      const nearest = vectors.map((vector) => {
        const near = centres.map((centre) => dot(vector, centre))
        return near.indexOf(Math.max(...near))
      })
      if (nearest.every((cluster, i) => cluster === of[i])) break
      of = nearest
      centres.forEach((_, cluster) => {
        const own = vectors.filter((_, i) => of[i] === cluster)
        if (own.length > 0) centres[cluster] = meanOf(own.map((one) => Float32Array.from(one)))
      })
    }
    const fit = vectors.reduce((sum, vector, i) => sum + dot(vector, centres[of[i]!]!), 0)
    if (fit > best.fit) best = { fit, of }
  }
  return best.of
}

function averageLink(vectors: readonly Float64Array[], k: number): number[] {
  const members: (number[] | null)[] = vectors.map((_, i) => [i])
  const near = vectors.map((a) => Float64Array.from(vectors, (b) => dot(a, b)))
  for (let left = vectors.length; left > k; left--) {
    let [a, b, most] = [-1, -1, Number.NEGATIVE_INFINITY]
    for (let i = 0; i < members.length; i++) {
      if (!members[i]) continue
      for (let j = i + 1; j < members.length; j++)
        if (members[j] && near[i]![j]! > most) [a, b, most] = [i, j, near[i]![j]!]
    }
    const [own, other] = [members[a]!, members[b]!]
    for (let j = 0; j < members.length; j++) {
      const mean = (near[a]![j]! * own.length + near[b]![j]! * other.length) / (own.length + other.length)
      near[a]![j] = mean
      near[j]![a] = mean
    }
    members[a] = [...own, ...other]
    members[b] = null
  }
  const of = new Array<number>(vectors.length)
  members.forEach((rows, cluster) => {
    for (const row of rows ?? []) of[row] = cluster
  })
  return of
}

function judge(method: string, truth: readonly number[], found: Int32Array): Clustering {
  let single = -1
  // What belongs to none is a cluster of its own.
  const of = Array.from(found, (cluster) => (cluster < 0 ? single-- : cluster))
  const together = new Map<number, Map<number, number>>()
  truth.forEach((species, row) => {
    const counts = together.get(of[row]!) ?? new Map<number, number>()
    together.set(of[row]!, counts.set(species, (counts.get(species) ?? 0) + 1))
  })
  const cells = [...together.values()].map((counts) => [...counts.values()])
  const bySpecies = [...countsOf(truth).values()]
  const byCluster = cells.map((counts) => counts.reduce((a, b) => a + b, 0))
  const pairs = (counts: readonly number[]) => counts.reduce((sum, n) => sum + (n * (n - 1)) / 2, 0)
  const [joint, a, b] = [pairs(cells.flat()), pairs(bySpecies), pairs(byCluster)]
  const expected = (a * b) / pairs([truth.length])
  const entropy = (counts: readonly number[]) =>
    -counts.reduce((sum, n) => sum + (n / truth.length) * Math.log(n / truth.length), 0)
  const shared = entropy(bySpecies) + entropy(byCluster) - entropy(cells.flat())
  return {
    method,
    ari: (joint - expected) / ((a + b) / 2 - expected),
    v: (2 * shared) / (entropy(bySpecies) + entropy(byCluster)),
    purity: cells.reduce((sum, counts) => sum + Math.max(...counts), 0) / truth.length,
    clusters: cells.length,
  }
}

function countsOf(values: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}
