// The state of the animal under review, and everything that buttons and keys can do with it.

import { useQuery } from '@tanstack/solid-query'
import { createMemo } from 'solid-js'
import { burst } from '../server/boxes.ts'
import { answer, answerOptions, detection } from '../server/detections.ts'
import { dataOf } from '../server/query-client.ts'
import { useCaseKeys } from './case-keys.ts'
import type { Decisions } from './decision-bar.tsx'
import { createMarking } from './marking.ts'
import type { Moves } from './moves.ts'
import { createBoxWork } from './photo/boxing.ts'
import { besides } from './photo/photo-animals.tsx'
import type { PhotoControls } from './photo/view-acts.ts'
import { createStatements } from './statements.ts'
import { createSuggestionChoice } from './suggestion-choice.ts'

/** Parts of the page that keys lead to; set once they are rendered. */
export type CaseParts = {
  search?: HTMLInputElement
  note?: HTMLTextAreaElement
  count?: HTMLInputElement
  photo?: PhotoControls
}

export function createCase(options: {
  detectionId: () => string
  moves: Moves
  parts: CaseParts
  toggleZoom: () => void
}) {
  const { moves, parts } = options
  const facts = useQuery(() => detection(options.detectionId()))
  const asked = useQuery(() => answer(options.detectionId(), answerOptions()))
  const together = useQuery(() => burst(options.detectionId()))
  const detail = () => dataOf(facts)
  const answered = createMemo(() => dataOf(asked)?.detections.find((d) => d.detectionId === options.detectionId()))
  const suggestions = () => answered()?.suggestions ?? []
  const search = () => parts.search?.focus()

  const choice = createSuggestionChoice(suggestions)
  const statements = createStatements({
    detectionId: options.detectionId,
    detail,
    answer: answered,
    treeVersion: () => dataOf(asked)?.treeVersion,
    burst: () => dataOf(together)?.items ?? [],
    selected: choice.selected,
    moves,
    search,
  })
  const boxing = createBoxWork({ detection: detail, onMade: moves.open, onRemoved: moves.leaveDeleted })
  const decisions: Decisions = {
    ...createMarking(detail, moves.decide),
    confirm: () => statements.confirm(choice.selected()),
    count() {
      parts.count?.scrollIntoView({ block: 'nearest' })
      parts.count?.focus()
    },
    note() {
      parts.note?.scrollIntoView({ block: 'nearest' })
      parts.note?.focus()
    },
    similar: () => moves.showSimilar(choice.selected()?.taxon),
    previous: moves.back,
    next: moves.later,
    undo: moves.undo,
    redo: moves.redo,
  }
  useCaseKeys({
    answer: answered,
    choice,
    statements,
    boxing,
    decisions,
    moves,
    controls: () => parts.photo,
    search,
    toAnimal(by) {
      const shown = detail()
      const other = shown === undefined ? undefined : besides(shown, by)
      if (other !== undefined) moves.open(other.id)
    },
    toggleZoom: options.toggleZoom,
  })
  return { facts, asked, detail, answered, suggestions, choice, statements, boxing, decisions }
}
