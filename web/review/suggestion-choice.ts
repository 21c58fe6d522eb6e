// Which suggestion is selected, and the known photo it is compared with.

import { type Accessor, createMemo, createSignal } from 'solid-js'
import type { Similar } from '../../api/contract/suggestion.ts'
import type { Suggestion } from '../parts/answer/suggestion-list.tsx'
import { isWorthNaming } from '../parts/answer/words.ts'
import { knownAfter } from './photo/compare.tsx'

export type SuggestionChoice = {
  /** The default selection. It is undefined if nothing fits, because Enter must not teach a name that nobody chose. */
  best: Accessor<Suggestion | undefined>
  selected: Accessor<Suggestion | undefined>
  select: (taxonId: string) => void
  /** Selects the suggestion below (1) or above (-1) the selected one. */
  selectBeside: (by: 1 | -1) => void
  comparing: Accessor<boolean>
  /** The detection id of the known photo shown; null means the most similar one. */
  known: Accessor<string | null>
  setKnown: (detectionId: string) => void
  compare: (suggestion: Suggestion, similar: Similar) => void
  toggleCompare: () => void
  nextKnown: () => void
}

export function createSuggestionChoice(suggestions: Accessor<readonly Suggestion[]>): SuggestionChoice {
  const [picked, select] = createSignal<string | null>(null)
  const [isComparing, setComparing] = createSignal(false)
  const [known, setKnown] = createSignal<string | null>(null)
  const best = createMemo(() => suggestions().find((s) => isWorthNaming(s.probability)))
  const selected = createMemo(() => suggestions().find((s) => s.taxon.id === picked()) ?? best())
  const comparing = () => isComparing() && selected() !== undefined
  const toggleCompare = () => {
    const [first] = suggestions()
    if (selected() === undefined && first !== undefined) select(first.taxon.id)
    setComparing((on) => !on && selected() !== undefined)
  }
  return {
    best,
    selected,
    select,
    selectBeside(by) {
      const here = suggestions().findIndex((s) => s.taxon.id === selected()?.taxon.id)
      const next = suggestions()[here + by]
      if (next !== undefined) select(next.taxon.id)
    },
    comparing,
    known,
    setKnown,
    compare(suggestion, similar) {
      select(suggestion.taxon.id)
      setKnown(similar.detectionId)
      setComparing(true)
    },
    toggleCompare,
    nextKnown() {
      const suggestion = selected()
      if (suggestion === undefined || !isComparing()) return toggleCompare()
      const shown = known() ?? suggestion.similar[0]?.detectionId ?? null
      setKnown(knownAfter(suggestion, shown)?.detectionId ?? null)
    },
  }
}
