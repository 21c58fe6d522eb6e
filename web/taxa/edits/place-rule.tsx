// How exactly exports and viewers may know where animals of a taxon were seen.

import { createSignal, For, type JSX, Show } from 'solid-js'
import type { PlaceRule, TaxonFull } from '../../../api/contract/taxonomy.ts'
import { EditSheet } from './edit-sheet.tsx'
import { placesText } from './place-words.ts'

const RULES: { rule: PlaceRule | null; says: string }[] = [
  { rule: null, says: 'Exact' },
  { rule: '0.001', says: 'Rounded to 0.001° (about 100 m)' },
  { rule: '0.01', says: 'Rounded to 0.01° (about 1 km)' },
  { rule: '0.1', says: 'Rounded to 0.1° (about 11 km)' },
  { rule: '1', says: 'Rounded to 1° (about 110 km)' },
  { rule: 'hidden', says: 'Left out' },
]

export function PlaceRuleSheet(props: { taxon: TaxonFull; onClose: () => void }): JSX.Element {
  const [rule, setRule] = createSignal(props.taxon.placeRule)
  return (
    <EditSheet
      {...props}
      title={`Places of ${props.taxon.name}`}
      description="Holds for this taxon and everything below it, in every export and for viewers. Where such an animal was seen, the coordinates of all photos of that deployment follow the strictest rule."
      action="Save rule"
      commands={
        rule() === props.taxon.placeRule ? [] : [{ kind: 'setPlaceRule', id: props.taxon.id, placeRule: rule() }]
      }
    >
      <label class="field">
        Coordinates in exports
        <select
          class="input"
          value={rule() ?? ''}
          onChange={(event) =>
            setRule(RULES.find((one) => (one.rule ?? '') === event.currentTarget.value)?.rule ?? null)
          }
        >
          <For each={RULES}>{(one) => <option value={one.rule ?? ''}>{one.says}</option>}</For>
        </select>
        <Show when={props.taxon.placeRuleAbove}>
          {(above) => (
            <span class="hint">A taxon above it has a rule: {placesText(above())}. The stricter one counts.</span>
          )}
        </Show>
      </label>
    </EditSheet>
  )
}
