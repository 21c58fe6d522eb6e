// The text typed into a taxon picker and the taxa found for it. Enter pressed before the search has answered waits for
// the answer.

import { useQuery } from '@tanstack/solid-query'
import { createEffect, createMemo, createSignal, onCleanup } from 'solid-js'
import type { TaxonDetail } from '../../../api/contract/taxon.ts'
import { dataOf } from '../../server/query-client.ts'
import { taxonSearch } from '../../server/taxa.ts'
import { bestFirst } from './best-first.ts'

/** `taxon` is null for the option that adds a taxon of this name. */
export type Option = { id: string; text: string; taxon: TaxonDetail | null }

const TYPING_MS = 120
/** Of those found, which are ordered first. */
const SHOWN = 12

/** While the next search runs, the results of the previous one stay. */
const keepPrevious = <T>(previous: T | undefined): T | undefined => previous

export function createPicker(handlers: {
  onPick: (taxon: TaxonDetail) => void
  /** Returns undefined where no taxon can be added. */
  onNew: () => ((name: string) => void) | undefined
}) {
  const [typed, setTyped] = createSignal('')
  const [sought, setSought] = createSignal('')
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))

  const found = useQuery(() => ({ ...taxonSearch(sought()), enabled: sought() !== '', placeholderData: keepPrevious }))
  /** Whether the list matches the typed text. */
  const settled = () => typed().trim() === sought() && !found.isFetching
  const options = createMemo<Option[]>(() => {
    const name = typed().trim()
    if (name === '') return []
    const taxa = sought() === '' ? [] : bestFirst(dataOf(found)?.items ?? [], sought()).slice(0, SHOWN)
    const known = taxa.some((t) => t.name.toLowerCase() === name.toLowerCase())
    const offersNew = handlers.onNew() !== undefined && name.length > 1 && settled() && !known
    return [
      ...taxa.map((taxon) => ({ id: taxon.id, text: taxon.name, taxon })),
      ...(offersNew ? [{ id: 'new', text: name, taxon: null }] : []),
    ]
  })

  const choose = (option: Option | null) => {
    if (option === null) return
    clearTimeout(timer)
    setTyped('')
    setSought('')
    if (option.taxon !== null) handlers.onPick(option.taxon)
    else handlers.onNew()?.(option.text)
  }
  const [enterWaits, setEnterWaits] = createSignal(false)
  createEffect(() => {
    if (!enterWaits() || !settled()) return
    setEnterWaits(false)
    choose(options()[0] ?? null)
  })

  return {
    options,
    typed,
    settled,
    choose,
    onInput(text: string) {
      setTyped(text)
      clearTimeout(timer)
      timer = setTimeout(() => setSought(text.trim()), TYPING_MS)
    },
    /** Chooses the first option as soon as the list matches the typed text. */
    chooseFirst: () => setEnterWaits(true),
  }
}
