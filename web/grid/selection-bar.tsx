// The bar at the foot of the wall with the actions for the chosen animals, within a thumb's reach. For screen readers
// it also says how many animals are chosen and what most of them are.

import { useQuery } from '@tanstack/solid-query'
import { createMemo, type JSX, Show } from 'solid-js'
import type { Detection } from '../../api/contract/detection.ts'
import type { Taxon } from '../../api/contract/taxon.ts'
import { Check, Layers, ScanEye, Undo2, X } from '../icons/icons.ts'
import { KeyHint } from '../keys/key-hint.tsx'
import { titleOf } from '../keys/use-actions.ts'
import { guessOf } from '../parts/answer/words.ts'
import { count } from '../parts/format.ts'
import { MarkTools } from '../parts/mark-tools.tsx'
import { TaxonName } from '../parts/taxon/taxon-name.tsx'
import { mayAs, person } from '../person/person.ts'
import { undoable } from '../server/actions.ts'
import type { AnyMark } from '../server/bulk.ts'
import { dataOf } from '../server/query-client.ts'
import './selection-bar.css'

/** The most frequent taxon among identifications and suggestions. */
function commonest(detections: readonly Detection[]): { taxon: Taxon; share: number } | null {
  const counts = new Map<string, { taxon: Taxon; n: number }>()
  for (const d of detections) {
    const taxon = d.taxon ?? guessOf(d)
    if (taxon === null) continue
    const entry = counts.get(taxon.id) ?? { taxon, n: 0 }
    counts.set(taxon.id, { taxon, n: entry.n + 1 })
  }
  const [most] = [...counts.values()].sort((a, b) => b.n - a.n)
  return most === undefined ? null : { taxon: most.taxon, share: most.n / detections.length }
}

export function SelectionBar(props: {
  chosen: readonly string[]
  known: ReadonlyMap<string, Detection>
  /** Chosen on purpose, not only focused. */
  explicit: boolean
  onConfirm: () => void
  onBursts: () => void
  onBurst: () => void
  onMark: (mark: AnyMark) => void
  onOpen: () => void
  onClear: () => void
  onUndo: () => void
}): JSX.Element {
  const detections = createMemo(() => props.chosen.flatMap((id) => props.known.get(id) ?? []))
  const most = createMemo(() => commonest(detections()))
  const asked = useQuery(() => undoable(person()))
  const next = () => dataOf(asked)
  const none = () => props.chosen.length === 0
  return (
    <section class="selection-bar" aria-label="Selected animals">
      <p class="selection-bar-words" role="status">
        <Show
          when={!none()}
          fallback={
            <span class="selection-bar-hint">
              Click or tap to select. Shift selects a range. The arrow keys and Space work too.
            </span>
          }
        >
          <b>{props.explicit ? `${count(props.chosen.length)} selected` : 'This one'}</b>
          <Show when={most()}>
            {(m) => (
              <span class="selection-bar-most">
                {m().share === 1 ? '' : 'mostly '}
                <TaxonName taxon={m().taxon} common={false} />
              </span>
            )}
          </Show>
        </Show>
      </p>
      <Show when={mayAs('reviewer')}>
        <fieldset class="selection-bar-marks" aria-label="Mark as">
          <MarkTools
            words={(text) => <span class="selection-bar-word">{text}</span>}
            disabled={none()}
            does={{
              unknown: () => props.onMark('unknown'),
              notAnimal: () => props.onMark('notAnimal'),
              person: () => props.onMark('person'),
              vehicle: () => props.onMark('vehicle'),
              empty: () => props.onMark('empty'),
              flag: () => props.onMark('favourite'),
            }}
          />
        </fieldset>
      </Show>
      <div class="selection-bar-acts">
        <Show when={next()?.undo}>
          <button
            type="button"
            class="button quiet"
            title={titleOf('undo', next()?.undo?.summary)}
            onClick={() => props.onUndo()}
          >
            <Undo2 size={15} /> Undo
          </button>
        </Show>
        <Show when={props.explicit}>
          <button
            type="button"
            class="button quiet"
            title="Clear the selection (Escape)"
            onClick={() => props.onClear()}
          >
            <X size={15} /> Clear
          </button>
        </Show>
        <button
          type="button"
          class="button"
          disabled={none()}
          onClick={() => props.onOpen()}
          title="Open in the review (O)"
        >
          <ScanEye size={15} /> <span class="selection-bar-long">Open</span>
        </button>
        <button
          type="button"
          class="button"
          disabled={none()}
          onClick={() => (props.explicit ? props.onBursts() : props.onBurst())}
          title={props.explicit ? 'Select their whole bursts' : titleOf('burst')}
        >
          <Layers size={15} />{' '}
          <span class="selection-bar-long">
            {props.explicit ? 'Whole bursts' : 'Burst'} <KeyHint action="burst" />
          </span>
        </button>
        <Show when={mayAs('editor')}>
          <button type="button" class="button primary big" disabled={none()} onClick={() => props.onConfirm()}>
            <Check size={18} /> Confirm{props.explicit ? ` ${count(props.chosen.length)}` : ''} …{' '}
            <KeyHint action="confirm" />
          </button>
        </Show>
      </div>
    </section>
  )
}
