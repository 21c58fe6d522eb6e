// Which suggestion a person has selected, and the known photo that it is compared with. The page selects none itself:
// what Enter does then is the proposal.

import { type Accessor, createMemo, createSignal } from 'solid-js'
import type { Similar } from '../../api/contract/suggestion.ts'
import type { Suggestion } from '../parts/answer/suggestion-list.tsx'
import { knownAfter } from './photo/compare.tsx'

export type SuggestionChoice = {
  selected: Accessor<Suggestion | undefined>
  /** The suggestion whose known photos are compared: the selected one, or else the first. */
  compared: Accessor<Suggestion | undefined>
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
  const selected = createMemo(() => suggestions().find((s) => s.taxon.id === picked()))
  const compared = () => selected() ?? suggestions()[0]
  const comparing = () => isComparing() && compared() !== undefined
  const toggleCompare = () => setComparing((on) => !on && compared() !== undefined)
  return {
    selected,
    compared,
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
      const suggestion = compared()
      if (suggestion === undefined || !isComparing()) return toggleCompare()
      const shown = known() ?? suggestion.similar[0]?.detectionId ?? null
      setKnown(knownAfter(suggestion, shown)?.detectionId ?? null)
    },
  }
}
