// The fields of what people observe besides the taxon: count, sex, life stage, behaviour, individual, and the project's
// own. Each field tells what was entered when it is left.

import { useQuery } from '@tanstack/solid-query'
import { createUniqueId, For, type JSX, Match, Show, Switch } from 'solid-js'
import type { Observation } from '../../../api/contract/detection.ts'
import type { OwnField } from '../../../api/contract/survey/own-field.ts'
import { KeyHint } from '../../keys/key-hint.tsx'
import { dataOf } from '../../server/query-client.ts'
import { ownFields, type Said } from '../../server/survey/observations.ts'
import './observation-fields.css'

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

export function ObservationFields(props: {
  now: Partial<Observation> | null
  say: (said: Said) => void
  /** Shown in empty fields. */
  empty: string
  ref?: (element: HTMLInputElement) => void
}): JSX.Element {
  const list = createUniqueId()
  const fields = useQuery(() => ownFields())
  const saveCount = (text: string) => {
    const count = text.trim() === '' || Number(text) === 0 ? null : Number(text)
    if (count !== null && !(Number.isInteger(count) && count > 0)) return
    if (count !== (props.now?.count ?? null)) props.say({ count })
  }
  const saveWord = (key: 'behaviour' | 'individual', text: string) => {
    const word = text.trim() === '' ? null : text.trim()
    if (word !== (props.now?.[key] ?? null)) props.say({ [key]: word })
  }
  const choice = (name: string, key: 'sex' | 'lifeStage', values: readonly string[]) => (
    <OneOf
      name={name}
      empty={props.empty}
      now={props.now?.[key]}
      values={values}
      onChange={(value) => props.say({ [key]: value } as Said)} // the options are the values of this field
    />
  )
  const word = (name: string, key: 'behaviour' | 'individual', suggestions?: string) => (
    <label class="observation-fields-wide">
      <span class="detail fine observation-fields-name">{name}</span>
      <input
        class="input"
        maxlength={200}
        placeholder={props.empty}
        list={suggestions}
        value={props.now?.[key] ?? ''}
        onChange={(event) => saveWord(key, event.currentTarget.value)}
        onKeyDown={leave}
      />
    </label>
  )
  return (
    <div class="observation-fields">
      <label>
        <span class="detail fine observation-fields-name">
          Count
          <Show when={props.ref}>
            {' '}
            <KeyHint action="count" />
          </Show>
        </span>
        <input
          ref={(element) => props.ref?.(element)}
          class="input"
          inputmode="numeric"
          pattern="[0-9]*"
          maxlength={6}
          placeholder={props.empty}
          title="How many of its species are in the photo. Replaces the number of boxes in the results."
          value={props.now?.count ?? ''}
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => saveCount(event.currentTarget.value)}
          onKeyDown={leave}
        />
      </label>
      {choice('Sex', 'sex', sexes)}
      {choice('Life stage', 'lifeStage', lifeStages)}
      {word('Behaviour', 'behaviour', list)}
      {word('Individual', 'individual')}
      <For each={dataOf(fields)?.items ?? []}>
        {(field) => (
          <OwnInput
            field={field}
            empty={props.empty}
            now={props.now?.own?.[field.id]}
            onChange={(value) => props.say({ own: { [field.id]: value } })}
          />
        )}
      </For>
      <datalist id={list}>
        <For each={behaviours}>{(value) => <option value={value} />}</For>
      </datalist>
    </div>
  )
}

function OneOf(props: {
  name: string
  empty: string
  now: string | null | undefined
  values: readonly string[]
  onChange: (value: string | null) => void
}): JSX.Element {
  /** A value that is no choice any more stays visible. */
  const values = () => (props.now && !props.values.includes(props.now) ? [props.now, ...props.values] : props.values)
  return (
    <label>
      <span class="detail fine observation-fields-name">{props.name}</span>
      <select
        class="select"
        onChange={({ currentTarget: { value } }) => props.onChange(props.values.find((one) => one === value) ?? null)}
      >
        <option value="" selected={!props.now}>
          {props.empty}
        </option>
        <For each={values()}>
          {(value) => (
            <option value={value} selected={props.now === value}>
              {value}
            </option>
          )}
        </For>
      </select>
    </label>
  )
}

type OwnValue = string | number

/** A field that the project defined. */
function OwnInput(props: {
  field: OwnField
  empty: string
  now: OwnValue | undefined
  onChange: (value: OwnValue | null) => void
}): JSX.Element {
  const save = (text: string) => {
    const written = text.trim()
    const value = written === '' ? null : props.field.kind === 'number' ? Number(written.replace(',', '.')) : written
    if (!Number.isNaN(value) && value !== (props.now ?? null)) props.onChange(value)
  }
  return (
    <Switch>
      <Match when={props.field.kind === 'choice'}>
        <OneOf
          name={props.field.name}
          empty={props.empty}
          now={props.now?.toString()}
          values={props.field.choices}
          onChange={props.onChange}
        />
      </Match>
      <Match when={props.field.kind !== 'choice'}>
        <label classList={{ 'observation-fields-wide': props.field.kind === 'text' }}>
          <span class="detail fine observation-fields-name">{props.field.name}</span>
          <input
            class="input"
            inputmode={props.field.kind === 'number' ? 'decimal' : 'text'}
            maxlength={200}
            placeholder={props.empty}
            value={props.now ?? ''}
            onChange={(event) => save(event.currentTarget.value)}
            onKeyDown={leave}
          />
        </label>
      </Match>
    </Switch>
  )
}

/** Enter and Escape give the keys back to the review; what was typed is saved. In a form, Enter submits. */
function leave(event: KeyboardEvent & { currentTarget: HTMLInputElement }): void {
  if (event.currentTarget.form !== null || (event.key !== 'Enter' && event.key !== 'Escape')) return
  // Without the field in focus the review would take this Enter as its own, and confirm or skip the animal.
  event.preventDefault()
  event.currentTarget.blur()
}
