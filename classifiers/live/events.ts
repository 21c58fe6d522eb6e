// The events that the live tree announces.

export type LiveEvent =
  /** `detectionId` is null when more was learned at once than is worth telling one by one. */
  | { name: 'learned'; treeVersion: string; detectionId: number | null; taxonId: number | null }
  /** How much of the work of a coming version is done, 0..1. */
  | { name: 'publishing'; share: number }
  | { name: 'published'; treeVersion: string }
  /** A new version answers worse than the present one, which stays. `reasons`: sentences for people. */
  | { name: 'refused'; treeVersion: string; reasons: string[] }
  /** A taxon was added, changed or removed. */
  | { name: 'taxon'; taxonId: number }
  /** All boxes that wait were judged again; so many are probably no animals. */
  | { name: 'boxesJudged'; hidden: number }
  /** The search index of a published or coming version: the share that is built, 0..1. */
  | { name: 'searchIndex'; version: number; share: number }

export type Announce = (event: LiveEvent) => void
