// An answer as a sentence, for example "Surely Nymphalidae, probably Danaus, perhaps Danaus plexippus". It also says if
// the animal is perhaps a new taxon or unlike everything taught.

import { For, type JSX, Show } from 'solid-js'
import type { AnsweredDetection } from '../../../api/contract/suggestion.ts'
import { Sparkle } from '../../icons/icons.ts'
import { probabilityText } from '../format.ts'
import { TaxonName } from '../taxon/taxon-name.tsx'
import { isNothing, isUnlikeTaught, noveltySaying, sayings } from './words.ts'
import './verdict.css'

export function Verdict(props: { answer: Pick<AnsweredDetection, 'path' | 'novelty' | 'nearness'> }): JSX.Element {
  const isEmpty = () => isNothing(props.answer)
  const isUnlike = () => isUnlikeTaught(props.answer)
  const said = () => sayings(props.answer.path)
  return (
    <div class="verdict">
      <Show when={isEmpty() && props.answer.nearness}>
        {(nearness) => (
          <p class="verdict-line">
            Probably no animal.{' '}
            <span class="verdict-number" title="It resembles boxes and photos that were marked as having no animal.">
              Like what was marked so: {probabilityText(nearness().nothing)}
            </span>
          </p>
        )}
      </Show>
      <Show when={isUnlike() && !isEmpty() && props.answer.nearness}>
        {(nearness) => (
          <p class="verdict-line">
            Nothing like this is taught yet.{' '}
            <span
              class="verdict-number"
              title="As the embedder sees it, from 0 to 1. The similarities of the suggestions use what the tree has learned."
            >
              Most similar known photo: {nearness().similarity.toFixed(2)}
            </span>
          </p>
        )}
      </Show>
      <Show when={!isUnlike() || said().length > 0}>
        <p class="verdict-line">
          <For
            each={said()}
            fallback={props.answer.path.length > 0 ? 'Nothing fits well.' : 'The tree has not learned any taxon yet.'}
          >
            {(saying, index) => (
              <span>
                {index() > 0 ? ', ' : ''}
                <span class="verdict-adverb">{saying.adverb}</span>{' '}
                <TaxonName taxon={saying.taxon} common={false} inline />
              </span>
            )}
          </For>
        </p>
      </Show>
      <Show when={noveltySaying(props.answer.novelty)}>
        {(novelty) => (
          <p class="verdict-novelty">
            <Sparkle size={15} aria-hidden="true" />
            <span>
              {novelty().strength} {novelty().what}{' '}
              <Show when={novelty().within} fallback="that has not been taught">
                {(within) => (
                  <>
                    not yet in <TaxonName taxon={within()} common={false} />
                  </>
                )}
              </Show>
            </span>
            <span class="verdict-number">{probabilityText(novelty().probability)}</span>
          </p>
        )}
      </Show>
    </div>
  )
}
