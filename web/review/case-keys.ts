// The keys of the review while an animal is on the screen.

import type { AnsweredDetection } from '../../api/contract/suggestion.ts'
import { picks, rankConfirms } from '../keys/actions.ts'
import { type Acts, useActions } from '../keys/use-actions.ts'
import { mayAs } from '../person/person.ts'
import type { Decisions } from './decision-bar.tsx'
import type { Moves } from './moves.ts'
import type { BoxWork } from './photo/boxing.ts'
import { type PhotoControls, viewActs } from './photo/view-acts.ts'
import type { Statements } from './statements.ts'
import type { SuggestionChoice } from './suggestion-choice.ts'

/** What somebody who only looks has no keys for. */
const DECIDING = [
  'confirm',
  'search',
  'unknown',
  'notAnimal',
  'person',
  'vehicle',
  'empty',
  'flag',
  'count',
  'note',
  'undo',
  'redo',
  'drawBox',
  'changeBox',
  'deleteBox',
] as const

export function useCaseKeys(options: {
  answer: () => AnsweredDetection | undefined
  choice: SuggestionChoice
  statements: Statements
  boxing: BoxWork
  decisions: Decisions
  moves: Moves
  controls: () => PhotoControls | undefined
  search: () => void
  toAnimal: (by: 1 | -1) => void
  toggleZoom: () => void
}): void {
  const { choice, statements, boxing, moves } = options
  const view = viewActs(options.controls)
  useActions(() => {
    // While a box is drawn, only the box keys decide anything.
    if (boxing.work() !== null) return { zoomIn: view.zoomIn, zoomOut: view.zoomOut }
    const acts: Acts = {
      ...options.decisions,
      ...view,
      confirm: statements.proceedByKey,
      burst: statements.confirmBurst,
      search: options.search,
      drawBox: boxing.draw,
      changeBox: boxing.change,
      deleteBox: boxing.remove,
      queues: () => moves.chooseQueue(),
      rivalBelow: () => choice.selectBeside(1),
      rivalAbove: () => choice.selectBeside(-1),
      nextAnimal: () => options.toAnimal(1),
      previousAnimal: () => options.toAnimal(-1),
      wholePhoto: options.toggleZoom,
      compare: choice.toggleCompare,
      nextKnown: choice.nextKnown,
    }
    if (!mayAs('reviewer')) for (const name of DECIDING) delete acts[name]
    if (!mayAs('editor')) delete acts.burst
    options.answer()?.suggestions.forEach((suggestion, i) => {
      const name = picks[i]
      if (name !== undefined) acts[name] = () => choice.select(suggestion.taxon.id)
    })
    options.answer()?.path.forEach((step, i) => {
      const name = rankConfirms[i]
      if (name !== undefined && mayAs('reviewer')) acts[name] = () => statements.confirmRank(step.taxon)
    })
    return acts
  })
}
