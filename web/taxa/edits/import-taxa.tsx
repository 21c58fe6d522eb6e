// Compares a list of taxa with the taxonomy. New, renamed, moved and merged taxa can be applied all together, by kind
// or one by one, as one edit that can be undone.

import { createVirtualizer } from '@tanstack/solid-virtual'
import { createSignal, For, type JSX, Show } from 'solid-js'
import type { TaxonomyImport } from '../../../api/contract/taxonomy-import.ts'
import { createAttempts } from '../../parts/attempt.ts'
import { FormActions, FormError } from '../../parts/form/form.tsx'
import { count, counted } from '../../parts/format.ts'
import { Modal } from '../../parts/modal.tsx'
import { isItalic } from '../../parts/taxon/ranks.ts'
import { importTaxonomy } from '../../server/taxonomy.ts'
import { createImportChoice, type Difference, KINDS, type Kind } from './import-choice.ts'
import { notifyEdit } from './notify-edit.ts'
import './import-taxa.css'

const ROW_PX = 40

export function ImportTaxa(props: { onClose: () => void }): JSX.Element {
  const [file, setFile] = createSignal<File | null>(null)
  const [compared, setCompared] = createSignal<TaxonomyImport | null>(null)
  const { busy, fault, attempt } = createAttempts()
  const choice = createImportChoice(compared)

  const compare = (chosen: File | undefined) => {
    if (!chosen) return
    setFile(chosen)
    setCompared(null)
    void attempt(async () => {
      const answer = await importTaxonomy(chosen, null)
      choice.chooseAll(answer)
      setCompared(answer)
    })
  }
  const apply = () => {
    const from = file()
    const answer = compared()
    if (!from || !answer) return
    void attempt(async () => {
      const { edit } = await importTaxonomy(from, choice.request(answer))
      props.onClose()
      if (edit) notifyEdit(edit)
    })
  }

  return (
    <Modal
      open
      wide
      onClose={props.onClose}
      title="Import a taxonomy"
      description="A CSV file with a column for each rank, SpeciesNet labels, a Darwin Core Archive or a ColDP archive. At first the file is only compared."
    >
      <div class="form import-taxa">
        <label class="field">
          File
          <input
            class="input"
            type="file"
            accept=".csv,.tsv,.txt,.zip"
            onChange={(event) => compare(event.currentTarget.files?.[0])}
          />
        </label>
        <Show when={busy()}>
          <p class="detail" role="status">
            {compared() ? 'Importing…' : 'Comparing…'}
          </p>
        </Show>
        <Show when={compared()}>
          {(answer) => (
            <>
              <p class="detail" role="status">
                {counted(answer().listed, 'taxon', 'taxa')} in the file, {count(answer().unchanged)} of them unchanged
                {answer().skipped > 0 ? `, ${counted(answer().skipped, 'line')} skipped` : ''}.
              </p>
              <Kinds counts={answer().counts} kinds={choice.kinds()} onTurn={choice.turn} />
              <Differences items={answer().differences} isChosen={choice.isChosen} onFlip={choice.flip} />
              <Show when={answer().problems.length > 0}>
                <ul class="import-taxa-problems">
                  <For each={answer().problems}>{(problem) => <li>{problem}</li>}</For>
                </ul>
              </Show>
            </>
          )}
        </Show>
        <FormError text={fault()} />
        <FormActions onCancel={props.onClose}>
          <button type="button" class="button primary" disabled={busy() || choice.count() === 0} onClick={apply}>
            Import {counted(choice.count(), 'change')}
          </button>
        </FormActions>
      </div>
    </Modal>
  )
}

function Kinds(props: {
  counts: TaxonomyImport['counts']
  kinds: ReadonlySet<Kind>
  onTurn: (kind: Kind, on: boolean) => void
}): JSX.Element {
  return (
    <ul class="import-taxa-kinds">
      <For each={KINDS}>
        {({ kind, one, many }) => (
          <li>
            <label>
              <input
                type="checkbox"
                checked={props.kinds.has(kind)}
                disabled={props.counts[kind] === 0}
                onChange={(event) => props.onTurn(kind, event.currentTarget.checked)}
              />
              <strong>{count(props.counts[kind])}</strong> {props.counts[kind] === 1 ? one : many}
            </label>
          </li>
        )}
      </For>
    </ul>
  )
}

function Differences(props: {
  items: Difference[]
  isChosen: (one: Difference) => boolean
  onFlip: (key: string) => void
}): JSX.Element {
  let pane!: HTMLElement
  const virtual = createVirtualizer({
    get count() {
      return props.items.length
    },
    getScrollElement: () => pane,
    estimateSize: () => ROW_PX,
    overscan: 6,
  })
  return (
    <Show when={props.items.length > 0}>
      <section ref={pane} class="import-taxa-rows" tabindex={0} aria-label="Differences">
        <div style={{ height: `${virtual.getTotalSize()}px`, position: 'relative' }}>
          <For each={virtual.getVirtualItems()}>
            {(item) => (
              <Show when={props.items[item.index]}>
                {(one) => (
                  <label class="import-taxa-row" style={{ transform: `translateY(${item.start}px)` }}>
                    <input type="checkbox" checked={props.isChosen(one())} onChange={() => props.onFlip(one().key)} />
                    <span class="chip">{one().kind}</span>
                    <span class="import-taxa-name" classList={{ italic: isItalic(one().rank) }}>
                      {one().name}
                    </span>
                    <span class="detail fine import-taxa-change">
                      {one().kind === 'new' || one().kind === 'named'
                        ? (one().to ?? 'at the top')
                        : `${one().from ?? 'the top'} → ${one().to ?? 'the top'}`}
                    </span>
                  </label>
                )}
              </Show>
            )}
          </For>
        </div>
      </section>
    </Show>
  )
}
