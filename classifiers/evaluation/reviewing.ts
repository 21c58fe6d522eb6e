// Simulates a person who names new species, in different orders of asking, and measures what the tree knows after so
// many names: how much of the order decides. The tree starts empty, in the metric of the other half of the species.

import { orderQuestions, type Why } from '../asking/order.ts'
import { mean } from '../fitting/averages.ts'
import { hash } from '../fitting/folds.ts'
import { random, shuffled } from '../seeded-random.ts'
import type { Statistics } from '../statistics.ts'
import { ClavisMethod, type How, type Library, type Photo } from './methods.ts'
import type { Reuse } from './reuse.ts'
import { newSpecies } from './trials.ts'

/** `unsure`: the least probable first; `margin`: the smallest lead first. */
export const POLICIES = ['random', 'unsure', 'margin', 'useful'] as const
export type Policy = (typeof POLICIES)[number]
/** Species right among the photos that are not asked, and how many species were met. */
export type Reviewed = { labels: number; right: number; species: number }

export const LABELS = [25, 50, 100, 190]
/** Names between two computations of the order. */
export const ROUND = 10
/** So many photos, or nearly. */
const POOL = 265

/** `fitted`: by `knownStatistics` of the same seed. */
export function review(
  library: Library,
  { policy, seed, fitted }: { policy: Policy; seed: number; fitted: Statistics },
  reuse: Reuse,
): Reviewed[] {
  // Nothing of the new species is known yet, so there is no regression; the cap would only make it slower.
  const statistics = { ...fitted, regression: null, nearness: null, fusion: { ...fitted.fusion, regression: 0 } }
  const method = new ClavisMethod(statistics, library.taxa, [], [], reuse)
  const fresh = newSpecies(library, seed)
  const isFresh = ({ taxonId }: Photo) => fresh.has(taxonId)
  const test = library.photos.filter((photo) => photo.test && isFresh(photo))
  const waiting = poolOf(
    library.photos.filter((photo) => !photo.test && isFresh(photo)),
    seed,
  )
  const named: Photo[] = []
  const figures: Reviewed[] = []
  while (waiting.size > 0 && figures.length < LABELS.length) {
    const left = [...waiting]
    const order = ORDERS[policy](method, left, named, seed)
    const until = Math.min(LABELS[figures.length]!, named.length + ROUND)
    for (const photo of order.slice(0, until - named.length)) {
      waiting.delete(photo)
      method.teach(photo, photo.taxonId)
      named.push(photo)
    }
    if (named.length === LABELS[figures.length]) {
      const right = test.map((photo) => (bestOf(method, photo).best?.id === photo.taxonId ? 1 : 0))
      const species = new Set(named.map(({ taxonId }) => taxonId)).size
      figures.push({ labels: named.length, right: mean(right), species })
    }
  }
  return figures
}

/** A few species are common and most are rare: the k-th has a share of 1/k. */
export function poolOf(photos: readonly Photo[], seed: number, size = POOL): Set<Photo> {
  const next = random(seed + 77)
  const bySpecies = new Map<number, Photo[]>()
  for (const photo of shuffled(photos, next))
    bySpecies.set(photo.taxonId, [...(bySpecies.get(photo.taxonId) ?? []), photo])
  const species = shuffled(
    [...bySpecies.values()].sort((a, b) => a[0]!.taxonId - b[0]!.taxonId),
    next,
  )
  const total = species.reduce((sum, _, k) => sum + 1 / (k + 1), 0)
  const pool = species.flatMap((own, k) => own.slice(0, Math.max(1, Math.round(size / (k + 1) / total))))
  return new Set(shuffled(pool, next))
}

type Order = (method: ClavisMethod, waiting: readonly Photo[], named: readonly Photo[], seed: number) => Photo[]

const ORDERS: Record<Policy, Order> = {
  random: (_method, waiting, named, seed) => shuffled(waiting, random(seed * 1000 + named.length)),
  unsure: (method, waiting) => byLeast(waiting, (photo) => bestOf(method, photo).best?.probability ?? 0),
  margin: (method, waiting) => byLeast(waiting, (photo) => bestOf(method, photo).margin),
  useful: (method, waiting, named, seed) => {
    const asked = questionsFor(method, waiting, named, seed).map(({ photo }) => photo)
    // Where too few are far enough apart, anything else does.
    return [...asked, ...waiting.filter((photo) => !asked.includes(photo))]
  },
}

/** What the product asks next; `seed`: of what is drawn at random. */
export function questionsFor(
  method: ClavisMethod,
  waiting: readonly Photo[],
  named: readonly Photo[],
  seed: number,
): { photo: Photo; why: Why }[] {
  const { size } = method.statistics
  const rowsOf = (photos: readonly Photo[]) => {
    const values = new Float32Array(photos.length * size)
    photos.forEach((photo, i) => {
      values.set(method.reuse.project(method.statistics, photo.embedding), i * size)
    })
    return { values, size }
  }
  const said = waiting.map((photo) => bestOf(method, photo))
  const questions = orderQuestions(
    {
      rows: rowsOf(waiting),
      groups: waiting.map(({ group }) => group),
      probabilities: said.map(({ best }) => best?.probability ?? 0),
      novelties: said.map(({ novelty }) => novelty),
      chances: waiting.map(({ path }) => hash(`${seed} ${path}`)),
    },
    { exemplars: rowsOf(named), metric: method.statistics, most: ROUND, named: named.length },
  )
  return questions.map(({ row, why }) => ({ photo: waiting[row]!, why }))
}

function byLeast(photos: readonly Photo[], value: (photo: Photo) => number): Photo[] {
  const valued = photos.map((photo) => ({ photo, value: value(photo) }))
  return valued.sort((a, b) => a.value - b.value).map(({ photo }) => photo)
}

/** The most probable species, its lead over the next, and how probable something new is. */
export function bestOf(method: ClavisMethod, photo: Photo, how: How = {}) {
  if (method.taught.length === 0) return { best: null, margin: 0, novelty: 1, total: new Map<number, number>() }
  const { total, novelty } = method.answer(photo, how)
  const species = [...total]
    .filter(([id]) => method.tree.taxonomy.need(id).rankLevel <= 10)
    .map(([id, probability]) => ({ id, probability }))
    .sort((a, b) => b.probability - a.probability || a.id - b.id)
  const best = species[0] ?? null
  return { best, margin: (best?.probability ?? 0) - (species[1]?.probability ?? 0), novelty, total }
}
