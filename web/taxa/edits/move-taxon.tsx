// Moves a taxon, with everything below it, to another place in the taxonomy.

import { createSignal, type JSX, Show } from 'solid-js'
import type { Taxon } from '../../../api/contract/taxon.ts'
import type { TaxonNode } from '../../../api/contract/taxonomy.ts'
import { ChosenTaxon } from '../../parts/taxon/chosen-taxon.tsx'
import { TaxonPicker } from '../../parts/taxon/taxon-picker.tsx'
import type { Command } from '../../server/taxonomy.ts'
import { EditSheet } from './edit-sheet.tsx'

type Parent = Pick<Taxon, 'id' | 'name' | 'rank' | 'commonName'> & { revision?: number }

/** `below` is undefined if the parent is still to be chosen, and null for the top. */
export function MoveTaxon(props: {
  taxon: Pick<TaxonNode, 'id' | 'name' | 'revision'>
  below?: Parent | null
  onClose: () => void
}): JSX.Element {
  const [parent, setParent] = createSignal<Parent | null | undefined>(props.below)
  const commands = (): Command[] => {
    const to = parent()
    return to === undefined ? [] : [{ kind: 'move', id: props.taxon.id, parentId: to?.id ?? null }]
  }
  return (
    <EditSheet
      {...props}
      title={`Move ${props.taxon.name}`}
      description="Everything below it moves along. Suggestions change at once."
      action="Move"
      commands={commands()}
      missing="Choose the new parent."
    >
      <Show
        when={parent() !== undefined}
        fallback={
          <div class="field">
            <TaxonPicker label="Below" placeholder="Search for the new parent" onPick={setParent} />
            <button type="button" class="button quiet" onClick={() => setParent(null)}>
              Move to the top instead
            </button>
          </div>
        }
      >
        <ChosenTaxon taxon={parent() ?? null}>
          <button type="button" class="button quiet" onClick={() => setParent(undefined)}>
            Change
          </button>
        </ChosenTaxon>
      </Show>
    </EditSheet>
  )
}
