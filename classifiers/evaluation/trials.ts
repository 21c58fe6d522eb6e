// Trials with animals that the tree does not know well: few-shot curves for new species, AUROC of novelty with species,
// genera and families left out, and the effect of wrong labels.

import { auroc } from '../fitting/auroc.ts'
import { mean } from '../fitting/averages.ts'
import { estimate } from '../fitting/estimate.ts'
import { random, shuffled } from '../seeded-random.ts'
import { type Statistics, similarity } from '../statistics.ts'
import { Taxonomy } from '../taxonomy.ts'
import { softmax } from './baselines.ts'
import { ClavisMethod, type Library, type Photo } from './methods.ts'

/** Does a part of a trial, or returns what it gave before. */
export type Memoise = <T>(part: string, work: () => T) => T

export type Shots = {
  shots: number
  newTop1: number
  newTop5: number
  knownTop1: number
  /** By the nearest exemplar of each taxon, in raw cosine and in the tree's metric. */
  neighbourTop5: number
  metricNeighbourTop5: number
}

/** Every other species by name is new; statistics come from the others alone; each shot is of another group. */
export function fewShots(
  { taxa, photos, names }: Library,
  shots: readonly number[],
  seeds: number,
  memoise: Memoise,
  onProgress: (done: number, of: number) => void,
): Shots[] {
  const name = (id: number): string => names.get(id) ?? ''
  const species = [...new Set(photos.map(({ taxonId }) => taxonId))].sort((a, b) => (name(a) < name(b) ? -1 : 1))
  const fitted: (Statistics | undefined)[] = []
  const test = photos.filter((photo) => photo.test)
  const curves = shots.map((n) => ({ shots: n, rows: [] as Omit<Shots, 'shots'>[] }))
  for (let seed = 0; seed < seeds; seed++) {
    const half = seed % 2
    const fresh = new Set(species.filter((_, i) => i % 2 === half))
    const known = photos.filter(({ test, taxonId }) => !test && !fresh.has(taxonId))
    const order = shuffled(
      photos.filter(({ test, taxonId }) => !test && fresh.has(taxonId)),
      random(seed + 1),
    )
    curves.forEach(({ shots: n, rows }, c) => {
      const ask = () => {
        fitted[half] ??= estimate({ taxonomy: taxa, examples: known, reference: null })
        const taught = [...known, ...firstOfGroups(order, n)]
        return askAll(new ClavisMethod(fitted[half], taxa, taught, test), taught, test, fresh)
      }
      rows.push(memoise(`shots ${n} seed ${seed}`, ask))
      onProgress(seed * shots.length + c + 1, seeds * shots.length)
    })
  }
  return curves.map(({ shots: n, rows }) => ({
    shots: n,
    newTop1: mean(rows.map((row) => row.newTop1)),
    newTop5: mean(rows.map((row) => row.newTop5)),
    knownTop1: mean(rows.map((row) => row.knownTop1)),
    neighbourTop5: mean(rows.map((row) => row.neighbourTop5)),
    metricNeighbourTop5: mean(rows.map((row) => row.metricNeighbourTop5)),
  }))
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

function askAll(method: ClavisMethod, taught: readonly Photo[], test: readonly Photo[], fresh: ReadonlySet<number>) {
  const figures = { newTop1: [] as number[], newTop5: [] as number[], known: [] as number[] }
  const near = { raw: [] as number[], metric: [] as number[] }
  for (const photo of test) {
    const { suggestions } = method.suggest(photo, null, 5)
    const first = suggestions[0]?.taxonId === photo.taxonId ? 1 : 0
    if (!fresh.has(photo.taxonId)) {
      figures.known.push(first)
      continue
    }
    figures.newTop1.push(first)
    figures.newTop5.push(suggestions.some(({ taxonId }) => taxonId === photo.taxonId) ? 1 : 0)
    const { vector } = method.exampleOf(photo)
    const byTaxon = { raw: new Map<number, number>(), metric: new Map<number, number>() }
    taught.forEach(({ taxonId, embedding }, i) => {
      keepLargest(byTaxon.raw, taxonId, similarity(embedding, photo.embedding))
      keepLargest(byTaxon.metric, taxonId, similarity(method.taught[i]!.vector, vector))
    })
    near.raw.push(amongFirst(byTaxon.raw, photo.taxonId, 5))
    near.metric.push(amongFirst(byTaxon.metric, photo.taxonId, 5))
  }
  return {
    newTop1: mean(figures.newTop1),
    newTop5: mean(figures.newTop5),
    knownTop1: mean(figures.known),
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

/**
 * Leaves out a share of the taxa of a rank, and measures how well novelty separates their test photos from the others.
 */
export function noveltyOf(
  { taxa, photos }: Library,
  share: number,
  draws: number,
  memoise: Memoise,
  onProgress: (done: number, of: number) => void,
): Novelty[] {
  const taxonomy = new Taxonomy(taxa)
  const ranks = [
    { level: 10, leftOut: 'species' },
    { level: 20, leftOut: 'genus' },
    { level: 30, leftOut: 'family' },
  ]
  return ranks.map(({ level, leftOut }, r) => {
    const rows: Omit<Novelty, 'leftOut'>[] = []
    for (let draw = 0; draw < draws; draw++) {
      const atRank = [...new Set(photos.flatMap(({ taxonId }) => taxonomy.path(taxonId)))]
        .filter((taxon) => taxon.rankLevel === level)
        .map(({ id }) => id)
        .sort((a, b) => a - b)
      const gone = new Set(shuffled(atRank, random(100 * level + draw)).slice(0, Math.round(share * atRank.length)))
      const isNew = ({ taxonId }: Photo): boolean => taxonomy.path(taxonId).some(({ id }) => gone.has(id))
      const train = photos.filter((photo) => !photo.test && !isNew(photo))
      if (gone.size === 0 || train.length === 0) continue
      const test = photos.filter((photo) => photo.test)
      const ask = () => noveltyFigures(ClavisMethod.fit(taxa, train, test), train, photos, isNew)
      rows.push(memoise(`without ${share} of ${leftOut} draw ${draw}`, ask))
      onProgress(r * draws + draw + 1, ranks.length * draws)
    }
    return {
      leftOut,
      auroc: mean(rows.map((row) => row.auroc)),
      byDistance: mean(rows.map((row) => row.byDistance)),
      byLargest: mean(rows.map((row) => row.byLargest)),
      stoppedAbove: mean(rows.map((row) => row.stoppedAbove)),
      knownNovelty: mean(rows.map((row) => row.knownNovelty)),
    }
  })
}

function noveltyFigures(
  method: ClavisMethod,
  train: readonly Photo[],
  photos: readonly Photo[],
  isNew: (photo: Photo) => boolean,
): Omit<Novelty, 'leftOut'> {
  const scores = { fresh: [] as number[][], known: [] as number[][] }
  const stopped: number[] = []
  for (const photo of photos) {
    if (!photo.test) continue
    const { novelty, total } = method.answer(photo)
    const nearest = train.reduce((most, other) => Math.max(most, similarity(other.embedding, photo.embedding)), 0)
    const species = [...total]
      .filter(([id]) => method.tree.taxonomy.need(id).rankLevel === 10)
      .map(([, p]) => Math.log(p))
    const largest = softmax(Float64Array.from(species), 1).reduce((most, p) => Math.max(most, p), 0)
    const fresh = isNew(photo)
    scores[fresh ? 'fresh' : 'known'].push([novelty, -nearest, -largest])
    if (!fresh) continue
    const { stop } = method.suggest(photo, 0.8, 1)
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
