// The taxonomy in memory: children, paths and subtrees. It may be ragged: ranks may be missing, several taxa may be at
// the top, and a taxon may have a single child.

/** A taxon as the classifiers need it; `rankLevel` falls from the top (kingdom 70) downwards (species 10). */
export type TaxonNode = { id: number; parentId: number | null; rankLevel: number }

export class TaxonomyError extends Error {
  override name = 'TaxonomyError'
}

/** Holds rows of any type with these three fields, so that a caller may keep names in them. */
export class Taxonomy<T extends TaxonNode = TaxonNode> {
  #taxa = new Map<number, T>()
  #children = new Map<number | null, Set<number>>()

  /** Taxa in any order. Throws TaxonomyError where a parent is missing or a taxon is its own ancestor. */
  constructor(taxa: Iterable<T> = []) {
    for (const taxon of taxa) {
      this.#taxa.set(taxon.id, taxon)
      this.#link(taxon)
    }
    const reaching = new Set<number>()
    for (const taxon of this.#taxa.values()) {
      const chain: number[] = []
      for (let at: T | undefined = taxon; at && !reaching.has(at.id); at = this.#above(at)) {
        if (chain.length > this.#taxa.size) throw new TaxonomyError(`Taxon ${taxon.id} is its own ancestor`)
        chain.push(at.id)
      }
      for (const id of chain) reaching.add(id)
    }
  }

  get size(): number {
    return this.#taxa.size
  }

  get(id: number): T | undefined {
    return this.#taxa.get(id)
  }

  /** Throws TaxonomyError for an unknown id. */
  need(id: number): T {
    const taxon = this.#taxa.get(id)
    if (!taxon) throw new TaxonomyError(`Expected a known taxon but received id ${id}`)
    return taxon
  }

  values(): Iterable<T> {
    return this.#taxa.values()
  }

  /** Ids of the children, ascending; `null` gives the top taxa. */
  children(id: number | null): number[] {
    return [...(this.#children.get(id) ?? [])].sort((a, b) => a - b)
  }

  childCount(id: number | null): number {
    return this.#children.get(id)?.size ?? 0
  }

  /** From the top to the taxon itself. */
  path(id: number): T[] {
    const path: T[] = []
    for (let at: T | undefined = this.need(id); at; at = this.#above(at)) path.push(at)
    return path.reverse()
  }

  /** Whether `id` is `ancestorId` or lies below it. */
  isWithin(id: number, ancestorId: number): boolean {
    for (let at: T | undefined = this.need(id); at; at = this.#above(at)) if (at.id === ancestorId) return true
    return false
  }

  /** The taxon and everything below it. */
  subtree(id: number): number[] {
    const ids = [this.need(id).id]
    for (let i = 0; i < ids.length; i++) for (const child of this.#children.get(ids[i]!) ?? []) ids.push(child)
    return ids
  }

  /** Adds a taxon, or replaces the one with that id. Throws TaxonomyError where it would be its own ancestor. */
  set(taxon: T): void {
    if (taxon.parentId !== null) {
      for (const above of this.path(taxon.parentId)) {
        if (above.id === taxon.id) throw new TaxonomyError(`Taxon ${taxon.id} cannot be placed below itself`)
      }
    }
    const old = this.#taxa.get(taxon.id)
    if (old) this.#children.get(old.parentId)?.delete(old.id)
    this.#taxa.set(taxon.id, taxon)
    this.#link(taxon)
  }

  /** Throws TaxonomyError while the taxon has children. */
  remove(id: number): void {
    const taxon = this.need(id)
    if (this.childCount(id) > 0) throw new TaxonomyError(`Taxon ${id} still has ${this.childCount(id)} children`)
    this.#children.get(taxon.parentId)?.delete(id)
    this.#children.delete(id)
    this.#taxa.delete(id)
  }

  #link(taxon: T): void {
    const siblings = this.#children.get(taxon.parentId)
    if (siblings) siblings.add(taxon.id)
    else this.#children.set(taxon.parentId, new Set([taxon.id]))
  }

  #above(taxon: T): T | undefined {
    return taxon.parentId === null ? undefined : this.need(taxon.parentId)
  }
}
