// The first day of an installation: it was taught a labelled library, or a few species of it, and then gets photos from
// unknown cameras. How often does it claim to know what it cannot know, and how soon does it recognise what it was
// taught? Every figure comes without and with the cap on what is unlike anything taught.

import { mean } from '../fitting/averages.ts'
import { estimate } from '../fitting/estimate.ts'
import { random, shuffled } from '../seeded-random.ts'
import { SPECIES_LEVEL, type Statistics } from '../statistics.ts'
import { type TaxonNode, Taxonomy } from '../taxonomy.ts'
import { ClavisMethod, type Photo } from './methods.ts'
import type { Reuse } from './reuse.ts'
import {
  ASKED,
  isOf,
  type Pair,
  pairsOf,
  RULE_NAMES,
  RULES,
  type Rule,
  type Stranger,
  type Values,
  valuesOf,
} from './strangers.ts'

/** `taxa`: of the library and of the strangers; `reference`: the statistics of a new installation. */
export type DayOne = {
  taxa: readonly TaxonNode[]
  photos: readonly Photo[]
  strangers: readonly Stranger[]
  reference: Statistics
  reuse: Reuse
}

export type WrongStops = { shown: string; pool: 'import' | 'none'; asked: number; wrong: Pair }

const SHOWN = ['trap animals', 'nothings', 'other animals'] as const

/** Species of the library that are known before one new species is named. */
const KNOWN_SPECIES = 12
/** `knownPhotos`: of each of them; `among`: photos of the species, of other animals and of nothings that are seen. */
type Beginning = {
  knownPhotos: number
  shots: readonly number[]
  /** Null: all photos of traps are seen. */
  among: { own: number; others: number; nothings: number } | null
}
const SHOTS = [1, 2, 3, 5, 10]
/** What a newcomer tries: a few photos of each species, and a few dozen crops of traps. */
export const NEWCOMER: Beginning = {
  knownPhotos: 8,
  shots: [1, 2, 4],
  among: { own: 9, others: 16, nothings: 12 },
}
/** A species is tried where it has so many groups of photos, and so many more than are taught. */
const FEWEST_GROUPS = 5
const FEWEST_LEFT = 2

type Judged = { stopped: boolean; right: boolean; taxonId: number | null }

/** Whether the method stops, and rightly, by asked accuracy. */
function judge(method: ClavisMethod, photo: Stranger, rule: Rule): Judged[] {
  return method.stops(photo, ASKED, RULES[rule]).map((stop) => ({
    stopped: stop !== null,
    right: stop !== null && isOf(method.tree.taxonomy, photo, stop.taxonId),
    taxonId: stop?.taxonId ?? null,
  }))
}

/**
 * The share of strangers with a wrong stop, where the whole library is taught: one at a taxon that is not at or above
 * the stranger's. First with all of its import known, then as the only photo.
 */
export function wrongStops(method: ClavisMethod, strangers: readonly Stranger[]): WrongStops[] {
  const shownOf = ({ taxonId, isTrap }: Stranger) => SHOWN[taxonId === null ? 1 : isTrap ? 0 : 2]
  const wrongOf = (photo: Stranger, rule: Rule) =>
    judge(method, photo, rule).map(({ stopped, right }) => (stopped && !right ? 1 : 0))
  const figures = (['import', 'none'] as const).map((pool) => {
    const values = ASKED.map(() => valuesOf(...SHOWN))
    for (const source of new Set(strangers.map((photo) => photo.source))) {
      const imported = strangers.filter((photo) => photo.source === source)
      if (pool === 'import') method.see(imported)
      for (const photo of imported)
        for (const rule of RULE_NAMES)
          wrongOf(photo, rule).forEach((wrong, k) => {
            values[k]![rule][shownOf(photo)].push(wrong)
          })
      if (pool === 'import') method.forget(imported)
    }
    return { pool, values }
  })
  return ASKED.flatMap((asked, k) =>
    figures.flatMap(({ pool, values }) => {
      const pairs = pairsOf([values[k]!], SHOWN)
      return SHOWN.filter((shown) => pairs[shown].capped.count > 0).map((shown) => ({
        shown,
        pool,
        asked,
        wrong: pairs[shown],
      }))
    }),
  )
}

/** A few species of the library, and the statistics that an installation would publish. */
function installationOf({ taxa, photos, reference }: DayOne, seed: number, knownPhotos: number) {
  const next = random(seed + 1)
  const train = photos.filter(({ test }) => !test)
  const species = shuffled([...new Set(train.map(({ taxonId }) => taxonId))], next).slice(0, KNOWN_SPECIES)
  const known = species.flatMap((id) =>
    shuffled(
      train.filter(({ taxonId }) => taxonId === id),
      next,
    ).slice(0, knownPhotos),
  )
  return { statistics: estimate({ taxonomy: taxa, examples: known, reference }), known }
}

const FIGURES = ['others', 'nothings', 'hits', 'right'] as const
/** Shares of wrong stops at other animals and at nothings, of stops at the species, and of right ones among stops. */
export type OneSpecies = { photos: number; asked: number; species: number } & Record<(typeof FIGURES)[number], Pair>
type OneSpeciesDraw = { photos: number; species: number; values: Values<(typeof FIGURES)[number]>[] }

/** One species from a trap is named with a few photos, and all of its import is known: by number of photos. */
export function nameOneSpecies(
  input: DayOne,
  seed: number,
  { knownPhotos = 20, shots = SHOTS, among = null }: Partial<Beginning> = {},
): OneSpeciesDraw[] {
  const taxonomy = new Taxonomy(input.taxa)
  const trap = input.strangers.filter((photo) => photo.isTrap || photo.taxonId === null)
  const groupsOf = (id: number) => new Set(trap.filter(({ taxonId }) => taxonId === id).map(({ group }) => group))
  const species = [...new Set(trap.map(({ taxonId }) => taxonId))].filter(
    (id): id is number => id !== null && taxonomy.need(id).rankLevel <= SPECIES_LEVEL,
  )
  const { statistics, known } = installationOf(input, seed, knownPhotos)
  return shots.flatMap((photos) => {
    const enough = species.filter((id) => groupsOf(id).size >= Math.max(FEWEST_GROUPS, photos + FEWEST_LEFT))
    if (enough.length === 0) return []
    const values = ASKED.map(() => valuesOf(...FIGURES))
    for (const id of enough) {
      const order = seenWith(id, shuffled(trap, random(1000 * seed + id)), among)
      const groups = new Set(
        [...new Set(order.filter(({ taxonId }) => taxonId === id).map(({ group }) => group))].slice(0, photos),
      )
      const left = order.filter(({ group }) => !groups.has(group))
      const method = new ClavisMethod(statistics, input.taxa, known, left, input.reuse)
      for (const group of groups)
        method.teach(order.find((photo) => photo.taxonId === id && photo.group === group)!, id)
      judgeOneSpecies(method, left, id, values)
    }
    return [{ photos, species: enough.length, values }]
  })
}

/** The first photos of the species, of other animals and of nothings. */
function seenWith(id: number, order: readonly Stranger[], among: Beginning['among']): readonly Stranger[] {
  if (!among) return order
  const left = { ...among }
  return order.filter(({ taxonId }) => {
    const kind = taxonId === id ? 'own' : taxonId === null ? 'nothings' : 'others'
    return left[kind]-- > 0
  })
}

/** A third of the stops that count as right or wrong are each at the species' photos, at other animals, at nothings. */
function judgeOneSpecies(
  method: ClavisMethod,
  photos: readonly Stranger[],
  id: number,
  values: readonly Values<(typeof FIGURES)[number]>[],
): void {
  const kinds = [
    photos.filter(({ taxonId }) => taxonId === id),
    photos.filter(({ taxonId }) => taxonId !== id && taxonId !== null),
    photos.filter(({ taxonId }) => taxonId === null),
  ].filter((kind) => kind.length > 0)
  for (const rule of RULE_NAMES) {
    const said = kinds.map((kind) => kind.map((photo) => ({ photo, stops: judge(method, photo, rule) })))
    values.forEach((figures, k) => {
      const shares = { stops: 0, right: 0 }
      for (const kind of said) {
        const { taxonId } = kind[0]!.photo
        const of = (is: (one: Judged) => boolean) => mean(kind.map(({ stops }) => (is(stops[k]!) ? 1 : 0)))
        if (taxonId === id) figures[rule].hits.push(of((one) => one.taxonId === id))
        else figures[rule][taxonId === null ? 'nothings' : 'others'].push(of((one) => one.stopped && !one.right))
        shares.stops += of(({ stopped }) => stopped)
        shares.right += of(({ right }) => right)
      }
      if (shares.stops > 0) figures[rule].right.push(shares.right / shares.stops)
    })
  }
}

/** The figures over all draws. */
export function oneSpeciesOf(draws: readonly OneSpeciesDraw[][]): OneSpecies[] {
  return (draws[0] ?? []).flatMap(({ photos, species }, row) =>
    ASKED.map((asked, k) => ({
      photos,
      asked,
      species,
      ...pairsOf(
        draws.map((draw) => draw[row]!.values[k]!),
        FIGURES,
      ),
    })),
  )
}
