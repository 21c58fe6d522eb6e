// The state of the animal under review, and everything that buttons and keys can do with it.

import { useQuery } from '@tanstack/solid-query'
import { createMemo, createSignal } from 'solid-js'
import type { Detection } from '../../api/contract/detection.ts'
import { proposalOf } from '../parts/answer/proposal.ts'
import { person } from '../person/person.ts'
import { burst } from '../server/boxes.ts'
import { answer, answerOptions, detection } from '../server/detections.ts'
import { dataOf } from '../server/query-client.ts'
import { doubtful } from './burst/burst-members.ts'
import { useCaseKeys } from './case-keys.ts'
import type { Decisions, Main } from './decision-bar.tsx'
import { createMarking } from './marking.ts'
import type { Moves } from './moves.ts'
import { createBoxWork } from './photo/boxing.ts'
import { besides } from './photo/photo-animals.tsx'
import type { PhotoControls } from './photo/view-acts.ts'
import { createStatements, saidBy } from './statements.ts'
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
  /** The members of the burst that a person is asked about. */
  const [asking, askBurst] = createSignal<readonly Detection[] | null>(null)
  const main = createMemo<Main>(() => {
    const picked = choice.selected()
    if (picked !== undefined) return { does: 'confirm', ...picked, picked: true }
    const shown = detail()
    if (shown === undefined) return { does: 'skip', picked: false }
    const proposed = proposalOf(shown, answered())
    const isSaid = proposed.does === 'confirm' && saidBy(shown, proposed.taxon, person())
    return { ...(isSaid ? { does: 'skip' } : proposed), picked: false }
  })
  const marking = createMarking(detail, moves.decide)
  const statements = createStatements({
    detectionId: options.detectionId,
    detail,
    answer: answered,
    treeVersion: () => dataOf(asked)?.treeVersion,
    burst: () => dataOf(together)?.items ?? [],
    main,
    moves,
    markEmpty: marking.empty,
    askBurst: (members) => askBurst(members),
  })
  const boxing = createBoxWork({ detection: detail, onMade: moves.open, onRemoved: moves.leaveDeleted })
  const decisions: Decisions = {
    ...marking,
    confirm: statements.proceed,
    count() {
      parts.count?.scrollIntoView({ block: 'nearest' })
      parts.count?.focus()
    },
    note() {
      parts.note?.scrollIntoView({ block: 'nearest' })
      parts.note?.focus()
    },
    similar: () => moves.showSimilar(options.detectionId()),
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
  const burstQuestion = {
    asking,
    close: () => askBurst(null),
    doubtful(members: readonly Detection[]) {
      const now = main()
      return now.does === 'confirm' ? doubtful(members, now, options.detectionId()) : []
    },
  }
  return { facts, asked, detail, answered, suggestions, choice, main, statements, burstQuestion, boxing, decisions }
}
