// The species lists, next to the tree of taxa: what they are for, where each holds, and a form for each.

import { useQuery } from '@tanstack/solid-query'
import { createSignal, For, type JSX, Show } from 'solid-js'
import { counted } from '../../parts/format.ts'
import { mayAs } from '../../person/person.ts'
import { deploymentList } from '../../server/deployments.ts'
import { dataOf } from '../../server/query-client.ts'
import { type SpeciesList, speciesLists } from '../../server/survey/species-lists.ts'
import { ListForm } from './list-form.tsx'
import './species-lists.css'

export function SpeciesLists(): JSX.Element {
  const found = useQuery(() => speciesLists())
  const deployments = useQuery(() => deploymentList())
  const [open, setOpen] = createSignal<SpeciesList | 'new' | null>(null)
  const all = () => dataOf(found)?.items ?? []
  const whereOf = ({ deploymentIds }: SpeciesList) => {
    if (deploymentIds.length === 0) return 'wherever no other list does'
    const names = (dataOf(deployments)?.items ?? []).filter(({ id }) => deploymentIds.includes(id))
    return names.length > 0 && names.length <= 3
      ? `at ${names.map(({ name }) => name).join(', ')}`
      : `at ${counted(deploymentIds.length, 'deployment')}`
  }
  return (
    <>
      <p class="species-lists-words">
        Suggestions keep to the list of the place: a taxon that is not on it is shown as “not on your list”. Anything
        can still be named by hand.
      </p>
      <Show when={all().length > 0}>
        <ul class="species-lists">
          <For each={all()}>
            {(list) => (
              <li>
                <button type="button" class="button quiet" disabled={!mayAs('editor')} onClick={() => setOpen(list)}>
                  {list.name}
                </button>
                <span class="detail">
                  {list.taxonIds.length === 1 ? '1 taxon' : `${list.taxonIds.length} taxa`}, holds {whereOf(list)}
                </span>
              </li>
            )}
          </For>
        </ul>
      </Show>
      <Show when={mayAs('editor')}>
        <button type="button" class="button" onClick={() => setOpen('new')}>
          New species list
        </button>
      </Show>
      <Show when={open()} keyed>
        {(one) => <ListForm of={one === 'new' ? null : one} onClose={() => setOpen(null)} />}
      </Show>
    </>
  )
}
