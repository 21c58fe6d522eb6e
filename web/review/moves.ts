// What the review does around the animal on the screen. Everything about one animal alone is in case.tsx.

import type { DetectionDetail } from '../../api/contract/media.ts'
import type { Taxon } from '../../api/contract/taxon.ts'
import type { Statement } from '../server/identifications.ts'

export type Moves = {
  canGoBack: boolean
  open: (detectionId: string) => void
  /** Goes on to the next animal; this one stays undecided. */
  later: () => void
  back: () => void
  undo: () => void
  redo: () => void
  chooseQueue: () => void
  showSimilar: (taxon: Taxon | undefined) => void
  identify: (statement: Statement, taxon: Taxon) => void
  identifyBurst: (ids: string[], taxon: Taxon, treeVersion: string | undefined) => void
  /** Marks these animals instead of naming them, and goes on to the next. */
  decide: (ids: readonly string[], act: () => Promise<unknown>, failed: string) => void
  /** Read out by screen readers. */
  announce: (words: string) => void
  /** This animal's box was deleted: goes on to another. */
  leaveDeleted: (removed: DetectionDetail) => void
}
