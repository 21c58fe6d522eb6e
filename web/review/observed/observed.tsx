// What a person observes of the animal under review besides its taxon. Each field is saved when it changes; each change
// is a step of the history.

import { createSignal, type JSX, Show } from 'solid-js'
import type { DetectionDetail } from '../../../api/contract/media.ts'
import { ListPlus } from '../../icons/icons.ts'
import { notifyFailure } from '../../parts/notices.tsx'
import { mayAs } from '../../person/person.ts'
import { observe, type Said } from '../../server/survey/observations.ts'
import { step } from '../../teaching/teaching.ts'
import { DefineFields } from './define-fields.tsx'
import { ObservationFields } from './observation-fields.tsx'
import './observed.css'

export function Observed(props: { detection: DetectionDetail; ref: (element: HTMLInputElement) => void }): JSX.Element {
  const [defining, setDefining] = createSignal(false)
  const save = (said: Said) => {
    step(() => observe([props.detection.id], said)).catch((error: unknown) =>
      notifyFailure('The observation was not saved', error),
    )
  }
  return (
    <section class="observed-panel" aria-label="Observation">
      <ObservationFields now={props.detection.observation} say={save} empty="–" ref={props.ref} />
      <Show when={mayAs('editor')}>
        <button type="button" class="button quiet observed-define" onClick={() => setDefining(true)}>
          <ListPlus size={15} /> Own fields
        </button>
      </Show>
      <Show when={defining()}>
        <DefineFields onClose={() => setDefining(false)} />
      </Show>
    </section>
  )
}
