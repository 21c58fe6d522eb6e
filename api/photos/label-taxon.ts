// The taxon that an importer's columns or labelled folders name, made where it is not known. Columns are matched by
// their full path, because names are not unique; folder names by any known name.

import type { Db } from '../../db/connection/connect.ts'
import { RANKS, type Rank } from '../../db/schema.ts'
import { ensurePath, findByName } from '../../db/taxonomy/paths.ts'
import { getTaxa, type Taxon } from '../../db/taxonomy/taxa.ts'
import type { PhotoFacts } from '../contract/exchange/import.ts'
import { tidyText } from '../contract/exchange/text.ts'
import { namesNoTaxon, readHigherName, readScientificName } from '../interchange/scientific-name.ts'
import { folderWords, isBinomial } from './folder-labels.ts'

const COLUMNS = ['class', 'order', 'family', 'genus', 'species'] as const
/** Ranks that nested folders may stand for, innermost first. */
const UPWARDS = RANKS.toReversed()

type Step = { rank: Rank; name: string }

/** Finds or makes the taxa that photos show; the same facts are looked up once. */
export function createTaxonFinder(db: Db): (facts: PhotoFacts) => Promise<number | null> {
  const found = new Map<string, Promise<number | null>>()
  return (facts) => {
    const key = JSON.stringify([
      ...COLUMNS.map((column) => facts[column] ?? ''),
      facts.commonName ?? '',
      facts.folders ?? [],
    ])
    let id = found.get(key)
    if (id === undefined) {
      id = taxonOf(db, facts)
      found.set(key, id)
    }
    return id
  }
}

async function taxonOf(db: Db, facts: PhotoFacts): Promise<number | null> {
  const steps = stepsOfColumns(facts)
  if (steps.length > 0) return await ensurePath(db, steps, tidyText(facts.commonName) || null)
  const words = (facts.folders ?? []).map(folderWords).filter((name) => name !== '')
  if (words.length === 0 && facts.commonName && !namesNoTaxon(facts.commonName)) words.push(tidyText(facts.commonName))
  return words.length === 0 ? null : await taxonOfFolders(db, words)
}

/**
 * Columns as a path, top first. A species' name is its binomial, also where the column holds the epithet alone; what is
 * in doubt there ("Canis sp.", hybrids) ends the path at its genus.
 */
export function stepsOfColumns(facts: PhotoFacts): Step[] {
  const steps: Step[] = []
  const add = (rank: Rank, name: string | null) => {
    if (name && !steps.some((step) => step.rank === rank)) steps.push({ rank, name })
  }
  for (const rank of COLUMNS) {
    const text = tidyText(facts[rank])
    if (text === '' || namesNoTaxon(text)) continue
    if (rank === 'genus' || rank === 'species') {
      const name = readScientificName(text, rank === 'species' ? facts.genus : '')
      if (name === null) add(rank, text.replaceAll('_', ' '))
      else {
        add('genus', name.genus)
        if (rank === 'species') add('species', name.species)
        if (rank === 'species') add('subspecies', name.subspecies)
      }
    } else add(rank, readHigherName(text))
  }
  return steps
}

async function taxonOfFolders(db: Db, words: string[]): Promise<number> {
  const label = words.at(-1)!
  const known = await findByName(db, label)
  const outer = words.slice(0, -1)
  const fitting = outer.length === 0 ? known : await withAncestors(db, known, outer)
  const choice = fitting.length > 0 ? fitting : known
  if (choice.length === 1) return choice[0]!.id

  const ancestor = await knownAncestor(db, outer)
  const steps = [...ancestor.steps, ...stepsOfFolders(ancestor.rest, label, ancestor.steps.at(-1)?.rank)]
  // A taxon without a known place is listed for placing: only the topmost one, because those below follow it.
  if (ancestor.steps.length === 0) await ensurePath(db, steps.slice(0, 1), null, true)
  return await ensurePath(db, steps)
}

/** The candidates that lie below a taxon of each of these names. */
async function withAncestors(db: Db, candidates: Taxon[], names: string[]): Promise<Taxon[]> {
  const wanted = names.map((name) => name.toLowerCase())
  const fitting: Taxon[] = []
  for (const candidate of candidates) {
    const above = (await pathTo(db, candidate)).flatMap((t) => [
      t.name.toLowerCase(),
      t.commonName?.toLowerCase() ?? '',
    ])
    if (wanted.every((name) => above.includes(name))) fitting.push(candidate)
  }
  return fitting
}

/** The path to the innermost outer folder that names exactly one known taxon, and the folders inside it. */
async function knownAncestor(db: Db, outer: string[]): Promise<{ steps: Step[]; rest: string[] }> {
  for (let i = outer.length - 1; i >= 0; i--) {
    const [taxon, another] = await findByName(db, outer[i]!)
    if (taxon === undefined || another !== undefined) continue
    const path = [...(await pathTo(db, taxon)), taxon]
    return { steps: path.map(({ rank, name }) => ({ rank, name })), rest: outer.slice(i + 1) }
  }
  return { steps: [], rest: outer }
}

async function pathTo(db: Db, taxon: Taxon): Promise<Taxon[]> {
  const path: Taxon[] = []
  for (let parentId = taxon.parentId; parentId !== null; ) {
    const [parent] = await getTaxa(db, [parentId])
    if (parent === undefined) break
    path.unshift(parent)
    parentId = parent.parentId
  }
  return path
}

/**
 * Nested folders as ranks: the innermost is the species (a binomial, or any other label), those around it are the ranks
 * above in order, and endings that the codes of nomenclature reserve set the rank. All ranks must be under `below`.
 */
export function stepsOfFolders(outer: string[], label: string, below?: Rank): Step[] {
  const steps: Step[] = []
  let level: number
  const parts = label.split(' ')
  if (isBinomial(label)) {
    if (parts.length === 3) steps.unshift({ rank: 'subspecies', name: label })
    steps.unshift({ rank: 'species', name: parts.slice(0, 2).join(' ') })
    steps.unshift({ rank: 'genus', name: parts[0]! })
    level = UPWARDS.indexOf('genus')
    if (outer.at(-1) === parts[0]) outer = outer.slice(0, -1)
  } else {
    const rank = rankByEnding(label) ?? 'species'
    steps.unshift({ rank, name: label })
    level = UPWARDS.indexOf(rank)
  }
  const ceiling = below === undefined ? UPWARDS.length : UPWARDS.indexOf(below)
  for (const name of [...outer].reverse()) {
    const byEnding = UPWARDS.indexOf(rankByEnding(name) ?? 'subspecies')
    level = byEnding > level ? byEnding : level + 1
    if (level >= ceiling) break
    steps.unshift({ rank: UPWARDS[level]!, name })
  }
  return below === undefined ? steps : steps.filter((step) => UPWARDS.indexOf(step.rank) < ceiling)
}

function rankByEnding(name: string): Rank | null {
  if (/idae$/.test(name)) return 'family'
  if (/(formes|ptera|morpha)$/.test(name)) return 'order'
  return null
}
