// The taxonomy view: the tree next to the open taxon, with search, editing, import and export.

import { DropdownMenu } from '@kobalte/core/dropdown-menu'
import { useNavigate, useParams } from '@solidjs/router'
import { useQuery } from '@tanstack/solid-query'
import { createMemo, createSignal, type JSX, lazy, Match, Show, Suspense, Switch } from 'solid-js'
import type { TaxonNode } from '../../api/contract/taxonomy.ts'
import { Ellipsis } from '../icons/icons.ts'
import { NewTaxon } from '../parts/taxon/new-taxon.tsx'
import { mayAs } from '../person/person.ts'
import { dataOf } from '../server/query-client.ts'
import { taxonOne } from '../server/taxa.ts'
import { TaxonSearch } from './taxon-search.tsx'
import { TaxonTree } from './taxon-tree.tsx'
import { TaxonView } from './taxon-view.tsx'
import { TopTaxa } from './top-taxa.tsx'
import './taxa.css'

const ImportTaxa = lazy(async () => ({ default: (await import('./edits/import-taxa.tsx')).ImportTaxa }))
const MoveTaxon = lazy(async () => ({ default: (await import('./edits/move-taxon.tsx')).MoveTaxon }))

export default function Taxa(): JSX.Element {
  const params = useParams<{ id?: string }>()
  const navigate = useNavigate()
  const [sought, setSought] = createSignal('')
  const [sheet, setSheet] = createSignal<'new' | 'import' | null>(null)
  const [move, setMove] = createSignal<{ taxon: TaxonNode; below: TaxonNode | null } | null>(null)
  const found = useQuery(() => ({ ...taxonOne(params.id ?? ''), enabled: params.id !== undefined }))
  const shown = createMemo(() => {
    const taxon = params.id === undefined ? undefined : dataOf(found)
    return taxon ? { id: taxon.id, above: taxon.path.map(({ id }) => id) } : null
  })
  return (
    <div class="page taxa" classList={{ 'has-taxon': params.id !== undefined || sought().trim() !== '' }}>
      <header class="taxa-head">
        <h1>Taxa</h1>
        <input
          class="input taxa-search"
          type="search"
          aria-label="Search taxa by scientific name, common name or synonym"
          placeholder="Search by scientific name, common name or synonym"
          value={sought()}
          onInput={(event) => setSought(event.currentTarget.value)}
        />
        <Show when={mayAs('editor')}>
          <button type="button" class="button" onClick={() => setSheet('new')}>
            New taxon
          </button>
        </Show>
        <DropdownMenu>
          <DropdownMenu.Trigger class="button icon" aria-label="Import and export">
            <Ellipsis size={18} />
          </DropdownMenu.Trigger>
          <DropdownMenu.Portal>
            <DropdownMenu.Content class="menu">
              <Show when={mayAs('editor')}>
                <DropdownMenu.Item class="menu-item" onSelect={() => setSheet('import')}>
                  Import a taxonomy…
                </DropdownMenu.Item>
                <DropdownMenu.Separator class="menu-line" />
              </Show>
              <DropdownMenu.Item
                as="a"
                class="menu-item"
                href="/api/taxonomy/export?format=csv"
                download="taxonomy.csv"
              >
                Export as CSV
              </DropdownMenu.Item>
              <DropdownMenu.Item
                as="a"
                class="menu-item"
                href="/api/taxonomy/export?format=dwca"
                download="taxonomy.zip"
              >
                Export as Darwin Core Archive
              </DropdownMenu.Item>
            </DropdownMenu.Content>
          </DropdownMenu.Portal>
        </DropdownMenu>
      </header>
      <div class="taxa-columns">
        <div class="taxa-tree">
          <TaxonTree
            shown={shown()}
            onOpen={(id) => {
              setSought('')
              navigate(`/taxa/${id}`)
            }}
            onMove={(taxon, below) => {
              if (mayAs('editor')) setMove({ taxon, below })
            }}
          />
        </div>
        <div class="taxa-beside">
          <Switch fallback={<TopTaxa />}>
            <Match when={sought().trim()}>{(q) => <TaxonSearch q={q()} onOpen={() => setSought('')} />}</Match>
            <Match when={params.id} keyed>
              {(id) => <TaxonView id={id} />}
            </Match>
          </Switch>
        </div>
      </div>
      <Show when={sheet() === 'new'}>
        <NewTaxon
          name={sought()}
          path={[]}
          onClose={() => setSheet(null)}
          onMade={(made) => {
            setSheet(null)
            setSought('')
            navigate(`/taxa/${made.id}`)
          }}
        />
      </Show>
      <Suspense>
        <Show when={sheet() === 'import'}>
          <ImportTaxa onClose={() => setSheet(null)} />
        </Show>
        <Show when={move()} keyed>
          {({ taxon, below }) => <MoveTaxon taxon={taxon} below={below} onClose={() => setMove(null)} />}
        </Show>
      </Suspense>
    </div>
  )
}
