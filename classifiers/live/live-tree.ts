// The tree in memory with the exemplars that teach it: a tree that knows exactly what each detection teaches now, the
// names of its taxa, and the exemplars of each burst, which a question about one of its photos leaves out. Teaching the
// same again changes nothing, so changes may arrive in any order and more than once. Exemplars of inactive taxa are
// kept here but not in the tree: they do not compete until the taxon is active again.

import type { SpeciesListRow } from '../../db/taxonomy/species-lists.ts'
import type { Taxon as TaxonRow } from '../../db/taxonomy/taxa.ts'
import type { SampledDetection } from '../../db/trees/sample.ts'
import { SpeciesList } from '../species-list.ts'
import type { Statistics } from '../statistics.ts'
import { NOTHING } from '../strangers.ts'
import { Surroundings } from '../surroundings/surroundings.ts'
import { Taxonomy } from '../taxonomy.ts'
import { type Example, Tree } from '../tree.ts'
import { UNWATCHED, type Watch, type Watched, watch } from '../watching.ts'
import { LivePlaces } from './answers/live-places.ts'
import { type Exemplar, type ExemplarRows, gatherExemplars, MOST_NUMBERS } from './memory-nearest.ts'

/** A taxon as answers name it; `path` from the top to the parent. */
export type PlacedTaxon = Pick<TaxonRow, 'id' | 'name' | 'rank' | 'commonName'> & {
  path: Pick<TaxonRow, 'id' | 'name' | 'rank'>[]
}

type ListRow = Pick<SpeciesListRow, 'id' | 'name' | 'taxonIds' | 'deploymentIds'>
export type NamedList = { id: number; name: string; list: SpeciesList }

/** So many asked accuracies are remembered. */
const MOST_WATCHES = 100

export class LiveTree {
  readonly version: number
  readonly statistics: Statistics
  readonly tree: Tree
  readonly taxa: Taxonomy<TaxonRow>
  readonly places = new LivePlaces()
  /** Null where the statistics hold no weights for it. */
  readonly surroundings: Surroundings | null
  #examples = new Map<number, Exemplar>()
  /** Computed when needed, valid until something is taught. */
  #rows: ExemplarRows | null = null
  /** Exemplars that the tree does not hold, because their taxon or one above it is inactive. */
  #inactive = new Set<number>()
  #groups = new Map<string, Set<number>>()
  /** The sample of detections without a label: for each the version of its box. */
  #sampled = new Map<number, number>()
  /** Answers that people judged, oldest first, and what follows from them by asked accuracy, computed when needed. */
  #watched: readonly Watched[] = []
  #watches = new Map<number, Watch>()
  #lists: readonly ListRow[] = []
  /** Opened when needed, valid until a taxon changes. */
  #opened = new Map<number, NamedList>()

  constructor(version: number, statistics: Statistics, taxa: TaxonRow[]) {
    this.version = version
    this.statistics = statistics
    this.taxa = new Taxonomy(taxa)
    this.tree = new Tree(statistics, taxa)
    const { dimensions, nearness } = statistics
    this.surroundings = nearness && new Surroundings(dimensions, nearness, this.taxa)
  }

  /** How many detections teach. */
  get examples(): number {
    return this.#examples.size
  }

  example(detectionId: number): Exemplar | undefined {
    return this.#examples.get(detectionId)
  }

  /** How many detections teach each taxon itself, in no order. */
  directCounts(): number[] {
    const counts = new Map<number, number>()
    for (const { taxonId } of this.#examples.values()) counts.set(taxonId, (counts.get(taxonId) ?? 0) + 1)
    return [...counts.values()]
  }

  exemplars(): Iterable<Exemplar> {
    return this.#examples.values()
  }

  /** All exemplars for a scan; null where they are so many that the database is quicker. */
  get exemplarRows(): ExemplarRows | null {
    const { size } = this.statistics
    if (this.#examples.size * size > MOST_NUMBERS) return null
    this.#rows ??= gatherExemplars(this.#examples.values(), size)
    return this.#rows
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
    this.teachAll([taught])
  }

  /** The same as teaching each, and for new ones many times as fast. Each detection must be listed once. */
  teachAll(taught: readonly Exemplar[]): void {
    const fresh = taught.filter(({ detectionId }) => !this.#examples.has(detectionId))
    for (const known of taught) if (this.#examples.has(known.detectionId)) this.teach(known)
    if (fresh.length === 0) return
    const isActive = new Map<number, boolean>()
    for (const { taxonId } of fresh) if (!isActive.has(taxonId)) isActive.set(taxonId, this.#isActive(taxonId))
    this.#rows = null
    this.tree.addAll(fresh.filter(({ taxonId }) => isActive.get(taxonId)).map(toExample))
    for (const one of fresh) {
      const { detectionId, groupKey, taxonId } = one
      if (isActive.get(taxonId)) this.surroundings?.set(detectionId, groupKey, taxonId)
      else this.#setInactive(detectionId)
      this.#examples.set(detectionId, one)
      const group = this.#groups.get(groupKey)
      if (group) group.add(detectionId)
      else this.#groups.set(groupKey, new Set([detectionId]))
    }
  }

  unteach(detectionId: number): void {
    const old = this.#examples.get(detectionId)
    if (!old) return
    this.#rows = null
    if (!this.#inactive.delete(detectionId)) this.#remove(old)
    this.#examples.delete(detectionId)
    const group = this.#groups.get(old.groupKey)
    group?.delete(detectionId)
    if (group?.size === 0) this.#groups.delete(old.groupKey)
  }

  /** Examples of one burst or individual, those that the tree holds. */
  groupExamples(groupKey: string): Example[] {
    const held = [...(this.#groups.get(groupKey) ?? [])].filter((id) => !this.#inactive.has(id))
    return held.map((id) => toExample(this.#examples.get(id)!))
  }

  setTaxon(taxon: TaxonRow): void {
    const wasActive = this.taxa.get(taxon.id) === undefined ? null : this.#isActive(taxon.id)
    this.taxa.set(taxon)
    this.tree.setTaxon(taxon)
    this.surroundings?.taxonomyChanged()
    this.#opened.clear()
    if (wasActive !== null && wasActive !== this.#isActive(taxon.id)) this.#reconcile(taxon.id)
  }

  /**
   * Adds exemplars at and below a taxon to the tree where all taxa above them are active, and removes them elsewhere.
   */
  #reconcile(id: number): void {
    for (const taught of this.#examples.values()) {
      if (!this.taxa.isWithin(taught.taxonId, id)) continue
      const isHeld = !this.#inactive.has(taught.detectionId)
      const isActive = this.#isActive(taught.taxonId)
      if (isActive && !isHeld) {
        this.#inactive.delete(taught.detectionId)
        this.#add(taught)
      } else if (!isActive && isHeld) {
        this.#remove(taught)
        this.#setInactive(taught.detectionId)
      }
    }
  }

  #add(taught: Exemplar): void {
    this.tree.add(toExample(taught))
    this.surroundings?.set(taught.detectionId, taught.groupKey, taught.taxonId)
  }

  #remove(taught: Exemplar): void {
    this.tree.remove(toExample(taught))
    this.surroundings?.remove(taught.detectionId)
  }

  #setInactive(detectionId: number): void {
    this.#inactive.add(detectionId)
    this.surroundings?.remove(detectionId)
  }

  /** Replaces the sample of detections without a label. Of one that is listed twice, the later entry counts. */
  setSample(photos: readonly SampledDetection[]): void {
    if (!this.surroundings) return
    const present = new Set(photos.map(({ detectionId }) => detectionId))
    for (const id of this.#sampled.keys()) {
      if (present.has(id)) continue
      this.#sampled.delete(id)
      if (!this.#examples.has(id)) this.surroundings.remove(id)
    }
    const last = new Map(photos.map((photo) => [photo.detectionId, photo]))
    for (const { detectionId, groupKey, boxVersion, isNothing } of last.values()) {
      const changed = (this.#sampled.get(detectionId) ?? boxVersion) !== boxVersion
      this.#sampled.set(detectionId, boxVersion)
      // It may have been learned since the sample was read.
      if (this.#examples.has(detectionId)) continue
      if (changed) this.surroundings.remove(detectionId)
      this.surroundings.set(detectionId, groupKey, isNothing ? NOTHING : null)
    }
  }

  /** Replaces what is known of the stops of this installation. */
  setWatched(answers: readonly Watched[]): void {
    this.#watched = answers
    this.#watches.clear()
  }

  /** `accuracy`: the wanted share of right stops; null: no stop is wanted. */
  watch(accuracy: number | null): Watch {
    if (accuracy === null) return UNWATCHED
    let found = this.#watches.get(accuracy)
    if (!found) {
      // Anybody may ask for any accuracy.
      if (this.#watches.size >= MOST_WATCHES) this.#watches.clear()
      found = watch(this.#watched, accuracy, this.statistics.thresholds)
      this.#watches.set(accuracy, found)
    }
    return found
  }

  /** Replaces the species lists, given by name. */
  setLists(lists: readonly ListRow[]): void {
    this.#lists = lists
    this.#opened.clear()
  }

  /** The first that names the deployment, or else the first that holds everywhere; null: none. */
  listAt(deploymentId: number | null): NamedList | null {
    const row =
      this.#lists.find(({ deploymentIds }) => deploymentId !== null && deploymentIds.includes(deploymentId)) ??
      this.#lists.find(({ deploymentIds }) => deploymentIds.length === 0)
    return row ? this.#openList(row) : null
  }

  /** Null when unknown. */
  listById(id: number): NamedList | null {
    const row = this.#lists.find((one) => one.id === id)
    return row ? this.#openList(row) : null
  }

  #openList(row: ListRow): NamedList {
    const opened = this.#opened.get(row.id) ?? {
      id: row.id,
      name: row.name,
      list: new SpeciesList(this.taxa, row.taxonIds),
    }
    this.#opened.set(row.id, opened)
    return opened
  }

  #isActive(id: number): boolean {
    return this.taxa.path(id).every((taxon) => taxon.active)
  }

  /** Whether it has children or examples. */
  isUsed(id: number): boolean {
    if (this.taxa.childCount(id) > 0 || this.tree.exampleCount(id) > 0) return true
    return [...this.#inactive].some((detectionId) => this.#examples.get(detectionId)!.taxonId === id)
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

/** A detection whose box was changed has another vector. */
const isEqual = (a: Float32Array, b: Float32Array) => a.length === b.length && a.every((value, i) => value === b[i])

function toExample({ taxonId, groupKey, vector }: Exemplar): Example {
  return { taxonId, group: groupKey, vector }
}
