// The menu of one taxon with every edit. Each opens a dialog that first shows what the edit would change.

import { DropdownMenu } from '@kobalte/core/dropdown-menu'
import { useNavigate } from '@solidjs/router'
import { createSignal, For, type JSX, lazy, Show, Suspense } from 'solid-js'
import { unwrap } from 'solid-js/store'
import { Dynamic } from 'solid-js/web'
import type { TaxonFull } from '../../api/contract/taxonomy.ts'
import { Ellipsis } from '../icons/icons.ts'
import { notifyFailure } from '../parts/notices.tsx'
import { applyEdit } from '../server/taxonomy.ts'
import { EditedTaxonContext } from './edits/changed-meanwhile.tsx'

type Sheet = (props: {
  taxon: TaxonFull
  onClose: () => void
  onGone: (to: string | null) => void
  onMade: (id: string) => void
}) => JSX.Element

/** The casts are safe: each dialog takes some of the properties of a Sheet. */
const SHEETS = {
  rename: lazy(async () => ({ default: (await import('./edits/rename-taxon.tsx')).RenameTaxon as Sheet })),
  names: lazy(async () => ({ default: (await import('./edits/name-taxon.tsx')).NameTaxon as Sheet })),
  move: lazy(async () => ({ default: (await import('./edits/move-taxon.tsx')).MoveTaxon as Sheet })),
  merge: lazy(async () => ({ default: (await import('./edits/merge-taxon.tsx')).MergeTaxon as Sheet })),
  split: lazy(async () => ({ default: (await import('./edits/split-taxon.tsx')).SplitTaxon as Sheet })),
  rest: lazy(async () => ({ default: (await import('./edits/activate-taxon.tsx')).ActivateTaxon as Sheet })),
  places: lazy(async () => ({ default: (await import('./edits/place-rule.tsx')).PlaceRuleSheet as Sheet })),
  ids: lazy(async () => ({ default: (await import('./external-ids.tsx')).ExternalIds as Sheet })),
  delete: lazy(async () => ({ default: (await import('./edits/merge-taxon.tsx')).DeleteTaxon as Sheet })),
}
type Name = keyof typeof SHEETS

export function TaxonActions(props: { taxon: TaxonFull }): JSX.Element {
  const navigate = useNavigate()
  /** The taxon as it is when the dialog opens; the view next to it follows later changes. */
  const [open, setOpen] = createSignal<{ name: Name; seen: TaxonFull } | null>(null)
  const openSheet = (name: Name) => setOpen({ name, seen: structuredClone(unwrap(props.taxon)) })
  const items = (): { name: Name; label: string; line?: boolean }[] => [
    { name: 'rename', label: 'Rename…' },
    { name: 'names', label: 'Names and synonyms…' },
    { name: 'ids', label: 'External IDs…' },
    { name: 'places', label: 'Sensitive places…' },
    { name: 'move', label: 'Move…', line: true },
    { name: 'merge', label: 'Merge…' },
    { name: 'split', label: 'Split…' },
    { name: 'rest', label: props.taxon.active ? 'Stop suggesting…' : 'Suggest again…', line: true },
    { name: 'delete', label: 'Delete…' },
  ]
  const leaveHere = async () => {
    try {
      const { id, revision } = props.taxon
      await applyEdit({ kind: 'setPlacing', id, needsPlacing: false }, '', { [id]: revision })
    } catch (error) {
      notifyFailure('This could not be changed', error)
    }
  }
  return (
    <>
      <DropdownMenu>
        <DropdownMenu.Trigger class="button icon" aria-label={`Actions for ${props.taxon.name}`}>
          <Ellipsis size={18} />
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content class="menu">
            <For each={items()}>
              {(item) => (
                <>
                  <Show when={item.line}>
                    <DropdownMenu.Separator class="menu-line" />
                  </Show>
                  <DropdownMenu.Item class="menu-item" onSelect={() => openSheet(item.name)}>
                    {item.label}
                  </DropdownMenu.Item>
                </>
              )}
            </For>
            <Show when={props.taxon.needsPlacing}>
              <DropdownMenu.Separator class="menu-line" />
              <DropdownMenu.Item class="menu-item" onSelect={() => void leaveHere()}>
                Mark as placed
              </DropdownMenu.Item>
            </Show>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu>
      <Suspense>
        <Show when={open()} keyed>
          {({ name, seen }) => (
            <EditedTaxonContext.Provider
              value={{ seen: () => seen, now: () => props.taxon, lookAgain: () => openSheet(name) }}
            >
              <Dynamic
                component={SHEETS[name]}
                taxon={seen}
                onClose={() => setOpen(null)}
                onGone={(to) => navigate(to === null ? '/taxa' : `/taxa/${to}`)}
                onMade={(id) => navigate(`/taxa/${id}`)}
              />
            </EditedTaxonContext.Provider>
          )}
        </Show>
      </Suspense>
    </>
  )
}
