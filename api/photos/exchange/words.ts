// What a file calls an animal, as a taxon. A person's words make a taxon where there is none; a machine's do so only
// where they say where it belongs, so that labels of machines do not fill the taxonomy with words.

import type { Db } from '../../../db/connection/connect.ts'
import { ensurePath, findByName, type PathStep } from '../../../db/taxonomy/paths.ts'
import type { Taxon } from '../../../db/taxonomy/taxa.ts'
import type { TaxonWords } from '../../contract/exchange/findings.ts'
import type { Named } from '../../contract/exchange/reading.ts'
import { calledInBackbone, endsInNoun } from '../../interchange/backbone/backbone.ts'
import { isNoTaxon } from '../../interchange/exchange/photo-facts.ts'
import { looksScientific } from '../../interchange/scientific-name.ts'
import { folderWords } from '../labels/folder-labels.ts'
import { createTaxonFinder, placeNew, stepsOfColumns } from '../labels/label-taxon.ts'
import { didYouMean } from './did-you-mean.ts'

export type WordsFinder = {
  /** The id of the taxon, made where it may be; null where there is none. The same words are looked up once. */
  find(words: TaxonWords, by: { verified: boolean }): Promise<number | null>
}

export function createWordsFinder(db: Db): WordsFinder {
  const byFolder = createTaxonFinder(db)
  const found = new Map<string, Promise<number | null>>()
  const look = async (words: TaxonWords, verified: boolean): Promise<number | null> => {
    if (isNoTaxon(words)) return null
    const known = await knownTaxon(db, words)
    if (known !== null) return known.id
    const steps = stepsOf(words, verified)
    const common = steps.at(-1)?.name === words.commonName ? null : (words.commonName ?? null)
    if (steps.length > 0) {
      const [top] = steps
      // A genus without anything above it waits to be placed.
      if (top !== undefined && (top.rank === 'genus' || top.rank === 'species'))
        await ensurePath(db, [top], null, true, placeNew)
      return await ensurePath(db, steps, common, false, placeNew)
    }
    if (!verified) return null
    return await byFolder({ commonName: words.commonName ?? words.scientificName ?? words.label })
  }
  return {
    find(words, { verified }) {
      const key = JSON.stringify([words, verified])
      let id = found.get(key)
      if (id === undefined) {
        id = look(words, verified)
        found.set(key, id)
      }
      return id
    },
  }
}

/** What words would become, without making anything. */
export async function previewWords(db: Db, words: TaxonWords): Promise<Named> {
  if (isNoTaxon(words)) return { becomes: 'nothing', taxon: null, name: null, near: [] }
  const taxon = await knownTaxon(db, words)
  if (taxon === null) {
    const label = folderWords(words.label)
    const name = stepsOf(words).at(-1)?.name ?? calledInBackbone(label)?.name ?? null
    return { becomes: 'new', taxon: null, name, near: await didYouMean(db, name ?? label) }
  }
  const { id, name, rank } = taxon
  return { becomes: 'known', taxon: { id: String(id), name, rank }, name, near: [] }
}

/** The one taxon that a name means; null where there is none, or several and nothing decides between them. */
async function knownTaxon(db: Db, words: TaxonWords): Promise<Taxon | null> {
  const steps = stepsOf(words)
  const last = steps.at(-1)
  const called = calledInBackbone(words.commonName ?? folderWords(words.label))?.name
  const names = last !== undefined ? [last.name] : [words.scientificName, words.commonName, words.label, called]
  // A word alone ("Testudines") is a genus only where no taxon of that name is known.
  const isOfRank = (taxon: Taxon) => last === undefined || steps.length === 1 || taxon.rank === last.rank
  // "puma" is the species that the backbone calls so, although there is a genus Puma.
  const isOtherwise = (taxon: Taxon, name: string) =>
    last === undefined && called !== undefined && taxon.name !== called && sameWord(taxon.name, name)
  for (const name of names) {
    if (!name) continue
    const taxa = (await findByName(db, name)).filter((taxon) => isOfRank(taxon) && !isOtherwise(taxon, name))
    if (taxa.length === 1 && taxa[0] !== undefined) return taxa[0]
    // Several of that name: the path decides, or nobody does.
    if (taxa.length > 1) return null
  }
  return null
}

const sameWord = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()

/**
 * A path, top first; empty where the words say too little. A label may be a scientific name too ("Muridae sp."): with
 * `labels` it counts as one.
 */
function stepsOf(words: TaxonWords, labels = true): PathStep[] {
  const { class: class_, order, family, genus, species, rank } = words
  const columns = { class: class_, order, family, genus, species }
  const isBare = labels && Object.values(columns).every((text) => !text)
  const label = [words.commonName, words.label].find((text) => text && looksScientific(text) && !endsInNoun(text))
  const name = words.scientificName ?? (isBare ? label : undefined)
  if (name !== undefined && species === undefined) {
    if (rank === 'class' || rank === 'order' || rank === 'family' || rank === 'genus') columns[rank] ??= name
    else if (rank !== 'kingdom' && rank !== 'phylum') columns.species = name
  }
  return stepsOfColumns(columns)
}
