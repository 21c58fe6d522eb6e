// Stones and branches that the detector takes for an animal in photo after photo: one card for each place, its odd
// crops first. A click on a crop rescues it. Each answer is one step and can be undone.

import { A, useSearchParams } from '@solidjs/router'
import { useQuery } from '@tanstack/solid-query'
import { createMemo, createSignal, type JSX, Match, Show, Switch } from 'solid-js'
import type { RepeatPlace } from '../../api/contract/cohorts/repeats.ts'
import { Check, CircleSlash, Layers } from '../icons/icons.ts'
import { KeyHint } from '../keys/key-hint.tsx'
import { useActions } from '../keys/use-actions.ts'
import { CropChoices, createLeftOut } from '../parts/crop-choices.tsx'
import { Choice } from '../parts/form/choice.tsx'
import { counted } from '../parts/format.ts'
import { Failure, Message } from '../parts/message.tsx'
import { notify, notifyFailure } from '../parts/notices.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { judgeRepeat, repeats } from '../server/cohorts/repeats.ts'
import { filterChoices } from '../server/detections.ts'
import { dataOf } from '../server/query-client.ts'
import './repeats.css'
import { refreshAll, undoLast } from './undo-last.ts'

export default function Repeats(): JSX.Element {
  const [search, setSearch] = useSearchParams()
  const camera = () =>
    typeof search.deployment === 'string' && search.deployment !== '' ? search.deployment : undefined
  const query = useQuery(() => repeats(camera()))
  const found = () => dataOf(query)
  const [skipped, setSkipped] = createSignal<readonly string[]>([])
  const keyOf = (place: RepeatPlace) => place.detectionIds[0] ?? ''
  const places = createMemo(() => (found()?.items ?? []).filter((place) => !skipped().includes(keyOf(place))))
  const rescued = createLeftOut()
  const [busy, setBusy] = createSignal(false)

  const judge = async (verdict: 'nothing' | 'animal') => {
    const place = places()[0]
    if (!place || busy()) return
    setBusy(true)
    const kept =
      verdict === 'nothing' ? place.detectionIds.filter((id) => !rescued.leftOut().includes(id)) : place.detectionIds
    try {
      const { action } = kept.length === 0 ? { action: null } : await judgeRepeat({ detectionIds: kept, verdict })
      setSkipped((before) => [...before, keyOf(place)])
      rescued.clear()
      notify({
        title:
          verdict === 'nothing'
            ? `${counted(kept.length, 'box', 'boxes')} marked as no animal`
            : 'Kept. This place is not listed again.',
        text: verdict === 'nothing' ? 'New photos with a box there are marked too.' : undefined,
        action: action === null ? undefined : { label: 'Undo', act: () => void takeBack() },
      })
    } catch (error) {
      notifyFailure('Nothing was marked', error)
    }
    setBusy(false)
    refreshAll()
  }
  const takeBack = async () => {
    setSkipped([])
    await undoLast()
  }
  const skip = () => {
    const place = places()[0]
    if (place) setSkipped((before) => [...before, keyOf(place)])
    rescued.clear()
  }
  useActions(() => ({
    repeatNothing: () => void judge('nothing'),
    repeatAnimal: () => void judge('animal'),
    repeatSkip: skip,
    undo: () => void takeBack(),
  }))

  return (
    <div class="page in-parts" data-keys>
      <PageHead
        title="The same place again"
        lead="A stone or a branch that is boxed in photo after photo. If one of the crops shows an animal, choose it: it is left as it is."
      >
        <CameraChoice camera={camera()} onCamera={(deployment) => setSearch({ deployment })} />
      </PageHead>
      <Switch fallback={<div class="repeats-wait skeleton" role="status" aria-label="Looking for such places" />}>
        <Match when={query.isError}>
          <Failure error={query.error} retry={() => void query.refetch()} />
        </Match>
        <Match when={places()[0]}>
          {(place) => (
            <>
              <p class="repeats-sum" role="status">
                {counted(found()?.places ?? 0, 'place')} with {counted(found()?.boxes ?? 0, 'box', 'boxes')}
              </p>
              <Place place={place()} rescued={rescued.leftOut()} onRescue={rescued.toggle}>
                <button
                  type="button"
                  class="button primary big"
                  disabled={busy()}
                  onClick={() => void judge('nothing')}
                >
                  <CircleSlash size={18} /> No animals <KeyHint action="repeatNothing" />
                </button>
                <button type="button" class="button big" disabled={busy()} onClick={() => void judge('animal')}>
                  <Check size={18} /> Animals <KeyHint action="repeatAnimal" />
                </button>
                <button type="button" class="button big" onClick={skip}>
                  Later <KeyHint action="repeatSkip" />
                </button>
              </Place>
            </>
          )}
        </Match>
        <Match when={found()}>
          <Message
            icon={<Layers size={26} />}
            title="No such places"
            actions={
              <A href="/add/false-triggers" class="button">
                Photos without an animal
              </A>
            }
          >
            A place is listed here when a camera has a box there in at least 12 photos of several bursts and days, and
            nobody has judged them.
          </Message>
        </Match>
      </Switch>
    </div>
  )
}

function Place(props: {
  place: RepeatPlace
  rescued: readonly string[]
  onRescue: (id: string) => void
  children: JSX.Element
}): JSX.Element {
  /** The last tile looks most like the others. */
  const typical = () => props.place.tiles.at(-1)
  const percent = (share: number) => `${share * 100}%`
  return (
    <section class="panel repeats-place" aria-label={`A place of ${props.place.deployment}`}>
      <div class="repeats-photo">
        <Show when={typical()}>
          {(tile) => (
            <A href={`/photos/${tile().mediaId}`}>
              <img
                src={`/api/media/${tile().mediaId}/image?width=640`}
                alt={`The place, at ${props.place.deployment}`}
              />
              <span
                class="repeats-box"
                style={{
                  left: percent(tile().bbox[0]),
                  top: percent(tile().bbox[1]),
                  width: percent(tile().bbox[2]),
                  height: percent(tile().bbox[3]),
                }}
              />
            </A>
          )}
        </Show>
      </div>
      <div class="repeats-words">
        <h2>{props.place.deployment.replaceAll('_', ' ')}</h2>
        <p>
          {counted(props.place.photos, 'photo')} of {counted(props.place.bursts, 'burst')} on{' '}
          {counted(props.place.days, 'day')}
        </p>
        <div class="acts">{props.children}</div>
      </div>
      <CropChoices
        tiles={props.place.tiles}
        leftOut={props.rescued}
        onToggle={props.onRescue}
        label="Crops, the odd ones first"
        title="Leave this one as it is"
        word="kept"
      />
    </section>
  )
}

function CameraChoice(props: {
  camera: string | undefined
  onCamera: (name: string | undefined) => void
}): JSX.Element {
  const choices = useQuery(filterChoices)
  return (
    <Choice
      hideLabel
      label="Camera"
      any="All cameras"
      value={props.camera}
      options={(dataOf(choices)?.deployments ?? []).map((name) => ({ value: name, text: name.replaceAll('_', ' ') }))}
      onChange={(name) => props.onCamera(name || undefined)}
    />
  )
}
