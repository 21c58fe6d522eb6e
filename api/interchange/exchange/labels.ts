// Labels that say what kind of thing is in a photo, instead of naming a taxon.

import type { DetectionKind } from '../../../db/schema.ts'

/** Kinds that programs write instead of a taxon. */
export function kindOf(label: string): DetectionKind | null {
  const word = label.trim().toLowerCase().replaceAll('_', ' ')
  if (/^(person|human|humans|people|homo sapiens|human observation)$/.test(word)) return 'person'
  if (/^(vehicle|car|truck|bicycle|motorcycle)$/.test(word)) return 'vehicle'
  if (/^(animals?|unidentified animal)$/.test(word)) return 'animal'
  return null
}
export const saysEmpty = (label: string): boolean =>
  /^(empty|blank|none|nothing|no animals?|false trigger)$/i.test(label.trim().replaceAll('_', ' '))
