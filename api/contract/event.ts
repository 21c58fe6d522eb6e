// What happens while the service runs: the events of GET /api/events.

import type { Import } from './exchange/import.ts'

export type ServiceEvent =
  | { name: 'import'; data: Import }
  | { name: 'indexed'; data: { mediaId: string; status: 'indexed' | 'failed'; detectionIds: string[] } }
  /** `detectionId` is null when the tree learned a change of the taxonomy. */
  | { name: 'learned'; data: { treeVersion: string; detectionId: string | null; taxonId: string | null } }
  /** How much of a coming version of the tree is made, 0..1. It ends with 1, also where no version comes of it. */
  | { name: 'publishing'; data: { share: number } }
  | { name: 'published'; data: { treeVersion: string } }
  /** A new version answers worse; the present one stays. */
  | { name: 'refused'; data: { treeVersion: string; reasons: string[] } }
  /** The boxes that wait were judged again; so many are probably no animals, and lists may leave them out. */
  | { name: 'boxesJudged'; data: { hidden: number } }
  | { name: 'taxon'; data: { id: string } }
  /** People changed these, at most the first hundred: labels, boxes, marks, notes, deployments. */
  | { name: 'changed'; data: { detectionIds: string[]; mediaIds: string[]; deploymentIds: string[] } }
  /** The share, 0..1, of the search index for this tree version that is built; the version may not be published yet. */
  | { name: 'searchIndex'; data: { version: string; share: number } }
