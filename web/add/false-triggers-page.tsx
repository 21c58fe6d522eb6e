// Sets photos without an animal aside. A slider chooses how probable an animal must be, by all boxes of a photo and
// what people said of boxes so far. The page shows how many photos fall below that and samples of both sides. Photos
// without a box are looked through until enough of their camera are marked empty. Setting photos aside is one step and
// can be undone.

import { A, useSearchParams } from '@solidjs/router'
import { useQuery } from '@tanstack/solid-query'
import { createMemo, createSignal, For, type JSX, Match, onCleanup, Show, Switch } from 'solid-js'
import type { FalseTriggers as Found } from '../../api/contract/marks.ts'
import { ArchiveX } from '../icons/icons.ts'
import { Choice } from '../parts/form/choice.tsx'
import { count, counted } from '../parts/format.ts'
import { Failure, Message } from '../parts/message.tsx'
import { notify, notifyFailure } from '../parts/notices.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { markMany } from '../server/bulk.ts'
import { falseTriggers, setAside } from '../server/cohorts/false-triggers.ts'
import { filterChoices } from '../server/detections.ts'
import { importList } from '../server/exchange/imports.ts'
import { dataOf } from '../server/query-client.ts'
import { BothSides, Measured } from './false-trigger-samples.tsx'
import { RepeatsLink } from './repeats-link.tsx'
import { refreshAll, tellSetAside, undoLast } from './undo-last.ts'
import { WithoutBox } from './without-box.tsx'
import './false-triggers.css'

const STEP = 0.05
/** MegaDetector's usual threshold. It is low because a missed animal is worse than an extra photo to look at. */
const DEFAULT = 0.2
const SLIDER_WAIT_MS = 120

const text = (value: string | string[] | undefined) => (typeof value === 'string' && value !== '' ? value : undefined)

export default function FalseTriggers(): JSX.Element {
  const [search, setSearch] = useSearchParams()
  const scope = createMemo(() => ({ importId: text(search.import), deployment: text(search.deployment) }))
  const [shown, setShown] = createSignal(DEFAULT)
  const [asked, setAsked] = createSignal(DEFAULT)
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
  const apply = async () => {
    setBusy(true)
    try {
      const { action } = await setAside(shown(), scope())
      tellSetAside(action)
    } catch (error) {
      notifyFailure('Nothing was set aside', error)
    }
    setBusy(false)
    refreshAll()
  }

  const nothing = async (id: string, isPhoto: boolean) => {
    try {
      await markMany({ detectionIds: [id], mark: isPhoto ? 'empty' : 'notAnimal', on: true })
      notify({
        title: isPhoto ? 'Marked as empty' : 'Marked as no animal',
        action: { label: 'Undo', act: () => void undoLast() },
      })
    } catch (error) {
      notifyFailure('Nothing was marked', error)
    }
    refreshAll()
  }

  return (
    <div class="page in-parts false-triggers">
      <PageHead
        title="Photos without an animal"
        lead="Leaves and shadows trigger cameras too. Raise the limit until the samples start to show animals, then lower it a little. Every animal that you name and every box that you mark makes it more certain."
      >
        <div class="acts false-triggers-scope">
          <A href="/grid?queue=marked&mark=empty" class="button">
            <ArchiveX size={16} /> What was set aside
          </A>
          <RepeatsLink />
        </div>
        <Scope scope={scope()} onScope={(next) => setSearch({ import: next.importId, deployment: next.deployment })} />
      </PageHead>
      <Switch fallback={<Waiting />}>
        <Match when={query.isError}>
          <Failure error={query.error} retry={() => void query.refetch()} />
        </Match>
        <Match when={found()?.total === 0 && found()?.withoutBox === 0}>
          <Message icon={<ArchiveX size={26} />} title="No photos to check">
            Every photo is already identified or set aside. New photos appear once they are processed.
          </Message>
        </Match>
        <Match when={found()}>
          {(now) => (
            <>
              <Show when={now().withoutBox > 0}>
                <WithoutBox photos={now().withoutBox} judged={now().withoutBoxJudged} scope={scope()} />
              </Show>
              <Limit
                found={now()}
                threshold={shown()}
                onThreshold={slide}
                ready={!busy() && isCurrent()}
                onApply={() => void apply()}
              />
              <BothSides found={now()} outdated={!isCurrent()} onNothing={(id, isPhoto) => void nothing(id, isPhoto)} />
            </>
          )}
        </Match>
      </Switch>
    </div>
  )
}

const LONG_WAIT_MS = 1500

function Waiting(): JSX.Element {
  const [isLong, setLong] = createSignal(false)
  const timer = setTimeout(() => setLong(true), LONG_WAIT_MS)
  onCleanup(() => clearTimeout(timer))
  return (
    <>
      <div class="false-triggers-wait skeleton" />
      <p class="below-head" role="status">
        {isLong()
          ? 'Judging all photos that wait. Of hundreds of thousands, the first time takes about a minute.'
          : 'Counting photos'}
      </p>
    </>
  )
}

/** The slider with its curve, the number of photos below the limit, and the button that sets them aside. */
function Limit(props: {
  found: Found
  threshold: number
  onThreshold: (threshold: number) => void
  ready: boolean
  onApply: () => void
}): JSX.Element {
  const photos = () => atThreshold(props.found, props.threshold)
  return (
    <section class="panel false-triggers-limit" aria-label="Limit">
      <Curve found={props.found} threshold={props.threshold} />
      <label class="false-triggers-slider">
        <span class="unseen">Lowest probability of an animal that stays</span>
        <input
          type="range"
          min={STEP}
          max="1"
          step={STEP}
          value={props.threshold}
          aria-valuetext={`${props.threshold.toFixed(2)}: ${counted(photos(), 'photo')} set aside`}
          onInput={(event) => props.onThreshold(Number(event.currentTarget.valueAsNumber.toFixed(2)))}
        />
      </label>
      <div class="ends wrapping false-triggers-sum">
        <p role="status">
          <b>{count(photos())}</b> of {counted(props.found.total, 'open photo')}{' '}
          {props.found.withoutBoxJudged > 0 ? 'that are judged' : 'with a box'} show an animal with a probability below{' '}
          <b>{props.threshold.toFixed(2)}</b>.
        </p>
        <button
          type="button"
          class="button primary big"
          disabled={!props.ready || props.found.setAside === 0}
          onClick={() => props.onApply()}
        >
          <ArchiveX size={18} /> Set {counted(photos(), 'photo')} aside
        </button>
      </div>
      <Measured found={props.found} />
    </section>
  )
}

/** The counts of all thresholds are already loaded, so the number follows the slider before the samples do. */
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
    <div class="acts false-triggers-scope">
      <Choice
        hideLabel
        label="Import"
        any="All imports"
        value={props.scope.importId}
        options={(dataOf(imports)?.items ?? []).map(({ id, name }) => ({ value: id, text: name }))}
        onChange={(importId) => props.onScope({ ...props.scope, importId: importId || undefined })}
      />
      <Choice
        hideLabel
        label="Camera"
        any="All cameras"
        value={props.scope.deployment}
        options={(dataOf(choices)?.deployments ?? []).map((name) => ({ value: name, text: name.replaceAll('_', ' ') }))}
        onChange={(deployment) => props.onScope({ ...props.scope, deployment: deployment || undefined })}
      />
    </div>
  )
}
