// Names of taxa as lists have them: without authors, in their right case, and only where they are certain. A list makes
// no taxon of "Canis sp." or of a hybrid.

import { RANKS, type Rank } from '../../db/schema.ts'
import { namesNoTaxon, readHigherName, stepsOfName } from './scientific-name.ts'

type Step = { rank: Rank; name: string }

/** In scripts without capitals, where names of science look like others. */
const CASELESS = /^[\p{Lo}\p{M}\s]+$/u

const isLow = (rank: Rank) => rank === 'genus' || rank === 'species' || rank === 'subspecies'

/** Columns as a path, top first. A species' name is its binomial, even where the column holds only the epithet. */
export function pathOf(column: (rank: Rank) => string): Step[] {
  const path = new Map<Rank, string>()
  const add = ({ rank, name }: Step) => {
    if (name !== '' && !path.has(rank)) path.set(rank, name)
  }
  for (const rank of RANKS) {
    const text = column(rank)
    const working = isLow(rank) ? workingName(text, rank, path.get(rank === 'subspecies' ? 'species' : 'genus')) : null
    if (working !== null) add({ rank, name: working })
    else if (text === '' || namesNoTaxon(text)) continue
    else if (!isLow(rank)) add({ rank, name: readHigherName(text) })
    else if (CASELESS.test(text)) add({ rank, name: text })
    else for (const step of stepsIn(text, rank, path)) add(step)
  }
  return RANKS.flatMap((rank) => {
    const name = path.get(rank)
    return name === undefined ? [] : [{ rank, name }]
  })
}

/** Words with a number, as in lists of what has no name yet: "Genus360", "species12". */
const NUMBERED = /^\p{L}[\p{L}-]*\d+\p{L}?$/u
const WORD = /^\p{L}[\p{L}\d-]*$/u
/** "Setophaga sp. 3", as the page too names unknown animals. Without a number it is a doubt. */
const WORKING = /^\p{Lu}\p{Ll}+ (n\. ?)?sp\. ?\d+$/u

const WORDS: Partial<Record<Rank, number>> = { genus: 1, species: 2, subspecies: 3 }

/** A working name as it is written; null where a text is none. `parent`: completes an epithet. */
function workingName(text: string, rank: Rank, parent: string | undefined): string | null {
  if (rank === 'species' && WORKING.test(text)) return text
  const full = rank === 'genus' || parent === undefined || text.includes(' ') ? text : `${parent} ${text}`
  const words = full.split(' ')
  const isNumbered = words.some((word) => NUMBERED.test(word)) && words.every((word) => WORD.test(word))
  return isNumbered && words.length === WORDS[rank] ? full : null
}

function stepsIn(text: string, rank: Rank, path: Map<Rank, string>): Step[] {
  const species = path.get('species')
  if (rank === 'subspecies' && species !== undefined && !text.includes(' ')) return stepsOfName(`${species} ${text}`)
  return stepsOfName(text, rank === 'genus' ? '' : path.get('genus'))
}

/** The text of the lowest column where it says less than its rank: "Canis sp." names no species. */
export function uncertainIn(column: (rank: Rank) => string, path: Step[]): string | null {
  const rank = RANKS.findLast((one) => column(one) !== '' && !namesNoTaxon(column(one)))
  return rank === undefined || path.some((step) => step.rank === rank) ? null : column(rank)
}

/** The certain name of that rank which a text says; null where it says none: "Canis sp." is no species. */
export function nameOfRank(text: string, rank: Rank): string | null {
  if (CASELESS.test(text)) return text
  if (!isLow(rank)) return readHigherName(text) || null
  const working = workingName(text, rank, undefined)
  if (working !== null) return working
  const last = stepsOfName(text).at(-1)
  // A list says itself that a name like that of a family is a genus.
  return last !== undefined && (last.rank === rank || (rank === 'genus' && !last.name.includes(' '))) ? last.name : null
}
