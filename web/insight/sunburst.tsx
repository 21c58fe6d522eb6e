// What there is, down the taxonomy: rings from the top rank inwards out. In: animals per taxon. Out: a drawing and a list that people
// click into; a taxon's share is its animals, identified or suggested.

import { type HierarchyRectangularNode, hierarchy, partition } from 'd3-hierarchy'
import { arc } from 'd3-shape'
import { createEffect, createMemo, createSignal, For, type JSX, on, Show } from 'solid-js'
import type { TaxaInsight, TaxonCount } from '../../api/contract/insight.ts'
import { ArrowUp, Funnel, Images } from '../icons/icons.ts'
import { count, counted } from '../parts/format.ts'
import { isItalic } from '../parts/taxon/ranks.ts'
import { TaxonName } from '../parts/taxon/taxon-name.tsx'

export const sizeOf = (taxon: TaxonCount): number => taxon.identified + taxon.suggested

type Node = { taxon: TaxonCount | null; children: Node[] }
type Part = HierarchyRectangularNode<Node>

const RINGS = 4
/** Thinner than this nobody can see or hit it. */
const THINNEST = 0.006
const COLOURS = 10
const LISTED = 12

const ring = arc<Part>()
  .startAngle((d) => d.x0)
  .endAngle((d) => d.x1)
  .padAngle((d) => Math.min((d.x1 - d.x0) / 4, 0.004))

export function Sunburst(props: {
  data: TaxaInsight
  width: number
  onOpen: (taxon: TaxonCount) => void
  onFilter: (taxonId: string) => void
}): JSX.Element {
  const [focusId, setFocusId] = createSignal<string | null>(null)
  const byId = createMemo(() => new Map(props.data.taxa.map((taxon) => [taxon.id, taxon])))
  const childrenOf = createMemo(() => {
    const children = new Map<string | null, TaxonCount[]>()
    for (const taxon of props.data.taxa) {
      const list = children.get(taxon.parentId)
      if (list) list.push(taxon)
      else children.set(taxon.parentId, [taxon])
    }
    return children
  })
  const focus = () => byId().get(focusId() ?? '') ?? null
  createEffect(
    on(
      () => props.data,
      () => focusId() !== null && focus() === null && setFocusId(null),
    ),
  )
  const above = createMemo(() => {
    const path: TaxonCount[] = []
    for (let at = focus(); at !== null; at = at.parentId === null ? null : (byId().get(at.parentId) ?? null))
      path.unshift(at)
    return path
  })
  const inside = () => childrenOf().get(focusId()) ?? []

  const side = () => Math.min(460, props.width < 720 ? props.width : props.width * 0.55)
  const radius = () => side() / 2 - 2
  const hole = () => radius() * 0.26
  const depth = (level: number) => hole() + ((radius() - hole()) * (level - 1)) / RINGS

  const parts = createMemo(() => {
    const make = (taxon: TaxonCount | null, id: string | null, level: number): Node => ({
      taxon,
      children: level === RINGS ? [] : (childrenOf().get(id) ?? []).map((child) => make(child, child.id, level + 1)),
    })
    // A node's own animals fill the angle that its children leave.
    const root = hierarchy(make(focus(), focusId(), 0), (node) => node.children)
    root.sum(({ taxon, children }) =>
      taxon === null
        ? 0
        : sizeOf(taxon) - children.reduce((sum, child) => sum + (child.taxon ? sizeOf(child.taxon) : 0), 0),
    )
    const laid = partition<Node>().size([2 * Math.PI, RINGS + 1])(root)
    return laid.descendants().filter((node) => node.depth > 0 && node.x1 - node.x0 > THINNEST)
  })
  const colour = (node: Part) => {
    const top = node.ancestors().at(-2)
    return inside().findIndex((taxon) => taxon.id === top?.data.taxon?.id) % COLOURS
  }
  const shape = (node: Part) =>
    ring.innerRadius(depth(node.depth) + 0.5).outerRadius(depth(node.depth + 1) - 0.5)(node) ?? ''
  const middle = (node: Part) => (node.x0 + node.x1) / 2
  /** Along the ray, never upside down; only where there is room for it. */
  const label = (node: Part) => {
    const at = (depth(node.depth) + depth(node.depth + 1)) / 2
    const degrees = (middle(node) * 180) / Math.PI - 90
    return `rotate(${degrees}) translate(${at} 0) rotate(${degrees > 90 ? 180 : 0})`
  }
  const roomy = (node: Part) => (node.x1 - node.x0) * depth(node.depth + 0.5) > 13
  const fitting = (name: string) => {
    const letters = Math.floor((radius() - hole()) / RINGS / 6.6)
    return name.length <= letters ? name : `${name.slice(0, letters - 1)}…`
  }
  const shown = () => focus()?.name ?? 'All animals'
  const total = () => {
    const one = focus()
    return one === null ? props.data.animals - props.data.nameless : sizeOf(one)
  }

  return (
    <div class="sunburst">
      <nav class="sunburst-path" aria-label="Where in the taxonomy">
        <button type="button" class="button quiet" disabled={focusId() === null} onClick={() => setFocusId(null)}>
          All animals
        </button>
        <For each={above()}>
          {(taxon) => (
            <>
              <span aria-hidden="true">›</span>
              <button
                type="button"
                class="button quiet"
                disabled={taxon.id === focusId()}
                onClick={() => setFocusId(taxon.id)}
              >
                <span classList={{ italic: isItalic(taxon.rank) }}>{taxon.name}</span>
              </button>
            </>
          )}
        </For>
      </nav>
      <div class="sunburst-body">
        <svg
          class="drawing sunburst-drawing"
          viewBox={`0 0 ${side()} ${side()}`}
          style={{ width: `${side()}px` }}
          role="img"
          aria-label={`${shown()}: ${counted(total(), 'animal')} in ${counted(inside().length, 'taxon', 'taxa')} below`}
        >
          <g transform={`translate(${side() / 2} ${side() / 2})`}>
            <For each={parts()}>
              {(node) => {
                const taxon = () => node.data.taxon
                return (
                  // biome-ignore lint/a11y/noStaticElementInteractions: the list beside the drawing has a button for each taxon
                  <g class="sector" data-taxon={taxon()?.name} onClick={() => setFocusId(taxon()?.id ?? null)}>
                    <title>{`${taxon()?.name}: ${counted(taxon() ? sizeOf(taxon()!) : 0, 'animal')}, ${count(taxon()?.identified ?? 0)} identified`}</title>
                    <path class={`hue hue-${colour(node)} level-${node.depth}`} d={shape(node)} />
                    <Show when={roomy(node)}>
                      <text
                        class="sector-name"
                        classList={{ italic: isItalic(taxon()?.rank ?? 'class') }}
                        transform={label(node)}
                        text-anchor="middle"
                        dominant-baseline="central"
                      >
                        {fitting(taxon()?.name ?? '')}
                      </text>
                    </Show>
                  </g>
                )
              }}
            </For>
            {/* biome-ignore lint/a11y/noStaticElementInteractions: the path above the drawing has a button for each step up */}
            <g class="sunburst-hole" onClick={() => setFocusId(focus()?.parentId ?? null)}>
              <circle class="hole" r={hole() - 2} />
              <text class="hole-count" text-anchor="middle" y="0">
                {count(total())}
              </text>
              <text class="hole-name" text-anchor="middle" y="16">
                {total() === 1 ? 'animal' : 'animals'}
              </text>
            </g>
          </g>
        </svg>
        <div class="sunburst-side">
          <header>
            <h3>
              <Show when={focus()} fallback="All animals">
                {(taxon) => <TaxonName taxon={taxon()} />}
              </Show>
            </h3>
            <Show when={focus()}>
              {(taxon) => (
                <div class="sunburst-acts">
                  <button type="button" class="button" onClick={() => setFocusId(taxon().parentId)}>
                    <ArrowUp size={15} /> Up
                  </button>
                  <button type="button" class="button" onClick={() => props.onOpen(taxon())}>
                    <Images size={15} /> Photos
                  </button>
                  <button type="button" class="button" onClick={() => props.onFilter(taxon().id)}>
                    <Funnel size={15} /> Only this
                  </button>
                </div>
              )}
            </Show>
          </header>
          <ul class="sunburst-list">
            <For each={inside().slice(0, LISTED)} fallback={<li class="chart-note">No taxa below this one.</li>}>
              {(taxon, i) => (
                <li>
                  <button type="button" class="sunburst-row" onClick={() => setFocusId(taxon.id)}>
                    <span class={`swatch hue-${i() % COLOURS}`} aria-hidden="true" />
                    <TaxonName taxon={taxon} common={false} />
                    <span class="sunburst-count">{count(sizeOf(taxon))}</span>
                    <span class="share-bar" aria-hidden="true">
                      <span class="leaf" style={{ width: `${(taxon.identified / Math.max(1, total())) * 100}%` }} />
                      <span class="ochre" style={{ width: `${(taxon.suggested / Math.max(1, total())) * 100}%` }} />
                    </span>
                  </button>
                </li>
              )}
            </For>
          </ul>
          <p class="legend">
            <span class="key leaf" /> identified <span class="key ochre" /> only suggested
            <Show when={inside().length > LISTED}> · {count(inside().length - LISTED)} more in the table</Show>
          </p>
          <Show when={props.data.nameless > 0 && focusId() === null}>
            <p class="chart-note">{counted(props.data.nameless, 'animal')} neither identified nor suggested.</p>
          </Show>
        </div>
      </div>
      <dl class="rank-counts">
        <For each={props.data.ranks}>
          {(rank) => (
            <div>
              <dt>{rank.rank}</dt>
              <dd>
                <strong>{count(rank.taxa)}</strong> {rank.taxa === 1 ? 'taxon' : 'taxa'}, {count(rank.animals)}{' '}
                {rank.animals === 1 ? 'animal' : 'animals'}
              </dd>
            </div>
          )}
        </For>
      </dl>
    </div>
  )
}
