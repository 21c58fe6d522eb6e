// The path from class to species, set like a printed key: one line per rank with its probability, with the stop marked.

import { For, type JSX, Show } from 'solid-js'
import type { AnsweredDetection } from '../../../api/contract/suggestion.ts'
import type { Taxon } from '../../../api/contract/taxon.ts'
import { Check } from '../../icons/icons.ts'
import { rankConfirms } from '../../keys/actions.ts'
import { KeyHint } from '../../keys/key-hint.tsx'
import { percentText } from '../format.ts'
import { TaxonName } from '../taxon/taxon-name.tsx'
import { ProbabilityBar } from './probability-bar.tsx'
import './key-path.css'

export function KeyPath(props: {
  path: AnsweredDetection['path']
  stop: AnsweredDetection['stop']
  /** The taxon that the answer proposes, where it stops; null if none is sure. */
  sure: string | null
  accuracy: number
  onConfirm?: (taxon: Taxon) => void
}): JSX.Element {
  const stopIndex = () => props.path.findIndex((step) => step.taxon.id === props.sure)
  const percent = () => `${Math.round(props.accuracy * 100)} %`
  /** What was measured here, or nothing. A cautious stop also compares this answer's own probabilities. */
  const stopWords = (atEnd: boolean) => {
    const measured = props.stop?.taxon.id === props.sure ? props.stop?.measured : undefined
    if (measured)
      return `the answer stops here: ${measured.right} of the last ${measured.stops} such answers were right (${Math.round((100 * measured.right) / measured.stops)} %)`
    if (props.stop?.rule === 'calibrated') return 'the answer stops here'
    return atEnd
      ? `at least ${percent()} sure at every rank`
      : `the answer stops here: lower ranks are less than ${percent()} sure`
  }
  return (
    <ol class="key-path" aria-label="Probability at each rank">
      <For each={props.path}>
        {(step, index) => (
          <li class="key-path-step" classList={{ beyond: index() > stopIndex(), stop: index() === stopIndex() }}>
            <span class="overline">{step.taxon.rank}</span>
            <span class="key-path-name">
              <TaxonName taxon={step.taxon} />
            </span>
            <span>
              <ProbabilityBar probability={step.probability} />
            </span>
            <span class="key-path-number">{percentText(step.probability)}</span>
            <Show when={props.onConfirm}>
              {(confirm) => (
                <button
                  type="button"
                  class="button quiet key-path-confirm"
                  onClick={() => confirm()(step.taxon)}
                  title={`Confirm as ${step.taxon.name}, without a lower rank`}
                >
                  <Check size={15} />
                  <span class="unseen">
                    Confirm at {step.taxon.rank}: {step.taxon.name}
                  </span>
                  <Show when={rankConfirms[index()]}>{(name) => <KeyHint action={name()} />}</Show>
                </button>
              )}
            </Show>
            <Show when={index() === stopIndex()}>
              <span class="key-path-stop">{stopWords(index() === props.path.length - 1)}</span>
            </Show>
          </li>
        )}
      </For>
      <Show when={props.path.length > 0 && props.sure === null}>
        <li class="key-path-none">No rank is sure enough for {percent()} right answers.</li>
      </Show>
    </ol>
  )
}
