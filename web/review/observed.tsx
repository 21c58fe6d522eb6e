// How many animals of the taxon are in the photo, and sex, life stage, behaviour and name of this one. Each field is
// saved when it changes; each change is a step of the history.

import { createUniqueId, For, type JSX } from 'solid-js'
import type { Observation } from '../../api/contract/detection.ts'
import type { DetectionDetail } from '../../api/contract/media.ts'
import { KeyHint } from '../keys/key-hint.tsx'
import { notifyFailure } from '../parts/notices.tsx'
import { observe } from '../server/observations.ts'
import { step } from '../teaching/teaching.ts'
import './observed.css'

const sexes = ['female', 'male'] as const
const lifeStages = ['adult', 'subadult', 'juvenile'] as const
/** Suggested while typing; any word may be written. */
const behaviours = [
  'foraging',
  'walking',
  'running',
  'resting',
  'drinking',
  'alert',
  'fighting',
  'mating',
  'with young',
]

export function Observed(props: { detection: DetectionDetail; ref: (element: HTMLInputElement) => void }): JSX.Element {
  const list = createUniqueId()
  const now = () => props.detection.observation
  const save = (said: Partial<Observation>) => {
    step(() => observe([props.detection.id], said)).catch((error: unknown) =>
      notifyFailure('The observation was not saved', error),
    )
  }
  const saveCount = (text: string) => {
    const count = text.trim() === '' || Number(text) === 0 ? null : Number(text)
    if (count !== null && !(Number.isInteger(count) && count > 0)) return
    if (count !== (now()?.count ?? null)) save({ count })
  }
  const saveWord = (key: 'behaviour' | 'individual', text: string) => {
    const word = text.trim() === '' ? null : text.trim()
    if (word !== (now()?.[key] ?? null)) save({ [key]: word })
  }
  const choice = (name: string, key: 'sex' | 'lifeStage', values: readonly string[]) => (
    <label>
      <span class="detail fine">{name}</span>
      <select
        class="select"
        // The options are the values of this field.
        onChange={(event) => save({ [key]: event.currentTarget.value || null } as Partial<Observation>)}
      >
        <option value="" selected={!now()?.[key]}>
          –
        </option>
        <For each={values}>
          {(value) => (
            <option value={value} selected={now()?.[key] === value}>
              {value}
            </option>
          )}
        </For>
      </select>
    </label>
  )
  const word = (name: string, key: 'behaviour' | 'individual', suggestions?: string) => (
    <label>
      <span class="detail fine">{name}</span>
      <input
        class="input"
        maxlength={200}
        list={suggestions}
        value={now()?.[key] ?? ''}
        onChange={(event) => saveWord(key, event.currentTarget.value)}
        onKeyDown={leave}
      />
    </label>
  )
  return (
    <section class="observed" aria-label="Observation">
      <label>
        <span class="detail fine">
          Count <KeyHint action="count" />
        </span>
        <input
          ref={props.ref}
          class="input"
          inputmode="numeric"
          pattern="[0-9]*"
          maxlength={6}
          placeholder="–"
          title="How many of its species are in the photo. Replaces the number of boxes in the results."
          value={now()?.count ?? ''}
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => saveCount(event.currentTarget.value)}
          onKeyDown={leave}
        />
      </label>
      {choice('Sex', 'sex', sexes)}
      {choice('Life stage', 'lifeStage', lifeStages)}
      {word('Behaviour', 'behaviour', list)}
      {word('Individual', 'individual')}
      <datalist id={list}>
        <For each={behaviours}>{(value) => <option value={value} />}</For>
      </datalist>
    </section>
  )
}

/** Enter and Escape give the keys back to the review; what was typed is saved. */
function leave(event: KeyboardEvent & { currentTarget: HTMLInputElement }): void {
  if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur()
}
