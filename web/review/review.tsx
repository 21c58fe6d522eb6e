// The main view: one animal after the other. In: a queue (in the address) and the detection on the screen (in the address too).
// It moves between detections and fetches the next ones ahead; everything about one of them is in Case, made anew for each.

import { useNavigate, useParams, useSearchParams } from '@solidjs/router'
import { createEffect, createMemo, createSignal, type JSX, Match, on, onMount, Show, Switch } from 'solid-js'
import type { Action } from '../../api/contract/action.ts'
import { type AnimalFilter, addressOf, filterOf } from '../filter/filter.ts'
import { Failure } from '../parts/message.tsx'
import { notifyFailure } from '../parts/notices.tsx'
import { personKnown } from '../person/person.ts'
import { PersonQuestion } from '../teaching/person-question.tsx'
import { identify, identifyMany, redo, undo } from '../teaching/teaching.ts'
import { animalsOf } from './animals-of.ts'
import { Case, CaseSkeleton } from './case.tsx'
import type { Moves } from './moves.ts'
import { fetchAhead } from './queue/ahead.ts'
import { createQueue } from './queue/queue.ts'
import { QueueBar } from './queue/queue-bar.tsx'
import { QueueDone } from './queue/queue-done.tsx'
import './review.css'

/** So many are fetched ahead, with their answers and photos. */
const AHEAD = 3

export default function Review(): JSX.Element {
  const params = useParams<{ detectionId?: string }>()
  const [search] = useSearchParams()
  const navigate = useNavigate()
  const current = () => params.detectionId
  const filter = createMemo<AnimalFilter>(() => filterOf(search))
  const queue = createQueue(filter, current)
  const [trail, setTrail] = createSignal<readonly string[]>([])
  const [zoomed, setZoomed] = createSignal(true)
  const [choosing, setChoosing] = createSignal(false)
  const [asking, setAsking] = createSignal(false)
  const [told, tell] = createSignal('')
  onMount(() => setAsking(!personKnown()))

  const open = (id: string | null, replace = false, of: AnimalFilter = filter()) =>
    navigate(`/review${id === null ? '' : `/${id}`}${addressOf(of)}`, { replace, scroll: false })
  const changeFilter = (next: AnimalFilter) => open(null, false, next)

  const next = (but: readonly string[] = []) => queue.ahead().find((d) => !but.includes(d.id))?.id ?? null
  /** Passes the one on the screen, and others decided with it. */
  const goOn = (decided: readonly string[] = []) => {
    const id = current()
    const passing = id === undefined ? decided : [id, ...decided.filter((other) => other !== id)]
    const following = next(passing)
    if (id !== undefined) setTrail([...trail(), id])
    if (passing.length > 0) queue.pass(passing)
    open(following)
  }
  const goBack = () => {
    const previous = trail().at(-1)
    if (previous === undefined) return
    setTrail(trail().slice(0, -1))
    queue.bringBack([previous])
    open(previous)
  }
  /** To the animal that was changed, where it is still there. */
  const takeStep = async (act: () => Promise<Action | null>, failed: string) => {
    try {
      const action = await act()
      if (action === null) return
      const ids = await animalsOf(action)
      queue.bringBack(ids)
      const id = ids.find((one) => trail().includes(one)) ?? ids[0]
      // A box that was taken back is no longer there.
      if (id !== undefined) open(id)
      else if (action.detectionIds.includes(current() ?? '')) open(next())
    } catch (error) {
      notifyFailure(failed, error)
    }
  }
  /** Goes on at once; when the service refuses, the way back is offered. */
  const decide = (ids: readonly string[], act: () => Promise<unknown>, failed: string) => {
    const id = current()
    goOn(ids)
    act().catch((error: unknown) => {
      queue.bringBack(ids)
      notifyFailure(failed, error, id === undefined ? undefined : { label: 'Back to that photo', act: () => open(id) })
    })
  }

  const moves: Moves = {
    get canGoBack() {
      return trail().length > 0
    },
    open: (id) => open(id),
    later: () => goOn(),
    back: goBack,
    undo: () => void takeStep(undo, 'This could not be taken back'),
    redo: () => void takeStep(redo, 'This could not be done again'),
    chooseQueue: () => setChoosing(true),
    showSimilar: (taxon) =>
      navigate(
        `/grid${addressOf({ ...filter(), queue: 'unidentified', taxon: taxon?.id ?? filter().taxon }, { order: 'similar' })}`,
      ),
    decide,
    announce: tell,
    identify: (statement, taxon) => decide([statement.detectionId], () => identify(statement, taxon), 'Not saved'),
    identifyBurst: (ids, taxon, treeVersion) =>
      decide(
        ids,
        async () => {
          const basis = { kind: 'bulk', rank: taxon.rank, treeVersion } as const
          const problems = await identifyMany({ detectionIds: ids, taxonId: taxon.id, basis }, taxon)
          if (problems[0] !== undefined) throw new Error(problems[0])
        },
        'Not all of the burst was saved',
      ),
    leaveDeleted: (removed) => {
      const others = removed.media.detections.filter((d) => d.id !== removed.id)
      const [beside] = others
      queue.pass([removed.id])
      setTrail(trail().filter((id) => id !== removed.id))
      open(beside?.id ?? next([removed.id]), true)
    },
  }

  // Without a detection in the address the queue's first one is opened.
  createEffect(() => {
    const first = next()
    if (current() === undefined && first !== null) open(first, true)
  })
  createEffect(() => {
    queue
      .ahead()
      .slice(0, AHEAD)
      .forEach(({ id }, i) => {
        fetchAhead(id, zoomed(), i === 0)
      })
  })
  createEffect(
    on(
      createMemo(() => addressOf(filter())),
      () => setTrail([]),
      { defer: true },
    ),
  )

  return (
    <div class="review">
      <h1 class="unseen">Review</h1>
      <p class="unseen" aria-live="polite">
        {told()}
      </p>
      <QueueBar
        filter={filter()}
        passed={queue.passed()}
        moments={queue.moments()}
        choosing={choosing()}
        onChoosing={setChoosing}
        onFilter={changeFilter}
      />
      <Switch fallback={<CaseSkeleton />}>
        <Match when={current()} keyed>
          {(id) => <Case detectionId={id} zoomed={zoomed()} onZoom={setZoomed} moves={moves} />}
        </Match>
        <Match when={queue.error()}>
          <Failure error={queue.error()} retry={queue.startAgain} />
        </Match>
        <Match when={queue.exhausted()}>
          <QueueDone
            filter={filter()}
            passed={queue.passed()}
            onAgain={queue.startAgain}
            onUnfiltered={() => changeFilter({ queue: filter().queue })}
            onQueue={(name) => changeFilter({ ...filter(), queue: name })}
            onUndo={moves.undo}
            onRedo={moves.redo}
            onChooseQueue={moves.chooseQueue}
          />
        </Match>
      </Switch>
      <Show when={asking()}>
        <PersonQuestion open onClose={() => setAsking(false)} />
      </Show>
    </div>
  )
}
