// Splits a new taxon off an existing one. Its examples are chosen by hand or by similarity to those already chosen.

import { useInfiniteQuery } from '@tanstack/solid-query'
import { createMemo, createSignal, For, type JSX, Show } from 'solid-js'
import type { TaxonFull } from '../../../api/contract/taxonomy.ts'
import { count, counted } from '../../parts/format.ts'
import { notifyFailure } from '../../parts/notices.tsx'
import { ShowMore } from '../../parts/show-more.tsx'
import { CommonNameField, ScientificNameField } from '../../parts/taxon/name-fields.tsx'
import { isItalic } from '../../parts/taxon/ranks.ts'
import { detectionPages } from '../../server/detections.ts'
import { itemsOf } from '../../server/query-client.ts'
import { type Command, likeExample } from '../../server/taxonomy.ts'
import { EditSheet } from './edit-sheet.tsx'
import './split-taxon.css'

/** How many similar examples are added at once. */
const LIKE = 6

export function SplitTaxon(props: {
  taxon: TaxonFull
  onClose: () => void
  onMade: (id: string) => void
}): JSX.Element {
  const [name, setName] = createSignal(isItalic(props.taxon.rank) ? `${props.taxon.name.split(' ')[0]} ` : '')
  const [common, setCommon] = createSignal('')
  const [chosen, setChosen] = createSignal<ReadonlySet<string>>(new Set())
  const pages = useInfiniteQuery(() =>
    detectionPages({ state: 'identified', order: 'newest', taxon: props.taxon.id }, 120),
  )
  /** Only examples identified as exactly this taxon can be moved. */
  const examples = createMemo(() => itemsOf(pages).filter((one) => one.taxon?.id === props.taxon.id))
  const toggle = (id: string, on: boolean) =>
    setChosen((known) => {
      const next = new Set(known)
      if (on) next.add(id)
      else next.delete(id)
      return next
    })
  const addLikes = async () => {
    const seeds = [...chosen()]
    try {
      const own = new Set(examples().map(({ id }) => id))
      const best = new Map<string, number>()
      for (const { items } of await Promise.all(seeds.slice(0, 8).map((id) => likeExample(id, props.taxon.id, 40)))) {
        for (const { detectionId, similarity } of items) {
          if (own.has(detectionId) && !chosen().has(detectionId))
            best.set(detectionId, Math.max(similarity, best.get(detectionId) ?? 0))
        }
      }
      const like = [...best].sort((a, b) => b[1] - a[1]).slice(0, LIKE)
      setChosen((known) => new Set([...known, ...like.map(([id]) => id)]))
    } catch (error) {
      notifyFailure('Similar examples could not be found', error)
    }
  }
  const commands = (): Command[] => {
    const into = name().replace(/\s+/g, ' ').trim()
    if (into === '' || into === props.taxon.name || chosen().size === 0 || into.endsWith('.')) return []
    if (isItalic(props.taxon.rank) && props.taxon.rank !== 'genus' && !into.includes(' ')) return []
    const preferred = { kind: 'common' as const, language: null, name: common().trim(), preferred: true }
    return [
      {
        kind: 'split',
        id: props.taxon.id,
        into: { name: into, ...(common().trim() !== '' && { names: [preferred] }) },
        detectionIds: [...chosen()],
      },
    ]
  }
  return (
    <EditSheet
      {...props}
      wide
      title={`Split ${props.taxon.name}`}
      description={`Adds a new ${props.taxon.rank} next to it, with the examples that you select.`}
      action="Split"
      commands={commands()}
      typed
      missing="Give the new taxon a name and select at least one example."
      onDone={(made) => made !== null && props.onMade(made)}
    >
      <div class="form-pair">
        <ScientificNameField
          label={`New ${props.taxon.rank}`}
          rank={props.taxon.rank}
          value={name()}
          onInput={setName}
        />
        <CommonNameField value={common()} onInput={setCommon} />
      </div>
      <fieldset class="field">
        <legend>Examples</legend>
        <div class="split-taxon-tools">
          <span>
            {count(chosen().size)} of {counted(examples().length, 'example')} selected
          </span>
          <button type="button" class="button" disabled={chosen().size === 0} onClick={() => void addLikes()}>
            Add the {LIKE} most similar
          </button>
          <Show when={chosen().size > 0}>
            <button type="button" class="button quiet" onClick={() => setChosen(new Set<string>())}>
              Clear selection
            </button>
          </Show>
          <ShowMore pages={pages} quiet />
        </div>
        <div class="split-taxon-grid">
          <For each={examples()}>
            {(one, i) => (
              <label class="crop-square split-taxon-tile">
                <img src={one.cropUrl} alt="" loading="lazy" />
                <input
                  type="checkbox"
                  aria-label={`Example ${i() + 1}`}
                  checked={chosen().has(one.id)}
                  onChange={(event) => toggle(one.id, event.currentTarget.checked)}
                />
              </label>
            )}
          </For>
        </div>
      </fieldset>
    </EditSheet>
  )
}
