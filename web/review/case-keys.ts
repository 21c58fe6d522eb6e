// The keys of the review while an animal is on the screen.

import type { AnsweredDetection } from '../../api/contract/suggestion.ts'
import { picks, rankConfirms } from '../keys/actions.ts'
import { type Acts, useActions } from '../keys/use-actions.ts'
import type { Decisions } from './decision-bar.tsx'
import type { Moves } from './moves.ts'
import type { BoxWork } from './photo/boxing.ts'
import { type PhotoControls, viewActs } from './photo/view-acts.ts'
import type { Statements } from './statements.ts'
import type { SuggestionChoice } from './suggestion-choice.ts'

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
      queues: () => moves.chooseQueue(),
      rivalBelow: () => choice.selectBeside(1),
      rivalAbove: () => choice.selectBeside(-1),
      nextAnimal: () => options.toAnimal(1),
      previousAnimal: () => options.toAnimal(-1),
      wholePhoto: options.toggleZoom,
      compare: choice.toggleCompare,
      nextKnown: choice.nextKnown,
      drawBox: boxing.draw,
      changeBox: boxing.change,
      deleteBox: boxing.remove,
    }
    options.answer()?.suggestions.forEach((suggestion, i) => {
      const name = picks[i]
      if (name !== undefined) acts[name] = () => choice.select(suggestion.taxon.id)
    })
    options.answer()?.path.forEach((step, i) => {
      const name = rankConfirms[i]
      if (name !== undefined) acts[name] = () => statements.confirmRank(step.taxon)
    })
    return acts
  })
}
