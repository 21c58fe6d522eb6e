// Two people editing at once. A dialog works on its taxon as it was when opened, so an outdated field never overwrites
// somebody else's change. If the taxon has changed, the dialog says who did what and offers to start again.

import { useInfiniteQuery } from '@tanstack/solid-query'
import { type Accessor, createContext, For, type JSX, Show, useContext } from 'solid-js'
import type { TaxonFull } from '../../../api/contract/taxonomy.ts'
import { ago } from '../../parts/format.ts'
import { dataOf } from '../../server/query-client.ts'
import { editPages } from '../../server/taxonomy.ts'
import './changed-meanwhile.css'

export type Ground = {
  /** The taxon when the dialog was opened, and as it is now. */
  seen: Accessor<TaxonFull>
  now: Accessor<TaxonFull>
  lookAgain: () => void
}

export const EditedTaxonContext = createContext<Ground>()

export function ChangedMeanwhile(): JSX.Element {
  const ground = useContext(EditedTaxonContext)
  return (
    <Show when={ground && ground.now().revision !== ground.seen().revision && ground}>
      {(moved) => (
        <div class="changed-meanwhile" role="alert">
          <p>
            <strong>{moved().seen().name}</strong> has changed since you opened this dialog. Start again from how it is
            now, so that you overwrite nothing.
          </p>
          <Missed id={moved().seen().id} many={moved().now().revision - moved().seen().revision} />
          <button type="button" class="button" onClick={() => moved().lookAgain()}>
            Start again
          </button>
        </div>
      )}
    </Show>
  )
}

function Missed(props: { id: string; many: number }): JSX.Element {
  const edits = useInfiniteQuery(() => editPages(props.id))
  return (
    <ul>
      <For each={(dataOf(edits)?.pages[0]?.items ?? []).slice(0, Math.max(1, props.many))}>
        {(edit) => (
          <li>
            {edit.summary} ({edit.person}, {ago(edit.at)})
          </li>
        )}
      </For>
    </ul>
  )
}
