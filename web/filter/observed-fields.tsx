// Filters by what people observed of an animal besides its taxon.

import type { JSX } from 'solid-js'
import { Choice } from '../parts/choice.tsx'
import { LIFE_STAGES, type LifeStage, type Narrowing, SEXES, type Sex } from './filter.ts'
import './observed-fields.css'

const optionsOf = (values: readonly string[]) => values.map((value) => ({ value, text: value }))

export function ObservedFields(props: {
  filter: Narrowing
  onChange: (change: Partial<Narrowing>) => void
}): JSX.Element {
  const isUsed = () => {
    const { sex, lifeStage, behaviour, individual, counted } = props.filter
    return [sex, lifeStage, behaviour, individual, counted].some((value) => value !== undefined)
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
      </div>
    </details>
  )
}

function Word(props: { label: string; value: string | undefined; onChange: (value: string) => void }): JSX.Element {
  return (
    <label class="field">
      {props.label}
      <input
        class="input"
        maxlength={200}
        value={props.value ?? ''}
        onChange={(event) => props.onChange(event.currentTarget.value.trim())}
      />
    </label>
  )
}
