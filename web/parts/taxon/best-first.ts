// The order in which found taxa are offered: those in whose name the text is a whole word come first, and of these, and
// of the others, those that are taught.

import type { TaxonDetail } from '../../../api/contract/taxon.ts'

type Found = Pick<TaxonDetail, 'name' | 'commonName' | 'matched' | 'exampleCount'>

const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []

/** 0: a name is the text; 1: all its words are words of a name; 2: anything else. */
function kindOf(taxon: Found, typed: readonly string[]): number {
  const names = [taxon.name, taxon.commonName, taxon.matched].flatMap((name) => (name ? [wordsOf(name)] : []))
  if (names.some((words) => words.join(' ') === typed.join(' '))) return 0
  return names.some((words) => typed.every((word) => words.includes(word))) ? 1 : 2
}

/** Otherwise in the order in which the service found them. */
export function bestFirst<T extends Found>(found: readonly T[], text: string): T[] {
  const typed = wordsOf(text)
  return found
    .map((taxon, place) => ({ taxon, place, kind: kindOf(taxon, typed), taught: taxon.exampleCount > 0 ? 0 : 1 }))
    .sort((a, b) => a.kind - b.kind || a.taught - b.taught || a.place - b.place)
    .map(({ taxon }) => taxon)
}
