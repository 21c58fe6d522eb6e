// The menu with the filters of a view: taxon, camera, station, days, import, the detector's confidence, the person who
// identified, and what people observed of the animal.

import { Popover } from '@kobalte/core/popover'
import { useQuery } from '@tanstack/solid-query'
import { createSignal, type JSX, Show } from 'solid-js'
import { Funnel, X } from '../icons/icons.ts'
import { focusView } from '../keys/focus.ts'
import { Choice } from '../parts/form/choice.tsx'
import { DayRange } from '../parts/form/day-range.tsx'
import { TaxonField } from '../parts/taxon/taxon-field.tsx'
import { account } from '../person/person.ts'
import { filterChoices } from '../server/detections.ts'
import { importList } from '../server/exchange/imports.ts'
import { dataOf } from '../server/query-client.ts'
import {
  type AnimalFilter,
  MARKS,
  type Mark,
  type Narrowing,
  narrowings,
  type Standing,
  standingNames,
  UNLIKELY,
} from './filter.ts'
import { ObservedFields } from './observed-fields.tsx'
import './narrow-menu.css'

const markWords: Record<Mark, string> = {
  notAnimal: 'No animal',
  person: 'A person',
  vehicle: 'A vehicle',
  unknown: 'Unknown',
  empty: 'Empty photo',
  unusable: 'Unusable photo',
}

const standings = Object.keys(standingNames) as Standing[] // the record's own keys

/** `queue`: another one, where the present one holds nothing that was asked for. */
type Change = (change: Partial<Narrowing>, queue?: AnimalFilter['queue']) => void

export function NarrowMenu(props: { filter: AnimalFilter; onChange: (filter: AnimalFilter) => void }): JSX.Element {
  const [open, setOpen] = createSignal(false)
  const choices = useQuery(() => ({ ...filterChoices(), enabled: open() }))
  const imports = useQuery(() => ({ ...importList(), enabled: open() }))
  const ways = () => narrowings(props.filter)
  /** Emptied filters are removed from the address. */
  const change: Change = (wanted, queue = props.filter.queue) => {
    const next: AnimalFilter = { ...props.filter, ...wanted, queue }
    // the cast: these are the keys of a Narrowing
    for (const name of Object.keys(wanted) as (keyof Narrowing)[]) if (!next[name]) delete next[name]
    props.onChange(next)
  }
  return (
    <Popover gutter={6} placement="bottom-start" open={open()} onOpenChange={setOpen}>
      <Popover.Trigger class="button quiet">
        <Funnel size={15} /> {ways() === 0 ? 'Filter' : `Filters: ${ways()}`}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content class="floating narrow-menu" onCloseAutoFocus={focusView}>
          <Popover.Title class="unseen">Filters</Popover.Title>
          <TaxonField label="Taxon and all below it" id={props.filter.taxon} onChange={(taxon) => change({ taxon })} />
          <Choice
            label="Camera or place"
            any="All"
            value={props.filter.deployment}
            options={(dataOf(choices)?.deployments ?? []).map((name) => ({
              value: name,
              text: name.replaceAll('_', ' '),
            }))}
            onChange={(deployment) => change({ deployment })}
          />
          <Choice
            label="Station"
            any="All"
            value={props.filter.site}
            options={(dataOf(choices)?.sites ?? []).map((name) => ({ value: name, text: name.replaceAll('_', ' ') }))}
            onChange={(site) => change({ site })}
          />
          <div class="form-pair">
            <DayRange days={props.filter} onChange={change} />
          </div>
          <Choice
            label="Import"
            any="All"
            value={props.filter.importId}
            options={(dataOf(imports)?.items ?? []).map((one) => ({ value: one.id, text: one.name }))}
            onChange={(importId) => change({ importId })}
          />
          <Choice
            label="Suggestion"
            any="All"
            value={props.filter.sure}
            options={[
              { value: 'true', text: 'Sure of a taxon' },
              { value: 'false', text: 'Sure of none' },
            ]}
            onChange={(sure) => change({ sure: sure === 'true' || sure === 'false' ? sure : undefined })}
          />
          <div class="form-pair">
            <Share
              label="Detector at least"
              value={props.filter.minConfidence}
              onChange={(minConfidence) => change({ minConfidence })}
            />
            <Share
              label="Detector at most"
              value={props.filter.maxConfidence}
              onChange={(maxConfidence) => change({ maxConfidence })}
            />
          </div>
          <Choice
            label="Identified by"
            any="All"
            value={props.filter.person}
            options={(dataOf(choices)?.people ?? []).map((name) => ({ value: name, text: name }))}
            onChange={(person) => change({ person })}
          />
          <Show when={account()}>
            <label>
              <input
                type="checkbox"
                checked={props.filter.mine !== undefined}
                onChange={(event) => change({ mine: event.currentTarget.checked ? 'true' : undefined })}
              />{' '}
              Only what is assigned to me
            </label>
          </Show>
          <Choice
            label="Marked as"
            any="All"
            value={props.filter.mark}
            options={MARKS.map((mark) => ({ value: mark, text: markWords[mark] }))}
            onChange={(mark) => change({ mark: MARKS.find((one) => one === mark) }, mark === '' ? undefined : 'marked')}
          />
          <Choice
            label="Among all animals"
            any="All"
            value={props.filter.standing}
            options={standings.map((value) => ({ value, text: standingNames[value] }))}
            onChange={(value) => change({ standing: standings.find((one) => one === value) })}
          />
          <Choice
            label="Boxes that are probably no animals"
            any="Hidden"
            value={props.filter.unlikely}
            options={[
              { value: 'show', text: 'Shown' },
              { value: 'only', text: 'Only these' },
            ]}
            onChange={(value) => change({ unlikely: UNLIKELY.find((one) => one === value) })}
          />
          <ObservedFields filter={props.filter} onChange={change} />
          <button
            type="button"
            class="button"
            disabled={ways() === 0}
            onClick={() => props.onChange({ queue: props.filter.queue })}
          >
            <X size={15} /> Clear filters
          </button>
        </Popover.Content>
      </Popover.Portal>
    </Popover>
  )
}

/** Shows and edits a fraction as a percentage. */
function Share(props: { label: string; value: string | undefined; onChange: (value: string) => void }): JSX.Element {
  return (
    <label class="field">
      {props.label}
      <span class="narrow-menu-share">
        <input
          class="input"
          type="number"
          min="0"
          max="100"
          step="5"
          inputmode="numeric"
          value={props.value === undefined ? '' : Math.round(Number(props.value) * 100)}
          onChange={({ currentTarget: { value, valueAsNumber } }) =>
            props.onChange(value === '' ? '' : String(Math.min(100, Math.max(0, valueAsNumber)) / 100))
          }
        />
        %
      </span>
    </label>
  )
}
