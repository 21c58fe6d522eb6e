// Events for those who watch this process: every subscriber gets the same ones in the same order.

import type { ServiceEvent } from '../contract/event.ts'

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
