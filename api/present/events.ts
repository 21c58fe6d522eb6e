// What the live tree announces, as the events that pages receive.

import type { LiveEvent } from '../../classifiers/live/events.ts'

export function presentEvent(event: LiveEvent) {
  switch (event.name) {
    case 'learned': {
      const { name, treeVersion } = event
      return { name, data: { treeVersion, detectionId: text(event.detectionId), taxonId: text(event.taxonId) } }
    }
    case 'publishing':
      return { name: event.name, data: { share: event.share } }
    case 'published':
      return { name: event.name, data: { treeVersion: event.treeVersion } }
    case 'refused': {
      const { name, treeVersion, reasons } = event
      return { name, data: { treeVersion, reasons } }
    }
    case 'taxon':
      return { name: event.name, data: { id: String(event.taxonId) } }
    case 'boxesJudged':
      return { name: event.name, data: { hidden: event.hidden } }
    case 'searchIndex':
      return { name: event.name, data: { version: String(event.version), share: event.share } }
  }
}

const text = (id: number | null) => (id === null ? null : String(id))
