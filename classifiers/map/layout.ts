// Lays out vectors on a map of two dimensions, 0..1, in which look-alikes lie together. UMAP (McInnes 2018) lays out a
// sample; every other vector is placed among its nearest of the sample, found through cells, so that 100,000 vectors
// take little longer than the sample. Pure: the same vectors and seed give the same map.

import { UMAP } from 'umap-js'
import { random } from '../seeded-random.ts'

/** Rows of `size` numbers, one after another. */
export type Vectors = { values: Float32Array; size: number }
export type Layout = { x: Float32Array; y: Float32Array }

/** UMAP's cost grows faster than its sample, and 5,000 are enough to show what lies near what. */
const SAMPLE = 5000
const NEIGHBOURS = 15
const EPOCHS = 250
const JITTER_EVERY = 25
/** UMAP's minimum distance: with less, look-alikes lie on top of one another and cannot be picked. */
const MIN_DISTANCE = 0.9
/** The width of the initial layout, in UMAP's units: when it is wider, groups stay dots far from one another. */
const INITIAL_WIDTH = 5
/** A vector's place is the weighted mean of those of so many nearest vectors of the sample. */
const PLACED_AMONG = 4
/** So many cells are searched for these; there are as many cells as the square root of the sample's size. */
const CELLS_SEARCHED = 6

const count = ({ values, size }: Vectors) => (size === 0 ? 0 : values.length / size)

export function layOut(
  vectors: Vectors,
  options: { seed: number; sample?: number; onProgress?: (share: number) => void },
): Layout {
  const { seed, sample = SAMPLE, onProgress = () => {} } = options
  const total = count(vectors)
  const unit = normalised(vectors)
  if (total <= NEIGHBOURS + 1) return framed(principal(unit))
  const next = random(seed)
  const chosen = total <= sample ? Int32Array.from({ length: total }, (_, i) => i) : sampleOf(total, sample, next)
  const sampled = pick(unit, chosen)
  const isAll = chosen.length === total
  const layout = umap(sampled, next, (share) => onProgress(share * (isAll ? 1 : 0.6)))
  return framed(isAll ? layout : place(unit, chosen, sampled, layout, (share) => onProgress(0.6 + 0.4 * share)))
}

function normalised({ values, size }: Vectors): Vectors {
  const unit = new Float32Array(values.length)
  for (let start = 0; start < values.length; start += size) {
    let squares = 0
    for (let k = 0; k < size; k++) squares += values[start + k]! ** 2
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0
    for (let k = 0; k < size; k++) unit[start + k] = values[start + k]! * scale
  }
  return { values: unit, size }
}

/** So many different positions below `total`, ascending (Fisher and Yates 1938). */
function sampleOf(total: number, wanted: number, next: () => number): Int32Array {
  const all = Int32Array.from({ length: total }, (_, i) => i)
  for (let i = 0; i < wanted; i++) {
    const j = i + Math.floor(next() * (total - i))
    const other = all[j]!
    all[j] = all[i]!
    all[i] = other
  }
  return all.slice(0, wanted).sort()
}

function pick({ values, size }: Vectors, rows: Int32Array): Vectors {
  const picked = new Float32Array(rows.length * size)
  rows.forEach((row, i) => {
    picked.set(values.subarray(row * size, (row + 1) * size), i * size)
  })
  return { values: picked, size }
}

function distance2(a: Float32Array, i: number, b: Float32Array, j: number, size: number): number {
  let sum = 0
  for (let k = 0; k < size; k++) {
    const d = a[i * size + k]! - b[j * size + k]!
    sum += d * d
  }
  return sum
}

/** Keeps the `k` nearest of those offered, ascending. */
class Nearest {
  readonly ids: Int32Array
  readonly distances: Float64Array
  held = 0

  constructor(k: number) {
    this.ids = new Int32Array(k)
    this.distances = new Float64Array(k)
  }

  offer(id: number, distance: number): void {
    const most = this.ids.length
    if (this.held === most && distance >= this.distances[most - 1]!) return
    let at = this.held < most ? this.held++ : most - 1
    for (; at > 0 && this.distances[at - 1]! > distance; at--) {
      this.ids[at] = this.ids[at - 1]!
      this.distances[at] = this.distances[at - 1]!
    }
    this.ids[at] = id
    this.distances[at] = distance
  }
}

function umap(vectors: Vectors, next: () => number, onProgress: (share: number) => void): Layout {
  const { values, size } = vectors
  const n = count(vectors)
  const indices: number[][] = []
  const distances: number[][] = []
  for (let i = 0; i < n; i++) {
    const nearest = new Nearest(NEIGHBOURS)
    for (let j = 0; j < n; j++) nearest.offer(j, i === j ? -1 : distance2(values, i, values, j, size))
    indices.push([...nearest.ids])
    distances.push([...nearest.distances].map((d) => Math.sqrt(Math.max(0, d))))
    if (i % 200 === 0) onProgress((0.4 * i) / n)
  }
  const map = new UMAP({ nComponents: 2, nNeighbors: NEIGHBOURS, nEpochs: EPOCHS, minDist: MIN_DISTANCE, random: next })
  map.setPrecomputedKNN(indices, distances)
  // As the neighbours are known, UMAP needs only the number of rows.
  const epochs = map.initializeFit(Array.from({ length: n }, () => [0]))
  // The first two principal components replace UMAP's random start, so that what is far apart starts far apart.
  const start = framed(principal(vectors))
  map.getEmbedding().forEach((point, i) => {
    point[0] = (start.x[i]! - 0.5) * INITIAL_WIDTH
    point[1] = (start.y[i]! - 0.5) * INITIAL_WIDTH
  })
  // UMAP pushes points in one place apart by equal steps along both axes, which would leave groups as diagonal lines.
  const jitter = () => {
    for (const point of map.getEmbedding()) for (const axis of [0, 1]) point[axis]! += (next() - 0.5) * MIN_DISTANCE
  }
  for (let epoch = 0; epoch < epochs; epoch++) {
    if (epoch % JITTER_EVERY === 0 && epoch < epochs - JITTER_EVERY) jitter()
    map.step()
    if (epoch % 10 === 0) onProgress(0.4 + (0.6 * epoch) / epochs)
  }
  const points = map.getEmbedding()
  return { x: Float32Array.from(points, (p) => p[0]!), y: Float32Array.from(points, (p) => p[1]!) }
}

/** The first two principal components, by power iteration. */
function principal(vectors: Vectors): Layout {
  const { values, size } = vectors
  const n = count(vectors)
  const mean = new Float64Array(size)
  for (let i = 0; i < n; i++) for (let k = 0; k < size; k++) mean[k]! += values[i * size + k]! / n
  const axes: Float64Array[] = []
  const along = (i: number, axis: Float64Array) => {
    let sum = 0
    for (let k = 0; k < size; k++) sum += (values[i * size + k]! - mean[k]!) * axis[k]!
    return sum
  }
  for (let component = 0; component < 2; component++) {
    let axis = Float64Array.from({ length: size }, (_, k) => 1 / (1 + ((k + component * 7) % 11)))
    for (let round = 0; round < 20; round++) {
      const next = new Float64Array(size)
      for (let i = 0; i < n; i++) {
        const weight = along(i, axis)
        for (let k = 0; k < size; k++) next[k]! += weight * (values[i * size + k]! - mean[k]!)
      }
      for (const other of axes) {
        const shared = next.reduce((sum, value, k) => sum + value * other[k]!, 0)
        for (let k = 0; k < size; k++) next[k]! -= shared * other[k]!
      }
      const length = Math.sqrt(next.reduce((sum, value) => sum + value * value, 0))
      if (length === 0) break
      axis = next.map((value) => value / length)
    }
    axes.push(axis)
  }
  const coordinates = (axis: Float64Array) => Float32Array.from({ length: n }, (_, i) => along(i, axis))
  return { x: coordinates(axes[0]!), y: coordinates(axes[1]!) }
}

/** Puts every other vector at the weighted mean of the places of its nearest in the sample. */
function place(
  all: Vectors,
  chosen: Int32Array,
  sampled: Vectors,
  layout: Layout,
  onProgress: (share: number) => void,
): Layout {
  const { size } = all
  const total = count(all)
  const n = chosen.length
  const cells = cellsOf(sampled)
  const x = new Float32Array(total)
  const y = new Float32Array(total)
  const position = new Map<number, number>()
  chosen.forEach((row, i) => {
    position.set(row, i)
  })
  for (let i = 0; i < total; i++) {
    if (i % 2000 === 0) onProgress(i / total)
    const own = position.get(i)
    if (own !== undefined) {
      x[i] = layout.x[own]!
      y[i] = layout.y[own]!
      continue
    }
    const probed = new Nearest(Math.min(CELLS_SEARCHED, cells.centres.length))
    cells.centres.forEach((centre, cell) => {
      probed.offer(cell, distance2(all.values, i, sampled.values, centre, size))
    })
    const nearest = new Nearest(Math.min(PLACED_AMONG, n))
    for (const cell of probed.ids.subarray(0, probed.held))
      for (const j of cells.members[cell]!) nearest.offer(j, distance2(all.values, i, sampled.values, j, size))
    let weights = 0
    for (let k = 0; k < nearest.held; k++) {
      // Relative to the nearest: a near copy decides alone, and four equally near ones share.
      const weight = ((nearest.distances[0]! + 1e-6) / (nearest.distances[k]! + 1e-6)) ** 2
      weights += weight
      x[i]! += weight * layout.x[nearest.ids[k]!]!
      y[i]! += weight * layout.y[nearest.ids[k]!]!
    }
    x[i]! /= weights
    y[i]! /= weights
  }
  return { x, y }
}

/** Divides the sample into cells: each member goes to its nearest of evenly chosen centres. */
function cellsOf(vectors: Vectors): { centres: number[]; members: number[][] } {
  const n = count(vectors)
  const wanted = Math.max(1, Math.round(Math.sqrt(n)))
  const centres = Array.from({ length: wanted }, (_, i) => Math.floor((i * n) / wanted))
  const members = centres.map((): number[] => [])
  for (let i = 0; i < n; i++) {
    const nearest = new Nearest(1)
    centres.forEach((centre, cell) => {
      nearest.offer(cell, distance2(vectors.values, i, vectors.values, centre, vectors.size))
    })
    members[nearest.ids[0]!]!.push(i)
  }
  return { centres, members }
}

/** Moves and scales both axes alike, so that all lies in the middle of 0..1. */
function framed({ x, y }: Layout): Layout {
  const range = (values: Float32Array) => {
    let low = Number.POSITIVE_INFINITY
    let high = Number.NEGATIVE_INFINITY
    for (const value of values) {
      if (value < low) low = value
      if (value > high) high = value
    }
    return { low, high, middle: (low + high) / 2 }
  }
  const [across, down] = [range(x), range(y)]
  const scale = 1 / Math.max(across.high - across.low, down.high - down.low, 1e-9)
  const fit = (values: Float32Array, middle: number) =>
    values.map((value) => Math.min(1, Math.max(0, 0.5 + (value - middle) * scale)))
  return { x: fit(x, across.middle), y: fit(y, down.middle) }
}
