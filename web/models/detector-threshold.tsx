// The least confidence of a box, chosen by looking at one's own photos.

import { useQuery } from '@tanstack/solid-query'
import { createEffect, createSignal, For, type JSX, Show } from 'solid-js'
import type { Model } from '../../api/contract/models/model.ts'
import { FormError } from '../parts/form/form.tsx'
import { counted } from '../parts/format.ts'
import { Failure } from '../parts/message.tsx'
import { notify } from '../parts/notices.tsx'
import { sentenceOf } from '../server/client.ts'
import { detectorExamples } from '../server/models/detectors.ts'
import { applyModel } from '../server/models/models.ts'
import { dataOf } from '../server/query-client.ts'
import { BoxedPhoto, type DrawnBox } from './boxed-photo.tsx'
import './detector-threshold.css'

export function DetectorThreshold(props: { model: Model }): JSX.Element {
  const present = () => props.model.threshold ?? 0
  const [wanted, setWanted] = createSignal(present())
  const [busy, setBusy] = createSignal(false)
  const [fault, setFault] = createSignal<string | null>(null)
  createEffect(() => setWanted(present()))
  const query = useQuery(() => detectorExamples(`${props.model.sha256} ${props.model.size}`))
  const kept = () =>
    (dataOf(query)?.items ?? []).filter(({ found }) => found.some(({ confidence }) => confidence >= wanted())).length
  const apply = async () => {
    const { name, size } = props.model
    setBusy(true)
    setFault(null)
    try {
      await applyModel({ name, threshold: wanted(), ...(size !== null && { size }) })
      notify({ title: `Boxes from ${wanted().toFixed(2)} on count`, text: 'For photos that come from now on.' })
    } catch (error) {
      setFault(sentenceOf(error))
    }
    setBusy(false)
  }
  return (
    <section class="part" aria-label="Least confidence">
      <h2>Least confidence</h2>
      <p class="remark">
        A lower one misses fewer animals and boxes more stones and branches. Boxes with a solid frame count, dotted ones
        fall below. Photos that are in already keep their boxes.
      </p>
      <Show when={query.isError}>
        <Failure error={query.error} retry={() => void query.refetch()} />
      </Show>
      <Show when={dataOf(query)?.items.length === 0}>
        <p class="remark">Add photos first: then this shows what each value would find in them.</p>
      </Show>
      <Show when={(dataOf(query)?.items.length ?? 0) > 0}>
        <div class="acts detector-threshold-acts">
          <label class="detector-threshold-slider">
            <span>Least confidence: {wanted().toFixed(2)}</span>
            <input
              type="range"
              min="0.05"
              max="0.95"
              step="0.05"
              value={wanted()}
              onInput={(event) => setWanted(event.currentTarget.valueAsNumber)}
            />
          </label>
          <button
            type="button"
            class="button primary"
            disabled={busy() || Math.abs(wanted() - present()) < 0.001}
            onClick={() => void apply()}
          >
            Use {wanted().toFixed(2)}
          </button>
        </div>
        <FormError text={fault()} />
        <p class="remark" role="status">
          {counted(kept(), 'photo')} of {dataOf(query)?.items.length} would have a box.
        </p>
      </Show>
      <Show when={query.isPending}>
        <div class="skeleton detector-threshold-wait" role="status" aria-label="Looking at some photos" />
      </Show>
      <div class="detector-threshold-photos">
        <For each={dataOf(query)?.items}>
          {(one) => (
            <BoxedPhoto
              imageUrl={one.imageUrl}
              caption={one.filename.split('/').at(-1) ?? one.filename}
              alt={`${one.filename}: ${counted(one.found.filter((box) => box.confidence >= wanted()).length, 'box', 'boxes')}`}
              boxes={one.found.map(
                ({ bbox, confidence, kind }): DrawnBox => ({
                  bbox,
                  tone: confidence >= wanted() ? 'right' : 'below',
                  label: `${kind} ${confidence.toFixed(2)}`,
                }),
              )}
            />
          )}
        </For>
      </div>
    </section>
  )
}
