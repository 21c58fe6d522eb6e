// A chart's numbers as a table, to read and to save. A row can open the photos behind it, so charts work without a
// mouse.

import type { Cell } from './export.ts'

export type Row = { cells: readonly Cell[]; open?: () => void }
export type ChartTable = { columns: readonly string[]; rows: readonly Row[] }
