// Scientific names as people write them: with authors, qualifiers of open nomenclature, hybrids, capitals. What a name
// says for certain becomes taxa; a doubt ("Canis sp.", "Canis cf. latrans", "Canis latrans/lupus") teaches no more than
// the genus.
//
// Terms: E. Sigovini et al., Open Nomenclature in the biodiversity era, Methods in Ecology and Evolution 7 (2016).

import { tidyText } from '../contract/exchange/text.ts'

type ScientificName = {
  genus: string
  /** Binomial; null where only the genus is certain. */
  species: string | null
  /** Trinomial. */
  subspecies: string | null
}

/** Says that what follows is not certain, or that nothing follows. */
const DOUBT =
  /^(sp|spp|spec|species|cf|cfr|conf|aff|affin|nr|near|prox|indet|ind|inc|incertae|stet|gr|agg|group|complex|nov|n|hybrid|hyb|x|×)\.?\d*$|^\?+$/i
const INFRASPECIFIC = /^(ssp|subsp|subspecies|var|variety|f|fo|forma|morph)\.?$/i
/** Words inside the names of authors. */
const PARTICLE = /^(and|et|ex|in|al\.?|de|da|do|dos|du|des|del|della|di|von|vom|zu|van|der|den|ten|la|le|&)$/i
const GENUS = /^\p{Lu}[\p{Ll}-]+$/u
const EPITHET = /^\p{Ll}[\p{Ll}-]*\p{Ll}$/u

/** Labels that say what a photo does not show, or that nobody knows: states, not taxa. */
const NO_TAXON =
  /^(blank|empty|none|nothing|no animals?|false trigger|unknown( animal| species)?|unidentified( animal)?|unidentifiable|unid|undetermined|not identified|no cv result|animal|n\/?a|null|nan|[-–—?.]+)$/i

/** Whether words that stand where a taxon is expected say that there is none, or that nobody knows which. */
export const namesNoTaxon = (text: string): boolean => NO_TAXON.test(tidyText(text.replaceAll('_', ' ')))

/**
 * A name of genus or below. `genusColumn` completes an epithet that stands alone. Null where no genus can be made out:
 * such text is a name of another kind.
 */
export function readScientificName(text: string, genusColumn = ''): ScientificName | null {
  const given = capitalise(tidyText(genusColumn))
  const genusHint = GENUS.test(given) ? given : ''
  const genusAlone = (genus: string): ScientificName | null =>
    GENUS.test(genus) ? { genus, species: null, subspecies: null } : null
  let words = wordsOf(text)
  // "cf. Canis lupus", "cf. lupus": all of it is in doubt but the genus.
  if (words[0] === undefined || DOUBT.test(words[0]))
    return genusAlone(genusHint !== '' ? genusHint : capitalise(words.find((word) => !DOUBT.test(word)) ?? ''))
  const allCapitals = words.length <= 3 && words.every((word) => word === word.toUpperCase())
  const startsLow = /^\p{Ll}/u.test(words[0])
  // An epithet alone belongs to the genus of its column, also where it repeats it (Genetta genetta).
  const repeatsGenus = words[0].toLowerCase() === genusHint.toLowerCase()
  if (genusHint !== '' && (repeatsGenus ? startsLow && words.length === 1 : startsLow || words.length === 1))
    words = [genusHint, ...words.map((word) => (startsLow || word !== words[0] ? word : word.toLowerCase()))]
  const genus = capitalise(words[0]!.replace(/^[x×](?=\p{Lu})/u, ''))
  if (!GENUS.test(genus)) return null
  const rest = words.slice(1).map((word) => (allCapitals || startsLow ? word.toLowerCase() : word))
  if (rest.some((word) => /[×/]/.test(word) || /^x$/i.test(word))) return genusAlone(genus)

  const [first, ...others] = rest
  if (first === undefined || DOUBT.test(first) || !EPITHET.test(first) || PARTICLE.test(first)) return genusAlone(genus)
  const species = `${genus} ${first}`
  const [second, third] = others
  const below = second !== undefined && INFRASPECIFIC.test(second) ? third : second
  const certain = below !== undefined && EPITHET.test(below) && !DOUBT.test(below) && !PARTICLE.test(below)
  return { genus, species, subspecies: certain ? `${species} ${below}` : null }
}

/** A name above the genus, or any name of one word: its first letter a capital, the others small. */
export function readHigherName(text: string): string {
  const [word = ''] = wordsOf(text).filter((one) => !DOUBT.test(one))
  return word === word.toUpperCase() || word === word.toLowerCase() ? capitalise(word) : word
}

function wordsOf(text: string): string[] {
  return (
    tidyText(text.replaceAll('_', ' '))
      .replace(/\([^)]*\)/g, ' ')
      .replace(/[†‡*]/g, ' ')
      // Whose understanding of the name is meant, and remarks after a comma (an author's year, "male").
      .replace(/(?<=\S) (sensu|auct|s\. ?(l|s|str|lat))\b.*$/i, '')
      .replace(/(?<=\S),.*$/, '')
      // "Canis l. lupus": the first letter of a name that comes again.
      .replace(/(?<=^\p{Lu}\p{Ll}+ )(\p{Ll})\. (?=(\1\p{Ll}+))/u, '$2 ')
      .replace(/["'“”‘’]/g, '')
      .split(/[\s,]+/)
      .filter((word) => word !== '' && !/^\d+$/.test(word))
  )
}

const capitalise = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()
