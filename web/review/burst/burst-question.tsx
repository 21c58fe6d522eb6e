// Asks before a whole burst is confirmed of which not every animal is sure, and shows those that are not.

import { For, type JSX, Show } from 'solid-js'
import type { Detection } from '../../../api/contract/detection.ts'
import type { Taxon } from '../../../api/contract/taxon.ts'
import { guessOf } from '../../parts/answer/words.ts'
import { FormActions } from '../../parts/form/form.tsx'
import { count, percentText } from '../../parts/format.ts'
import { Modal } from '../../parts/modal.tsx'
import { TaxonName } from '../../parts/taxon/taxon-name.tsx'
import './burst-question.css'

/** More are only counted. */
const SHOWN = 12

export function BurstQuestion(props: {
  members: readonly Detection[]
  doubtful: readonly Detection[]
  taxon: Taxon
  onConfirm: (ids: string[]) => void
  onClose: () => void
}): JSX.Element {
  const sure = () => props.members.filter((d) => !props.doubtful.some((other) => other.id === d.id))
  const ids = (of: readonly Detection[]) => of.map(({ id }) => id)
  const focused = (element: HTMLButtonElement) => queueMicrotask(() => element.focus())
  return (
    <Modal
      open
      onClose={props.onClose}
      title={`Confirm all ${count(props.members.length)} as ${props.taxon.name}?`}
      description={`The suggestions of ${count(props.doubtful.length)} of them are not sure of it.`}
    >
      <ul class="burst-question">
        <For each={props.doubtful.slice(0, SHOWN)}>
          {(d) => (
            <li>
              <img class="crop-square" src={d.cropUrl} alt="" />
              <Show when={guessOf(d)} fallback={<span>nothing fits</span>}>
                {(guess) => (
                  <span>
                    <TaxonName taxon={guess()} common={false} inline /> {percentText(d.suggestion?.probability ?? 0)}
                  </span>
                )}
              </Show>
            </li>
          )}
        </For>
      </ul>
      <Show when={props.doubtful.length > SHOWN}>
        <p>and {count(props.doubtful.length - SHOWN)} more</p>
      </Show>
      <FormActions framed onCancel={props.onClose}>
        <Show when={sure().length > 1}>
          <button type="button" class="button" onClick={() => props.onConfirm(ids(sure()))}>
            Only the {count(sure().length)} that are sure
          </button>
        </Show>
        <button type="button" class="button primary" ref={focused} onClick={() => props.onConfirm(ids(props.members))}>
          Confirm all {count(props.members.length)}
        </button>
      </FormActions>
    </Modal>
  )
}
