// The sure animals of an import: some drawn at random to look at, what this look says about all of them, and the button
// that confirms each at its own suggestion.

import { createMemo, createSignal, For, type JSX, Show } from 'solid-js'
import type { Detection } from '../../api/contract/detection.ts'
import { Check, X } from '../icons/icons.ts'
import { count, counted, percentText } from '../parts/format.ts'
import { TaxonName } from '../parts/taxon/taxon-name.tsx'
import { auditOf } from './audit.ts'
import './sure-ones.css'

const limits = [0.8, 0.9, 0.95, 0.99] as const

export function SureOnes(props: {
  total: number
  /** By the suggestions' own probabilities. */
  expectedWrong: number
  sample: readonly Detection[]
  limit: number
  busy: boolean
  onLimit: (limit: number) => void
  /** The detections that the look showed to be wrong are left out. */
  onAccept: (but: readonly string[]) => void
}): JSX.Element {
  const [looked, setLooked] = createSignal(false)
  const [wrong, setWrong] = createSignal<ReadonlySet<string>>(new Set())
  const wrongHere = createMemo(() => props.sample.filter(({ id }) => wrong().has(id)).map(({ id }) => id))
  const turn = (id: string) => {
    const next = new Set(wrong())
    if (!next.delete(id)) next.add(id)
    setWrong(next)
  }
  const audit = () => auditOf(wrongHere().length, props.sample.length, props.total)
  const left = () => props.total - wrongHere().length
  return (
    <section class="panel sure-ones" aria-label="Sure suggestions">
      <div class="ends wrapping sure-ones-head">
        <h2>
          {count(props.total)} sure
          <Show when={!looked()}>: confirm them after a look at {count(props.sample.length)} drawn at random</Show>
        </h2>
        <label>
          at least{' '}
          <select class="select" onChange={(event) => props.onLimit(Number(event.currentTarget.value))}>
            <For each={limits}>
              {(value) => (
                <option value={value} selected={value === props.limit}>
                  {percentText(value)}
                </option>
              )}
            </For>
          </select>
        </label>
      </div>
      <p class="sure-ones-words">
        By their own probabilities, about {count(Math.round(props.expectedWrong))} of them are wrong. Photos in which
        nothing was found are not among them.
      </p>
      <Show
        when={looked()}
        fallback={
          <button type="button" class="button primary" onClick={() => setLooked(true)}>
            Look at {count(props.sample.length)}
          </button>
        }
      >
        <p id="sure-ones-how">Choose the ones that are named wrongly. They are left for the review.</p>
        <ul class="crop-rows sure-ones-crops" aria-describedby="sure-ones-how">
          <For each={props.sample}>
            {(d) => (
              <li>
                <button
                  type="button"
                  class="sure-ones-crop"
                  aria-pressed={wrong().has(d.id)}
                  onClick={() => turn(d.id)}
                >
                  <span class="crop-square">
                    <img src={d.cropUrl} alt="" />
                    <Show when={wrong().has(d.id)}>
                      <span class="sure-ones-wrong" aria-hidden="true">
                        <X size={22} stroke-width={3} />
                      </span>
                    </Show>
                  </span>
                  <Show when={d.suggestion?.taxon}>{(taxon) => <TaxonName taxon={taxon()} />}</Show>
                  <span>
                    {percentText(d.suggestion?.probability ?? 0)}
                    <Show when={wrong().has(d.id)}>, wrong</Show>
                  </span>
                </button>
              </li>
            )}
          </For>
        </ul>
        <Show when={audit()}>
          {(says) => (
            <p role="status">
              {count(wrongHere().length)} of {count(props.sample.length)} wrong: probably{' '}
              {counted(Math.round(says().expected), 'wrong one')} among all {count(props.total)}, and with 95 %
              confidence at most {count(says().most)}.
            </p>
          )}
        </Show>
        <button
          type="button"
          class="button primary big"
          classList={{ unsure: wrongHere().length > 0 }}
          disabled={props.busy || left() === 0}
          onClick={() => props.onAccept(wrongHere())}
        >
          <Check size={18} /> Confirm {count(left())}, each at its own suggestion
        </button>
      </Show>
    </section>
  )
}
