// Which crops of a wall are chosen, as in a list of files: one, several, or a range from the last one chosen. These
// functions are pure and need no browser.

export type Selection = {
  chosen: ReadonlySet<string>
  /** Where a range begins: the crop last clicked or toggled. */
  anchor: string | null
}

export const NOTHING: Selection = { chosen: new Set(), anchor: null }

export const only = (id: string): Selection => ({ chosen: new Set([id]), anchor: id })

export function toggle({ chosen }: Selection, id: string): Selection {
  const next = new Set(chosen)
  if (!next.delete(id)) next.add(id)
  return { chosen: next, anchor: id }
}

/** Selects from the anchor to this crop in the order of the wall. `keep` adds the range to the earlier selection. */
export function rangeTo(selection: Selection, id: string, order: readonly string[], keep = false): Selection {
  const to = order.indexOf(id)
  const from = selection.anchor === null ? to : order.indexOf(selection.anchor)
  if (to < 0) return selection
  if (from < 0) return only(id)
  const range = order.slice(Math.min(from, to), Math.max(from, to) + 1)
  return { chosen: new Set(keep ? [...selection.chosen, ...range] : range), anchor: order[from] ?? id }
}

export const add = (selection: Selection, ids: Iterable<string>): Selection => ({
  chosen: new Set([...selection.chosen, ...ids]),
  anchor: selection.anchor,
})

/** Removes from the selection what is no longer on the wall. */
export function without(selection: Selection, gone: ReadonlySet<string>): Selection {
  const chosen = new Set([...selection.chosen].filter((id) => !gone.has(id)))
  const anchor = selection.anchor !== null && gone.has(selection.anchor) ? null : selection.anchor
  return chosen.size === selection.chosen.size && anchor === selection.anchor ? selection : { chosen, anchor }
}
