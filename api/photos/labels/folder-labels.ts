// What folder names say about the photos in them: the deployment, and labels where there are any. The command, the page
// and the API share this rule.

import type { FolderFacts, Folders } from '../../contract/exchange/import.ts'
import { tidyText } from '../../contract/exchange/text.ts'
import { calledInBackbone, inBackbone, namesBackboneTaxon } from '../../interchange/backbone/backbone.ts'
import { rankOfHigherName } from '../../interchange/higher-names.ts'
import { looksScientific, namesNoTaxon, saysEmpty, seemsLatin } from '../../interchange/scientific-name.ts'
import { isCardFolder, isSystemName } from './made-by-machines.ts'

/** A folder's name as words: `012.Danaus_plexippus` is `Danaus plexippus`. */
export function folderWords(folder: string): string {
  return tidyText(folder)
    .replace(/^\d+[._\s-]+(?=\p{L})/u, '')
    .replaceAll('_', ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

/** Words in the folder names of people who sort by place or time: not parts of names of species. */
const PLAIN_WORDS =
  /\b(and|the|camera|cam|trail|trap|site|station|plot|area|zone|location|place|deployment|day|night|week|month|card|folder|photos?|images?|pictures?|test|train|copy|backup|new|old|unknown|misc|north|south|east|west|upper|lower|left|right|one|two|three|ridge|lake|creek|river|stream|hill|valley|forest|woods?|mountain|mount|pond|field|meadow|bridge|road|path|gate|lane|park|farm|house|bay|beach|island|swamp|marsh|spring|grove|slope|edge|feeder|waterhole|cave|camp|fence|kamera|c[aá]mara|standort|sitio|san|santa|santo|s[aã]o|casa|palo|punta|pointe|loma|vista|terra|tierra|isla|ilha|cabo|puerto|porto|laguna|finca|rancho|rio|r[ií]o|cerro|lago|sierra|serra|monte|mesa|costa|playa|bosque|valle|camino|mata|fazenda|wald|wiese|bach|berg|for[eê]t|bois|ferme)\b|\b(agua|[aá]guas|verde|blanc[ao]|negr[ao]|norte|sur|oeste|boca|selva|pampa|ponta|barra|campo|pico|piazza|nuev[ao]|grande)\b|^(nova|corpus|campus|hortus|minas|mons|vill?a|alpha|bravo|charlie|delta|echo|alta|alto|bella|buena|ojo)\b/i

/** Looks like genus and species, or genus, species and subspecies. */
export function isBinomial(words: string): boolean {
  return /^\p{Lu}\p{Ll}+(-\p{Ll}+)? \p{Ll}[\p{Ll}-]*\p{Ll}( \p{Ll}{3,})?$/u.test(words) && !PLAIN_WORDS.test(words)
}

/** Of what says nothing where a taxon is expected: letters that number sites, and months. */
const MAY_BE_SITE = /^(\p{L}|nov|ord|gen|ind|inc|conf|near)$/iu

/** Genera whose ending no place has, with any epithet; other genera with an epithet that ends as Latin ones do. */
const LATIN_PAIR = [
  /(us|ys|yx|nx|ops|ornis|oides) \S+$/,
  /(us|a|is|o|um|[aei]x|es|as|os|ps|on|er|or|an) \S*(a|ae|e|i|o|is|us|os|es|as|ys|um|on|ns|ps|x|or|er)$/,
  /(e|ur|en) \S*(us|um|is|i|ae|a)$/,
]

/**
 * Whether a folder that may be a place ("Oak ridge") is genus and species: the backbone has the genus, or both words
 * end as Latin names do, and none is a word of places ("Agua fria").
 */
function isSpecies(words: string): boolean {
  if (!isBinomial(words)) return false
  const [genus = '', epithet = ''] = words.split(' ')
  return inBackbone('genus', genus) !== null || LATIN_PAIR.some((endings) => endings.test(`${genus} ${epithet}`))
}

/** A name above the genus: by its ending, which the codes of nomenclature reserve, or because it is well known. */
const isHigherName = (words: string): boolean =>
  rankOfHigherName(words, false) !== null && !/^\p{Lu}\p{Ll}+ini$/u.test(words)

/** What a folder of a place hardly has: open nomenclature, an author with a year, a cross, a doubt. */
const SCIENTIFIC_SIGN = / (spp?|cfr?|aff|indet|nr|ssp|subsp|agg)\b|[×?]| x |, ?(1[7-9]|20)\d\d\b| \(?L\.(,|\)|$)/i
/**
 * A name of the backbone, or what a species is called there in English. In small letters only a species' name is one: a
 * genus may be a word ("bison").
 */
const isBackboneName = (words: string): boolean =>
  (words === words.toLowerCase() ? inBackbone('species', words) : namesBackboneTaxon(words)) !== null ||
  calledInBackbone(words)?.rank === 'species'
/** A name of any case, or with signs of science: "Canis sp.", "Muridae indet.", "vulpes vulpes". */
const isOtherName = (words: string): boolean =>
  !PLAIN_WORDS.test(words) && ((SCIENTIFIC_SIGN.test(words) && looksScientific(words)) || seemsLatin(words, false))

/**
 * Facts of a photo from `folders` below the import's root, outermost first. `isKnown` says whether words name a known
 * taxon. Labels are the innermost run of folders that name taxa: a species folder, and the ranks around it. The
 * outermost folder that is neither a label nor made by a camera is the deployment. For a photo outside all such folders
 * that is the root, unless the root is a label itself. Folders of operating systems are ignored. One such as "unknown"
 * is no deployment, and one such as "blank" says that its photos are empty.
 */
export function factsOfFolders(
  root: string,
  folders: string[],
  labelling: Folders['labelling'],
  isKnown: (words: string) => boolean,
): FolderFacts {
  if (folders.some(isSystemName)) return { leftOut: true }
  const inside = folders.length === 0 ? [root] : folders
  const words = inside.map(folderWords)
  const names = words.map((name, i) => {
    const isName = isSpecies(name) || isHigherName(name) || isOtherName(name) || isBackboneName(name) || isKnown(name)
    return isName || isGenusOf(name, words[i + 1]) || isGenusOf(words[i - 1], name)
  })
  const start = labelling === 'unlabelled' ? inside.length : (startOfLabels(words, names) ?? inside.length)
  const saysNothing = (name: string | undefined) =>
    labelling !== 'unlabelled' && namesNoTaxon(folderWords(name ?? '')) && !MAY_BE_SITE.test(name ?? '')
  const isForced = labelling === 'labelled' && start === inside.length && !saysNothing(inside.at(-1))
  const forced = isForced ? inside.length - 1 : start
  const labels = inside.slice(forced)
  const outer = inside.slice(0, forced).filter((name) => !saysNothing(name))
  const empty = labels.length === 0 && labelling !== 'unlabelled' && saysEmpty(words.at(-1) ?? '')
  // A memory card's own folders do not name a place: the import's name does.
  const places = outer.length > 0 ? [...outer, root] : []
  const deployment = places.map(tidyText).find((name) => name !== '' && !isCardFolder(name))
  return {
    ...(deployment !== undefined && { deployment }),
    ...(labels.length > 0 && { folders: labels }),
    ...(empty && { empty }),
  }
}

/**
 * The outermost name from which everything inward is a name, or a capitalised word between names; null where the
 * innermost folder is no name. What nobody knows below a family or above ("Felidae/unknown") is of that family.
 */
function startOfLabels(words: string[], names: boolean[]): number | null {
  let last = words.findLastIndex((name) => !namesNoTaxon(name))
  if (last < 0 || !names[last]) return null
  if (last < words.length - 1 && !isHigherName(words[last]!)) return null
  for (let i = last - 1; i >= 0; i--) {
    if (names[i]) last = i
    else if (!/^\p{Lu}\p{Ll}{3,}$/u.test(words[i]!) || PLAIN_WORDS.test(words[i]!)) break
  }
  return last
}

function isGenusOf(genus: string | undefined, species: string | undefined): boolean {
  return species !== undefined && isBinomial(species) && species.startsWith(`${genus} `)
}
