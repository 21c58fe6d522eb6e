// The first visit: one sentence on what Clavis is, and the first step below it.

import { For, type JSX } from 'solid-js'
import { OnlyFor } from '../shell/only-for.tsx'
import { AddPhotos } from '../upload/add-photos.tsx'
import './welcome.css'

const steps: readonly { title: string; text: string }[] = [
  { title: 'It finds the animals', text: 'Each one is cropped out of its photo. People and vehicles are set aside.' },
  { title: 'You name a few', text: 'By folder, or one by one. Each name is learned before the next photo is shown.' },
  {
    title: 'It names the rest',
    text: 'As far down as it is sure, from class to species, with the known photos that support it.',
  },
]

export function Welcome(): JSX.Element {
  return (
    <div class="page welcome">
      <header class="welcome-head">
        <h1>
          The identification key <em>that learns</em>
        </h1>
        <p>
          Drop photos of animals and name a few of them. Clavis suggests names for the rest and says how sure it is at
          every rank.
        </p>
      </header>
      <OnlyFor least="editor" what="add photos">
        <AddPhotos />
      </OnlyFor>
      <ol class="welcome-steps">
        <For each={steps}>
          {(step, index) => (
            <li>
              <span class="welcome-number" aria-hidden="true">
                {index() + 1}
              </span>
              <h2>{step.title}</h2>
              <p>{step.text}</p>
            </li>
          )}
        </For>
      </ol>
      <p class="welcome-note">Everything stays on this machine: photos, names and what is learned from them.</p>
    </div>
  )
}
