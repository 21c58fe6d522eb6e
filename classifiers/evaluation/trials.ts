// Trials with animals that the tree does not know well: few-shot curves for new species, AUROC of novelty with species,
// genera and families left out, and the effect of wrong labels.

import { auroc } from '../fitting/auroc.ts'
import { mean } from '../fitting/averages.ts'
import { estimate } from '../fitting/estimate.ts'
import { random, shuffled } from '../seeded-random.ts'
import { type Statistics, similarity } from '../statistics.ts'
import { Taxonomy } from '../taxonomy.ts'
import { softmax } from './baselines.ts'
import { ClavisMethod, type How, type Library, type Photo } from './methods.ts'
import type { Reuse } from './reuse.ts'

export type Shots = {
  shots: number
  newTop1: number
  newTop5: number
  knownTop1: number
  /**
   * Asked to be right in 0.8: share of photos of new species with a stop there, and share of right stops about them.
   */
  stoppedAtNew: number
  newStopsRight: number
  /** By the nearest exemplar of each taxon, in raw cosine and in the tree's metric. */
  neighbourTop5: number
  metricNeighbourTop5: number
}

/** Every other species by name is new; which half follows from the seed. */
export function newSpecies({ photos, names }: Library, seed: number): Set<number> {
  const name = (id: number): string => names.get(id) ?? ''
  const species = [...new Set(photos.map(({ taxonId }) => taxonId))].sort((a, b) => (name(a) < name(b) ? -1 : 1))
  return new Set(species.filter((_, i) => i % 2 === seed % 2))
}

/** Statistics from the species that are not new: equal for all even seeds, and for all odd ones. */
export function knownStatistics(library: Library, seed: number): Statistics {
  const fresh = newSpecies(library, seed)
  const known = library.photos.filter(({ test, taxonId }) => !test && !fresh.has(taxonId))
  return estimate({ taxonomy: library.taxa, examples: known, reference: null })
}

/** Each new species is taught with so many photos, each of another group. `fitted`: by `knownStatistics`. */
export function fewShots(
  library: Library,
  { shots, seed, fitted, how = {} }: { shots: readonly number[]; seed: number; fitted: Statistics; how?: How },
  reuse: Reuse,
): Shots[] {
  const { taxa, photos } = library
  const fresh = newSpecies(library, seed)
  const known = photos.filter(({ test, taxonId }) => !test && !fresh.has(taxonId))
  const test = photos.filter((photo) => photo.test)
  const order = shuffled(
    photos.filter(({ test, taxonId }) => !test && fresh.has(taxonId)),
    random(seed + 1),
  )
  return shots.map((n) => {
    const taught = [...known, ...firstOfGroups(order, n)]
    return { shots: n, ...askAll(new ClavisMethod(fitted, taxa, taught, test, reuse), taught, test, fresh, how) }
  })
}

/** The first `n` photos of each species, each of another group; fewer where groups run out. */
export function firstOfGroups(order: readonly Photo[], n: number): Photo[] {
  const taken = new Map<number, Set<string>>()
  return order.filter(({ taxonId, group }) => {
    const groups = taken.get(taxonId) ?? new Set()
    taken.set(taxonId, groups)
    if (groups.size >= n || groups.has(group)) return false
    groups.add(group)
    return true
  })
}

/** Of stops. */
const ASKED = 0.8

function askAll(
  method: ClavisMethod,
  taught: readonly Photo[],
  test: readonly Photo[],
  fresh: ReadonlySet<number>,
  how: How,
): Omit<Shots, 'shots'> {
  const none = (): number[] => []
  const figures = { newTop1: none(), newTop5: none(), known: none(), atNew: none(), right: none() }
  const near = { raw: [] as number[], metric: [] as number[] }
  for (const photo of test) {
    const { suggestions, stop } = method.suggest(photo, ASKED, 5, how)
    const first = suggestions[0]?.taxonId === photo.taxonId ? 1 : 0
    if (!fresh.has(photo.taxonId)) {
      figures.known.push(first)
      continue
    }
    figures.newTop1.push(first)
    figures.newTop5.push(suggestions.some(({ taxonId }) => taxonId === photo.taxonId) ? 1 : 0)
    figures.atNew.push(stop?.taxonId === photo.taxonId ? 1 : 0)
    if (stop) figures.right.push(method.tree.taxonomy.isWithin(photo.taxonId, stop.taxonId) ? 1 : 0)
    const { vector } = method.exampleOf(photo)
    const byTaxon = { raw: new Map<number, number>(), metric: new Map<number, number>() }
    taught.forEach(({ taxonId, embedding }, i) => {
      keepLargest(byTaxon.raw, taxonId, method.reuse.cosine(photo.embedding, embedding))
      keepLargest(byTaxon.metric, taxonId, similarity(method.taught[i]!.vector, vector))
    })
    near.raw.push(amongFirst(byTaxon.raw, photo.taxonId, 5))
    near.metric.push(amongFirst(byTaxon.metric, photo.taxonId, 5))
  }
  return {
    newTop1: mean(figures.newTop1),
    newTop5: mean(figures.newTop5),
    knownTop1: mean(figures.known),
    stoppedAtNew: mean(figures.atNew),
    newStopsRight: mean(figures.right),
    neighbourTop5: mean(near.raw),
    metricNeighbourTop5: mean(near.metric),
  }
}

function keepLargest(table: Map<number, number>, key: number, value: number): void {
  if (value > (table.get(key) ?? Number.NEGATIVE_INFINITY)) table.set(key, value)
}

function amongFirst(table: ReadonlyMap<number, number>, key: number, k: number): number {
  const own = table.get(key) ?? Number.NEGATIVE_INFINITY
  return [...table.values()].filter((value) => value > own).length < k ? 1 : 0
}

export type Novelty = {
  leftOut: string
  auroc: number
  /**
   * AUROC of two simple rules: the distance to the nearest exemplar, and the largest probability of a known species.
   */
  byDistance: number
  byLargest: number
  /** Share of left-out animals whose answer at asked accuracy 0.8 stops at or above their deepest known taxon. */
  stoppedAbove: number
  knownNovelty: number
}

/** The ranks of which a share of the taxa is left out. */
export const LEFT_OUT = [
  { level: 10, leftOut: 'species' },
  { level: 20, leftOut: 'genus' },
  { level: 30, leftOut: 'family' },
]

/**
 * Leaves out a share of the taxa of a rank, and measures how well novelty separates their test photos from the others.
 * Null where none or all would be left out.
 */
export function leaveOut(
  { taxa, photos }: Library,
  { level, share, draw }: { level: number; share: number; draw: number },
  reuse: Reuse,
): Omit<Novelty, 'leftOut'> | null {
  const taxonomy = new Taxonomy(taxa)
  const atRank = [...new Set(photos.flatMap(({ taxonId }) => taxonomy.path(taxonId)))]
    .filter((taxon) => taxon.rankLevel === level)
    .map(({ id }) => id)
    .sort((a, b) => a - b)
  const gone = new Set(shuffled(atRank, random(100 * level + draw)).slice(0, Math.round(share * atRank.length)))
  const isNew = ({ taxonId }: Photo): boolean => taxonomy.path(taxonId).some(({ id }) => gone.has(id))
  const train = photos.filter((photo) => !photo.test && !isNew(photo))
  if (gone.size === 0 || train.length === 0) return null
  const test = photos.filter((photo) => photo.test)
  return noveltyFigures(ClavisMethod.fit(taxa, train, test, reuse), train, test, isNew)
}

function noveltyFigures(
  method: ClavisMethod,
  train: readonly Photo[],
  test: readonly Photo[],
  isNew: (photo: Photo) => boolean,
): Omit<Novelty, 'leftOut'> {
  const scores = { fresh: [] as number[][], known: [] as number[][] }
  const stopped: number[] = []
  for (const photo of test) {
    const { novelty, total } = method.answer(photo)
    const cosineWith = (other: Photo): number => method.reuse.cosine(photo.embedding, other.embedding)
    const nearest = train.reduce((most, other) => Math.max(most, cosineWith(other)), 0)
    const species = [...total]
      .filter(([id]) => method.tree.taxonomy.need(id).rankLevel === 10)
      .map(([, p]) => Math.log(p))
    const largest = softmax(Float64Array.from(species), 1).reduce((most, p) => Math.max(most, p), 0)
    const fresh = isNew(photo)
    scores[fresh ? 'fresh' : 'known'].push([novelty, -nearest, -largest])
    if (!fresh) continue
    const [stop] = method.stops(photo, [ASKED])
    stopped.push(!stop || method.tree.taxonomy.isWithin(photo.taxonId, stop.taxonId) ? 1 : 0)
  }
  const by = (k: number): number =>
    auroc(
      scores.fresh.map((row) => row[k]!),
      scores.known.map((row) => row[k]!),
    )
  return {
    auroc: by(0),
    byDistance: by(1),
    byLargest: by(2),
    stoppedAbove: mean(stopped),
    knownNovelty: mean(scores.known.map((row) => row[0]!)),
  }
}

/** Replaces a share of the labels by other species, drawn at random. */
export function withWrongLabels(train: readonly Photo[], share: number, seed: number): Photo[] {
  const next = random(seed)
  const species = [...new Set(train.map(({ taxonId }) => taxonId))]
  return train.map((photo) => {
    if (next() >= share) return photo
    const others = species.filter((id) => id !== photo.taxonId)
    return { ...photo, taxonId: others[Math.floor(next() * others.length)] ?? photo.taxonId }
  })
}
