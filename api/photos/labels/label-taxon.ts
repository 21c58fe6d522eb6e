// The taxon that an importer's columns or labelled folders name, made where it is not known. Columns are matched by
// their full path, because names are not unique; folder names by any known name.

import type { Db } from '../../../db/connection/connect.ts'
import { RANKS, type Rank } from '../../../db/schema.ts'
import { ensurePath, findByName, IMPORT_BY } from '../../../db/taxonomy/paths.ts'
import { ancestorsOf, type Taxon } from '../../../db/taxonomy/taxa.ts'
import type { PhotoFacts } from '../../contract/exchange/import.ts'
import { tidyText } from '../../contract/exchange/text.ts'
import { calledInBackbone, endsInNoun, inBackbone, namesBackboneTaxon } from '../../interchange/backbone/backbone.ts'
import { placeByBackbone } from '../../interchange/backbone/placing.ts'
import { rankByEnding, rankOfHigherName } from '../../interchange/higher-names.ts'
import {
  looksScientific,
  namesNoTaxon,
  readHigherName,
  seemsLatin,
  stepsOfName,
} from '../../interchange/scientific-name.ts'
import { withCorrections } from './corrections.ts'
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
      facts.corrections ?? {},
    ])
    let id = found.get(key)
    if (id === undefined) {
      id = taxonOf(db, facts)
      found.set(key, id)
    }
    return id
  }
}

/** For a taxon that a label made at the top. */
export const placeNew = (tx: Db, made: Taxon) => placeByBackbone(tx, made, IMPORT_BY.person)

async function taxonOf(db: Db, said: PhotoFacts): Promise<number | null> {
  const facts = withCorrections(said)
  const named = await commonlyNamed(db, facts)
  if (named !== null) return named
  const steps = stepsOfColumns(facts)
  if (steps.length > 0) return await ensurePath(db, steps, tidyText(facts.commonName) || null, false, placeNew)
  const words = withoutStates((facts.folders ?? []).map(folderWords))
  if (words.length === 0 && facts.commonName && !namesNoTaxon(facts.commonName)) words.push(tidyText(facts.commonName))
  return words.length === 0 ? null : await taxonOfFolders(db, words)
}

/** A column of species that holds a common name which is known here ("red fox"). */
async function commonlyNamed(db: Db, { species }: PhotoFacts): Promise<number | null> {
  const text = tidyText(species)
  if (text === '' || namesNoTaxon(text)) return null
  const [taxon, another] = await findByName(db, text)
  if (taxon === undefined || another !== undefined) return null
  const names = [taxon.name, ...stepsOfName(text).map(({ name }) => name)].map((name) => name.toLowerCase())
  return taxon.name.includes(' ') && !names.includes(text.toLowerCase()) ? taxon.id : null
}

/**
 * Without inner folders that say nothing ("unknown"), or that name a rank which the taxonomy does not have (Murinae).
 */
function withoutStates(words: string[]): string[] {
  const names = words.filter((name) => name !== '')
  const last = names.findLastIndex((name) => !namesNoTaxon(name) && rankOfHigherName(name, false) !== 'none')
  return names.slice(0, last + 1)
}

/**
 * Columns as a path, top first. A species' name is its binomial, also where the column holds the epithet alone; what is
 * in doubt there ("Canis sp.", "Muridae sp.", hybrids) ends the path at what is certain. Text that is no scientific
 * name says nothing, but for scripts without capitals, whose names cannot be told from others.
 */
export function stepsOfColumns(facts: PhotoFacts): Step[] {
  const steps: Step[] = []
  const add = ({ rank, name }: Step) => {
    if (name !== '' && !steps.some((step) => step.rank === rank)) steps.push({ rank, name })
  }
  for (const rank of COLUMNS) {
    const text = tidyText(facts[rank])
    if (text === '' || namesNoTaxon(text)) continue
    if (rank === 'genus' || rank === 'species') {
      const named = rank === 'species' ? stepsOfSpecies(text, tidyText(facts.genus)) : stepsOfName(text)
      // A column of genera may name any genus (Rhinoptera), but a family only by mistake.
      const [top] = named
      if (rank === 'genus' && top !== undefined) add(top.rank === 'family' ? top : { rank, name: top.name })
      else for (const step of named) add(step)
      if (named.length === 0 && CASELESS.test(text)) add({ rank, name: text })
    } else add({ rank, name: readHigherName(text) })
  }
  return steps.sort((a, b) => RANKS.indexOf(a.rank) - RANKS.indexOf(b.rank))
}

/** An epithet or a binomial, or, where no genus stands beside it, an English name ("Red fox"). */
function stepsOfSpecies(text: string, genus: string): Step[] {
  const called = genus === '' ? calledInBackbone(text) : null
  if (called?.rank === 'species') return stepsOfName(called.name)
  if (called) return [{ rank: called.rank, name: called.name }]
  return genus === '' && (endsInNoun(text) || isPlainWord(text))
    ? [{ rank: 'species', name: text }]
    : stepsOfName(text, genus)
}

/** One word that is no name of science by the backbone nor by its ending, such as "Zorro" or "Reh". */
const isPlainWord = (text: string): boolean =>
  /^\p{L}+$/u.test(text) &&
  namesBackboneTaxon(text) === null &&
  rankOfHigherName(readHigherName(text), false) === null &&
  !LATIN_WORD.test(text)
/** No common name ends so, but for those that are names of genera. */
const LATIN_WORD = /(us|ys|[ny]x|ops|opsis|oides|odes|ornis|odon)$/i

/** What columns say that names neither a taxon nor a state. */
export const unreadColumns = (facts: PhotoFacts): string[] =>
  COLUMNS.map((rank) => [rank, tidyText(facts[rank])] as const)
    .filter(([rank, text]) => {
      if (text === '' || namesNoTaxon(text) || CASELESS.test(text)) return false
      return rank === 'genus' || rank === 'species'
        ? stepsOfName(text, rank === 'species' ? facts.genus : '').length === 0 && !endsInNoun(text)
        : readHigherName(text) === ''
    })
    .map(([, text]) => text)

/** In scripts without capitals, where names of science look like others. */
const CASELESS = /^[\p{Lo}\p{M}\s]+$/u

async function taxonOfFolders(db: Db, words: string[]): Promise<number> {
  const label = words.at(-1)!
  const read = stepsOfLabel(label).at(-1)?.name
  const written = await findByName(db, label)
  const known = written.length > 0 || read === undefined ? written : await findByName(db, read)
  const outer = words.slice(0, -1)
  const fitting = outer.length === 0 ? known : await withAncestors(db, known, outer)
  const choice = fitting.length > 0 ? fitting : known
  if (choice.length === 1) return choice[0]!.id

  const ancestor = await knownAncestor(db, outer)
  const steps = [...ancestor.steps, ...stepsOfFolders(ancestor.rest, label, ancestor.steps.at(-1)?.rank)]
  // A taxon without a known place is listed for placing: only the topmost one, because those below follow it.
  if (ancestor.steps.length === 0) await ensurePath(db, steps.slice(0, 1), null, true, placeNew)
  return await ensurePath(db, steps, englishName(steps))
}

/** By which a search finds it, where the backbone knows one. */
function englishName(steps: readonly Step[]): string | null {
  const last = steps.at(-1)
  return (last && inBackbone(last.rank, last.name)?.commonName) ?? null
}

/** The candidates that lie below a taxon of each of these names. */
async function withAncestors(db: Db, candidates: Taxon[], names: string[]): Promise<Taxon[]> {
  const wanted = names.map((name) => name.toLowerCase())
  const fitting: Taxon[] = []
  for (const candidate of candidates) {
    const above = (await ancestorsOf(db, candidate)).flatMap((t) => [
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
    const path = [...(await ancestorsOf(db, taxon)), taxon]
    return { steps: path.map(({ rank, name }) => ({ rank, name })), rest: outer.slice(i + 1) }
  }
  return { steps: [], rest: outer }
}

/** A label as a scientific name; empty where it is written like any other name. */
function stepsOfLabel(label: string): Step[] {
  const called = calledInBackbone(label)
  if (called?.rank === 'species') return stepsOfName(called.name)
  const isScientific = isBinomial(label) || looksScientific(label) || seemsLatin(label, true)
  if (isScientific && !endsInNoun(label)) return stepsOfName(label)
  const taxon = called ?? namesBackboneTaxon(label)
  return taxon === null ? [] : [{ rank: taxon.rank, name: taxon.name }]
}

/**
 * Nested folders as ranks: the innermost is the species (a binomial, or any other label), those around it are the ranks
 * above in order, and endings that the codes of nomenclature reserve set the rank. All ranks must be under `below`.
 */
export function stepsOfFolders(outer: string[], label: string, below?: Rank): Step[] {
  const steps = stepsOfLabel(label)
  if (steps.length === 0) steps.push({ rank: rankByEnding(label) ?? 'species', name: label })
  let level = UPWARDS.indexOf(steps[0]!.rank)
  if (outer.at(-1) === steps[0]!.name) outer = outer.slice(0, -1)
  const ceiling = below === undefined ? UPWARDS.length : UPWARDS.indexOf(below)
  for (const name of [...outer].reverse()) {
    const byEnding = UPWARDS.indexOf(rankByEnding(name) ?? 'subspecies')
    level = byEnding > level ? byEnding : level + 1
    if (level >= ceiling) break
    steps.unshift({ rank: UPWARDS[level]!, name })
  }
  return below === undefined ? steps : steps.filter((step) => UPWARDS.indexOf(step.rank) < ceiling)
}
