// The filter of all charts: a taxon and everything below it, a camera, a station, days, an import, a person.

import { useQuery } from '@tanstack/solid-query'
import { type JSX, Show } from 'solid-js'
import { X } from '../icons/icons.ts'
import { Choice } from '../parts/form/choice.tsx'
import { DayRange } from '../parts/form/day-range.tsx'
import { TaxonById } from '../parts/taxon/taxon-by-id.tsx'
import { TaxonPicker } from '../parts/taxon/taxon-picker.tsx'
import { filterChoices } from '../server/detections.ts'
import { importList } from '../server/exchange/imports.ts'
import type { InsightFilter } from '../server/insight.ts'
import { dataOf } from '../server/query-client.ts'
import { isNarrowed } from './filter.ts'
import './filter-bar.css'

export function FilterBar(props: {
  filter: InsightFilter
  /** Leaves the choice of a person out. */
  everybody?: boolean
  onChange: (filter: InsightFilter) => void
}): JSX.Element {
  const choices = useQuery(filterChoices)
  const imports = useQuery(importList)
  const change = (part: InsightFilter) => props.onChange({ ...props.filter, ...part })
  const given = (value: string | undefined) => (value === '' ? undefined : value)
  return (
    <search class="choices filter-bar" aria-label="Filter">
      <div class="filter-bar-taxon">
        <Show
          when={props.filter.taxon}
          fallback={
            <TaxonPicker
              label="Taxon and all below it"
              placeholder="Any taxon"
              onPick={(taxon) => change({ taxon: taxon.id })}
            />
          }
        >
          {(id) => <ChosenTaxon id={id()} onClear={() => change({ taxon: undefined })} />}
        </Show>
      </div>
      <Choice
        label="Camera"
        any="Any camera"
        value={props.filter.deployment}
        options={(dataOf(choices)?.deployments ?? []).map((name) => ({ value: name, text: name.replaceAll('_', ' ') }))}
        onChange={(value) => change({ deployment: given(value) })}
      />
      <Choice
        label="Station"
        any="Any station"
        value={props.filter.site}
        options={(dataOf(choices)?.sites ?? []).map((name) => ({ value: name, text: name.replaceAll('_', ' ') }))}
        onChange={(value) => change({ site: given(value) })}
      />
      <DayRange
        days={props.filter}
        onChange={({ from = props.filter.from, to = props.filter.to }) => change({ from: given(from), to: given(to) })}
      />
      <Choice
        label="Import"
        any="Any import"
        value={props.filter.importId}
        options={(dataOf(imports)?.items ?? []).map(({ id, name }) => ({ value: id, text: name }))}
        onChange={(value) => change({ importId: given(value) })}
      />
      <Show when={!props.everybody}>
        <Choice
          label="Identified by"
          any="Any person"
          value={props.filter.person}
          options={(dataOf(choices)?.people ?? []).map((name) => ({ value: name, text: name }))}
          onChange={(value) => change({ person: given(value) })}
        />
      </Show>
      <button
        type="button"
        class="button quiet"
        disabled={!isNarrowed(props.filter)}
        onClick={() =>
          props.onChange({
            taxon: undefined,
            deployment: undefined,
            site: undefined,
            from: undefined,
            to: undefined,
            importId: undefined,
            person: undefined,
          })
        }
      >
        <X size={15} /> Clear filters
      </button>
    </search>
  )
}

function ChosenTaxon(props: { id: string; onClear: () => void }): JSX.Element {
  return (
    <div class="field">
      Taxon and all below it
      <span class="filter-bar-chosen input">
        <TaxonById id={props.id} />
        <button type="button" class="button quiet icon" aria-label="Any taxon" onClick={() => props.onClear()}>
          <X size={15} />
        </button>
      </span>
    </div>
  )
}
