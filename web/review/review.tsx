// The main view: one animal after another. The address holds the queue and the animal on the screen. The next animals
// are fetched ahead. Everything about one animal is in Case, which is created again for each animal.

import { useNavigate, useParams, useSearchParams } from '@solidjs/router'
import { createEffect, createMemo, createSignal, type JSX, Match, onMount, Show, Switch } from 'solid-js'
import { type AnimalFilter, addressOf, filterOf } from '../filter/filter.ts'
import { Failure } from '../parts/message.tsx'
import { personKnown } from '../person/person.ts'
import { PersonQuestion } from '../teaching/person-question.tsx'
import { Case, CaseSkeleton } from './case.tsx'
import { fetchAhead } from './queue/ahead.ts'
import { createQueue } from './queue/queue.ts'
import { QueueBar } from './queue/queue-bar.tsx'
import { QueueDone } from './queue/queue-done.tsx'
import { createMoves } from './review-moves.ts'
import './review.css'

/** How many animals are fetched ahead, with their answers and photos. */
const AHEAD = 3

export default function Review(): JSX.Element {
  const params = useParams<{ detectionId?: string }>()
  const [search] = useSearchParams()
  const navigate = useNavigate()
  const current = () => params.detectionId
  const filter = createMemo<AnimalFilter>(() => filterOf(search))
  const queue = createQueue(filter, current)
  const [zoomed, setZoomed] = createSignal(true)
  const [choosing, setChoosing] = createSignal(false)
  const [asking, setAsking] = createSignal(false)
  const [announced, announce] = createSignal('')
  onMount(() => setAsking(!personKnown()))

  const open = (id: string | null, replace = false, of: AnimalFilter = filter()) =>
    navigate(`/review${id === null ? '' : `/${id}`}${addressOf(of)}`, { replace, scroll: false })
  const changeFilter = (next: AnimalFilter) => open(null, false, next)
  const { moves, next } = createMoves({
    filter,
    queue,
    current,
    open,
    openGrid: (selection, from) =>
      navigate(
        `/grid${addressOf({ queue: filter().queue, selection }, { order: 'given', of: from, back: addressOf(filter()) })}`,
      ),
    chooseQueue: () => setChoosing(true),
    announce,
  })

  // If the address holds no detection, this opens the first of the queue.
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

  return (
    <div class="review" data-keys>
      <h1 class="unseen">Review</h1>
      <p class="unseen" aria-live="polite">
        {announced()}
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
