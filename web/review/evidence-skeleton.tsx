// Grey shapes where the answer will stand.

import { For, type JSX } from 'solid-js'

const rows = [1, 2, 3, 4, 5]

export function EvidenceSkeleton(): JSX.Element {
  return (
    <div class="evidence-skeleton" role="status" aria-label="Asking the tree">
      <div class="skeleton line" />
      <For each={rows}>{() => <div class="skeleton row" />}</For>
      <For each={rows.slice(0, 3)}>{() => <div class="skeleton block" />}</For>
    </div>
  )
}
