// The first day of an installation: it was taught a labelled library, or nothing, and then gets photos from unknown
// cameras. How often does it claim to know what it cannot know, and how soon does it recognise what it was taught?
// Every figure comes without and with the cap on what is unlike anything taught.

import { mean } from '../fitting/averages.ts'
import { estimate } from '../fitting/estimate.ts'
import { random, shuffled } from '../seeded-random.ts'
import { SPECIES_LEVEL, type Statistics } from '../statistics.ts'
import { Taxonomy } from '../taxonomy.ts'
import { ClavisMethod, type Library, type Photo } from './methods.ts'
import {
  ASKED,
  forRules,
  isOf,
  list,
  type Pair,
  pairOf,
  RULE_NAMES,
  RULES,
  type Rule,
  SEEDS,
  type Stranger,
} from './strangers.ts'
import { type Stream, streamOf } from './stream.ts'

export type WrongStops = { shown: string; pool: 'import' | 'none'; asked: number; wrong: Pair }
export type OneSpecies = {
  photos: number
  species: number
  /**
   * Shares of wrong stops at other animals and at nothings, of stops at the species for its other photos, and of right
   * ones in all.
   */
  others: Pair
  nothings: Pair
  hits: Pair
  right: Pair
}
export type DayOne = { sources: string; all: WrongStops[]; one: OneSpecies[]; stream: Stream }

/** Where one new species is named: species of the library that are known before, and photos of each. */
const KNOWN_SPECIES = 12
const KNOWN_PHOTOS = 20
const SHOTS = [1, 2, 3, 5, 10]
/** A species is tried where it has so many groups of photos, and so many more than are taught. */
const FEWEST_GROUPS = 5
const FEWEST_LEFT = 2
/** `taught`: the method with the whole library; `reference`: the statistics of a new installation. */
export function judgeDayOne(
  library: Library,
  strangers: readonly Stranger[],
  taught: ClavisMethod,
  reference: Statistics,
  onProgress: (done: number, of: number) => void,
): DayOne[] {
  const parts = [
    { sources: 'development', strangers: strangers.filter(({ isDevelopment }) => isDevelopment) },
    { sources: 'kept aside', strangers: strangers.filter(({ isDevelopment }) => !isDevelopment) },
  ].filter((part) => part.strangers.length > 0)
  const installations = Array.from({ length: SEEDS }, (_, seed) => installationOf(library, reference, seed))
  let done = 0
  return parts.map((part) => {
    const step = <T>(figures: T): T => {
      onProgress(++done, parts.length * 3)
      return figures
    }
    return {
      sources: part.sources,
      all: step(wrongStops(taught, part.strangers)),
      one: step(
        SHOTS.map((photos) => oneSpecies(library, installations, part.strangers, photos)).filter(
          (row) => row.species > 0,
        ),
      ),
      stream: step(streamOf(library, reference, part.strangers)),
    }
  })
}

function stopOf(
  method: ClavisMethod,
  photo: Stranger,
  asked: number,
  rule: Rule,
): { stopped: boolean; right: boolean } {
  const { stop } = method.suggest(photo, asked, 1, RULES[rule])
  return { stopped: stop !== null, right: stop !== null && isOf(method.tree.taxonomy, photo, stop.taxonId) }
}

/** With the whole library taught, a stop at a taxon that is not at or above the stranger's is wrong. */
function wrongStops(method: ClavisMethod, strangers: readonly Stranger[]): WrongStops[] {
  const isNothing = ({ taxonId }: Stranger) => taxonId === null
  const kinds = {
    'trap animals': strangers.filter((photo) => !isNothing(photo) && photo.isTrap),
    nothings: strangers.filter(isNothing),
    'other animals': strangers.filter((photo) => !isNothing(photo) && !photo.isTrap),
  }
  const sources = [...new Set(strangers.map(({ source }) => source))]
  const wrongOf = (photos: readonly Stranger[], asked: number, rule: Rule): number[] =>
    photos.map((photo) => {
      const { stopped, right } = stopOf(method, photo, asked, rule)
      return stopped && !right ? 1 : 0
    })
  const amongImport = (photos: readonly Stranger[], asked: number, rule: Rule): number[] =>
    sources.flatMap((source) => {
      const imported = strangers.filter((photo) => photo.source === source)
      method.see(imported)
      const wrong = wrongOf(
        photos.filter((photo) => photo.source === source),
        asked,
        rule,
      )
      method.forget(imported)
      return wrong
    })
  return [0.8, 0.95].flatMap((asked) =>
    Object.entries(kinds).flatMap(([shown, photos]) =>
      (['import', 'none'] as const).map((pool) => {
        const judge = pool === 'import' ? amongImport : wrongOf
        return { shown, pool, asked, wrong: pairOf(forRules((rule) => judge(photos, asked, rule))) }
      }),
    ),
  )
}

type Installation = { statistics: Statistics; photos: Photo[]; seed: number }

/** A few species of the library, and the statistics that an installation would publish. */
function installationOf({ taxa, photos }: Library, reference: Statistics, seed: number): Installation {
  const next = random(seed + 1)
  const train = photos.filter(({ test }) => !test)
  const species = shuffled([...new Set(train.map(({ taxonId }) => taxonId))], next).slice(0, KNOWN_SPECIES)
  const known = species.flatMap((id) =>
    shuffled(
      train.filter(({ taxonId }) => taxonId === id),
      next,
    ).slice(0, KNOWN_PHOTOS),
  )
  return { statistics: estimate({ taxonomy: taxa, examples: known, reference }), photos: known, seed }
}

/** One species from a trap is named with `shots` photos, and all of its import is known. */
function oneSpecies(
  { taxa }: Library,
  installations: readonly Installation[],
  strangers: readonly Stranger[],
  shots: number,
): OneSpecies {
  const taxonomy = new Taxonomy(taxa)
  const trap = strangers.filter((photo) => photo.isTrap || photo.taxonId === null)
  const groupsOf = (id: number) => new Set(trap.filter(({ taxonId }) => taxonId === id).map(({ group }) => group))
  const species = [...new Set(trap.map(({ taxonId }) => taxonId))].filter(
    (id) =>
      id !== null &&
      taxonomy.need(id).rankLevel <= SPECIES_LEVEL &&
      groupsOf(id).size >= Math.max(FEWEST_GROUPS, shots + FEWEST_LEFT),
  ) as number[] // The filter drops null.
  const figures = { others: forRules(list), nothings: forRules(list), hits: forRules(list), right: forRules(list) }
  for (const { statistics, photos, seed } of installations) {
    for (const id of species) {
      const order = shuffled(trap, random(1000 * seed + id))
      const groups = new Set(
        [...new Set(order.filter(({ taxonId }) => taxonId === id).map(({ group }) => group))].slice(0, shots),
      )
      const named = [...groups].map((group) => order.find((photo) => photo.taxonId === id && photo.group === group)!)
      const left = trap.filter(({ group }) => !groups.has(group))
      const method = new ClavisMethod(statistics, taxa, photos, left)
      for (const photo of named) method.teach(photo, id)
      const kinds = {
        hits: left.filter(({ taxonId }) => taxonId === id),
        others: left.filter(({ taxonId }) => taxonId !== id && taxonId !== null),
        nothings: left.filter(({ taxonId }) => taxonId === null),
      }
      for (const rule of RULE_NAMES) {
        const shares = { stops: 0, right: 0 }
        for (const kind of ['hits', 'others', 'nothings'] as const) {
          const said = kinds[kind].map((photo) => stopOf(method, photo, ASKED, rule))
          const of = (is: (one: (typeof said)[number]) => boolean) => mean(said.map((one) => (is(one) ? 1 : 0)))
          if (kind !== 'hits') figures[kind][rule].push(of(({ stopped, right }) => stopped && !right))
          shares.stops += of(({ stopped }) => stopped)
          shares.right += of(({ right }) => right)
        }
        const atIt = kinds.hits.map((photo) => method.suggest(photo, ASKED, 1, RULES[rule]).stop?.taxonId === id)
        figures.hits[rule].push(mean(atIt.map((is) => (is ? 1 : 0))))
        if (shares.stops > 0) figures.right[rule].push(shares.right / shares.stops)
      }
    }
  }
  return {
    photos: shots,
    species: species.length,
    others: pairOf(figures.others),
    nothings: pairOf(figures.nothings),
    hits: pairOf(figures.hits),
    right: pairOf(figures.right),
  }
}
