// How often an answer should be right at the rank where it stops.

import { For, type JSX } from 'solid-js'
import { accuracies, accuracy, setAccuracy } from '../../person/accuracy.ts'
import './accuracy-choice.css'

export function AccuracyChoice(): JSX.Element {
  return (
    <label class="accuracy-choice">
      <span>stop where right</span>
      <select
        class="select"
        value={String(accuracy())}
        onChange={(event) => setAccuracy(Number(event.currentTarget.value))}
      >
        <For each={accuracies}>{(a) => <option value={String(a)}>{Math.round(a * 100)} %</option>}</For>
      </select>
    </label>
  )
}
