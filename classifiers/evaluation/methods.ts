// Methods on one split of a labelled library, with answers that can be compared: per photo a probability for every
// known taxon, and novelty.

import { estimate, nearestAmong } from '../fitting/estimate.ts'
import { FOLDS, foldsOf } from '../fitting/folds.ts'
import { goldenSection } from '../fitting/golden-section.ts'
import { type Neighbour, VOTING_NEIGHBOURS } from '../neighbours/neighbours.ts'
import type { Place } from '../place.ts'
import { posterior } from '../posterior.ts'
import { regress } from '../regression.ts'
import { type Statistics, similarity } from '../statistics.ts'
import { type LookAround, NOTHING } from '../strangers.ts'
import { judge, type Suggestions, stopOf, suggest } from '../suggest.ts'
import { SIZES, type Sizes } from '../surroundings/sample.ts'
import { Surroundings } from '../surroundings/surroundings.ts'
import { type TaxonNode, Taxonomy } from '../taxonomy.ts'
import { type Example, Tree } from '../tree.ts'
import { BASELINES, type Scorer, softmax } from './baselines.ts'
import { Reuse } from './reuse.ts'

/** A labelled photo of a library: `path` identifies it, `test` comes from the library's split column. */
export type Photo = { path: string; taxonId: number; group: string; test: boolean; embedding: Float32Array }
/** `names`: scientific names by taxon id. */
export type Library = { taxa: readonly TaxonNode[]; photos: readonly Photo[]; names: ReadonlyMap<number, string> }

/** Probability per taxon id, and of something new in each. */
export type Answer<T = Photo> = { photo: T; total: Map<number, number>; novelty: number }

export type Taught = Example & { vector: Float32Array; embedding: Float32Array }

/** A photo to ask about: examples and photos of its group are left out. */
export type Asked = Pick<Photo, 'group' | 'embedding'>

/**
 * `capped: false`: without the cap on what is unlike anything taught; `leaveOut`: without examples of its group;
 * `place`: what was met where it was taken.
 */
export type How = { capped?: boolean; leaveOut?: boolean; place?: Place }

export class ClavisMethod {
  readonly statistics: Statistics
  readonly tree: Tree
  readonly taught: Taught[] = []
  readonly reuse: Reuse
  readonly #surroundings: Surroundings | null
  #ids = new Map<Asked, number>()

  /**
   * `seen`: photos without a label; `reuse`: what other methods of the same evaluation computed; `sizes`: of the sample
   * that surrounds a photo.
   */
  constructor(
    statistics: Statistics,
    taxa: readonly TaxonNode[],
    train: readonly Photo[],
    seen: readonly Asked[] = [],
    reuse: Reuse = new Reuse(),
    sizes: Sizes = SIZES,
  ) {
    const { dimensions, nearness } = statistics
    this.statistics = statistics
    this.reuse = reuse
    this.tree = new Tree(statistics, taxa)
    const rows = reuse.cosines ?? undefined
    this.#surroundings = nearness && new Surroundings(dimensions, nearness, this.tree.taxonomy, sizes, rows)
    for (const photo of train) this.teach(photo, photo.taxonId)
    this.see(seen)
  }

  static fit(
    taxa: readonly TaxonNode[],
    train: readonly Photo[],
    seen: readonly Asked[] = [],
    reuse: Reuse = new Reuse(),
  ): ClavisMethod {
    return new ClavisMethod(estimate({ taxonomy: taxa, examples: train, reference: null }), taxa, train, seen, reuse)
  }

  /** A photo without a label gets one. */
  teach(photo: Asked, taxonId: number): void {
    const example = this.exampleOf({ ...photo, taxonId })
    this.taught.push(example)
    this.tree.add(example)
    this.#surroundings?.set(this.#idOf(photo), photo.group, taxonId)
  }

  see(photos: readonly Asked[]): void {
    for (const photo of photos) this.#surroundings?.set(this.#idOf(photo), photo.group, null)
  }

  /** People said that there is no animal in them. */
  markNothing(photos: readonly Asked[]): void {
    for (const photo of photos) this.#surroundings?.set(this.#idOf(photo), photo.group, NOTHING)
  }

  forget(photos: readonly Asked[]): void {
    for (const photo of photos) this.#surroundings?.remove(this.#idOf(photo))
  }

  exampleOf({ taxonId, group, embedding }: Asked & { taxonId: number }): Taught {
    return { taxonId, group, embedding, vector: this.reuse.project(this.statistics, embedding) }
  }

  neighbours(vector: Float32Array): Neighbour[] {
    return nearestAmong(this.taught, vector, VOTING_NEIGHBOURS)
  }

  regression({ embedding }: Asked): Map<number, number> | null {
    return this.statistics.regression && regress(this.statistics.regression, embedding)
  }

  /** `alone`: by the tree alone, without regression, neighbours and cap. */
  answer<T extends Asked>(photo: T, how: How & { alone?: boolean } = {}): Answer<T> {
    const own = how.leaveOut ? this.taught.filter(({ group }) => group === photo.group) : []
    for (const example of own) this.tree.remove(example)
    try {
      return this.#answer(photo, how)
    } finally {
      for (const example of own) this.tree.add(example)
    }
  }

  #answer<T extends Asked>(
    photo: T,
    { alone = false, capped = true, leaveOut = false, place }: How & { alone?: boolean },
  ): Answer<T> {
    const query = this.#queryOf(photo, capped, leaveOut)
    const judged = alone ? null : judge(this.tree, { ...query, place, accuracy: null, limit: 0 })
    const scores = judged?.scores ?? this.tree.score(query.vector)
    const result = judged?.fused ?? posterior(scores, this.statistics, this.tree.exampleCount(null), [])
    return {
      photo,
      total: new Map(scores.nodes.slice(1).map((node, i) => [node.id, result.total[i + 1]!])),
      novelty: result.novel.reduce((sum, value) => sum + value, 0),
    }
  }

  suggest(photo: Asked, accuracy: number | null, limit: number, { capped = true, place }: How = {}): Suggestions {
    return suggest(this.tree, { ...this.#queryOf(photo, capped), place, accuracy, limit })
  }

  /** The stop for each asked accuracy. */
  stops(photo: Asked, asked: readonly number[], how: How = {}): Suggestions['stop'][] {
    const { path, nearness } = this.suggest(photo, null, 1, how)
    return asked.map((accuracy) => stopOf(path, accuracy, this.statistics.thresholds, nearness?.strange ?? 0))
  }

  #queryOf(photo: Asked, capped: boolean, leaveOut = false) {
    const vector = this.reuse.project(this.statistics, photo.embedding)
    const others = leaveOut ? this.taught.filter(({ group }) => group !== photo.group) : this.taught
    return {
      vector,
      neighbours: nearestAmong(others, vector, VOTING_NEIGHBOURS),
      regression: this.regression(photo),
      look: capped ? this.#lookAt(photo) : null,
    }
  }

  #lookAt({ group, embedding }: Asked): LookAround | null {
    const surroundings = this.#surroundings
    if (!surroundings) return null
    const missing = new Set(surroundings.missing())
    if (missing.size > 0)
      for (const [photo, id] of this.#ids) if (missing.has(id)) surroundings.give(id, photo.embedding)
    const neighbours = surroundings.measuresAll ? [] : this.#nearest(embedding, group)
    return (taxonIds) => surroundings.look(embedding, { group, taxonIds, neighbours })
  }

  /** The neighbours that vote, as examples. */
  #nearest(embedding: Float32Array, group: string): Taught[] {
    const vector = this.reuse.project(this.statistics, embedding)
    const near = this.taught.map((example) => ({ example, similarity: similarity(example.vector, vector) }))
    near.sort((a, b) => b.similarity - a.similarity)
    const others = near.filter(({ example }) => example.group !== group)
    return others.slice(0, VOTING_NEIGHBOURS).map(({ example }) => example)
  }

  #idOf(photo: Asked): number {
    let id = this.#ids.get(photo)
    if (id === undefined) {
      id = this.#ids.size + 1
      this.#ids.set(photo, id)
    }
    return id
  }
}

/** A temperature needs no regression that is fitted to the last digit. */
const FOLD_STEPS = 25

/** A baseline fitted on `train`, with a temperature from five group folds of `train`. */
export function fitBaseline(
  name: string,
  taxa: readonly TaxonNode[],
  train: readonly Photo[],
): (photo: Photo) => Answer {
  const taxonomy = new Taxonomy(taxa)
  const species = [...new Set(train.map(({ taxonId }) => taxonId))].sort((a, b) => a - b)
  const score = BASELINES[name]!(train, species, taxonomy)
  const temperature = heldOutTemperature(name, train, species, taxonomy)
  return (photo) => {
    const total = new Map<number, number>()
    softmax(score(photo.embedding), temperature).forEach((probability, i) => {
      for (const { id } of taxonomy.path(species[i]!)) total.set(id, (total.get(id) ?? 0) + probability)
    })
    return { photo, total, novelty: 0 }
  }
}

function heldOutTemperature(name: string, train: readonly Photo[], species: number[], taxonomy: Taxonomy): number {
  const folds = foldsOf(train)
  const scored: { scores: Float64Array; truth: number }[] = []
  for (let fold = 0; fold < FOLDS; fold++) {
    const inside = train.filter((_, i) => folds[i] !== fold)
    const known = [...new Set(inside.map(({ taxonId }) => taxonId))].sort((a, b) => a - b)
    const score: Scorer = BASELINES[name]!(inside, known, taxonomy, FOLD_STEPS)
    train.forEach((photo, i) => {
      const truth = known.indexOf(photo.taxonId)
      if (folds[i] === fold && truth >= 0) scored.push({ scores: score(photo.embedding), truth })
    })
  }
  const loss = (logTemperature: number): number =>
    scored.reduce(
      (sum, { scores, truth }) => sum - Math.log(softmax(scores, Math.exp(logTemperature))[truth]! + 1e-12),
      0,
    )
  return species.length < 2 ? 1 : Math.exp(goldenSection(loss, Math.log(0.02), Math.log(50)))
}
