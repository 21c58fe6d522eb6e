// Which crops of a wall are chosen, as in any list of files: one, some, or a range from the one chosen before. In: what was chosen
// and the click or key. Out: what is chosen then. Nothing here knows of a browser.

export type Selection = {
  chosen: ReadonlySet<string>
  /** Where a range begins: the one last clicked or toggled. */
  anchor: string | null
}

export const NOTHING: Selection = { chosen: new Set(), anchor: null }

export const only = (id: string): Selection => ({ chosen: new Set([id]), anchor: id })

export function toggle({ chosen }: Selection, id: string): Selection {
  const next = new Set(chosen)
  if (!next.delete(id)) next.add(id)
  return { chosen: next, anchor: id }
}

/** From the anchor to this one, in the order of the wall; with `keep` what was chosen before stays. */
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

/** What is no longer on the wall is no longer chosen. */
export function without(selection: Selection, gone: ReadonlySet<string>): Selection {
  const chosen = new Set([...selection.chosen].filter((id) => !gone.has(id)))
  const anchor = selection.anchor !== null && gone.has(selection.anchor) ? null : selection.anchor
  return chosen.size === selection.chosen.size && anchor === selection.anchor ? selection : { chosen, anchor }
}
