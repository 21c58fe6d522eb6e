// The preview of a bulk identification: which taxon the chosen animals would get, and which of them are outliers.
// Outliers are left out unless they are ticked.

import { useQuery } from '@tanstack/solid-query'
import { createEffect, createMemo, createSignal, For, type JSX, Match, on, Show, Switch } from 'solid-js'
import type { BulkPreview } from '../../api/contract/bulk.ts'
import type { Detection } from '../../api/contract/detection.ts'
import type { Taxon } from '../../api/contract/taxon.ts'
import { Check } from '../icons/icons.ts'
import { isSureOf, isWithin } from '../parts/answer/proposal.ts'
import { FormActions } from '../parts/form/form.tsx'
import { count, counted, percentText } from '../parts/format.ts'
import { Failure } from '../parts/message.tsx'
import { Modal } from '../parts/modal.tsx'
import { TaxonName } from '../parts/taxon/taxon-name.tsx'
import { TaxonPicker } from '../parts/taxon/taxon-picker.tsx'
import { bulkPreview } from '../server/bulk.ts'
import { dataOf } from '../server/query-client.ts'
import './bulk-sheet.css'

type Outlier = BulkPreview['odd'][number]

/** Of those that are no outliers, more than this number are only counted. */
const MOST_SHOWN = 60
/** Up to this number, they are shown large. */
const FEW = 10

const reasonWords: Record<Outlier['reason'], string> = {
  otherSuggestion: 'suggested as',
  alreadyIdentified: 'identified as',
  unlike: 'unlike the others, perhaps',
  noAnimal: 'not an animal or not processed yet',
}

const cropOf = (id: string, known: ReadonlyMap<string, Detection>) =>
  known.get(id)?.cropUrl ?? `/api/detections/${id}/crop`

export function BulkSheet(props: {
  detectionIds: readonly string[]
  /** The detections on the wall by id: their crops are already loaded. */
  known: ReadonlyMap<string, Detection>
  onClose: () => void
  onConfirm: (detectionIds: string[], taxon: Taxon) => void
}): JSX.Element {
  const [chosen, setChosen] = createSignal<Taxon | null>(null)
  const [searching, setSearching] = createSignal(false)
  const asked = useQuery(() => bulkPreview(props.detectionIds, chosen()?.id))
  const preview = () => dataOf(asked)
  const taxon = () => chosen() ?? preview()?.taxon ?? null
  const odd = createMemo(() => preview()?.odd ?? [])
  const oddIds = createMemo(() => new Set(odd().map((one) => one.detectionId)))
  const fitting = createMemo(() => props.detectionIds.filter((id) => !oddIds().has(id)))

  /** The crops that the person clicked: outliers to include, others to leave out. */
  const [turned, setTurned] = createSignal<ReadonlySet<string>>(new Set())
  createEffect(on(taxon, () => setTurned(new Set<string>()), { defer: true }))
  const turn = (id: string) => {
    const next = new Set(turned())
    if (!next.delete(id)) next.add(id)
    setTurned(next)
  }
  const included = (id: string) => oddIds().has(id) === turned().has(id)
  const confirmed = createMemo(() => props.detectionIds.filter(included))
  /** Those to confirm whose own suggestion is not sure of the taxon, as far as they are on the wall. */
  const unsure = createMemo(() => {
    const as = taxon()
    const on = confirmed().flatMap((id) => props.known.get(id) ?? [])
    return as === null ? [] : on.filter((d) => !isSureOf(d, as) && !(d.taxon !== null && isWithin(d.taxon, as)))
  })
  const others = createMemo(() =>
    (preview()?.groups ?? []).filter((group) => group.taxon !== null && group.taxon.id !== taxon()?.id),
  )

  const confirm = () => {
    const as = taxon()
    if (as !== null && preview() !== undefined && confirmed().length > 0) props.onConfirm(confirmed(), as)
  }

  return (
    <Modal open onClose={props.onClose} title={`Confirm ${count(props.detectionIds.length)} at once`} wide>
      <div class="bulk-sheet">
        <Switch
          fallback={
            <p class="bulk-sheet-wait" role="status">
              Looking for outliers …
            </p>
          }
        >
          <Match when={asked.isError}>
            <Failure error={asked.error} retry={() => void asked.refetch()} />
          </Match>
          <Match when={preview()}>
            <div class="bulk-sheet-as">
              <span class="overline">as</span>
              <Show when={taxon()} fallback={<span>no suggestion: search for the taxon</span>}>
                {(t) => <TaxonName taxon={t()} size="l" />}
              </Show>
              <Show when={!searching()}>
                <button type="button" class="button quiet" onClick={() => setSearching(true)}>
                  Another taxon …
                </button>
              </Show>
            </div>
            <Show when={searching() || taxon() === null}>
              <TaxonPicker
                label="Confirm them as"
                hideLabel
                placeholder="Scientific or common name"
                inputRef={(element) => queueMicrotask(() => element.focus())}
                onPick={(picked) => {
                  setSearching(false)
                  setChosen(picked)
                }}
              />
            </Show>
            <Show when={others().length > 0}>
              <fieldset class="bulk-sheet-others" aria-label="Other suggestions">
                <For each={others().slice(0, 5)}>
                  {(group) => (
                    <Show when={group.taxon}>
                      {(other) => (
                        <button type="button" class="button" onClick={() => setChosen(other())}>
                          <TaxonName taxon={other()} common={false} /> {count(group.detectionIds.length)}
                        </button>
                      )}
                    </Show>
                  )}
                </For>
              </fieldset>
            </Show>

            <Outliers outliers={odd()} known={props.known} isIncluded={included} onTurn={turn} />
            <Fitting ids={fitting()} known={props.known} isIncluded={included} onTurn={turn} />
          </Match>
        </Switch>
      </div>
      <div class="bulk-sheet-foot">
        <FormActions framed big onCancel={props.onClose}>
          <button
            type="button"
            class="button primary big"
            classList={{ unsure: unsure().length > 0 }}
            disabled={preview() === undefined || taxon() === null || confirmed().length === 0}
            ref={(element) => {
              // Focuses the button as soon as there is something to confirm, so that Enter confirms. What is not sure
              // takes more than Enter.
              createEffect(() => {
                if (preview() !== undefined && !searching() && taxon() !== null && unsure().length === 0)
                  queueMicrotask(() => element.focus())
              })
            }}
            onClick={confirm}
          >
            <Check size={18} /> Confirm {count(confirmed().length)}
            <Show when={unsure().length > 0}>, {count(unsure().length)} of them unsure</Show>
          </button>
        </FormActions>
      </div>
    </Modal>
  )
}

type Crops = {
  /** The detections on the wall by id: their crops are already loaded. */
  known: ReadonlyMap<string, Detection>
  isIncluded: (id: string) => boolean
  onTurn: (id: string) => void
}

function Outliers(props: Crops & { outliers: readonly Outlier[] }): JSX.Element {
  return (
    <Show when={props.outliers.length > 0}>
      <section class="bulk-sheet-odd" aria-label="Outliers">
        <h3>
          {counted(props.outliers.length, 'outlier')}{' '}
          <span class="bulk-sheet-note">
            {props.outliers.length === 1 ? 'not confirmed unless you tick it' : 'not confirmed unless you tick them'}
          </span>
        </h3>
        <ul class="bulk-sheet-crops">
          <For each={props.outliers}>
            {(one) => (
              <li>
                <BulkCrop
                  src={cropOf(one.detectionId, props.known)}
                  on={props.isIncluded(one.detectionId)}
                  onTurn={() => props.onTurn(one.detectionId)}
                >
                  {reasonWords[one.reason]}
                  <Show when={one.reason !== 'noAnimal' && one.taxon}>
                    {(taxon) => (
                      <>
                        {' '}
                        <TaxonName taxon={taxon()} common={false} inline /> {percentText(one.probability)}
                      </>
                    )}
                  </Show>
                </BulkCrop>
              </li>
            )}
          </For>
        </ul>
      </section>
    </Show>
  )
}

function Fitting(props: Crops & { ids: readonly string[] }): JSX.Element {
  return (
    <Show when={props.ids.length > 0}>
      <section class="bulk-sheet-alike" aria-label="The others">
        <h3>
          {counted(props.ids.length, 'animal')} <span class="bulk-sheet-note">click one to leave it out</span>
        </h3>
        <ul class="bulk-sheet-crops" classList={{ small: props.ids.length > FEW }}>
          <For each={props.ids.slice(0, MOST_SHOWN)}>
            {(id, i) => (
              <li>
                <BulkCrop
                  src={cropOf(id, props.known)}
                  on={props.isIncluded(id)}
                  onTurn={() => props.onTurn(id)}
                  label={`Animal ${i() + 1}`}
                />
              </li>
            )}
          </For>
          <Show when={props.ids.length > MOST_SHOWN}>
            <li class="bulk-sheet-more">and {count(props.ids.length - MOST_SHOWN)} more</li>
          </Show>
        </ul>
      </section>
    </Show>
  )
}

function BulkCrop(props: {
  src: string
  on: boolean
  onTurn: () => void
  label?: string
  children?: JSX.Element
}): JSX.Element {
  return (
    <button
      type="button"
      class="bulk-sheet-crop"
      aria-pressed={props.on}
      aria-label={props.label}
      onClick={() => props.onTurn()}
    >
      <span class="crop-square">
        <img src={props.src} alt="" loading="lazy" />
        <span class="bulk-sheet-tick" aria-hidden="true">
          <Show when={props.on}>
            <Check size={14} stroke-width={3} />
          </Show>
        </span>
      </span>
      <Show when={props.children}>
        <span class="bulk-sheet-reason">{props.children}</span>
      </Show>
    </button>
  )
}
