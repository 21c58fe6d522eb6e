// `uuid;class;order;family;genus;species;common name`: how SpeciesNet, AddaxAI and MegaDetector describe a class. Lower
// case, the species without its genus, empty where it is not that deep.

import type { TaxonWords } from './records.ts'

export const isSevenTokens = (text: string): boolean => text.split(';').length === 7

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

/** `label`: what people call the class, where it is not said here. */
export function readSevenTokens(text: string, label?: string): TaxonWords {
  const tokens = text.split(';').map((token) => token.trim())
  // Five tokens: COCO Camera Traps' taxonomy without id and common name.
  const [class_ = '', order = '', family = '', genus = '', species = '', common = ''] =
    tokens.length === 7 ? tokens.slice(1) : tokens
  const named = label ?? common
  const words: TaxonWords = { label: named !== '' ? named : (tokens.filter(Boolean).at(-1) ?? '') }
  // Some write the kingdom first.
  if (/^(animalia|no cv result)$/i.test(class_)) return { label: words.label }
  if (class_ !== '') words.class = capital(class_)
  if (order !== '') words.order = capital(order)
  if (family !== '') words.family = capital(family)
  if (genus !== '') words.genus = capital(genus)
  if (genus !== '' && species !== '') words.species = `${capital(genus)} ${species}`
  const own = words.species ?? words.genus ?? words.family ?? words.order ?? words.class
  if (own !== undefined && common !== '' && !/ (species|genus|family|order|class)$/.test(common))
    words.commonName = common
  return words
}

/** The tokens of a path: empty where it says nothing. */
export function writeSevenTokens(id: string, words: TaxonWords): string {
  const low = (text: string | undefined) => (text ?? '').toLowerCase().replaceAll(';', ',')
  const epithet = low(words.species).replace(/^\S+ /, '')
  return [
    id,
    low(words.class),
    low(words.order),
    low(words.family),
    low(words.genus),
    epithet,
    low(words.commonName ?? words.label),
  ].join(';')
}
