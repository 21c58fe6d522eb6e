// What happens while the service runs, for those who watch. In: events from indexing, learning and imports. Out: the same to
// every subscriber in this process, in order.

import type { Import } from '../contract/schemas.ts'

export type ServiceEvent =
  | { name: 'import'; data: Import }
  | { name: 'indexed'; data: { mediaId: string; status: 'indexed' | 'failed'; detectionIds: string[] } }
  /** `detectionId` is null when a change in the taxonomy was learned. */
  | { name: 'learned'; data: { treeVersion: string; detectionId: string | null; taxonId: string | null } }
  | { name: 'published'; data: { treeVersion: string } }
  | { name: 'taxon'; data: { id: string } }
  /** People changed these, at most the first hundred: labels, boxes, marks, notes. */
  | { name: 'changed'; data: { detectionIds: string[]; mediaIds: string[] } }
  /** The index that search will go by in this published or coming version: the share that is made, 0..1. */
  | { name: 'searchIndex'; data: { version: string; share: number } }

export type Events = {
  emit(event: ServiceEvent): void
  /** Returns the function that ends the subscription. */
  subscribe(listener: (event: ServiceEvent) => void): () => void
}

export function createEvents(): Events {
  const listeners = new Set<(event: ServiceEvent) => void>()
  return {
    emit(event) {
      for (const listener of listeners) listener(event)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
