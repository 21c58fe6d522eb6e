// Empty photos out of the way. In: how sure the detector must have been of an animal. Out: at each threshold how many photos would be
// set aside, the likeliest animals among them, and, when one is content with it, all of them set aside in one step that can be undone.

import { A, useSearchParams } from '@solidjs/router'
import { useQuery } from '@tanstack/solid-query'
import { createMemo, createSignal, For, type JSX, Match, Show, Switch } from 'solid-js'
import type { FalseTriggers as Found } from '../../api/contract/marks.ts'
import { ArchiveX } from '../icons/icons.ts'
import { count, counted, probabilityText } from '../parts/format.ts'
import { Failure, Message } from '../parts/message.tsx'
import { notify, notifyFailure } from '../parts/notices.tsx'
import { TaxonName } from '../parts/taxon/taxon-name.tsx'
import { filterChoices } from '../server/detections.ts'
import { falseTriggers, setAside } from '../server/false-triggers.ts'
import { importList } from '../server/imports.ts'
import { dataOf, queries } from '../server/query-client.ts'
import { undo } from '../teaching/teaching.ts'
import './false-triggers.css'

const STEP = 0.05
/** MegaDetector's usual threshold, low enough to lose few: recall comes first. */
const USUAL = 0.2
const SLIDER_WAIT_MS = 120

const text = (value: string | string[] | undefined) => (typeof value === 'string' && value !== '' ? value : undefined)

export default function FalseTriggers(): JSX.Element {
  const [search, setSearch] = useSearchParams()
  const scope = createMemo(() => ({ importId: text(search.import), deployment: text(search.deployment) }))
  const [shown, setShown] = createSignal(USUAL)
  const [asked, setAsked] = createSignal(USUAL)
  let timer: ReturnType<typeof setTimeout> | undefined
  const slide = (value: number) => {
    setShown(value)
    clearTimeout(timer)
    timer = setTimeout(() => setAsked(value), SLIDER_WAIT_MS)
  }
  const query = useQuery(() => falseTriggers(asked(), scope()))
  const found = () => dataOf(query)
  const isCurrent = () => found()?.threshold === shown() && !query.isFetching

  const [busy, setBusy] = createSignal(false)
  const refreshAll = () => {
    for (const key of ['false-triggers', 'summary', 'queues', 'detections', 'media', 'undoable', 'actions'])
      void queries.invalidateQueries({ queryKey: [key] })
  }
  const takeBack = async () => {
    try {
      const action = await undo()
      if (action !== null) notify({ title: `Taken back: ${action.summary}` })
    } catch (error) {
      notifyFailure('This could not be taken back', error)
    }
    refreshAll()
  }
  const apply = async () => {
    setBusy(true)
    try {
      const { action } = await setAside(shown(), scope())
      notify({
        title: action === null ? 'No photo was below it' : `${counted(action.subjects, 'photo')} set aside`,
        text: 'They are in no queue any more. Nothing is deleted.',
        action: action === null ? undefined : { label: 'Undo', act: () => void takeBack() },
      })
    } catch (error) {
      notifyFailure('Nothing was set aside', error)
    }
    setBusy(false)
    refreshAll()
  }

  return (
    <div class="page false-triggers">
      <header class="page-head">
        <div>
          <h1>Photos without an animal</h1>
          <p class="false-triggers-lead">
            Leaves and shadows trigger cameras too. Move the limit until the samples begin to show animals, then stop a
            little before.
          </p>
        </div>
        <Scope scope={scope()} onScope={(next) => setSearch({ import: next.importId, deployment: next.deployment })} />
      </header>
      <Switch fallback={<div class="false-triggers-wait skeleton" role="status" aria-label="Counting photos" />}>
        <Match when={query.isError}>
          <Failure error={query.error} retry={() => void query.refetch()} />
        </Match>
        <Match when={found()?.total === 0}>
          <Message icon={<ArchiveX size={26} />} title="No photo is open">
            Every photo here is identified or set aside already. New photos appear when they have been looked at.
          </Message>
        </Match>
        <Match when={found()}>
          {(now) => (
            <>
              <section class="panel false-triggers-limit" aria-label="Limit">
                <Curve found={now()} threshold={shown()} />
                <label class="false-triggers-slider">
                  <span class="unseen">Least confidence of an animal</span>
                  <input
                    type="range"
                    min={STEP}
                    max="1"
                    step={STEP}
                    value={shown()}
                    aria-valuetext={`${shown().toFixed(2)}: ${counted(atThreshold(now(), shown()), 'photo')} set aside`}
                    onInput={(event) => slide(Number(event.currentTarget.valueAsNumber.toFixed(2)))}
                  />
                </label>
                <div class="false-triggers-sum">
                  <p role="status">
                    <b>{count(atThreshold(now(), shown()))}</b> of {counted(now().total, 'open photo')} show no animal
                    that the detector is at least <b>{shown().toFixed(2)}</b> sure of.
                  </p>
                  <button
                    type="button"
                    class="button primary big"
                    disabled={busy() || !isCurrent() || now().setAside === 0}
                    onClick={() => void apply()}
                  >
                    <ArchiveX size={18} /> Set {counted(atThreshold(now(), shown()), 'photo')} aside
                  </button>
                </div>
              </section>
              <section aria-label="What would be lost" aria-busy={!isCurrent()}>
                <h2>The likeliest animals among them</h2>
                <Show
                  when={now().samples.length > 0}
                  fallback={<p class="false-triggers-none">Nothing was found in any of them, however unsure.</p>}
                >
                  <ul class="false-triggers-samples" classList={{ old: !isCurrent() }}>
                    <For each={now().samples}>
                      {(sample) => (
                        <li>
                          <A href={`/review/${sample.id}`}>
                            <span class="unseen">Review this one: confidence </span>
                            <img src={sample.cropUrl} alt="" loading="lazy" />
                            <span class="false-triggers-words">
                              <b>{probabilityText(sample.confidence ?? 0)}</b>
                              <Show when={sample.suggestion?.taxon}>
                                {(taxon) => <TaxonName taxon={taxon()} common={false} clipped />}
                              </Show>
                            </span>
                          </A>
                        </li>
                      )}
                    </For>
                  </ul>
                </Show>
              </section>
            </>
          )}
        </Match>
      </Switch>
    </div>
  )
}

/** Known for every threshold at once: the number moves with the slider, before the samples do. */
function atThreshold({ atThresholds, setAside: here, threshold }: Found, wanted: number): number {
  const near = atThresholds.find((one) => Math.abs(one.threshold - wanted) < STEP / 10)
  return near?.photos ?? (wanted === threshold ? here : 0)
}

/** How many photos each threshold would set aside, as bars above the slider. */
function Curve(props: { found: Found; threshold: number }): JSX.Element {
  const most = () => Math.max(1, props.found.total)
  return (
    <div class="false-triggers-curve" aria-hidden="true">
      <For each={props.found.atThresholds}>
        {(one) => (
          <span
            class="false-triggers-bar"
            classList={{ below: one.threshold <= props.threshold + STEP / 10 }}
            style={{ height: `${Math.max(1, (one.photos / most()) * 100)}%` }}
            title={`${one.threshold.toFixed(2)}: ${count(one.photos)}`}
          />
        )}
      </For>
    </div>
  )
}

function Scope(props: {
  scope: { importId?: string; deployment?: string }
  onScope: (scope: { importId?: string; deployment?: string }) => void
}): JSX.Element {
  const imports = useQuery(importList)
  const choices = useQuery(filterChoices)
  return (
    <div class="false-triggers-scope">
      <label>
        <span class="unseen">Of which import</span>
        <select
          class="select"
          onChange={(event) => props.onScope({ ...props.scope, importId: event.currentTarget.value || undefined })}
        >
          <option value="" selected={props.scope.importId === undefined}>
            All imports
          </option>
          <For each={dataOf(imports)?.items ?? []}>
            {(one) => (
              <option value={one.id} selected={one.id === props.scope.importId}>
                {one.name}
              </option>
            )}
          </For>
        </select>
      </label>
      <label>
        <span class="unseen">Of which camera</span>
        <select
          class="select"
          onChange={(event) => props.onScope({ ...props.scope, deployment: event.currentTarget.value || undefined })}
        >
          <option value="" selected={props.scope.deployment === undefined}>
            All cameras
          </option>
          <For each={dataOf(choices)?.deployments ?? []}>
            {(name) => (
              <option value={name} selected={name === props.scope.deployment}>
                {name.replaceAll('_', ' ')}
              </option>
            )}
          </For>
        </select>
      </label>
    </div>
  )
}
