// Taxa as rows of a table: name, rank, number of taxa below and number of examples. Rows are loaded page by page.

import { A } from '@solidjs/router'
import { useInfiniteQuery } from '@tanstack/solid-query'
import { For, type JSX, Show } from 'solid-js'
import { count } from '../parts/format.ts'
import { Paged } from '../parts/paged.tsx'
import { ShowMore } from '../parts/show-more.tsx'
import { TaxonName } from '../parts/taxon/taxon-name.tsx'
import { type TaxonList, taxonPages } from '../server/taxa.ts'
import './taxon-rows.css'

export function TaxonRows(props: {
  list: TaxonList
  caption: string
  empty: JSX.Element
  showPath?: boolean
  hidePlacing?: boolean
  onOpen?: () => void
}): JSX.Element {
  const pages = useInfiniteQuery(() => taxonPages(props.list))
  return (
    <Paged pages={pages} waiting={<div class="skeleton taxon-rows-skeleton" />} empty={props.empty}>
      {(items) => (
        <>
          <table class="taxon-rows">
            <caption class="unseen">{props.caption}</caption>
            <thead>
              <tr>
                <th scope="col">Taxon</th>
                <th scope="col">Rank</th>
                <th scope="col" class="taxon-rows-number">
                  Taxa below
                </th>
                <th scope="col" class="taxon-rows-number">
                  Examples
                </th>
              </tr>
            </thead>
            <tbody>
              <For each={items()}>
                {(taxon) => (
                  <tr>
                    <td>
                      <A href={`/taxa/${taxon.id}`} onClick={() => props.onOpen?.()}>
                        <TaxonName taxon={taxon} />
                      </A>
                      <Show when={props.showPath && taxon.path.length > 0}>
                        <span class="taxon-rows-where">{taxon.path.map((p) => p.name).join(' › ')}</span>
                      </Show>
                      <Show when={taxon.matched}>
                        {(name) => <span class="taxon-rows-where">matches “{name()}”</span>}
                      </Show>
                      <Show when={!taxon.active}>
                        <span class="chip">not suggested</span>
                      </Show>
                      <Show when={taxon.needsPlacing && !props.hidePlacing}>
                        <span class="chip ochre">needs placing</span>
                      </Show>
                    </td>
                    <td class="taxon-rows-rank">{taxon.rank}</td>
                    <td class="taxon-rows-number">{taxon.childCount > 0 ? count(taxon.childCount) : ''}</td>
                    <td class="taxon-rows-number" classList={{ none: taxon.exampleCount === 0 }}>
                      {count(taxon.exampleCount)}
                    </td>
                  </tr>
                )}
              </For>
            </tbody>
          </table>
          <ShowMore pages={pages} />
        </>
      )}
    </Paged>
  )
}
