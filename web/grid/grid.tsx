// The wall of animals: people see many at a glance, select them like files and identify them together. The address
// holds which animals and in which order. A bulk identification is previewed first and can be undone as one step. The
// order does not change while somebody works, only on demand.

import { useNavigate, useSearchParams } from '@solidjs/router'
import { createEffect, createMemo, createSignal, type JSX, Match, onMount, Show, Switch } from 'solid-js'
import { addressOf, filterOf, searchOf } from '../filter/filter.ts'
import { LayoutGrid } from '../icons/icons.ts'
import { useActions } from '../keys/use-actions.ts'
import { Failure, Message } from '../parts/message.tsx'
import { personKnown } from '../person/person.ts'
import { PersonQuestion } from '../teaching/person-question.tsx'
import { createBulkActions, tooMany } from './bulk-actions.ts'
import { BulkSheet } from './bulk-sheet.tsx'
import { ByExample } from './by-example.tsx'
import { cropSize, largerCrops, smallerCrops } from './crop-size.ts'
import { GridBar } from './grid-bar.tsx'
import { isOrder } from './pages.ts'
import { NOTHING } from './selection.ts'
import { SelectionBar } from './selection-bar.tsx'
import { Wall } from './wall.tsx'
import { createWall, type WallState } from './wall-state.ts'
import './grid.css'

export default function Grid(): JSX.Element {
  const [search, setSearch] = useSearchParams()
  const navigate = useNavigate()
  const filter = createMemo(() => filterOf(search))
  const order = createMemo(() => (isOrder(search.order) ? search.order : undefined))
  const wall = createWall(filter, order)
  const bulk = createBulkActions(wall, () => filter().queue === 'flagged')
  /** The animals in the open preview. */
  const [sheet, setSheet] = createSignal<string[] | null>(null)
  const [asking, setAsking] = createSignal(false)
  onMount(() => setAsking(!personKnown()))

  const preview = (ids: string[]) => {
    if (ids.length > 0 && !tooMany(ids)) setSheet(ids)
  }
  const previewMeant = () => preview(wall.meant())
  const previewBursts = async () => {
    if (wall.meant().length > 0) preview(await bulk.selectBursts())
  }
  // Where the address says so, all are chosen once they are there.
  createEffect(() => {
    if (search.choose !== 'all' || wall.items().length === 0 || wall.pages.hasNextPage) return
    setSearch({ choose: null }, { replace: true })
    const ids = wall.items().map(({ id }) => id)
    wall.select({ chosen: new Set(ids), anchor: null })
    preview(ids)
  })
  const openInReview = (id: string) => {
    const { selection: _, ...rest } = filter()
    navigate(`/review/${id}${addressOf(search.of === undefined ? filter() : rest)}`)
  }
  /** Back to the animal whose neighbours these are, and to the queue and filters that it was met in. */
  const leaveNeighbours = (id: string) => {
    if (typeof search.back === 'string') navigate(`/review/${id}${search.back}`)
    else openInReview(id)
  }
  useActions(() => ({
    confirm: previewMeant,
    burst: () => void previewBursts(),
    search: previewMeant,
    unknown: () => void bulk.mark('unknown'),
    notAnimal: () => void bulk.mark('notAnimal'),
    person: () => void bulk.mark('person'),
    vehicle: () => void bulk.mark('vehicle'),
    empty: () => void bulk.mark('empty'),
    flag: () => void bulk.mark('favourite'),
    similar: () => setSearch({ order: 'similar' }),
    zoomIn: largerCrops,
    zoomOut: smallerCrops,
    undo: bulk.undo,
    redo: bulk.redo,
    // The wall clears a selection first.
    ...(typeof search.of === 'string' &&
      wall.selection().chosen.size === 0 && { leaveNeighbours: () => leaveNeighbours(String(search.of)) }),
  }))

  return (
    <div class="grid" data-keys>
      <h1 class="unseen">Grid</h1>
      <GridBar
        filter={filter()}
        order={order()}
        shown={wall.items().length}
        complete={wall.pages.isSuccess && !wall.pages.hasNextPage}
        stale={wall.isStale()}
        onFilter={(next) =>
          setSearch({ ...searchOf(next), ...(next.selection === undefined && { like: null, unlike: null }) })
        }
        onOrder={(next) => setSearch({ order: next ?? null })}
        onRenew={wall.renew}
      />
      <ByExample chosen={[...wall.selection().chosen]} />
      <div class="grid-wall">
        <Animals wall={wall} onOpen={openInReview} />
      </div>
      <SelectionBar
        chosen={wall.meant()}
        known={wall.known()}
        explicit={wall.selection().chosen.size > 0}
        onConfirm={previewMeant}
        onBursts={() => void bulk.selectBursts()}
        onBurst={() => void previewBursts()}
        onMark={(mark) => void bulk.mark(mark)}
        onOpen={() => {
          const [one] = wall.meant()
          if (one !== undefined) openInReview(one)
        }}
        onClear={() => wall.select(NOTHING)}
        onUndo={bulk.undo}
      />
      <Show when={sheet()} keyed>
        {(ids) => (
          <BulkSheet
            detectionIds={ids}
            known={wall.known()}
            onClose={() => setSheet(null)}
            onConfirm={(confirmed, taxon) => {
              setSheet(null)
              void bulk.confirm(confirmed, taxon)
            }}
          />
        )}
      </Show>
      <Show when={asking()}>
        <PersonQuestion open onClose={() => setAsking(false)} />
      </Show>
    </div>
  )
}

function Animals(props: { wall: WallState; onOpen: (id: string) => void }): JSX.Element {
  const { pages, items, isWorkedOn } = props.wall
  return (
    <Switch fallback={<div class="grid-waiting skeleton" role="status" aria-label="Loading animals" />}>
      <Match when={pages.isError}>
        <Failure error={pages.error} retry={() => void pages.refetch()} />
      </Match>
      <Match when={pages.isSuccess && items().length === 0 && !pages.hasNextPage}>
        <Message
          icon={<LayoutGrid size={26} />}
          title={isWorkedOn() ? 'All of these are done' : 'No animals here'}
          actions={
            <button type="button" class="button" onClick={props.wall.renew}>
              Reload
            </button>
          }
        >
          {isWorkedOn()
            ? 'What you confirmed or marked has left the wall. Undo brings it back.'
            : 'Choose another queue above, or clear some filters.'}
        </Message>
      </Match>
      <Match when={pages.isSuccess}>
        <Wall
          items={items()}
          sizePx={cropSize()}
          selection={props.wall.selection()}
          onSelect={props.wall.select}
          at={props.wall.at()}
          onAt={props.wall.setAt}
          onOpen={props.onOpen}
          onEnd={props.wall.more}
        />
      </Match>
    </Switch>
  )
}
