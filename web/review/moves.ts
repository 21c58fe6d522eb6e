// What the review can do around the animal on the screen. case.tsx handles what concerns that animal alone.

import type { DetectionDetail } from '../../api/contract/media.ts'
import type { Taxon } from '../../api/contract/taxon.ts'
import type { Statement } from '../server/identifications.ts'

export type Moves = {
  canGoBack: boolean
  open: (detectionId: string) => void
  /** Goes to the next animal and leaves this one undecided. */
  later: () => void
  back: () => void
  undo: () => void
  redo: () => void
  chooseQueue: () => void
  /** Shows the neighbours of this animal in the grid. */
  showSimilar: (detectionId: string) => void
  identify: (statement: Statement, taxon: Taxon) => void
  identifyBurst: (ids: string[], taxon: Taxon, treeVersion: string | undefined) => void
  /** Marks these animals instead of naming them, then goes to the next one. */
  decide: (ids: readonly string[], act: () => Promise<unknown>, failed: string) => void
  /** Lets screen readers say these words. */
  announce: (words: string) => void
  /** Goes to another animal after this one's box was deleted. */
  leaveDeleted: (removed: DetectionDetail) => void
}
