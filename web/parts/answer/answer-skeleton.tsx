// A placeholder while an answer loads.

import { For, type JSX } from 'solid-js'
import './answer-skeleton.css'

const rows = [1, 2, 3, 4, 5]

export function AnswerSkeleton(): JSX.Element {
  return (
    <div class="answer-skeleton" role="status" aria-label="Waiting for the answer">
      <div class="skeleton answer-skeleton-line" />
      <For each={rows}>{() => <div class="skeleton answer-skeleton-row" />}</For>
      <For each={rows.slice(0, 3)}>{() => <div class="skeleton answer-skeleton-block" />}</For>
    </div>
  )
}
