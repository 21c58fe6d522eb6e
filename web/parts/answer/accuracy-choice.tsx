// Selects how often answers should be right at the rank where they stop.

import { For, type JSX } from 'solid-js'
import { accuracies, accuracy, setAccuracy } from '../../person/accuracy.ts'
import './accuracy-choice.css'

export function AccuracyChoice(): JSX.Element {
  return (
    <label class="accuracy-choice" title="How often answers should be right at the rank where they stop">
      <span>Accuracy</span>
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
