// Samples of both sides of the limit: the most likely animals among what would be set aside, and the least likely ones
// among what stays. One click says that a box is no animal, which teaches at once.

import { A } from '@solidjs/router'
import { For, type JSX, Show } from 'solid-js'
import type { FalseTriggers } from '../../api/contract/marks.ts'
import { CircleSlash } from '../icons/icons.ts'
import { guessOf } from '../parts/answer/words.ts'
import { count, counted, probabilityText } from '../parts/format.ts'
import { TaxonName } from '../parts/taxon/taxon-name.tsx'
import './false-triggers.css'

const SIDES = [
  { side: 'samples', title: 'Most likely animals that would be set aside', none: 'Nothing would be set aside.' },
  { side: 'kept', title: 'Least likely animals that would stay', none: 'No photo would stay.' },
] as const

export function BothSides(props: {
  found: FalseTriggers
  outdated: boolean
  onNothing: (id: string, isPhoto: boolean) => void
}): JSX.Element {
  return (
    <For each={SIDES}>
      {({ side, title, none }) => (
        <Samples
          title={title}
          none={none}
          samples={props.found[side]}
          outdated={props.outdated}
          onNothing={props.onNothing}
        />
      )}
    </For>
  )
}

function Samples(props: {
  title: string
  none: string
  samples: FalseTriggers['samples']
  outdated: boolean
  onNothing: (id: string, isPhoto: boolean) => void
}): JSX.Element {
  return (
    <section aria-label={props.title} aria-busy={props.outdated}>
      <h2>{props.title}</h2>
      <Show when={props.samples.length > 0} fallback={<p class="false-triggers-none">{props.none}</p>}>
        <ul class="false-triggers-samples" classList={{ old: props.outdated }}>
          <For each={props.samples}>
            {(sample) => {
              const isPhoto = () => sample.source === 'wholePhoto'
              const nothing = () => (isPhoto() ? 'No animal in this photo' : 'No animal in this box')
              return (
                <li>
                  <A href={`/review/${sample.id}`}>
                    <span class="unseen">Review this animal: probability </span>
                    <img src={sample.cropUrl} alt="" loading="lazy" />
                    <span class="false-triggers-words">
                      <b>{probabilityText(sample.animal)}</b>
                      <Show when={guessOf(sample)}>
                        {(taxon) => <TaxonName taxon={taxon()} common={false} clipped />}
                      </Show>
                    </span>
                  </A>
                  <button
                    type="button"
                    class="false-triggers-nothing"
                    aria-label={nothing()}
                    title={nothing()}
                    onClick={() => props.onNothing(sample.id, isPhoto())}
                  >
                    <CircleSlash size={16} />
                  </button>
                </li>
              )
            }}
          </For>
        </ul>
      </Show>
    </section>
  )
}

/** What the limit does to photos that people judged; nothing where too few were. */
export function Measured(props: { found: FalseTriggers }): JSX.Element {
  const percent = (share: number) => `${Math.round(share * 100)}`
  const range = ({ low, high }: { low: number; high: number }) => `${percent(low)} to ${percent(high)} %`
  return (
    <p class="detail">
      <Show
        when={props.found.measured}
        fallback={`${count(props.found.marks)} boxes and ${count(props.found.photoMarks)} photos without a box are judged. Once 20 photos with an animal and 20 that you marked empty are, this line says how many animals the limit misses.`}
      >
        {(measured) => (
          <>
            Measured on judged photos: the limit sets {measured().withAnimals.below} of {measured().withAnimals.photos}{' '}
            photos with an animal aside ({range(measured().withAnimals)}), and {measured().empty.below} of{' '}
            {measured().empty.photos} empty ones ({range(measured().empty)}). Learned from{' '}
            {counted(props.found.marks, 'box', 'boxes')} and {counted(props.found.photoMarks, 'photo')} without a box.
          </>
        )}
      </Show>
    </p>
  )
}
