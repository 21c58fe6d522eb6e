// Lines of CSV, whose cells no spreadsheet takes for formulas.

import { stringify } from 'csv-stringify/sync'
import { harmlessCell } from '../table-rows.ts'

type Cell = string | number | boolean | null | undefined

/** `columns` in their order; what a row lacks is empty. */
export function csvLines<Column extends string>(
  columns: readonly Column[],
  rows: Partial<Record<Column, Cell>>[],
): string {
  const cells = rows.map((row) => columns.map((column) => cellOf(row[column])))
  return cells.length === 0 ? '' : stringify(cells)
}
export const csvHeader = (columns: readonly string[]): string => stringify([[...columns]])

const cellOf = (value: Cell): string =>
  value === null || value === undefined ? '' : typeof value === 'string' ? harmlessCell(value) : String(value)
