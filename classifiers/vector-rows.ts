// Vectors of one length in large blocks, each in a row that it keeps until it is freed. A row takes four bytes per
// number; scattered small arrays take more, and dot products with them take longer.

/** Rows of one block: 5 MB where a vector has 1,280 numbers. */
const BLOCK_ROWS = 1024

/** Vectors of one length by the number of their row. */
export type Vectors = {
  /** Copies a vector into a row and returns its number. */
  add(vector: Float32Array): number
  free(row: number): void
  /** A view of the row, valid until the row is freed. */
  at(row: number): Float32Array
  /** The dot product with a row; that of two rows is the same whichever comes first. */
  dot(vector: Float32Array, row: number): number
}

export class VectorRows implements Vectors {
  readonly size: number
  #blocks: Float32Array[] = []
  #free: number[] = []
  #used = 0

  /** `size`: numbers per vector. */
  constructor(size: number) {
    this.size = size
  }

  add(vector: ArrayLike<number>): number {
    if (vector.length !== this.size)
      throw new RangeError(`Expected a vector of ${this.size} numbers but received ${vector.length}`)
    const row = this.#free.pop() ?? this.#used++
    const block = Math.floor(row / BLOCK_ROWS)
    this.#blocks[block] ??= new Float32Array(BLOCK_ROWS * this.size)
    this.#blocks[block].set(vector, (row % BLOCK_ROWS) * this.size)
    return row
  }

  free(row: number): void {
    this.#free.push(row)
  }

  at(row: number): Float32Array {
    const start = (row % BLOCK_ROWS) * this.size
    return this.#blocks[Math.floor(row / BLOCK_ROWS)]!.subarray(start, start + this.size)
  }

  dot(vector: Float32Array, row: number): number {
    return dotFrom(vector, this.#blocks[Math.floor(row / BLOCK_ROWS)]!, (row % BLOCK_ROWS) * this.size)
  }
}

export const dot = (a: Float32Array, b: Float32Array): number => dotFrom(a, b, 0)

/** Dot product of `a` with `b` from `start` on; four sums, because each addition waits for the one before it. */
export function dotFrom(a: Float32Array, b: Float32Array, start: number): number {
  const size = a.length
  let p = 0
  let q = 0
  let r = 0
  let t = 0
  let i = 0
  for (; i + 3 < size; i += 4) {
    const at = start + i
    p += a[i]! * b[at]!
    q += a[i + 1]! * b[at + 1]!
    r += a[i + 2]! * b[at + 2]!
    t += a[i + 3]! * b[at + 3]!
  }
  for (; i < size; i++) p += a[i]! * b[start + i]!
  return p + q + (r + t)
}
