// Says that a new version of the tree was refused, why, and lets a person publish it where only single species lose.

import { A } from '@solidjs/router'
import { createSignal, For, type JSX, Show } from 'solid-js'
import type { Season } from '../../api/contract/survey/season.ts'
import { TriangleAlert } from '../icons/icons.ts'
import { api, bodyOf } from '../server/client.ts'
import './refused-version.css'

export function RefusedVersion(props: { refused: NonNullable<Season['refused']> }): JSX.Element {
  const [state, setState] = createSignal<'waiting' | 'begun' | 'failed'>('waiting')
  const publish = () =>
    bodyOf(api.tree.publish.$post({ json: { allowLosses: true } })).then(
      () => setState('begun'),
      () => setState('failed'),
    )
  return (
    <section class="refused-version washed ochre" aria-label="A version that was refused">
      <h2>
        <TriangleAlert size={16} aria-hidden="true" /> A new version of the tree was refused
      </h2>
      <p>On photos that neither was fitted on, it answers worse than the present one, which stays in use:</p>
      <ul>
        <For each={props.refused.reasons}>{(reason) => <li>{reason}</li>}</For>
      </ul>
      <p>
        <A href={`/insight/versions/${props.refused.version}`}>Its card and its photos</A>
      </p>
      <Show
        when={props.refused.mayAllow}
        fallback={<p>Look for wrong labels among the latest identifications. The next version is compared again.</p>}
      >
        <button type="button" class="button" disabled={state() === 'begun'} onClick={() => void publish()}>
          Publish it all the same
        </button>
        <p aria-live="polite">
          {state() === 'begun' && 'It is estimated again and then published. This takes a few minutes.'}
          {state() === 'failed' && 'That did not work. Try again.'}
        </p>
      </Show>
    </section>
  )
}
