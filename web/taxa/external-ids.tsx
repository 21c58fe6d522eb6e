// The ids of a taxon in other lists, written as `scheme:id`, one per line.

import { createSignal, type JSX, Show } from 'solid-js'
import type { TaxonFull } from '../../api/contract/taxonomy.ts'
import type { Command } from '../server/taxonomy.ts'
import { EditSheet } from './edits/edit-sheet.tsx'

export function ExternalIds(props: { taxon: TaxonFull; onClose: () => void }): JSX.Element {
  const [text, setText] = createSignal(props.taxon.externalIds.join('\n'))
  const given = () => [
    ...new Set(
      text()
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean),
    ),
  ]
  const strange = () => given().find((id) => !/^[^\s:]+:\S/.test(id))
  const commands = (): Command[] =>
    strange() !== undefined || given().join('\n') === props.taxon.externalIds.join('\n')
      ? []
      : [{ kind: 'setExternalIds', id: props.taxon.id, externalIds: given() }]
  return (
    <EditSheet
      {...props}
      title={`External IDs of ${props.taxon.name}`}
      description="Later imports find the taxon by these IDs, even under another name."
      action="Save IDs"
      commands={commands()}
      typed
    >
      <label class="field">
        One per line, as scheme:id
        <textarea
          class="input"
          rows={4}
          spellcheck={false}
          value={text()}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <Show when={strange()}>
          {(id) => (
            <span class="hint">
              “{id()}” has no scheme. Write gbif:{id()}, for example.
            </span>
          )}
        </Show>
      </label>
    </EditSheet>
  )
}
