// A chart's numbers as a table: to look at and to save. Each row may open the photos behind it, so nothing needs a mouse.

import type { Cell } from '../export.ts'

export type Row = { cells: readonly Cell[]; open?: () => void }
export type ChartTable = { columns: readonly string[]; rows: readonly Row[] }
