// Dialogs that merge a taxon into another, or delete it and move what it contains to another.

import { createSignal, type JSX, Show } from 'solid-js'
import type { TaxonDetail } from '../../../api/contract/taxon.ts'
import type { TaxonFull } from '../../../api/contract/taxonomy.ts'
import { ChosenTaxon } from '../../parts/taxon/chosen-taxon.tsx'
import { TaxonPicker } from '../../parts/taxon/taxon-picker.tsx'
import type { Command } from '../../server/taxonomy.ts'
import { EditSheet } from './edit-sheet.tsx'

type Leaving = {
  taxon: TaxonFull
  onClose: () => void
  /** `to`: the taxon to look at instead. */
  onGone: (to: string | null) => void
}

export function MergeTaxon(props: Leaving): JSX.Element {
  const [into, setInto] = createSignal<TaxonDetail | null>(null)
  const commands = (): Command[] => {
    const target = into()
    return target === null ? [] : [{ kind: 'merge', id: props.taxon.id, intoId: target.id }]
  }
  return (
    <EditSheet
      {...props}
      other={into()}
      title={`Merge ${props.taxon.name}`}
      description="Its photos, its names and everything below it move to the other taxon. Links to it lead there from then on."
      action="Merge"
      commands={commands()}
      missing="Choose the taxon to merge it into."
      onDone={() => props.onGone(into()?.id ?? null)}
    >
      <Target label="Into" chosen={into()} onChoose={setInto} />
    </EditSheet>
  )
}

export function DeleteTaxon(props: Leaving): JSX.Element {
  const [moveTo, setMoveTo] = createSignal<TaxonDetail | null>(null)
  const needed = () => props.taxon.exampleCount + props.taxon.childCount > 0
  const commands = (): Command[] => {
    const target = moveTo()
    return [{ kind: 'delete', id: props.taxon.id, ...(target !== null && { moveTo: target.id }) }]
  }
  return (
    <EditSheet
      {...props}
      danger
      other={moveTo()}
      title={`Delete ${props.taxon.name}?`}
      description="If it has photos or taxa below it, choose where they go. You can undo this in the log."
      action="Delete"
      commands={commands()}
      onDone={() => props.onGone(moveTo()?.id ?? props.taxon.parentId)}
    >
      <Show when={needed() || moveTo()}>
        <Target label="Move its photos and taxa to" chosen={moveTo()} onChoose={setMoveTo} />
      </Show>
    </EditSheet>
  )
}

function Target(props: {
  label: string
  chosen: TaxonDetail | null
  onChoose: (taxon: TaxonDetail | null) => void
}): JSX.Element {
  return (
    <Show
      when={props.chosen}
      fallback={<TaxonPicker label={props.label} placeholder="Search for a taxon" onPick={props.onChoose} />}
    >
      {(taxon) => (
        <ChosenTaxon taxon={taxon()}>
          <button type="button" class="button quiet" onClick={() => props.onChoose(null)}>
            Change
          </button>
        </ChosenTaxon>
      )}
    </Show>
  )
}
