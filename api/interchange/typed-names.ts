// Names of taxa as people type them, by the rules for labels and lists: without authors, in their right case, an
// epithet with its genus. A doubt or a hybrid names no taxon; a working name with a number does ("Canis sp. 1").

import { RANK_LEVELS, type Rank } from '../../db/schema.ts'
import { tidyText } from '../contract/exchange/text.ts'
import { rankOfHigherName } from './higher-names.ts'
import { nameOfRank } from './listed-names.ts'
import { looksScientific, namesNoTaxon, seemsLatin, stepsOfName } from './scientific-name.ts'

type Named = { name: string; rank: Rank }

/** `fault`: why no taxon can have that name, and what to type instead. */
export type TypedName = { name: string } | { fault: string }

const OPEN_SIGN = /(^|\s)\(?(spp?|cfr?|aff|indet|inc|nr|ssp|subsp|agg)\.?\)?(\s|$)|\sx\s|[×?]|\p{L}\/\p{L}/iu
const HAS_DIGIT = /\d/
const EPITHET = /^\p{Ll}[\p{Ll}-]+\p{Ll}$/u
/** What a person adds to a name of one word: an author, a year, a doubt. */
const WITH_MORE = /^\p{L}+[\s,(]/u

/** `parent`: completes an epithet that stands alone. What does not read as a scientific name stays as it is typed. */
export function readTypedName(typed: string, rank: Rank, parent: Named | null): TypedName {
  const text = tidyText(typed)
  const isLow = rank === 'species' || rank === 'subspecies'
  if ((isLow || rank === 'genus') && nameOfRank(text, rank) === text) return { name: text }
  if (text.length > 1 && namesNoTaxon(text))
    return { fault: `“${text}” names no taxon. Expected the name of a ${rank}.` }
  if (!isLow && rank !== 'genus') return readHigher(text, rank)
  const full = isLow && isAbove(parent, rank) && EPITHET.test(text) ? `${parent.name} ${text}` : text
  if (!looksScientific(full) && !seemsLatin(full, true) && !OPEN_SIGN.test(full) && full === text) return { name: text }
  const name = nameOfRank(full, rank)
  if (name !== null) return { name }
  return HAS_DIGIT.test(text) && !OPEN_SIGN.test(text) ? { name: text } : { fault: faultOf(text, rank) }
}

const isAbove = (parent: Named | null, rank: Rank): parent is Named =>
  parent !== null && parent.rank === (rank === 'species' ? 'genus' : 'species')

/** A name of one word, with a well-known ending or alone. Other words may be names of groups in any language. */
function readHigher(text: string, rank: Rank): TypedName {
  const isKnown = WITH_MORE.test(text) && rankOfHigherName(text.split(/[\s,(]/)[0] ?? '', true) !== null
  if (isKnown || /^\p{Lu}{3,}$/u.test(text)) return { name: nameOfRank(text, rank) ?? text }
  return { name: text }
}

function faultOf(text: string, rank: Rank): string {
  const certain = stepsOfName(text).at(-1)
  const expected = `Expected the name of a ${rank}, but “${text}”`
  if (certain === undefined) return `${expected} names several taxa or is in doubt. Type one name.`
  const is = `the ${certain.rank} ${certain.name}`
  if (RANK_LEVELS[certain.rank] < RANK_LEVELS[rank]) return `${expected} names ${is}. Choose its rank, or another name.`
  const working = `${certain.name} sp. 1`
  return `${expected} says no more for certain than ${is}. Choose that, or a working name with a number, such as “${working}”.`
}
