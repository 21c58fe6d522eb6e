// The bundled backbone: where about 1,100 genera of mammals, birds and some others belong, and what their species are
// called in English. It comes from SpeciesNet's labels (make.ts). It is read when it is first asked.

import { readFileSync } from 'node:fs'
import type { Rank } from '../../../db/schema.ts'

export type BackboneStep = { rank: Rank; name: string }
export type BackboneTaxon = BackboneStep & { commonName: string | null; above: BackboneStep[] }

type Backbone = {
  /** By rank and name in lower case. */
  byName: Map<string, BackboneTaxon>
  /** By common name in lower case; null where several taxa have it. */
  byCommonName: Map<string, BackboneTaxon | null>
  /** Last words of the common names of species that are not also genera or epithets: "fox", "deer". */
  nouns: Set<string>
  taxa: BackboneTaxon[]
}

const COLUMNS = ['class', 'order', 'family', 'genus', 'species'] as const
let read: Backbone | null = null

function backbone(): Backbone {
  read ??= parse(readFileSync(new URL('backbone.tsv', import.meta.url), 'utf8'))
  return read
}

function parse(text: string): Backbone {
  const byName = new Map<string, BackboneTaxon>()
  const taxa: BackboneTaxon[] = []
  let path: BackboneStep[] = []
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const cells = line.split('\t')
    const level = cells.findIndex((cell) => cell !== '')
    const rank = COLUMNS[level]
    if (rank === undefined) continue
    const above = path.slice(0, level)
    const name = rank === 'species' ? `${above.at(-1)?.name} ${cells[level]}` : (cells[level] ?? '')
    path = [...above, { rank, name }]
    const taxon = { rank, name, above, commonName: cells[COLUMNS.length] || null }
    taxa.push(taxon)
    const key = keyOf(rank, name)
    if (!byName.has(key)) byName.set(key, taxon)
  }
  return { byName, ...commonNamesOf(taxa), taxa }
}

/** Names that camera traps' tables are full of and SpeciesNet's labels lack. */
const ALSO_CALLED: [species: string, names: string[]][] = [
  ['Sus scrofa', ['wild boar', 'boar', 'wild pig', 'feral pig', 'feral hog', 'wild hog']],
  ['Bos taurus', ['cow', 'cattle', 'bull']],
  ['Capreolus capreolus', ['roe deer']],
]
const DOMESTIC = 'domestic '

function commonNamesOf(taxa: BackboneTaxon[]): Pick<Backbone, 'byCommonName' | 'nouns'> {
  const byCommonName: Backbone['byCommonName'] = new Map()
  const nouns = new Set<string>()
  for (const taxon of taxa) {
    const name = taxon.commonName?.toLowerCase()
    if (name === undefined) continue
    byCommonName.set(name, byCommonName.has(name) ? null : taxon)
    if (taxon.rank === 'species') nouns.add(name.split(/[ -]/).at(-1) ?? '')
  }
  const also = (name: string, taxon: BackboneTaxon) => {
    if (byCommonName.has(name)) return
    byCommonName.set(name, taxon)
    nouns.add(name.split(' ').at(-1) ?? '')
  }
  for (const taxon of taxa) {
    const name = taxon.commonName?.toLowerCase() ?? ''
    if (taxon.rank === 'species' && name.startsWith(DOMESTIC)) also(name.slice(DOMESTIC.length), taxon)
    for (const [species, names] of ALSO_CALLED)
      if (taxon.rank === 'species' && taxon.name === species) for (const one of names) also(one, taxon)
  }
  for (const { name } of taxa) for (const word of name.toLowerCase().split(' ')) nouns.delete(word)
  return { byCommonName, nouns }
}

const keyOf = (rank: Rank, name: string) => `${rank} ${name.toLowerCase()}`

/** The taxon of that scientific name and rank, whatever its capitals; null where the backbone has none. */
export const inBackbone = (rank: Rank, name: string): BackboneTaxon | null =>
  backbone().byName.get(keyOf(rank, name)) ?? null

/** Whether words are a scientific name of the backbone at any rank, whatever their capitals. */
export const namesBackboneTaxon = (words: string): BackboneTaxon | null => {
  for (const rank of COLUMNS.toReversed()) {
    const taxon = inBackbone(rank, words)
    if (taxon !== null) return taxon
  }
  return null
}

/** The one taxon that is called so in English, whatever the capitals; null where none is, or several are. */
export const calledInBackbone = (words: string): BackboneTaxon | null =>
  backbone().byCommonName.get(words.toLowerCase()) ?? null

/** Whether words end as English names of animals do ("Barn owl", "deer"), although they may look scientific. */
export const endsInNoun = (words: string): boolean => {
  const [first = '', ...others] = words.toLowerCase().split(/[ -]/)
  return backbone().nouns.has(others.at(-1) ?? first) && inBackbone('genus', first) === null
}

/**
 * What lies above a taxon, from the class down. A species or subspecies that the backbone lacks lies in its genus. Null
 * where it is not known.
 */
export function aboveInBackbone(rank: Rank, name: string): BackboneStep[] | null {
  const taxon = inBackbone(rank, name)
  if (taxon !== null) return taxon.above.length === 0 ? null : taxon.above
  if (rank !== 'species' && rank !== 'subspecies') return null
  const species = rank === 'subspecies' ? inBackbone('species', name.split(' ').slice(0, 2).join(' ')) : null
  const parent = species ?? inBackbone('genus', name.split(' ')[0] ?? '')
  return parent && [...parent.above, { rank: parent.rank, name: parent.name }]
}

export const backboneTaxa = (): readonly BackboneTaxon[] => backbone().taxa
