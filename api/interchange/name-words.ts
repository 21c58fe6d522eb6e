// Words that stand beside scientific names and are no part of them.

import { tidyText } from '../contract/exchange/text.ts'

/** What comes after is not certain, or nothing comes. */
export const DOUBT =
  /^(sp|spp|spec|species|cf|cfr|conf|aff|affin|nr|near|prope|prox|prob|probabl[ey]|poss|possibl[ey]|presum\w+|suspected|maybe|perhaps|likely|indet|indetermin(ad[oa]|ed|ate|e|é|ée)|ind|inc|incertae|sedis|stet|nov|n|gen|genus|fam|family|ord|order|unknown|unidentified|undet(ermined)?|unbestimmt|unbekannt|inconnue?|desconocid[oa]|non?|not|nicht|pas)[.:]?\d*$|^\?+$/i
/** A doubt about the name before it, which stands for several taxa. */
export const DOUBT_BEFORE =
  /^(.*-)?(gr|grp|group|agg|aggregate|complex|cplx|hybrid|hyb|hybr|cross|mix|like|type)\.?$|^\?+$|^(cf|cfr|aff)\.?$/i
export const INFRASPECIFIC = /^(ssp|subsp|subspec|subspecies|var|variety|f|fo|forma|form|morph|race|ab)\.?$/i
/** Words inside the names of authors. */
export const PARTICLE =
  /^(and|et|ex|in|al\.?|de|da|do|dos|du|des|del|della|di|von|vom|zu|van|der|den|ten|la|le|nec|non|&)$/i
/** What people add about the animal. */
export const REMARK =
  /^(male|female|adult|juvenile|subadult|immature|young|chick|pup|cub|calf|larva|nymph|pupa|egg|dead|track|scat|juv|subad|imm|fem|masc|kid|fawn|lamb|foal|piglet|duckling|hatchling|fledgling)s?$/i
/** Authors whose names stand without a year, and would pass for epithets in capitals. */
export const AUTHOR =
  /^(linn(aeus|é)|fabricius|illiger|gray|say|frisch|brisson|cuvier|erxleben|pallas|schreber|gmelin|thomas|temminck|storr|oken|lichtenstein|rafinesque|latreille|leach|smith|gould|blyth|hodgson|brehm|boie|kaup|vieillot|forster|müller|waterhouse|desmarest|lacépède|geoffroy|bonaparte|wagler|swainson|horsfield|peters|allen|merriam|ogilby|boddaert|kerr|shaw|latham|zimmermann|hübner|scopoli|retzius|laurenti|daudin|merrem|wagner|fischer)$/iu

/**
 * "europaeus-timidus": epithets of animals have hyphens only after a letter, so two that end alike are two names.
 */
export const TWO_EPITHETS = /^(\p{Lu}\p{Ll}+ \p{Ll}{3,}(us|a|um|is)) ?- ?(?=\p{Ll}{3,}\2$)/u

/** Letters of other alphabets that look like Latin ones, in words that are Latin otherwise. */
const ALIKE = new Map([...'АВЕКМНОРСТХаеорсухі'].map((letter, i) => [letter, 'ABEKMHOPCTXaeopcyxi'[i] ?? letter]))
const withLatinLetters = (text: string): string =>
  text.replace(/[\p{L}]+/gu, (word) =>
    /[a-z]/i.test(word) ? word.replace(/\p{Script=Cyrillic}/gu, (letter) => ALIKE.get(letter) ?? letter) : word,
  )

/** "Carrion crow (Corvus corone)": a name in brackets behind another one, where no author stands. */
export const NAME_IN_BRACKETS = /^([^()]+?) ?\((\p{Lu}\p{Ll}+ \p{Ll}{3,}(?: \p{Ll}{3,})?)\)$/u

/**
 * Without tags of web pages; in compatible forms: ligatures, full-width letters, dashes and joined vowels as plain
 * letters.
 */
export function plainText(text: string): string {
  return tidyText(
    withLatinLetters(text)
      .normalize('NFKC')
      .replaceAll('_', ' ')
      .replace(/<\/?(i|em|b|strong)>|&nbsp;/gi, ' '),
  )
    .replace(/[‐‑‒–−]/gu, '-')
    .replace(/[æÆ]/g, 'ae')
    .replace(/[œŒ]/g, 'oe')
}

/** What begins epithets that are written with a number. */
export const NUMBERS =
  'uni bi tri quadri quinque sex septem octo novem decem undecim duodecim tredecim quatuordecim'.split(' ')
