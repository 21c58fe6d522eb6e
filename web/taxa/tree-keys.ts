// The keyboard in the tree of taxa: the usual keys of a tree. In addition, X picks up a taxon and V moves it below
// another.

import { stepOf, type TreeRow, typedRow } from './tree-rows.ts'
import type { TreeState } from './tree-state.ts'

/** Letters typed faster than this belong to one name. */
const TYPING_MS = 700

/** Returns the handler for the tree's keydown event. */
export function treeKeys(options: {
  tree: TreeState
  /** The number of rows that fit into the pane. */
  page: () => number
  goTo: (index: number) => void
  onOpen: (id: string) => void
  /** Moves the held taxon below this one. */
  onPut: (target: TreeRow) => void
}): (event: KeyboardEvent) => void {
  const { tree } = options
  let typed = ''
  let typedAt = 0
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const rows = tree.rows()
    const current = rows[tree.at()]
    const step = stepOf(event.key, rows, tree.at(), options.page())
    const row = step === null ? undefined : rows[step.index]
    if (step !== null && row !== undefined) {
      if (step.kind === 'go') options.goTo(step.index)
      else if (step.kind === 'open') void tree.expand(row.node.id)
      else if (step.kind === 'close') tree.collapse(row.node.id)
      else options.onOpen(row.node.id)
    } else if (event.key === 'Escape' && tree.held()) tree.setHeld(null)
    else if (event.key === 'X' && current) tree.setHeld(current.node)
    else if (event.key === 'V' && current) options.onPut(current)
    else if (event.key === '*' && current) {
      for (const one of rows)
        if (one.parent === current.parent && one.node.childCount > 0) void tree.expand(one.node.id)
    } else if (event.key.length === 1 && /[\p{L}\p{N}]/u.test(event.key)) {
      typed = event.timeStamp - typedAt < TYPING_MS ? typed + event.key : event.key
      typedAt = event.timeStamp
      const found = typedRow(rows, tree.at(), typed)
      if (found >= 0) options.goTo(found)
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
}
