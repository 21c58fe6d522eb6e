// Scientific names as people write them: with authors, qualifiers of open nomenclature, hybrids, remarks, capitals and
// every kind of white space. What a name says for certain becomes taxa; a doubt ("Canis sp.", "Canis cf. latrans",
// "Canis latrans/lupus") teaches no more than the genus, or the family in "Muridae sp.".
//
// Terms: E. Sigovini et al., Open Nomenclature in the biodiversity era, Methods in Ecology and Evolution 7 (2016).

import type { Rank } from '../../db/schema.ts'
import { rankOfHigherName } from './higher-names.ts'
import {
  AUTHOR,
  DOUBT,
  DOUBT_BEFORE,
  INFRASPECIFIC,
  NAME_IN_BRACKETS,
  NUMBERS,
  PARTICLE,
  plainText,
  REMARK,
  TWO_EPITHETS,
} from './name-words.ts'

type ScientificName = {
  genus: string
  /** Binomial; null where only the genus is certain. */
  species: string | null
  /** Trinomial. */
  subspecies: string | null
}

const GENUS = /^\p{Lu}[\p{Ll}-]+$/u
const EPITHET = /^\p{Ll}[\p{Ll}-]*\p{Ll}$/u
/** Of a subspecies in capitals; other words are authors. */
const LATIN = /(a|ae|e|i|o|is|us|os|es|as|ys|um|on|ns|x|or)$/
const YEAR = /^(.*?\p{L}.*?)[\s,(]+(?:1[6-9]|20)\d\d\b(.*)$/su

/** Labels that say what a photo does not show, or that nobody knows: states, not taxa. */
const NO_TAXON =
  /^(blank|empty|none|nothing|no animals?|false trigger|leer|vide|vac[ií]o|unbekannt|inconnue?|desconocid[oa]|onbekend|unclear|unsure|not sure|uncertain|no id|not identified|no cv result|tbd|to be determined|animal|n\/?a|#n\/a|null|nan|x|×|[-–—?._*]+)$/i
const UNKNOWN = /^(unknown|unid|unidentified|unidentifiable|undetermined|indeterminate|unspecified|uncertain)( |$)/i

const SAYS_EMPTY = /^(blank|empty|no animals?|false triggers?)$/i

/** Whether words say that somebody looked and saw no animal. */
export const saysEmpty = (text: string): boolean => SAYS_EMPTY.test(plainText(text))

/** Whether words that stand where a taxon is expected say that there is none, or that nobody knows which. */
export function namesNoTaxon(text: string): boolean {
  const tidy = plainText(text)
  return NO_TAXON.test(tidy) || UNKNOWN.test(tidy) || (tidy !== '' && tidy.split(' ').every(isDoubtOrLink))
}
const isDoubtOrLink = (word: string) => DOUBT.test(word) || /^(et|and|&)$/i.test(word)

/**
 * What a name says for certain, top first: a name above the genus, or genus, species and subspecies. `genusColumn`
 * completes an epithet that stands alone. Empty where nothing is certain: such text is a name of another kind.
 */
export function stepsOfName(text: string, genusColumn = ''): { rank: Rank; name: string }[] {
  if (text !== '' && !/[\p{L}?]/u.test(text)) return []
  const read = readWords(text, genusColumn)
  if (read === null) return []
  const [genus, first, second] = read.words
  if (genus === undefined) return []
  const rank = read.rank ?? rankOfHigherName(genus, first !== undefined)
  if (rank === 'none') return []
  if (rank !== null) return [{ rank, name: genus }]
  const steps: { rank: Rank; name: string }[] = [{ rank: 'genus', name: genus }]
  if (first !== undefined) steps.push({ rank: 'species', name: `${genus} ${first}` })
  if (second !== undefined) steps.push({ rank: 'subspecies', name: `${genus} ${first} ${second}` })
  return steps
}

/** The same for a name of genus or below; null for any other. */
export function readScientificName(text: string, genusColumn = ''): ScientificName | null {
  const name = new Map(stepsOfName(text, genusColumn).map((step) => [step.rank, step.name]))
  const genus = name.get('genus')
  if (genus === undefined) return null
  return { genus, species: name.get('species') ?? null, subspecies: name.get('subspecies') ?? null }
}

/** A name above the genus, or any name of one word: its first letter a capital, the others small. '' for several. */
export function readHigherName(text: string): string {
  if (alternativesIn(plainText(text)).length > 1) return ''
  const words = withoutBrackets(plainText(text))
    .text.replaceAll('?', ' ')
    .split(/[\s,]+/)
  const word = words.find((one) => one !== '' && !DOUBT.test(one)) ?? ''
  return word === word.toUpperCase() || word === word.toLowerCase() ? capitalise(word) : word
}

/**
 * Whether a label, which may be a common name, is written as a scientific one: by its capital, or by signs of doubt.
 */
export function looksScientific(text: string): boolean {
  const tidy = plainText(text)
  const words = withoutBrackets(tidy).text.replaceAll('?', ' ? ').split(' ').filter(Boolean)
  const [first = '', second = ''] = words
  if (!/^\p{L}{2,}$/u.test(first) || namesNoTaxon(tidy)) return false
  const rank = rankOfHigherName(capitalise(first), words.length > 1)
  if (rank !== null && rank !== 'none') return words.slice(1).every((word) => DOUBT.test(word))
  const isGenus = GENUS.test(first)
  if (!isGenus) return false
  if (OPEN_SIGN.test(second)) return true
  const isDoubted = words.slice(2).some((word) => DOUBT.test(word) || DOUBT_BEFORE.test(word))
  const isCertain = !isDoubted && alternativesIn(words.join(' ')).length < 2
  return EPITHET.test(second.split('/')[0] ?? '') && stepsOfName(text).length > (isCertain ? 1 : 0)
}
const OPEN_SIGN = /^(spp?|cfr?|aff|indet|nr|subsp|ssp|[x×?]+)\.?\d*$/i

/**
 * Whether two or three words are a Latin name by their endings, whatever their capitals ("vulpes vulpes", "URSUS
 * ARCTOS"). `isLabel`: they name an animal for certain; else only endings that names of places do not have.
 */
export function seemsLatin(text: string, isLabel: boolean): boolean {
  const words = plainText(text).toLowerCase().split(' ')
  const [first = '', second = ''] = words
  if (words.length < 2 || words.length > 3 || !words.every((word) => /^\p{L}{3,}$/u.test(word))) return false
  if (isLabel) return /(us|a|is|o|um|ys|[aiy]x|nx|es|as|os|ops|on)$/.test(first) && LATIN.test(second)
  return first === second
    ? /(us|is|es|[iny]x)$/.test(first)
    : /(us|is|um|ys|[ny]x)$/.test(first) && /(us|is|um|os|ae|ii|es)$/.test(second)
}

/**
 * The names in a cell that holds several ("Canis lupus; Vulpes vulpes"), where each is a name; else the text itself.
 */
export function namesIn(text: string): string[] {
  const parts = text.split(/\s*(?:[;|+\n]|,(?=\s*\p{Lu}\p{Ll}+ \p{Ll}+)| & | and )\s*/u).filter((part) => part !== '')
  const isName = (part: string) => stepsOfName(part).length > 0 && looksScientific(part)
  return parts.length > 1 && parts.every(isName) ? parts : [text]
}

/**
 * `doubt`: a qualifier in brackets, "(cf.)" or "(?)". What else is in brackets is an author, a subgenus or a remark.
 */
function withoutBrackets(text: string): { text: string; doubt: boolean } {
  let doubt = false
  const kept = text.replace(/\s*(\([^)]*\)?|\[[^\]]*\]?|\{[^}]*\}?)\s*/g, (inside) => {
    doubt ||= /\?|\b(cf|cfr|aff|prob\w*|poss\w*|presum\w*|likely|maybe|perhaps|nr|near)\b/i.test(inside)
    return ' '
  })
  return { text: kept.trim(), doubt }
}

/** Several names of which one is meant, or which are crossed, or which are both there. */
const alternativesIn = (text: string): string[] =>
  text
    .replace(TWO_EPITHETS, '$1/')
    .split(
      /\s*(?:\/|×|[;|+](?=\s*\p{L})| (?:x|X|or|oder|ou|o|vel|aut|vs\.?) |(?: & | and | und | et | y |, )(?=\p{Lu}\p{Ll}+ \p{Ll}{3,})|(?<=^\p{Lu}\p{Ll}+ \p{Ll}{3,}) (?:&|and|und|et|y) (?=\p{Ll}{3,}$))\s*/u,
    )
    .filter((part) => part.trim() !== '')

/** Of a common name with the scientific one in brackets, the scientific one. */
function scientificPart(text: string): string {
  const [, outer = '', inner = ''] = NAME_IN_BRACKETS.exec(text) ?? []
  if (inner !== '' && seemsLatin(inner, true) && !seemsLatin(outer, true)) return inner
  return text.replace(/^\((\p{Lu}\p{Ll}+)\) (?=\p{Ll})/u, '$1 ')
}

type Read = { words: string[]; rank: Rank | null }

/** Genus and epithets, in their right case. */
function readWords(text: string, genusColumn: string): Read | null {
  const { text: open, doubt } = withoutBrackets(withoutRemarks(scientificPart(plainText(text))))
  const given = capitalise(plainText(genusColumn).split(' ')[0] ?? '')
  const genusHint = GENUS.test(given) && !namesNoTaxon(given) ? given : ''
  // An epithet alone is none without its genus.
  if (given !== '' && namesNoTaxon(given) && /^\p{Ll}+$/u.test(open)) return null
  const crossed = open.replace(/^[×xX](?= ?\p{Lu})/u, '').trim()
  const withGenus = `${genusHint} ${crossed}`
  const parts = alternativesIn(TWO_EPITHETS.test(withGenus) ? withGenus : crossed)
  const isOfSeveral = parts.length > 1 || /[×/]/.test(crossed)
  if (!isOfSeveral) return readOne(crossed, genusHint, doubt)
  // Of several the genus is certain where all have it: "Canis latrans/lupus", "Canis lupus × C. latrans".
  const [first, ...others] = parts
  if (first === undefined) return null
  const one = readOne(first, genusHint, true)
  const genus = one?.words[0]
  if (one === null || genus === undefined) return null
  const isOther = (part: string) => {
    const [word = ''] = part.split(' ')
    if (/^\p{Lu}\.?$/u.test(word)) return word[0] !== genus[0]
    return /^\p{Lu}/u.test(word) && capitalise(word) !== genus && (part.includes(' ') || !first.includes(' '))
  }
  return others.some(isOther) ? null : { words: [genus], rank: one.rank }
}

/** Without what follows a name: whose understanding is meant, names in quotes, marks. */
const withoutRemarks = (text: string): string =>
  text
    .replace(/[†‡*♀♂#]/g, ' ')
    .replace(/^["'“”‘’«](.*)["'“”‘’»]$/u, '$1')
    .replace(/(?<=\S\s)["“‘'«][^"”’'»]*["”’'»]/gu, ' ')
    .replace(/["“”«»]/g, '')
    .replace(/(?<=\p{L}{4})[;:,]+$|(?<=\p{L}{3}(a|ae|e|i|o|is|us|os|es|as|ys|um|on|ns|x|or))\.$/iu, '')
    .replace(/(?<=\S) (sensu|auct|s\. ?(l|s|str|lat))\b.*$/i, '')
    .trim()

function readOne(text: string, genusHint: string, doubt: boolean): Read | null {
  const dated = YEAR.exec(text)
  const infra = /\b(?:ssp|subsp|var)\.? (\p{Ll}{3,})/u.exec(dated?.[2] ?? '')?.[1]
  let words = (dated?.[1] ?? text)
    .replace(/(?<=\S),.*$/, '')
    .replace(/(?<=\p{L})\?+|\?+(?=\p{L})/gu, ' ? ')
    .replace(/^(\p{L}{3,})[-.+](?=\p{L}{3,}$)/u, genusHint === '' ? '$1 ' : '$&')
    .split(/[\s,]+|(?<=\S\s\p{Ll}{3,})[:;]/u)
    .filter((word) => word !== '' && !/^\d+$/.test(word))
  let rank: Rank | null = null
  const named = RANK_WORD.exec(words[0] ?? '')
  if (named !== null && (words[0]?.endsWith(':') || /^\p{Lu}\p{L}{2,}/u.test(words[1] ?? ''))) {
    rank = RANK_OF[named[1]!.toLowerCase()] ?? null
    words = words.slice(1)
  }
  if (dated !== null) words = withoutAuthors(words)
  if (/^(no|non|not|nicht|kein|pas)$/i.test(words[0] ?? '')) return null
  const isDoubted = DOUBT.test(words[0] ?? '?')
  // "cf. Canis lupus", "cf. lupus": all of it is in doubt but the genus.
  if (isDoubted) words = [genusHint !== '' ? genusHint : (words.find((word) => !DOUBT.test(word)) ?? '')]
  const [first = ''] = words
  const startsLow = /^\p{Ll}/u.test(first)
  // An epithet alone belongs to the genus of its column, also where it repeats it (Genetta genetta).
  const repeatsGenus = capitalise(first) === genusHint
  if (genusHint !== '' && !isDoubted) {
    if (isInitialOf(first, genusHint)) words = [genusHint, ...words.slice(1)]
    else if (repeatsGenus ? startsLow && words.length === 1 : startsLow || words.length === 1)
      words = [genusHint, first.toLowerCase(), ...words.slice(1)]
  }
  const genus = capitalise(words[0] ?? '')
  if (!GENUS.test(genus)) return null
  if (rank === 'genus' || rank === 'species') rank = null
  const epithets = doubt || isDoubted || rank !== null ? [] : epithetsOf(genus, words.slice(1), infra)
  return { words: [genus, ...epithets], rank }
}

const isInitialOf = (word: string, genus: string) => /^\p{L}\.$/u.test(word) && word[0]?.toUpperCase() === genus[0]

const RANK_WORD = /^(kingdom|phylum|class|order|ord|family|fam|genus|gen|species)[.:]?$/i
const RANK_OF: Record<string, Rank> = {
  kingdom: 'kingdom',
  phylum: 'phylum',
  class: 'class',
  order: 'order',
  ord: 'order',
  family: 'family',
  fam: 'family',
  genus: 'genus',
  gen: 'genus',
  species: 'species',
}

/** Takes the authors before a year off: the last word in capitals, and those that belong to it ("E. Smith & Jones"). */
function withoutAuthors(words: string[]): string[] {
  let end = words.length
  let wanted = true
  while (end > 1) {
    const word = words[end - 1]!
    const isAuthor = wanted && (/^\p{Lu}/u.test(word) || (end > 2 && words.every((one) => /^\p{Ll}/u.test(one))))
    if (!isAuthor && !/^\p{Lu}\.|^d['’]$/u.test(word) && !PARTICLE.test(word)) break
    wanted = /^(and|et|ex|in|&)$/i.test(word)
    end--
  }
  return words.slice(0, end)
}

/** None, the species' or the species' and the subspecies'. `infra`: a subspecies that stands after the authors. */
function epithetsOf(genus: string, rest: string[], infra: string | undefined): string[] {
  const found: string[] = []
  const words = joined(rest, genus)
  for (const [i, word] of words.entries()) {
    if (INFRASPECIFIC.test(word) && found.length === 1) {
      if (words[i + 1] === undefined) break
      continue
    }
    // "Canis lupus cf. familiaris" is a wolf for certain; "Canis lupus cf." and "Canis lupus agg." are not.
    if (found.length > 0 && DOUBT_BEFORE.test(word) && !(/^(cf|aff)/i.test(word) && EPITHET.test(words[i + 1] ?? '')))
      return []
    if (DOUBT.test(word) || DOUBT_BEFORE.test(word) || REMARK.test(word) || PARTICLE.test(word) || found.length === 2)
      break
    const epithet = epithetOf(word, rest[i - 1], found.length)
    if (epithet === null) break
    found.push(epithet)
  }
  if (found.length === 1 && infra !== undefined) found.push(infra)
  return found
}

/**
 * In capitals ("Ursus Arctos", "URSUS ARCTOS") a word may be an author: known ones, and those after a small epithet.
 */
function epithetOf(word: string, before: string | undefined, found: number): string | null {
  const low = word.toLowerCase()
  if (found > 0 && AUTHOR.test(word)) return null
  if (EPITHET.test(word)) return word
  if (!/^(\p{Lu}\p{Ll}+|\p{L}[\p{Lu}-]+)$/u.test(word)) return null
  if (AUTHOR.test(low) || !EPITHET.test(low) || (found > 0 && (!LATIN.test(low) || EPITHET.test(before ?? ''))))
    return null
  return low
}

/**
 * "c album" is c-album, "7-punctata" is septempunctata, and the first letter of a name that comes again is that name.
 */
function joined(words: string[], genus: string): string[] {
  const [first = '', second = '', ...others] = words
  const number = /^(\d\d?)-?(\p{Ll}{4,})$/u.exec(first)
  const prefix = number && NUMBERS[Number(number[1]) - 1]
  if (number && prefix !== undefined && prefix !== null)
    return [`${prefix}${number[2]}`, second, ...others].filter(Boolean)
  if (/^\p{Ll}$/u.test(first) && first !== 'x' && /^\p{Ll}{3,}$/u.test(second)) return [`${first}-${second}`, ...others]
  if (/^\p{Ll}\.$/u.test(first) && second.startsWith(first[0]!) && genus !== '') return [second, second, ...others]
  return words
}

const capitalise = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()
