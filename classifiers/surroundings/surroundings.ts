// What surrounds a photo: its largest cosine with the examples of each taxon, and the share of strangers among the
// photos around.
//
// A pure function of two sets, the photos that teach and those without a label: learning and unlearning commute,
// unlearning is exact, and every process that knows the same photos gives the same numbers. Embeddings may come later
// than ids: `missing` lists those that must be given before the next look.
//
// Up to `measured` examples (sample.ts), a look measures all of them. Beyond, it measures the neighbours that the
// caller found in the tree's metric, and of the taxa that the caller names the few examples with the smallest hashes.
// The pool then measures even fewer, so that a start stays quick.

import type { NearnessByRank } from '../statistics.ts'
import { type Look, NOTHING } from '../strangers.ts'
import type { Taxonomy } from '../taxonomy.ts'
import { dot, VectorRows, type Vectors } from '../vector-rows.ts'
import { type Known, type Placed, Pool, type Unit } from './pool.ts'
import { byHash, firstByHash, hashOf, isBefore, placeOf, SIZES, type Sizes } from './sample.ts'
import { countGroups, unitsOf } from './units.ts'

/** A question about a photo, whose own id and group are left out. */
export type Asked = {
  id?: number | null
  group: string | null
  /** Used beyond `measured` examples: taxa whose examples are measured, and examples known to be near. */
  taxonIds: readonly number[]
  neighbours: readonly { taxonId: number; embedding: Float32Array }[]
}

type Photo = Placed & { hash: number; taxonId: number | null; kept: boolean }

export class Surroundings {
  readonly #taxonomy: Taxonomy
  readonly #weights: NearnessByRank
  readonly #sizes: Sizes
  readonly #rows: Vectors
  readonly #pool: Pool
  #photos = new Map<number, Photo>()
  /** Examples of each taxon itself, smallest hash first. */
  #own = new Map<number, Photo[]>()
  #examples = 0
  /** Of these, those that a look may measure and those that the pool measures, as of the last plan. */
  #kept = new Map<number, Photo[]>()
  #measured = new Map<number, Photo[]>()
  #limits = { kept: 0, measured: 0 }
  /** Taxa whose examples changed since the last plan, and since the last look. */
  #unplanned = new Set<number>()
  #unsettled = new Set<number>()
  /** Grows with every photo that is set or removed; `#settledAt` is the version of the pool. */
  #version = 0
  #settledAt = -1
  /** The pool's members, and those that it should have; null: to be chosen again. */
  #pooled = new Map<number, Photo>()
  #chosen: { unlabelled: Photo[]; taught: Photo[] } | null = null
  /** Photos whose row may no longer be needed, and rows of removed photos. */
  #loose = new Set<number>()
  #retired: number[] = []
  /** Kept examples with the smallest hashes at or below a taxon, computed when asked for. */
  #below = new Map<number, Photo[]>()
  #units: Unit[] | null = null
  /** Groups of the kept examples of each taxon itself. */
  #groups = new Map<number, number>()

  /** `dimensions`: numbers per embedding; `rows`: where the embeddings are stored. */
  constructor(
    dimensions: number,
    weights: NearnessByRank,
    taxonomy: Taxonomy,
    sizes: Sizes = SIZES,
    rows: Vectors = new VectorRows(dimensions),
  ) {
    this.#taxonomy = taxonomy
    this.#weights = weights
    this.#sizes = sizes
    this.#rows = rows
    this.#pool = new Pool(rows, sizes.unlabelled + sizes.taught)
  }

  /** Adds or changes a photo: it teaches a taxon or `NOTHING`, or has no label (null). It keeps its embedding. */
  set(id: number, group: string, taxonId: number | null): void {
    const old = this.#photos.get(id)
    if (old && old.group === group && old.taxonId === taxonId) return
    this.#version++
    const photo: Photo = { id, hash: hashOf(id), group, taxonId, row: old?.row ?? -1, kept: false }
    if (old) this.#drop(old)
    this.#photos.set(id, photo)
    this.#loose.add(id)
    if (taxonId !== null) {
      const own = this.#own.get(taxonId)
      if (own) own.splice(placeOf(own, photo), 0, photo)
      else this.#own.set(taxonId, [photo])
      this.#examples++
      this.#touch(taxonId)
    }
    if (this.#chosen && this.#entersPool(photo, this.#chosen)) this.#chosen = null
  }

  /** Removes a photo that no longer exists or has another embedding now. */
  remove(id: number): void {
    const old = this.#photos.get(id)
    if (!old) return
    this.#version++
    this.#drop(old)
    this.#photos.delete(id)
    if (old.row >= 0) this.#retired.push(old.row)
  }

  /** To be called when taxa were moved, merged or given another rank. */
  taxonomyChanged(): void {
    this.#below.clear()
    this.#units = null
    this.#pool.forgetStrangeness()
  }

  /** Whether a look measures every example; otherwise it needs taxa and neighbours. */
  get measuresAll(): boolean {
    return this.#examples <= this.#sizes.measured
  }

  /** Photos whose embedding must be given before the next look. */
  missing(): number[] {
    if (this.#settledAt === this.#version) return []
    this.#plan()
    const ids: number[] = []
    for (const list of this.#kept.values()) for (const { id, row } of list) if (row < 0) ids.push(id)
    const { unlabelled, taught } = this.#chosen!
    for (const { id, row, kept } of [...unlabelled, ...taught]) if (row < 0 && !kept) ids.push(id)
    return ids
  }

  /** Takes an embedding of unit length for a photo that `missing` listed. */
  give(id: number, embedding: Float32Array): void {
    const photo = this.#photos.get(id)
    if (!photo || photo.row >= 0) return
    photo.row = this.#rows.add(embedding)
    this.#loose.add(id)
  }

  /** Throws RangeError while an embedding is missing. */
  look(embedding: Float32Array, { id: self = null, group, taxonIds, neighbours }: Asked): Look {
    for (const _ of this.#steps());
    const similarity = new Map<number, number>()
    const note = (taxonId: number, cosine: number): void => {
      if (cosine > (similarity.get(taxonId) ?? Number.NEGATIVE_INFINITY)) similarity.set(taxonId, cosine)
    }
    const measure = (examples: readonly Photo[]): void => {
      // `!`: these lists hold examples only, which teach a taxon.
      for (const { id, group: its, taxonId, row } of examples) {
        if (its !== group && id !== self) note(taxonId!, this.#rows.dot(embedding, row))
      }
    }
    if (this.measuresAll) for (const list of this.#kept.values()) measure(list)
    else {
      measure(this.#kept.get(NOTHING) ?? [])
      for (const id of new Set(taxonIds)) measure(this.#firstBelow(id))
      for (const near of neighbours) note(near.taxonId, dot(embedding, near.embedding))
    }
    const share = this.#pool.share(embedding, { id: self, group }, () => this.#known())
    return { similarity, nothings: countGroups(this.#kept.get(NOTHING) ?? []), share }
  }

  /** Does the work that the next look would have to do first, resting in between: a second after a start. */
  async settle(rest: () => Promise<void>): Promise<void> {
    for (const _ of this.#steps()) await rest()
  }

  #drop(old: Photo): void {
    this.#loose.add(old.id)
    if (old.taxonId !== null) {
      const own = this.#own.get(old.taxonId)!
      own.splice(placeOf(own, old), 1)
      if (own.length === 0) this.#own.delete(old.taxonId)
      this.#examples--
      this.#touch(old.taxonId)
    }
    if (this.#chosen && (this.#chosen.taught.includes(old) || this.#chosen.unlabelled.includes(old)))
      this.#chosen = null
  }

  #touch(taxonId: number): void {
    this.#unplanned.add(taxonId)
    if (taxonId === NOTHING) return
    if (this.#below.size > 0) for (const { id } of this.#taxonomy.path(taxonId)) this.#below.delete(id)
  }

  #entersPool(photo: Photo, { unlabelled, taught }: { unlabelled: Photo[]; taught: Photo[] }): boolean {
    const [part, most] = isTaught(photo) ? [taught, this.#sizes.taught] : [unlabelled, this.#sizes.unlabelled]
    return part.length < most || isBefore(photo, part[most - 1]!)
  }

  /** Decides which examples are measured and which photos are in the pool, by ids alone. */
  #plan(): void {
    const kept = this.measuresAll ? Number.POSITIVE_INFINITY : this.#sizes.perTaxon
    if (this.#limits.kept !== kept || this.#limits.measured !== this.#poolPerTaxon()) {
      this.#limits = { kept, measured: this.#poolPerTaxon() }
      for (const taxonId of [...this.#own.keys(), ...this.#kept.keys()]) this.#unplanned.add(taxonId)
      this.#below.clear()
    }
    for (const taxonId of this.#unplanned) {
      for (const photo of this.#kept.get(taxonId) ?? []) {
        photo.kept = false
        this.#loose.add(photo.id)
      }
      const now = this.#own.get(taxonId)?.slice(0, kept) ?? []
      for (const photo of now) photo.kept = true
      setOrDelete(this.#kept, taxonId, now)
      this.#unsettled.add(taxonId)
    }
    this.#unplanned.clear()
    if (this.#chosen) return
    const { unlabelled, taught } = this.#sizes
    this.#chosen = {
      unlabelled: firstByHash(this.#photos.values(), unlabelled, (photo) => !isTaught(photo)),
      taught: firstByHash(this.#photos.values(), taught, isTaught),
    }
  }

  #poolPerTaxon(): number {
    const { poolPerTaxon, poolMeasured } = this.#sizes
    if (this.measuresAll) return Number.POSITIVE_INFINITY
    return poolPerTaxon.find((count) => count * this.#own.size <= poolMeasured) ?? 1
  }

  /** Brings the pool to what was planned. Changes between two steps are left to the next time. */
  *#steps(): Generator<void> {
    const version = this.#version
    if (this.#settledAt === version) return
    const [first] = this.missing()
    if (first !== undefined) throw new RangeError(`Expected the embedding of photo ${first} to be given`)
    for (const taxonId of [...this.#unsettled]) {
      this.#unsettled.delete(taxonId)
      // Being like nothing makes a photo no less strange.
      if (taxonId === NOTHING) continue
      const groups = countGroups(this.#kept.get(taxonId) ?? [])
      if (this.#groups.get(taxonId) !== groups) this.#pool.forgetStrangeness()
      this.#groups.set(taxonId, groups)
      const before = this.#measured.get(taxonId) ?? []
      const now = this.#own.get(taxonId)?.slice(0, this.#limits.measured) ?? []
      setOrDelete(this.#measured, taxonId, now)
      const [were, are] = [new Set(before), new Set(now)]
      for (const photo of before) if (!are.has(photo)) this.#pool.unlearn(taxonId, photo, now)
      for (const photo of now) if (!were.has(photo)) this.#pool.learn(taxonId, photo)
      this.#units = null
      yield
    }
    const { unlabelled, taught } = this.#chosen!
    const members = new Map([...unlabelled, ...taught].map((photo) => [photo.id, photo]))
    for (const [id, photo] of this.#pooled) {
      if (members.get(id) === photo) continue
      this.#pool.leave(id)
      this.#pooled.delete(id)
      this.#loose.add(id)
    }
    for (const [id, photo] of members) {
      if (this.#pooled.has(id)) continue
      this.#pool.enter(photo, isTaught(photo) ? photo.taxonId : null, this.#measured)
      this.#pooled.set(id, photo)
      yield
    }
    if (version !== this.#version) return
    this.#freeRows()
    this.#settledAt = version
  }

  #freeRows(): void {
    for (const id of this.#loose) {
      const photo = this.#photos.get(id)
      if (!photo || photo.row < 0 || photo.kept || this.#pooled.has(id)) continue
      this.#rows.free(photo.row)
      photo.row = -1
    }
    for (const row of this.#retired) this.#rows.free(row)
    this.#loose.clear()
    this.#retired.length = 0
  }

  #firstBelow(taxonId: number): Photo[] {
    const known = this.#below.get(taxonId)
    if (known) return known
    const all = [...(this.#kept.get(taxonId) ?? [])]
    for (const child of this.#taxonomy.children(taxonId)) all.push(...this.#firstBelow(child))
    const first = all.sort(byHash).slice(0, this.#sizes.perTaxon)
    this.#below.set(taxonId, first)
    return first
  }

  #known(): Known {
    this.#units ??= unitsOf(this.#measured, this.#taxonomy, this.#weights)
    return { units: this.#units, groups: this.#groups }
  }
}

/** Photos of nothing stay among those without a label: they are strangers. */
const isTaught = ({ taxonId }: Photo): boolean => taxonId !== null && taxonId !== NOTHING

function setOrDelete(lists: Map<number, Photo[]>, taxonId: number, photos: Photo[]): void {
  if (photos.length > 0) lists.set(taxonId, photos)
  else lists.delete(taxonId)
}
