// An answer as one sentence with one percentage, for example "Probably Danaus, 84 %". It also says which rank is open,
// and if the animal is perhaps a new taxon.

import { type JSX, Match, Show, Switch } from 'solid-js'
import type { AnsweredDetection } from '../../../api/contract/suggestion.ts'
import { Sparkle } from '../../icons/icons.ts'
import { percentText } from '../format.ts'
import { TaxonName } from '../taxon/taxon-name.tsx'
import { sureStep } from './proposal.ts'
import { headingOf, isNothing, isUnlikeTaught, noveltySaying } from './words.ts'
import './verdict.css'

export function Verdict(props: {
  answer: Pick<AnsweredDetection, 'path' | 'stop' | 'novelty' | 'nearness' | 'source'>
}): JSX.Element {
  const sure = () => sureStep(props.answer)
  const heading = () => headingOf(props.answer, sure())
  /** The taxa below the sure one, of which the answer names none. */
  const open = () => {
    const at = props.answer.path.findIndex((step) => step.taxon.id === sure()?.taxon.id)
    return at < 0 ? undefined : props.answer.path[at + 1]?.taxon.rank
  }
  /** "Unlike everything taught" says already that the class is new. */
  const novelty = () =>
    isUnlikeTaught(props.answer) || isNothing(props.answer) || isEmpty() ? null : noveltySaying(props.answer.novelty)
  const isEmpty = () => props.answer.source === 'wholePhoto' && sure() === null
  return (
    <VerdictLines
      line={
        <>
          <Show when={heading().adverb}>{(adverb) => <span class="verdict-adverb">{adverb()} </span>}</Show>
          <Show when={heading().taxon} fallback={heading().words}>
            {(taxon) => <TaxonName taxon={taxon()} common={false} inline />}
          </Show>
          <Show when={heading().probability}>{(p) => <span class="verdict-number"> {percentText(p())}</span>}</Show>
        </>
      }
      more={
        <Switch>
          <Match when={isNothing(props.answer)}>
            It resembles boxes and photos that were marked as having no animal.
          </Match>
          <Match when={isEmpty()}>What is suggested below is for the whole photo.</Match>
          <Match when={isUnlikeTaught(props.answer)}>No known photo is similar enough to name it.</Match>
          <Match when={open()}>{(rank) => <>Its {rank()} is open.</>}</Match>
          <Match when={sure() === null && heading().taxon}>Too unsure to be confirmed with one key.</Match>
        </Switch>
      }
    >
      <Show when={novelty()}>
        {(saying) => (
          <p class="verdict-novelty" title={percentText(saying().probability)}>
            <Sparkle size={15} aria-hidden="true" />
            <span>
              {saying().strength} {saying().what}{' '}
              <Show when={saying().within} fallback="that has not been taught">
                {(within) => (
                  <>
                    not yet in <TaxonName taxon={within()} common={false} />
                  </>
                )}
              </Show>
            </span>
          </p>
        )}
      </Show>
    </VerdictLines>
  )
}

/** A heading and what more there is to say of it. */
export function VerdictLines(props: { line: JSX.Element; more: JSX.Element; children?: JSX.Element }): JSX.Element {
  return (
    <div class="verdict">
      <p class="verdict-line">{props.line}</p>
      <p class="verdict-more">{props.more}</p>
      {props.children}
    </div>
  )
}
