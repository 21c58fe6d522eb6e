// The wall of animals: many at a glance, chosen like files and identified together. In: the address says which, in what order. Out:
// bulk identifications, each seen in a preview first and taken back as one step. The order stays while one works; it is renewed on demand.

import { useNavigate, useSearchParams } from '@solidjs/router'
import { useInfiniteQuery, useQuery } from '@tanstack/solid-query'
import { batch, createEffect, createMemo, createSignal, type JSX, Match, on, onMount, Show, Switch } from 'solid-js'
import type { Action } from '../../api/contract/action.ts'
import type { Detection } from '../../api/contract/detection.ts'
import type { Taxon } from '../../api/contract/taxon.ts'
import { addressOf, filterOf, searchOf } from '../filter/filter.ts'
import { LayoutGrid } from '../icons/icons.ts'
import { useActions } from '../keys/use-actions.ts'
import { counted } from '../parts/format.ts'
import { Failure, Message } from '../parts/message.tsx'
import { notify, notifyFailure } from '../parts/notices.tsx'
import { personKnown } from '../person/person.ts'
import { type AnyMark, burstOf, MOST_AT_ONCE, markMany } from '../server/bulk.ts'
import { teachMany } from '../server/identifications.ts'
import { dataOf, queries } from '../server/query-client.ts'
import { tree } from '../server/summary.ts'
import { PersonQuestion } from '../teaching/person-question.tsx'
import { redo, step, undo } from '../teaching/teaching.ts'
import { BulkSheet } from './bulk-sheet.tsx'
import { ChosenBar } from './chosen-bar.tsx'
import { cropSize, largerCrops, smallerCrops } from './crop-size.ts'
import { GridBar } from './grid-bar.tsx'
import { isOrder, wallPages } from './pages.ts'
import { add, NOTHING, type Selection, without } from './selection.ts'
import { Wall } from './wall.tsx'
import './grid.css'

export default function Grid(): JSX.Element {
  const [search, setSearch] = useSearchParams()
  const navigate = useNavigate()
  const filter = createMemo(() => filterOf(search))
  const order = createMemo(() => (isOrder(search.order) ? search.order : undefined))
  const pages = useInfiniteQuery(() => wallPages(filter(), order()))
  const answering = useQuery(tree)

  const [done, setDone] = createSignal<ReadonlySet<string>>(new Set())
  const items = createMemo<Detection[]>(() =>
    (dataOf(pages)?.pages ?? []).flatMap((page) => page.items).filter(({ id }) => !done().has(id)),
  )
  const known = createMemo(() => new Map(items().map((one) => [one.id, one])))
  const [selection, setSelection] = createSignal<Selection>(NOTHING)
  const [at, setAt] = createSignal<string | null>(null)
  const [sheet, setSheet] = createSignal<{ ids: string[]; taxon: Taxon | null } | null>(null)
  const [asking, setAsking] = createSignal(false)
  onMount(() => setAsking(!personKnown()))

  /** Another queue or filter is another wall. */
  const startAgain = () =>
    batch(() => {
      setDone(new Set<string>())
      setSelection(NOTHING)
      setAt(null)
    })
  createEffect(on([filter, order], startAgain, { defer: true }))

  /** The tree has learned since the wall was ordered. */
  const [orderedBy, setOrderedBy] = createSignal<string | null>(null)
  const version = () => dataOf(answering)?.treeVersion ?? null
  createEffect(
    on([() => pages.dataUpdatedAt, filter, order], () => {
      if (dataOf(pages)?.pages.length === 1) setOrderedBy(version())
    }),
  )
  const isStale = () => orderedBy() !== null && version() !== null && orderedBy() !== version()
  const renew = () => {
    startAgain()
    void queries.resetQueries({ queryKey: ['wall'] })
  }

  /** The chosen ones, in the order of the wall; where none is, the one under the keyboard. */
  const meant = createMemo(() => {
    const { chosen } = selection()
    if (chosen.size > 0) return [...chosen]
    const one = at()
    return one !== null && known().has(one) ? [one] : []
  })

  const confirmAll = async (ids: string[], taxon: Taxon) => {
    setSheet(null)
    try {
      const said = await teachMany({ detectionIds: ids, taxonId: taxon.id, basis: { kind: 'bulk' } })
      leave(said.identified, said.action)
      const [failure] = said.failures
      notify({
        title: `${counted(said.identified.length, 'animal')} confirmed as ${taxon.name}`,
        text: failure && `${counted(said.failures.length, 'animal')} not: ${failure.problem}`,
        action: said.action === null ? undefined : { label: 'Undo', act: () => void takeStep(undo, 'Taken back') },
      })
    } catch (error) {
      notifyFailure('Nothing was confirmed', error)
    }
  }

  /** What all of them were already is taken back instead. A flag leaves them where they are. */
  const markAll = async (mark: AnyMark) => {
    const ids = meant()
    if (ids.length === 0 || tooMany(ids)) return
    const flag = mark === 'favourite'
    const on = flag ? filter().queue !== 'flagged' : !ids.every((id) => known().get(id)?.mark === mark)
    try {
      const { action, detectionIds, missing } = await step(() => markMany({ detectionIds: ids, mark, on }), ids)
      if (!flag || !on) leave([...new Set([...ids, ...detectionIds])], action)
      notify({
        title: action?.summary ?? 'They were so already',
        ...(missing.length > 0 && { text: `${counted(missing.length, 'animal')} removed in the meantime.` }),
        ...(action !== null && { action: { label: 'Undo', act: () => void takeStep(undo, 'Taken back') } }),
      })
    } catch (error) {
      notifyFailure('Nothing was marked', error)
    }
  }

  /** What left the wall with each step, so that it comes back with it; the service tells the first hundred of a step only. */
  const steps = new Map<string, readonly string[]>()
  const leave = (ids: readonly string[], action: Action | null) => {
    if (action !== null) steps.set(action.id, ids)
    batch(() => {
      setDone(new Set([...done(), ...ids]))
      setSelection(without(selection(), new Set(ids)))
    })
  }
  const takeStep = async (act: () => Promise<Action | null>, words: string) => {
    try {
      const action = await act()
      if (action === null) return notify({ title: 'There is nothing to take' })
      const ids = new Set(steps.get(action.id) ?? action.detectionIds)
      if (act === redo) leave([...ids], action)
      else
        batch(() => {
          setDone(new Set([...done()].filter((id) => !ids.has(id))))
          setSelection({ chosen: new Set([...ids].filter((id) => known().has(id))), anchor: null })
        })
      notify({ title: `${words}: ${action.summary}` })
    } catch (error) {
      notifyFailure('This could not be done', error)
    }
  }

  const tooMany = (ids: readonly string[]) => {
    if (ids.length <= MOST_AT_ONCE) return false
    notify({ title: `At most ${counted(MOST_AT_ONCE, 'animal')} at once`, text: 'Choose fewer, in two steps.' })
    return true
  }
  const open = (taxon: Taxon | null) => {
    const ids = meant()
    if (ids.length > 0 && !tooMany(ids)) setSheet({ ids, taxon })
  }
  /** Also those of the burst that are not on the wall yet. */
  const chooseBursts = async (): Promise<string[]> => {
    // One of each burst is asked for the others.
    const of = new Map(meant().flatMap((id) => (known().has(id) ? [[known().get(id)?.groupKey, id] as const] : [])))
    try {
      const members = (await Promise.all([...of.values()].map(burstOf))).flat()
      setSelection(add(selection(), [...meant(), ...members.map(({ id }) => id)]))
    } catch (error) {
      notifyFailure('The burst could not be fetched', error)
    }
    return [...selection().chosen]
  }
  const confirmBurst = async () => {
    if (meant().length === 0) return
    const ids = await chooseBursts()
    if (ids.length > 0 && !tooMany(ids)) setSheet({ ids, taxon: null })
  }
  const openInReview = (id: string) => navigate(`/review/${id}${addressOf(filter())}`)

  useActions(() => ({
    confirm: () => open(null),
    burst: () => void confirmBurst(),
    search: () => open(null),
    unknown: () => void markAll('unknown'),
    notAnimal: () => void markAll('notAnimal'),
    empty: () => void markAll('empty'),
    flag: () => void markAll('favourite'),
    similar: () => setSearch({ order: 'similar' }),
    zoomIn: largerCrops,
    zoomOut: smallerCrops,
    undo: () => void takeStep(undo, 'Taken back'),
    redo: () => void takeStep(redo, 'Done again'),
  }))

  const more = () => {
    if (pages.hasNextPage && !pages.isFetchingNextPage) void pages.fetchNextPage()
  }

  return (
    <div class="grid">
      <h1 class="unseen">Grid</h1>
      <GridBar
        filter={filter()}
        order={order()}
        shown={items().length}
        complete={pages.isSuccess && !pages.hasNextPage}
        stale={isStale()}
        onFilter={(next) => setSearch(searchOf(next))}
        onOrder={(next) => setSearch({ order: next ?? null })}
        onRenew={renew}
      />
      <div class="grid-wall">
        <Switch fallback={<div class="grid-waiting skeleton" role="status" aria-label="Fetching animals" />}>
          <Match when={pages.isError}>
            <Failure error={pages.error} retry={() => void pages.refetch()} />
          </Match>
          <Match when={pages.isSuccess && items().length === 0 && !pages.hasNextPage}>
            <Message
              icon={<LayoutGrid size={26} />}
              title={done().size > 0 ? 'All of these are done' : 'No animal here'}
              actions={
                <button type="button" class="button" onClick={renew}>
                  Look again
                </button>
              }
            >
              {done().size > 0
                ? 'What you confirmed or marked has left the wall. Undo brings it back.'
                : 'Choose another queue above, or ask for less.'}
            </Message>
          </Match>
          <Match when={pages.isSuccess}>
            <Wall
              items={items()}
              sizePx={cropSize()}
              selection={selection()}
              onSelect={setSelection}
              at={at()}
              onAt={setAt}
              onOpen={openInReview}
              onEnd={more}
            />
          </Match>
        </Switch>
      </div>
      <ChosenBar
        chosen={meant()}
        known={known()}
        explicit={selection().chosen.size > 0}
        onConfirm={() => open(null)}
        onBursts={() => void chooseBursts()}
        onBurst={() => void confirmBurst()}
        onMark={(mark) => void markAll(mark)}
        onOpen={() => {
          const [one] = meant()
          if (one !== undefined) openInReview(one)
        }}
        onClear={() => setSelection(NOTHING)}
        onUndo={() => void takeStep(undo, 'Taken back')}
      />
      <Show when={sheet()} keyed>
        {(now) => (
          <BulkSheet
            detectionIds={now.ids}
            known={known()}
            taxon={now.taxon}
            onClose={() => setSheet(null)}
            onConfirm={(ids, taxon) => void confirmAll(ids, taxon)}
          />
        )}
      </Show>
      <Show when={asking()}>
        <PersonQuestion open onClose={() => setAsking(false)} />
      </Show>
    </div>
  )
}
