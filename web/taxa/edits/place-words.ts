// What a rule for the places of a taxon says, in a few words.

import type { PlaceRule } from '../../../api/contract/taxonomy.ts'

export const placesText = (rule: PlaceRule): string =>
  rule === 'hidden' ? 'places left out of exports' : `places rounded to ${rule}°`
