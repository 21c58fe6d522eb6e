// Shows a computed map: people colour its points, select groups with a loop or by name, and open them in the grid.

import { useNavigate } from '@solidjs/router'
import { createEffect, createMemo, createSignal, type JSX, on, Show } from 'solid-js'
import { blobOf, csvOf, save } from '../../charts/export.ts'
import { useOpener } from '../../charts/open.ts'
import { Hand, LassoSelect, Maximize, Minus, Plus } from '../../icons/icons.ts'
import { counted, probabilityText } from '../../parts/format.ts'
import { notifyFailure } from '../../parts/notices.tsx'
import { type Rank, ranks } from '../../parts/taxon/ranks.ts'
import { TaxonName } from '../../parts/taxon/taxon-name.tsx'
import { type Colouring, colour } from './colours.ts'
import { MapCanvas, type MapControl } from './map-canvas.tsx'
import { MapLegend } from './map-legend.tsx'
import type { Tool } from './map-pointers.ts'
import { type Spread, tableOf } from './spread.ts'
import '../../charts/legend.css'
import './map-explorer.css'

const NONE: ReadonlySet<number> = new Set()

export function MapExplorer(props: { spread: Spread; foot: JSX.Element }): JSX.Element {
  const navigate = useNavigate()
  const opener = useOpener()
  const [by, setBy] = createSignal<Colouring>('taxon')
  const [wantedRank, setRank] = createSignal<Rank>('order')
  const [tool, setTool] = createSignal<Tool>('lasso')
  const [hidden, setHidden] = createSignal(NONE)
  const [selected, setSelected] = createSignal(NONE)
  let control: MapControl | undefined

  const points = () => props.spread.points
  const usedRanks = createMemo(() => {
    const seen = new Set(points().taxa.flatMap((taxon) => [...taxon.path.map((step) => step.rank), taxon.rank]))
    return ranks.filter((one) => seen.has(one))
  })
  /** The wanted rank, or the lowest rank on the map if no animal has the wanted one. */
  const rank = () => (usedRanks().includes(wantedRank()) ? wantedRank() : (usedRanks().at(-1) ?? wantedRank()))
  const colours = createMemo(() => colour(points(), by(), rank()))
  createEffect(on([by, rank, points], () => setHidden(NONE), { defer: true }))
  createEffect(on(points, () => setSelected(NONE), { defer: true }))

  const toggle = (group: number) => {
    const next = new Set(hidden())
    if (!next.delete(group)) next.add(group)
    setHidden(next)
  }
  const selectGroup = (group: number) =>
    setSelected(new Set(points().detectionIds.flatMap((_, i) => (colours().groupOf[i] === group ? [i] : []))))
  const open = () =>
    opener.ids(
      `${counted(selected().size, 'look-alike')} from the map`,
      [...selected()].map((i) => String(points().detectionIds[i])),
    )
  const savePicture = async () => {
    const canvas = control?.canvas()
    try {
      if (canvas) save('clavis-map.png', await blobOf(canvas))
    } catch (error) {
      notifyFailure('The map could not be saved', error)
    }
  }
  const saveNumbers = () =>
    save('clavis-map.csv', new Blob([csvOf(tableOf(points()))], { type: 'text/csv;charset=utf-8' }))

  return (
    <div class="map-explorer">
      <div class="map-explorer-stage">
        <MapTools tool={tool()} onTool={setTool} control={() => control} />
        <MapCanvas
          spread={props.spread}
          colours={colours()}
          hidden={hidden()}
          tool={tool()}
          selected={selected()}
          onLasso={(indices) => setSelected(new Set(indices))}
          onOpen={(i) => navigate(`/review/${points().detectionIds[i]}`)}
          describe={(i) => <PointFacts spread={props.spread} index={i} />}
          control={(given) => {
            control = given
          }}
        />
        <div class="map-explorer-selected" role="status">
          <Show
            when={selected().size > 0}
            fallback={<span class="legend">Draw a loop around animals to select them. Click one to open it.</span>}
          >
            <strong>{counted(selected().size, 'animal')} selected</strong>
            <button type="button" class="button primary" onClick={open}>
              Open in the grid
            </button>
            <button type="button" class="button quiet" onClick={() => setSelected(NONE)}>
              Clear selection
            </button>
          </Show>
        </div>
        {props.foot}
      </div>
      <MapLegend
        by={by()}
        onBy={setBy}
        rank={rank()}
        ranks={usedRanks()}
        onRank={setRank}
        groups={colours().groups}
        hidden={hidden()}
        onToggle={toggle}
        onSelect={selectGroup}
        onSavePicture={() => void savePicture()}
        onSaveNumbers={saveNumbers}
      />
    </div>
  )
}

function MapTools(props: {
  tool: Tool
  onTool: (tool: Tool) => void
  control: () => MapControl | undefined
}): JSX.Element {
  return (
    <div class="map-explorer-tools">
      <fieldset class="segments" aria-label="Tool">
        <button type="button" aria-pressed={props.tool === 'lasso'} onClick={() => props.onTool('lasso')}>
          <LassoSelect size={15} /> Lasso
        </button>
        <button type="button" aria-pressed={props.tool === 'move'} onClick={() => props.onTool('move')}>
          <Hand size={15} /> Move
        </button>
      </fieldset>
      <div class="map-explorer-zoom">
        <button type="button" class="button icon" aria-label="Zoom in" onClick={() => props.control()?.zoom(1.5)}>
          <Plus size={16} />
        </button>
        <button type="button" class="button icon" aria-label="Zoom out" onClick={() => props.control()?.zoom(1 / 1.5)}>
          <Minus size={16} />
        </button>
        <button
          type="button"
          class="button icon"
          aria-label="Show the whole map"
          onClick={() => props.control()?.fit()}
        >
          <Maximize size={16} />
        </button>
      </div>
    </div>
  )
}

/** The content of the card next to the pointer. */
function PointFacts(props: { spread: Spread; index: number }): JSX.Element {
  const points = () => props.spread.points
  const taxon = () => points().taxa[points().taxon[props.index] ?? -1]
  const standing = () => {
    const { identified, person, people, probability } = points()
    if (identified[props.index] === 1) {
      const name = people[person[props.index] ?? -1]
      return name === undefined ? 'identified' : `identified by ${name}`
    }
    const suggested = probability[props.index] ?? -1
    return suggested >= 0 ? `suggested, ${probabilityText(suggested / 100)}` : 'no suggestion yet'
  }
  return (
    <>
      <img src={`/api/detections/${points().detectionIds[props.index]}/crop`} alt="" />
      <Show when={taxon()} fallback="No taxon">
        {(one) => <TaxonName taxon={one()} common={false} />}
      </Show>
      <span class="legend">{standing()}</span>
    </>
  )
}
