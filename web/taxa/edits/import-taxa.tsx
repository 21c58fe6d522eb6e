// A list of taxa beside the taxonomy: what is new, renamed, moved or merged there, to be taken over whole, by kind or one by one, as
// one edit that can be undone.

import { createVirtualizer } from '@tanstack/solid-virtual'
import { createMemo, createSignal, For, type JSX, Show } from 'solid-js'
import type { TaxonomyImport } from '../../../api/contract/taxonomy-import.ts'
import { count, counted } from '../../parts/format.ts'
import { Modal } from '../../parts/modal.tsx'
import { notify, notifyFailure } from '../../parts/notices.tsx'
import { isItalic } from '../../parts/taxon/ranks.ts'
import { sentenceOf } from '../../server/client.ts'
import { importTaxonomy, undoEdit } from '../../server/taxonomy.ts'
import './import-taxa.css'

type Difference = TaxonomyImport['differences'][number]
type Kind = Difference['kind']

const KINDS: { kind: Kind; one: string; many: string }[] = [
  { kind: 'new', one: 'new taxon', many: 'new taxa' },
  { kind: 'renamed', one: 'renamed', many: 'renamed' },
  { kind: 'moved', one: 'moved', many: 'moved' },
  { kind: 'merged', one: 'merged', many: 'merged' },
  { kind: 'named', one: 'gets further names or ids', many: 'get further names or ids' },
]
const ROW_PX = 40

export function ImportTaxa(props: { onClose: () => void }): JSX.Element {
  const [file, setFile] = createSignal<File | null>(null)
  const [compared, setCompared] = createSignal<TaxonomyImport | null>(null)
  const [kinds, setKinds] = createSignal<ReadonlySet<Kind>>(new Set<Kind>())
  /** Single differences that are otherwise than their kind. */
  const [flipped, setFlipped] = createSignal<ReadonlySet<string>>(new Set())
  const [busy, setBusy] = createSignal(false)
  const [fault, setFault] = createSignal<string | null>(null)

  const compare = async (chosen: File | undefined) => {
    if (!chosen) return
    setFile(chosen)
    setBusy(true)
    setFault(null)
    setCompared(null)
    setFlipped(new Set<string>())
    try {
      const answer = await importTaxonomy(chosen, null)
      setCompared(answer)
      setKinds(new Set(KINDS.map(({ kind }) => kind).filter((kind) => answer.counts[kind] > 0)))
    } catch (error) {
      setFault(sentenceOf(error))
    } finally {
      setBusy(false)
    }
  }
  const isChosen = (one: Difference) => kinds().has(one.kind) !== flipped().has(one.key)
  const flip = (key: string) =>
    setFlipped((known) => {
      const next = new Set(known)
      if (!next.delete(key)) next.add(key)
      return next
    })
  const turn = (kind: Kind, on: boolean) => {
    setKinds((known) => (on ? new Set([...known, kind]) : new Set([...known].filter((one) => one !== kind))))
    setFlipped((known) => new Set([...known].filter((key) => !key.startsWith(`${kind} `))))
  }
  const chosenCount = createMemo(() => {
    const answer = compared()
    if (!answer) return 0
    let total = 0
    for (const kind of kinds()) total += answer.counts[kind]
    for (const one of answer.differences) if (flipped().has(one.key)) total += kinds().has(one.kind) ? -1 : 1
    return total
  })
  const apply = async () => {
    const from = file()
    const answer = compared()
    if (!from || !answer) return
    setBusy(true)
    setFault(null)
    try {
      const single = answer.differences.filter(({ key }) => flipped().has(key))
      const result = await importTaxonomy(from, {
        kinds: [...kinds()],
        except: single.filter(({ kind }) => kinds().has(kind)).map(({ key }) => key),
        keys: single.filter(({ kind }) => !kinds().has(kind)).map(({ key }) => key),
      })
      props.onClose()
      const { edit } = result
      if (edit) {
        notify({
          title: edit.summary,
          action: {
            label: 'Undo',
            act: () => void undoEdit(edit.id).catch((error) => notifyFailure('Not taken back', error)),
          },
        })
      }
    } catch (error) {
      setFault(sentenceOf(error))
    } finally {
      setBusy(false)
    }
  }

  return (
    <Modal
      open
      wide
      onClose={props.onClose}
      title="Import a taxonomy"
      description="A CSV with a column per rank, SpeciesNet’s label lines, a Darwin Core Archive or a ColDP archive. First it is only compared."
    >
      <div class="form import-taxa">
        <label class="field">
          File
          <input
            class="input"
            type="file"
            accept=".csv,.tsv,.txt,.zip"
            onChange={(event) => void compare(event.currentTarget.files?.[0])}
          />
        </label>
        <Show when={busy()}>
          <p class="import-taxa-state" role="status">
            {compared() ? 'Taking over…' : 'Comparing…'}
          </p>
        </Show>
        <Show when={compared()}>
          {(answer) => (
            <>
              <p class="import-taxa-state" role="status">
                {counted(answer().listed, 'taxon', 'taxa')} listed, {count(answer().unchanged)} as they are here
                {answer().skipped > 0 ? `, ${counted(answer().skipped, 'line')} left out` : ''}.
              </p>
              <ul class="import-taxa-kinds">
                <For each={KINDS}>
                  {({ kind, one, many }) => (
                    <li>
                      <label>
                        <input
                          type="checkbox"
                          checked={kinds().has(kind)}
                          disabled={answer().counts[kind] === 0}
                          onChange={(event) => turn(kind, event.currentTarget.checked)}
                        />
                        <strong>{count(answer().counts[kind])}</strong> {answer().counts[kind] === 1 ? one : many}
                      </label>
                    </li>
                  )}
                </For>
              </ul>
              <Differences items={answer().differences} isChosen={isChosen} onFlip={flip} />
              <Show when={answer().problems.length > 0}>
                <ul class="import-taxa-problems">
                  <For each={answer().problems}>{(problem) => <li>{problem}</li>}</For>
                </ul>
              </Show>
            </>
          )}
        </Show>
        <Show when={fault()}>
          <p class="form-error" role="alert">
            {fault()}
          </p>
        </Show>
        <div class="form-actions">
          <button type="button" class="button quiet" onClick={() => props.onClose()}>
            Cancel
          </button>
          <button
            type="button"
            class="button primary"
            disabled={busy() || chosenCount() === 0}
            onClick={() => void apply()}
          >
            Take over {count(chosenCount())}
          </button>
        </div>
      </div>
    </Modal>
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
                    <span class="import-taxa-change">
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
