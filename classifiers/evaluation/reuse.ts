// What the draws of one evaluation share: the cosine of every two photos, and the metric vectors of photos by each
// version of the statistics. Both are computed when first needed. Threads that share the memory share the cosines.

import { project, type Statistics } from '../statistics.ts'
import { dot, type Vectors } from '../vector-rows.ts'

/** The cosines of more photos would take more than 600 MB; they are then computed again and again. */
const MOST_PHOTOS = 12_000

/** To be given to other threads: `embeddings` in shared memory, and the cosines that were computed. */
export type Shared = { embeddings: readonly Float32Array[]; cosines: Float32Array; isDone: Int32Array }

/** Null for too many photos. */
export function shareCosines(embeddings: readonly Float32Array[]): Shared | null {
  const count = embeddings.length
  if (count > MOST_PHOTOS) return null
  const bytes = Float32Array.BYTES_PER_ELEMENT
  return {
    embeddings,
    cosines: new Float32Array(new SharedArrayBuffer(count * count * bytes)),
    isDone: new Int32Array(new SharedArrayBuffer(count * bytes)),
  }
}

/** The rows are the photos themselves, each at its place in `embeddings`: adding one stores nothing. */
export class Cosines implements Vectors {
  readonly #shared: Shared
  readonly #places: Map<Float32Array, number>

  constructor(shared: Shared) {
    this.#shared = shared
    this.#places = new Map(shared.embeddings.map((embedding, i) => [embedding, i]))
  }

  add(embedding: Float32Array): number {
    const place = this.#places.get(embedding)
    if (place === undefined) throw new RangeError('Expected an embedding of the evaluation')
    return place
  }

  free(): void {}

  at(row: number): Float32Array {
    return this.#shared.embeddings[row]!
  }

  /** Rounded to single precision. */
  dot(embedding: Float32Array, row: number): number {
    const { embeddings, cosines, isDone } = this.#shared
    const start = this.add(embedding) * embeddings.length
    const place = start / embeddings.length
    // Two threads may compute the same numbers at once, which does no harm.
    if (Atomics.load(isDone, place) === 0) {
      for (let i = 0; i < embeddings.length; i++) cosines[start + i] = dot(embedding, embeddings[i]!)
      Atomics.store(isDone, place, 1)
    }
    return cosines[start + row]!
  }
}

export class Reuse {
  /** Null where every cosine is to be computed when it is needed. */
  readonly cosines: Cosines | null
  readonly #vectors = new WeakMap<Statistics, Map<Float32Array, Float32Array>>()

  constructor(shared: Shared | null = null) {
    this.cosines = shared && new Cosines(shared)
  }

  cosine(a: Float32Array, b: Float32Array): number {
    return this.cosines ? this.cosines.dot(a, this.cosines.add(b)) : dot(a, b)
  }

  /** The metric vector. */
  project(statistics: Statistics, embedding: Float32Array): Float32Array {
    let vectors = this.#vectors.get(statistics)
    if (!vectors) {
      vectors = new Map()
      this.#vectors.set(statistics, vectors)
    }
    let vector = vectors.get(embedding)
    if (!vector) {
      vector = project(statistics, embedding)
      vectors.set(embedding, vector)
    }
    return vector
  }
}
