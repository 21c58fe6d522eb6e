// The nearest animals of other bursts, for each of many animals: exact among few, among the likeliest beyond.

import { random } from '../seeded-random.ts'

/** Metric vectors, one row after another. */
export type VectorRows = { values: Float32Array; size: number }
/** For each row up to `k` others, nearest first; `rows` holds -1 where there are no more. */
export type NearRows = { k: number; rows: Int32Array; similarities: Float32Array }

/** So many rows are compared with all others. */
const MOST_EXACT = 12_000
/** Of so many rows for each cell. A row is compared with those of the cells nearest to it. */
const CELL_ROWS = 500
const CELLS_LOOKED_AT = 6

/** Similarity is the cosine of metric vectors, 0..1. Rows of one group are never each other's neighbours. */
export function nearRows(
  { values, size }: VectorRows,
  groups: readonly string[],
  k: number,
  isCandidate: (row: number) => boolean = () => true,
): NearRows {
  const count = groups.length
  const unit = unitRows(values, size, count)
  const group = numbered(groups)
  const near: NearRows = {
    ...{ k, rows: new Int32Array(count * k).fill(-1) },
    similarities: new Float32Array(count * k),
  }
  const candidatesOf = count <= MOST_EXACT ? null : cellsOf(unit, size, count)
  for (let row = 0; row < count; row++) {
    const candidates = candidatesOf?.(row)
    const among = candidates?.length ?? count
    for (let c = 0; c < among; c++) {
      const other = candidates ? candidates[c]! : c
      if (group[other] !== group[row] && isCandidate(other)) insert(near, row, other, dotRows(unit, size, row, other))
    }
  }
  return near
}

/** Of each row to the nearest other one; 0 where there is none. */
export const nearestSimilarity = ({ k, similarities, rows }: NearRows, row: number): number =>
  rows[row * k]! < 0 ? 0 : similarities[row * k]!

function insert({ k, rows, similarities }: NearRows, row: number, other: number, similarity: number): void {
  const start = row * k
  let at = start + k
  if (rows[at - 1]! >= 0 && similarities[at - 1]! >= similarity) return
  while (at > start && (rows[at - 1]! < 0 || similarities[at - 1]! < similarity)) at--
  rows.copyWithin(at + 1, at, start + k - 1)
  similarities.copyWithin(at + 1, at, start + k - 1)
  rows[at] = other
  similarities[at] = Math.max(0, similarity)
}

function unitRows(values: Float32Array, size: number, count: number): Float32Array {
  const unit = new Float32Array(count * size)
  for (let start = 0; start < unit.length; start += size) {
    let squares = 0
    for (let d = 0; d < size; d++) squares += values[start + d]! ** 2
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0
    for (let d = 0; d < size; d++) unit[start + d] = values[start + d]! * scale
  }
  return unit
}

function dotRows(unit: Float32Array, size: number, a: number, b: number): number {
  let sum = 0
  for (let d = 0, i = a * size, j = b * size; d < size; d++) sum += unit[i++]! * unit[j++]!
  return sum
}

function numbered(groups: readonly string[]): Int32Array {
  const numbers = new Map<string, number>()
  return Int32Array.from(groups, (group) => {
    const known = numbers.get(group)
    if (known !== undefined) return known
    numbers.set(group, numbers.size)
    return numbers.size - 1
  })
}

/**
 * Each row belongs to the nearest of some rows that were drawn; a row's candidates are the rows of the nearest cells.
 */
function cellsOf(unit: Float32Array, size: number, count: number): (row: number) => Int32Array {
  const next = random(1)
  const centres = Int32Array.from({ length: Math.ceil(count / CELL_ROWS) }, () => Math.floor(next() * count))
  const cells: number[][] = Array.from(centres, () => [])
  const nearest = new Int32Array(count * CELLS_LOOKED_AT)
  for (let row = 0; row < count; row++) {
    const order = Array.from(centres, (centre, cell) => ({ cell, similarity: dotRows(unit, size, row, centre) }))
    order.sort((a, b) => b.similarity - a.similarity || a.cell - b.cell)
    for (let c = 0; c < CELLS_LOOKED_AT; c++)
      nearest[row * CELLS_LOOKED_AT + c] = order[Math.min(c, order.length - 1)]!.cell
    cells[order[0]!.cell]!.push(row)
  }
  const rowsOf = cells.map((rows) => Int32Array.from(rows))
  return (row) => {
    const looked = nearest.subarray(row * CELLS_LOOKED_AT, (row + 1) * CELLS_LOOKED_AT)
    const all = new Int32Array(looked.reduce((sum, cell) => sum + rowsOf[cell]!.length, 0))
    let at = 0
    for (const cell of looked) {
      all.set(rowsOf[cell]!, at)
      at += rowsOf[cell]!.length
    }
    return all
  }
}
