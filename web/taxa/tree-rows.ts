// The visible rows of a tree of taxa, from the top, and the moves of the cursor among them. Pure, so that tests need no
// page.

import type { TaxonNode } from '../../api/contract/taxonomy.ts'

export type TreeRow = {
  node: TaxonNode
  /** 1 at the top. */
  level: number
  parent: string | null
  /** The position among the siblings, counted from 1, and their number. */
  position: number
  siblings: number
  open: boolean
}

export const TOP = 'none'

export function visibleRows(children: ReadonlyMap<string, readonly TaxonNode[]>, open: ReadonlySet<string>): TreeRow[] {
  const rows: TreeRow[] = []
  const add = (parent: string | null, level: number) => {
    const nodes = children.get(parent ?? TOP) ?? []
    for (const [i, node] of nodes.entries()) {
      const isOpen = open.has(node.id) && node.childCount > 0
      rows.push({ node, level, parent, position: i + 1, siblings: nodes.length, open: isOpen })
      if (isOpen) add(node.id, level + 1)
    }
  }
  add(null, 1)
  return rows
}

export type Step = { kind: 'go'; index: number } | { kind: 'open' | 'close' | 'choose'; index: number }

/** The step for a key in a tree (WAI-ARIA), or null for other keys. */
export function stepOf(key: string, rows: readonly TreeRow[], at: number, page: number): Step | null {
  const row = rows[at]
  const go = (index: number): Step => ({ kind: 'go', index: Math.max(0, Math.min(rows.length - 1, index)) })
  if (rows.length === 0) return null
  if (!row) return ['ArrowDown', 'ArrowUp', 'Home', 'End'].includes(key) ? go(0) : null
  switch (key) {
    case 'ArrowDown':
      return go(at + 1)
    case 'ArrowUp':
      return go(at - 1)
    case 'PageDown':
      return go(at + page)
    case 'PageUp':
      return go(at - page)
    case 'Home':
      return go(0)
    case 'End':
      return go(rows.length - 1)
    case 'ArrowRight':
      if (row.node.childCount === 0) return null
      return row.open ? go(at + 1) : { kind: 'open', index: at }
    case 'ArrowLeft': {
      if (row.open) return { kind: 'close', index: at }
      const parent = rows.findLastIndex((one, i) => i < at && one.level === row.level - 1)
      return parent < 0 ? null : go(parent)
    }
    case 'Enter':
    case ' ':
      return { kind: 'choose', index: at }
    default:
      return null
  }
}

/** The next row whose name begins with the typed text, searching from `at` and wrapping around; -1 if there is none. */
export function typedRow(rows: readonly TreeRow[], at: number, typed: string): number {
  const text = typed.toLowerCase()
  // More letters of a word can match the current row; a new word starts at the next.
  const start = text.length > 1 ? at : at + 1
  for (let i = 0; i < rows.length; i++) {
    const index = (start + i + rows.length) % rows.length
    if (rows[index]?.node.name.toLowerCase().startsWith(text)) return index
  }
  return -1
}
