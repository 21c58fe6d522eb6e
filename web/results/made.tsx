// How a figure was made, below it, and how many animals it cannot know of because nobody has named them.

import { A } from '@solidjs/router'
import { type JSX, Show } from 'solid-js'
import { counted } from '../parts/format.ts'
import '../charts/legend.css'

export function Made(props: { unreviewed: number; children: JSX.Element }): JSX.Element {
  return (
    <p class="legend">
      {props.children}{' '}
      <Show when={props.unreviewed > 0} fallback="Every animal under this filter has been reviewed.">
        <A href="/review">{counted(props.unreviewed, 'animal')}</A> under this filter{' '}
        {props.unreviewed === 1 ? 'has' : 'have'} not been reviewed and {props.unreviewed === 1 ? 'is' : 'are'} not in
        it.
      </Show>
    </p>
  )
}
