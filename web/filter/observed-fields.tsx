// Filters by what people observed of an animal besides its taxon.

import { useQuery } from '@tanstack/solid-query'
import { For, type JSX, Show } from 'solid-js'
import type { OwnField as OwnFieldOfProject } from '../../api/contract/survey/own-field.ts'
import { Choice } from '../parts/form/choice.tsx'
import { dataOf } from '../server/query-client.ts'
import { ownFields } from '../server/survey/observations.ts'
import { LIFE_STAGES, type LifeStage, type Narrowing, SEXES, type Sex } from './filter.ts'
import './observed-fields.css'

const optionsOf = (values: readonly string[]) => values.map((value) => ({ value, text: value }))

export function ObservedFields(props: {
  filter: Narrowing
  onChange: (change: Partial<Narrowing>) => void
}): JSX.Element {
  const fields = useQuery(() => ownFields())
  const wanted = () => ownOf(props.filter.own)
  const want = (id: string, value: string) => props.onChange({ own: ownText({ ...wanted(), [id]: value }) })
  const isUsed = () => {
    const { sex, lifeStage, behaviour, individual, counted, own } = props.filter
    return [sex, lifeStage, behaviour, individual, counted, own].some((value) => value !== undefined)
  }
  return (
    <details class="observed-fields" open={isUsed()}>
      <summary>What was observed</summary>
      <div class="observed-fields-inner">
        <div class="form-pair">
          <Choice
            label="Sex"
            any="All"
            value={props.filter.sex}
            options={optionsOf(SEXES)}
            onChange={(sex) => props.onChange({ sex: sex as Sex })} // one of the options
          />
          <Choice
            label="Life stage"
            any="All"
            value={props.filter.lifeStage}
            options={optionsOf(LIFE_STAGES)}
            onChange={(stage) => props.onChange({ lifeStage: stage as LifeStage })} // one of the options
          />
        </div>
        <div class="form-pair">
          <Word
            label="Behaviour"
            value={props.filter.behaviour}
            onChange={(behaviour) => props.onChange({ behaviour })}
          />
          <Word
            label="Individual"
            value={props.filter.individual}
            onChange={(individual) => props.onChange({ individual })}
          />
        </div>
        <Choice
          label="Counted by a person"
          any="All"
          value={props.filter.counted}
          options={[
            { value: 'true', text: 'Yes' },
            { value: 'false', text: 'No' },
          ]}
          onChange={(counted) => props.onChange({ counted: counted as 'true' | 'false' })} // one of the options
        />
        <For each={dataOf(fields)?.items ?? []}>
          {(field) => <OwnField field={field} value={wanted()[field.id]} onChange={(value) => want(field.id, value)} />}
        </For>
      </div>
    </details>
  )
}

/** What is asked of the project's own fields, by id. */
const ownOf = (text = ''): Record<string, string> =>
  Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf(':')
      return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1)]]
    }),
  )

const ownText = (wanted: Record<string, string>) =>
  Object.entries(wanted)
    .filter(([, value]) => value !== '')
    .map((entry) => entry.join(':'))
    .join('\n')

function OwnField(props: {
  field: OwnFieldOfProject
  value: string | undefined
  onChange: (value: string) => void
}): JSX.Element {
  return (
    <Show
      when={props.field.kind === 'choice'}
      fallback={
        <Word
          label={props.field.name}
          hint={props.field.kind === 'number' ? 'such as 3 or 2..5' : undefined}
          value={props.value}
          onChange={props.onChange}
        />
      }
    >
      <Choice
        label={props.field.name}
        any="All"
        value={props.value}
        options={optionsOf(props.field.choices)}
        onChange={props.onChange}
      />
    </Show>
  )
}

function Word(props: {
  label: string
  hint?: string | undefined
  value: string | undefined
  onChange: (value: string) => void
}): JSX.Element {
  return (
    <label class="field">
      {props.label}
      <input
        class="input"
        maxlength={200}
        placeholder={props.hint}
        value={props.value ?? ''}
        onChange={(event) => props.onChange(event.currentTarget.value.trim())}
      />
    </label>
  )
}
