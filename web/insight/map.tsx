// The map of look-alikes: every animal a point, near those that it resembles. In: the filter in the address. Out: groups to see, to choose
// with a loop or by name, and to open on the wall.

import { useNavigate, useSearchParams } from '@solidjs/router'
import { useQuery, useQueryClient } from '@tanstack/solid-query'
import {
  createEffect,
  createMemo,
  createResource,
  createSignal,
  For,
  type JSX,
  Match,
  on,
  Show,
  Switch,
} from 'solid-js'
import { Download, Hand, LassoSelect, Maximize, Minus, Plus, RefreshCw } from '../icons/icons.ts'
import { count, counted, probabilityText, when } from '../parts/format.ts'
import { Failure, Message } from '../parts/message.tsx'
import { notifyFailure } from '../parts/notices.tsx'
import { type Rank, ranks } from '../parts/taxon/ranks.ts'
import { TaxonName } from '../parts/taxon/taxon-name.tsx'
import { beginMap, type InsightFilter, mapPoints, mapStanding } from '../server/insight.ts'
import { dataOf } from '../server/query-client.ts'
import { blobOf, csvOf, save } from './export.ts'
import { addressOf, filterOf, searchOf } from './filter.ts'
import { FilterBar } from './filter-bar.tsx'
import { type Colouring, colour, colouringNames, colourings } from './hues.ts'
import { InsightTabs } from './insight.tsx'
import { MapCanvas, type Tool } from './map-canvas.tsx'
import { useOpener } from './open.ts'
import { type Spread, spreadOf } from './spread.ts'
import './insight.css'
import './map.css'

export default function LookAlikes(): JSX.Element {
  const [search, setSearch] = useSearchParams()
  const filter = createMemo(() => filterOf(search), undefined, { equals: (a, b) => addressOf(a) === addressOf(b) })
  const standing = useQuery(mapStanding)
  const client = useQueryClient()
  const now = () => dataOf(standing)
  const readyId = () => now()?.ready?.id
  const [points] = createResource(
    () => {
      const id = readyId()
      return id === undefined ? undefined : { id, filter: filter() }
    },
    ({ filter: asked }) => mapPoints(asked),
  )
  const spread = createMemo(() => {
    const found = points.state === 'ready' || points.state === 'refreshing' ? points.latest : undefined
    return found === undefined ? null : spreadOf(found)
  })
  const begin = async () => {
    try {
      client.setQueryData(mapStanding().queryKey, await beginMap())
    } catch (error) {
      notifyFailure('The map could not be begun', error)
    }
    void standing.refetch()
  }
  const busy = () => now()?.state === 'computing'

  return (
    <div class="page insight insight-map">
      <header class="page-head">
        <h1>Map of look-alikes</h1>
        <InsightTabs filter={filter()} />
      </header>
      <FilterBar filter={filter()} onChange={(next: InsightFilter) => setSearch(searchOf(next))} />
      <Show when={busy()}>
        <div class="map-progress" role="status">
          <progress max={1} value={now()?.progress ?? 0} aria-label="The map is being computed" />
          <span>The map is being computed, {Math.round((now()?.progress ?? 0) * 100)} %. Go on working meanwhile.</span>
        </div>
      </Show>
      <Show when={now()?.state === 'failed' && now()?.message}>
        {(reason) => <p class="map-failed">The last map was not finished: {reason()}</p>}
      </Show>
      <Switch fallback={<div class="map-frame skeleton" aria-busy="true" />}>
        <Match when={standing.isError}>
          <Failure error={standing.error} retry={() => void standing.refetch()} />
        </Match>
        <Match when={points.error}>
          <Failure error={points.error} />
        </Match>
        <Match when={now() && readyId() === undefined}>
          <Show when={!busy()}>
            <Message
              title="No map yet"
              actions={
                <button type="button" class="button primary" onClick={() => void begin()}>
                  Compute the map
                </button>
              }
            >
              It puts every animal near those that it resembles to the tree. That takes a minute or two, in the
              background, and is kept.
            </Message>
          </Show>
        </Match>
        <Match when={spread()}>
          {(found) => (
            <Explorer
              spread={found()}
              foot={
                <p class="legend">
                  <Show when={now()?.ready}>
                    {(ready) => (
                      <>
                        {counted(ready().animals, 'animal')}, as tree {ready().treeVersion} sees them,{' '}
                        {when(ready().finishedAt)}.
                        <Show when={ready().newer > 0}> {counted(ready().newer, 'newer animal')} not on it.</Show>{' '}
                      </>
                    )}
                  </Show>
                  <button type="button" class="button quiet" disabled={busy()} onClick={() => void begin()}>
                    <RefreshCw size={15} /> Compute anew
                  </button>
                </p>
              }
            />
          )}
        </Match>
      </Switch>
    </div>
  )
}

function Explorer(props: { spread: Spread; foot: JSX.Element }): JSX.Element {
  const navigate = useNavigate()
  const opener = useOpener()
  const [by, setBy] = createSignal<Colouring>('taxon')
  const [wantedRank, setRank] = createSignal<Rank>('order')
  const [tool, setTool] = createSignal<Tool>('lasso')
  const [hidden, setHidden] = createSignal<ReadonlySet<number>>(new Set())
  const [chosen, setChosen] = createSignal<ReadonlySet<number>>(new Set())
  let control: { zoom(factor: number): void; fit(): void; canvas(): HTMLCanvasElement | undefined } | undefined

  const points = () => props.spread.points
  const used = createMemo(() => {
    const seen = new Set(points().taxa.flatMap((taxon) => [...taxon.path.map((step) => step.rank), taxon.rank]))
    return ranks.filter((one) => seen.has(one))
  })
  /** The wanted one, or where no animal has it the lowest that there is. */
  const rank = () => (used().includes(wantedRank()) ? wantedRank() : (used().at(-1) ?? wantedRank()))
  const colours = createMemo(() => colour(points(), by(), rank()))
  createEffect(on([by, rank, points], () => setHidden(new Set<number>()), { defer: true }))
  createEffect(on(points, () => setChosen(new Set<number>()), { defer: true }))

  const toggle = (hue: number) => {
    const next = new Set(hidden())
    if (!next.delete(hue)) next.add(hue)
    setHidden(next)
  }
  const choose = (hue: number) =>
    setChosen(new Set(points().detectionIds.flatMap((_, i) => (colours().of[i] === hue ? [i] : []))))
  const idsOf = (indices: Iterable<number>) => [...indices].map((i) => String(points().detectionIds[i]))
  const open = () => opener.ids(`${counted(chosen().size, 'look-alike')} from the map`, idsOf(chosen()))

  const savePicture = async () => {
    const canvas = control?.canvas()
    try {
      if (canvas) save('clavis-map.png', await blobOf(canvas))
    } catch (error) {
      notifyFailure('The map could not be saved', error)
    }
  }
  const saveNumbers = () => {
    const { x, y, taxon, taxa, identified, confidence, probability, person, people } = points()
    const share = (value: number | undefined) => (value === undefined || value < 0 ? null : value / 100)
    const rows = points().detectionIds.map((id, i) => [
      id,
      x[i] ?? null,
      y[i] ?? null,
      taxa[taxon[i] ?? -1]?.name ?? null,
      identified[i] ?? 0,
      share(confidence[i]),
      share(probability[i]),
      people[person[i] ?? -1] ?? null,
    ])
    const columns = ['detection', 'x', 'y', 'taxon', 'identified', 'confidence', 'probability', 'person']
    save('clavis-map.csv', new Blob([csvOf({ columns, rows })], { type: 'text/csv;charset=utf-8' }))
  }

  const describe = (i: number): JSX.Element => {
    const taxon = points().taxa[points().taxon[i] ?? -1]
    const probability = points().probability[i] ?? -1
    return (
      <>
        <img src={`/api/detections/${points().detectionIds[i]}/crop`} alt="" />
        <Show when={taxon} fallback="Nothing known">
          {(one) => <TaxonName taxon={one()} common={false} />}
        </Show>
        <span class="chart-note">
          {points().identified[i] === 1
            ? `identified${points().person[i] === -1 ? '' : ` by ${points().people[points().person[i] ?? -1]}`}`
            : probability >= 0
              ? `suggested, ${probabilityText(probability / 100)}`
              : 'not looked at yet'}
        </span>
      </>
    )
  }

  return (
    <div class="map-body">
      <div class="map-stage">
        <div class="map-tools">
          <fieldset class="segments" aria-label="Tool">
            <button type="button" aria-pressed={tool() === 'lasso'} onClick={() => setTool('lasso')}>
              <LassoSelect size={15} /> Lasso
            </button>
            <button type="button" aria-pressed={tool() === 'move'} onClick={() => setTool('move')}>
              <Hand size={15} /> Move
            </button>
          </fieldset>
          <div class="map-zoom">
            <button type="button" class="button icon" aria-label="Nearer" onClick={() => control?.zoom(1.5)}>
              <Plus size={16} />
            </button>
            <button type="button" class="button icon" aria-label="Farther" onClick={() => control?.zoom(1 / 1.5)}>
              <Minus size={16} />
            </button>
            <button type="button" class="button icon" aria-label="The whole map" onClick={() => control?.fit()}>
              <Maximize size={16} />
            </button>
          </div>
        </div>
        <MapCanvas
          spread={props.spread}
          colours={colours()}
          hidden={hidden()}
          tool={tool()}
          chosen={chosen()}
          onLasso={(indices) => setChosen(new Set(indices))}
          onOpen={(i) => navigate(`/review/${points().detectionIds[i]}`)}
          describe={describe}
          control={(given) => {
            control = given
          }}
        />
        <div class="map-chosen" role="status">
          <Show
            when={chosen().size > 0}
            fallback={<span class="chart-note">Draw a loop around animals to choose them. A click opens one.</span>}
          >
            <strong>{counted(chosen().size, 'animal')} chosen</strong>
            <button type="button" class="button primary" onClick={open}>
              Open in the grid
            </button>
            <button type="button" class="button quiet" onClick={() => setChosen(new Set<number>())}>
              None
            </button>
          </Show>
        </div>
        {props.foot}
      </div>
      <aside class="map-legend" aria-label="Colours">
        <label class="field">
          Coloured by
          <select
            class="select"
            onChange={(event) => setBy(colourings.find((one) => one === event.currentTarget.value) ?? 'taxon')}
          >
            <For each={colourings}>
              {(one) => (
                <option value={one} selected={one === by()}>
                  {colouringNames[one]}
                </option>
              )}
            </For>
          </select>
        </label>
        <Show when={by() === 'taxon'}>
          <label class="field">
            Rank
            <select
              class="select"
              onChange={(event) => setRank(ranks.find((one) => one === event.currentTarget.value) ?? 'order')}
            >
              <For each={used()}>
                {(one) => (
                  <option value={one} selected={one === rank()}>
                    {one}
                  </option>
                )}
              </For>
            </select>
          </label>
        </Show>
        <ul class="map-hues">
          <For each={colours().hues}>
            {(hue, i) => (
              <Show when={hue.count > 0}>
                <li>
                  <label>
                    <input type="checkbox" checked={!hidden().has(i())} onChange={() => toggle(i())} />
                    <span class={`swatch ${hue.colour === 'none' ? 'none' : `hue-${hue.colour}`}`} aria-hidden="true" />
                    <span classList={{ scientific: hue.italic, italic: hue.italic }}>{hue.name}</span>
                  </label>
                  <button
                    type="button"
                    class="button quiet"
                    aria-label={`${count(hue.count)}: choose ${hue.name}`}
                    title="Choose these"
                    onClick={() => choose(i())}
                  >
                    {count(hue.count)}
                  </button>
                </li>
              </Show>
            )}
          </For>
        </ul>
        <div class="map-save">
          <button type="button" class="button quiet" onClick={() => void savePicture()}>
            <Download size={15} /> PNG
          </button>
          <button type="button" class="button quiet" onClick={saveNumbers}>
            <Download size={15} /> CSV
          </button>
        </div>
      </aside>
    </div>
  )
}
