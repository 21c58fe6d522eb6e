// The tree in memory with what it was taught. In: taxa and what each detection teaches now. Out: a tree that knows exactly
// that, names for its taxa, and the examples of a burst, so that a question about one of its photos can leave them out.
// Applying the same teaching twice changes nothing, so changes may arrive in any order and more than once. Examples of taxa
// that are not active are kept here but not in the tree: they do not compete, and are back when the taxon is.

import type { Taxon as TaxonRow } from '../../db/taxonomy/taxa.ts'
import type { Statistics } from '../statistics.ts'
import { Taxonomy } from '../taxonomy.ts'
import { type Example, Tree } from '../tree.ts'
import { type Exemplar, type ExemplarRows, gatherExemplars, MOST_NUMBERS } from './memory-nearest.ts'

/** A taxon as answers name it; `path` from the top to the parent. */
export type PlacedTaxon = Pick<TaxonRow, 'id' | 'name' | 'rank' | 'commonName'> & {
  path: Pick<TaxonRow, 'id' | 'name' | 'rank'>[]
}

export class LiveTree {
  readonly version: number
  readonly statistics: Statistics
  readonly tree: Tree
  readonly taxa: Taxonomy<TaxonRow>
  #examples = new Map<number, Exemplar>()
  /** Made when asked for, good until something is taught. */
  #gathered: ExemplarRows | null = null
  /** Those that the tree does not hold, because their taxon or one above it is not active. */
  #resting = new Set<number>()
  #groups = new Map<string, Set<number>>()

  constructor(version: number, statistics: Statistics, taxa: TaxonRow[]) {
    this.version = version
    this.statistics = statistics
    this.taxa = new Taxonomy(taxa)
    this.tree = new Tree(statistics, taxa)
  }

  /** How many detections teach. */
  get examples(): number {
    return this.#examples.size
  }

  example(detectionId: number): Exemplar | undefined {
    return this.#examples.get(detectionId)
  }

  /** How many detections teach each taught taxon itself, in no order. */
  directCounts(): number[] {
    const counts = new Map<number, number>()
    for (const { taxonId } of this.#examples.values()) counts.set(taxonId, (counts.get(taxonId) ?? 0) + 1)
    return [...counts.values()]
  }

  /** Everything that teaches, however much it is. */
  all(): Iterable<Exemplar> {
    return this.#examples.values()
  }

  /** Everything that teaches; null where it is so much that the database is the better one to ask. */
  get exemplars(): ExemplarRows | null {
    const { size } = this.statistics
    if (this.#examples.size * size > MOST_NUMBERS) return null
    this.#gathered ??= gatherExemplars(this.#examples.values(), size)
    return this.#gathered
  }

  teach(taught: Exemplar): void {
    const old = this.#examples.get(taught.detectionId)
    if (
      old &&
      old.taxonId === taught.taxonId &&
      old.groupKey === taught.groupKey &&
      isEqual(old.vector, taught.vector)
    ) {
      return
    }
    if (old) this.unteach(taught.detectionId)
    this.#gathered = null
    if (this.#isLive(taught.taxonId)) this.tree.add(toExample(taught))
    else this.#resting.add(taught.detectionId)
    this.#examples.set(taught.detectionId, taught)
    const group = this.#groups.get(taught.groupKey)
    if (group) group.add(taught.detectionId)
    else this.#groups.set(taught.groupKey, new Set([taught.detectionId]))
  }

  unteach(detectionId: number): void {
    const old = this.#examples.get(detectionId)
    if (!old) return
    this.#gathered = null
    if (!this.#resting.delete(detectionId)) this.tree.remove(toExample(old))
    this.#examples.delete(detectionId)
    const group = this.#groups.get(old.groupKey)
    group?.delete(detectionId)
    if (group?.size === 0) this.#groups.delete(old.groupKey)
  }

  /** Examples of one burst or individual that the tree holds. */
  groupExamples(groupKey: string): Example[] {
    const competing = [...(this.#groups.get(groupKey) ?? [])].filter((id) => !this.#resting.has(id))
    return competing.map((id) => toExample(this.#examples.get(id)!))
  }

  setTaxon(taxon: TaxonRow): void {
    const wasLive = this.taxa.get(taxon.id) === undefined ? null : this.#isLive(taxon.id)
    this.taxa.set(taxon)
    this.tree.setTaxon(taxon)
    if (wasLive !== null && wasLive !== this.#isLive(taxon.id)) this.#settle(taxon.id)
  }

  /** Examples at and below a taxon: into the tree where all above them is active, out of it where not. */
  #settle(id: number): void {
    for (const taught of this.#examples.values()) {
      if (!this.taxa.isWithin(taught.taxonId, id)) continue
      const rests = this.#resting.has(taught.detectionId)
      const live = this.#isLive(taught.taxonId)
      if (live && rests) {
        this.#resting.delete(taught.detectionId)
        this.tree.add(toExample(taught))
      } else if (!live && !rests) {
        this.#resting.add(taught.detectionId)
        this.tree.remove(toExample(taught))
      }
    }
  }

  #isLive(id: number): boolean {
    return this.taxa.path(id).every((taxon) => taxon.active)
  }

  /** Has children or examples. */
  isUsed(id: number): boolean {
    if (this.taxa.childCount(id) > 0 || this.tree.exampleCount(id) > 0) return true
    return [...this.#resting].some((detectionId) => this.#examples.get(detectionId)!.taxonId === id)
  }

  /** Throws while it has children or examples. */
  removeTaxon(id: number): void {
    if (!this.taxa.get(id)) return
    this.tree.removeTaxon(id)
    this.taxa.remove(id)
  }

  /** Null when unknown. */
  taxon(id: number): PlacedTaxon | null {
    const row = this.taxa.get(id)
    return row ? { ...row, path: this.taxa.path(id).slice(0, -1) } : null
  }
}

/** A box that was changed shows something else. */
const isEqual = (a: Float32Array, b: Float32Array) => a.length === b.length && a.every((value, i) => value === b[i])

function toExample({ taxonId, groupKey, vector }: Exemplar): Example {
  return { taxonId, group: groupKey, vector }
}
