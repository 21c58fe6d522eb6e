// The tree of classifiers. It learns and unlearns examples one by one, and gives the log density of a metric vector
// under every taught taxon and under "something new here". A change costs O(depth x size); beliefs are brought up to
// date when scored.
//
// The state is a pure function of the set of examples and of the taxonomy: sums are exact (exact.ts), and all else is
// computed from them. So learning and unlearning commute, unlearning is exact, and a rebuilt tree equals one that
// learned step by step.
//
// A species has one mean. Two were tried (2-means of its examples; five folds of the library's training photos, small
// embedder, no regression, 2026-11-25). For the tree alone they took accuracy from 0.706 to 0.711 and log loss from
// 0.940 to 0.950; where only the dozen species were split for which inner folds were sure, to 0.712 and 0.936. With the
// neighbours' vote, splitting all left accuracy at 0.710, and splitting those dozen gave 0.714 with a loss of 0.913
// instead of 0.917. That is ten photos of 2,667, within noise, so it was not kept.

import { addExact, groupContribution, groupWeight, toUnits, UNIT } from './exact.ts'
import {
  type Density,
  type Direct,
  directMessage,
  knownDensity,
  leafLogDensity,
  logDensity,
  type Message,
  type Node,
  newMessage,
  novelDensity,
  novelLogDensity,
  updatePrior,
  upwardMessage,
} from './messages.ts'
import { Shortlist } from './neighbours/shortlist.ts'
import { metricWeight, type Statistics } from './statistics.ts'
import { TaughtNodes } from './taught-nodes.ts'
import { type TaxonNode, Taxonomy } from './taxonomy.ts'

/** `vector` is a metric vector. k examples of one `group` (a burst, an individual) count as 1 + ln k. */
export type Example = { taxonId: number; group: string; vector: ArrayLike<number> }

/** Log densities per taught taxon, parents first, the root at 0; `-Infinity` where there is no such outcome. */
export type Scores = {
  nodes: readonly Node[]
  /** Index of the parent in `nodes`; -1 for the root. */
  parents: Int32Array
  /** An animal like the taxon's own examples. */
  known: Float64Array
  /** An animal of this taxon in none of its taught children. */
  novel: Float64Array
  /** Effective number of the taxon's own examples. */
  weight: Float64Array
  /**
   * Outcomes of the whole tree: how many taxa have examples of their own, and how many inner taxa each rank level has.
   */
  outcomes: { known: number; inner: ReadonlyMap<number, number> }
}

export type ScoreOptions = {
  /** Only taxa at or below this one matter, so the beam takes no others. */
  within?: number | null
  /** No beam, however many taxa there are. */
  exhaustive?: boolean
}

/**
 * Up to so many taxa with examples, all are scored in full; beyond, a beam of BEAM (measured by test/bench/tree.ts).
 */
const EXHAUSTIVE_TAXA = 512
const BEAM = 96
/** Prepared densities are many times as large as a taxon's sums: beyond so many nodes all are dropped. */
const MOST_PREPARED = 4096

export class Tree {
  readonly statistics: Statistics
  readonly taxonomy: Taxonomy
  #taught: TaughtNodes
  #scale: Float64Array
  #direct: [Message, Message]
  #prepared = new Set<Node>()

  constructor(statistics: Statistics, taxa: Iterable<TaxonNode> = []) {
    this.statistics = statistics
    this.taxonomy = new Taxonomy(taxa)
    this.#taught = new TaughtNodes(statistics, this.taxonomy)
    this.#scale = statistics.between.map((b) => 1 / metricWeight(b))
    this.#direct = [newMessage(statistics.size), newMessage(statistics.size)]
  }

  /** Examples at or below a taxon; null: all. */
  exampleCount(id: number | null): number {
    return (id === null ? this.#taught.root : this.#taught.byId.get(id))?.count ?? 0
  }

  /** Taxa with an example at or below them. */
  get taughtTaxa(): number {
    return this.#taught.byId.size
  }

  /** The taught taxon of that id, for reading. */
  node(id: number): Readonly<Node> | undefined {
    return this.#taught.byId.get(id)
  }

  add(example: Example): void {
    this.addAll([example])
  }

  /** Gives the same as adding them one by one, but the messages of each taxon are passed up only once. */
  addAll(examples: readonly Example[]): void {
    const byTaxon = new Map<number, { group: string; units: Int32Array }[]>()
    for (const example of examples) {
      const one = { group: example.group, units: this.#units(example) }
      const own = byTaxon.get(example.taxonId)
      if (own) own.push(one)
      else byTaxon.set(example.taxonId, [one])
    }
    for (const [taxonId, own] of byTaxon)
      this.#taught.changeDirect(this.#taught.ensure(taxonId), own.length, (direct) => addToDirect(direct, own))
  }

  /** Unlearns an example. Throws RangeError where the tree holds no such example. */
  remove(example: Example): void {
    const units = this.#units(example)
    const node = this.#taught.byId.get(example.taxonId)
    const group = node?.direct?.groups.get(example.group)
    if (!node || !group || (group.count === 1 && units.some((unit, i) => unit !== group.sum[i]))) {
      throw new RangeError(
        `Expected an example of taxon ${example.taxonId}, group ${example.group}, that the tree holds`,
      )
    }
    this.#taught.changeDirect(node, -1, (direct) => {
      direct.sum = addExact(direct.sum, groupContribution(group.sum, group.count), -1)
      direct.weight += groupWeight(group.count - 1) - groupWeight(group.count)
      direct.count--
      if (group.count === 1) direct.groups.delete(example.group)
      else {
        const sum = addExact(group.sum, units, -1)
        direct.groups.set(example.group, { count: group.count - 1, sum })
        direct.sum = addExact(direct.sum, groupContribution(sum, group.count - 1), 1)
      }
    })
  }

  /**
   * Adds a taxon, or replaces it: a new parent or rank moves all that is taught below it and changes only both paths.
   */
  setTaxon(taxon: TaxonNode): void {
    const old = this.taxonomy.get(taxon.id)
    const node = this.#taught.byId.get(taxon.id)
    if (!node || (old && old.parentId === taxon.parentId && old.rankLevel === taxon.rankLevel)) {
      this.taxonomy.set(taxon)
      return
    }
    if (taxon.parentId !== null && this.taxonomy.isWithin(taxon.parentId, taxon.id)) this.taxonomy.set(taxon)
    this.#taught.detach(node)
    this.taxonomy.set(taxon)
    if (node.rankLevel !== taxon.rankLevel) this.#taught.setRank(node, taxon.rankLevel)
    node.parent = taxon.parentId === null ? this.#taught.root : this.#taught.ensure(taxon.parentId)
    this.#taught.attach(node)
  }

  /** Throws while the taxon has children or examples. */
  removeTaxon(id: number): void {
    if (this.#taught.byId.has(id)) throw new RangeError(`Taxon ${id} still has ${this.exampleCount(id)} examples`)
    this.taxonomy.remove(id)
  }

  /** The whitened components of a metric vector, which scoring takes. */
  whiten(vector: ArrayLike<number>): Float64Array {
    const units = toUnits(this.#checked(vector), this.#scale)
    return Float64Array.from(units, (unit) => unit / UNIT)
  }

  /**
   * Log densities of a metric vector under every outcome; with many taxa, under those of the shortlisted taxa and their
   * ancestors. An empty tree gives the root alone, without outcomes.
   */
  score(vector: ArrayLike<number>, options: ScoreOptions = {}): Scores {
    const x = this.whiten(vector)
    const all = options.exhaustive || this.#taught.outcomes.known <= EXHAUSTIVE_TAXA
    const { nodes, parents } = all ? this.#taught.ordered() : this.#beam(x, options.within ?? null)
    const known = new Float64Array(nodes.length).fill(Number.NEGATIVE_INFINITY)
    const novel = new Float64Array(nodes.length).fill(Number.NEGATIVE_INFINITY)
    if (this.#taught.root.count > 0) {
      for (let i = 0; i < nodes.length; i++) {
        const node = nodes[i]!
        if (all) {
          this.#updateDensities(node)
          if (node.known) known[i] = logDensity(node.known, x)
          if (node.novel) novel[i] = logDensity(node.novel, x)
        } else if (node.totals) {
          this.#updatePrior(node)
          if (node.direct) known[i] = logDensity(this.#knownDensity(node), x)
          novel[i] = novelLogDensity(node, this.statistics.between, x)
        } else known[i] = leafLogDensity(node, this.statistics.between, x)
      }
    }
    if (!all) this.#limitPrepared(nodes)
    const { known: taxa, inner } = this.#taught.outcomes
    const weight = Float64Array.from(nodes, ({ direct }) => (direct ? direct.weight / UNIT : 0))
    return { nodes, parents, known, novel, weight, outcomes: { known: taxa, inner: new Map(inner) } }
  }

  /** The beam: the shortlisted taxa with all their ancestors, parents first. */
  #beam(x: Float64Array, within: number | null): { nodes: Node[]; parents: Int32Array } {
    if (!this.#taught.shortlist) {
      this.#taught.shortlist = new Shortlist(this.statistics.between)
      for (const node of this.#taught.byId.values()) if (node.direct) this.#taught.shortlist.add(node)
    }
    const inside = (node: Node): boolean => {
      for (let at: Node | null = node; at; at = at.parent) if (at.id === within) return true
      return false
    }
    const depths = new Map<Node, number>([[this.#taught.root, 0]])
    for (const node of this.#taught.shortlist.nearest(x, BEAM, within === null ? null : inside)) {
      const chain: Node[] = []
      let at = node
      while (!depths.has(at)) {
        chain.push(at)
        at = at.parent!
      }
      const depth = depths.get(at)!
      for (let k = chain.length - 1; k >= 0; k--) depths.set(chain[k]!, depth + chain.length - k)
    }
    const nodes = [...depths.keys()].sort((a, b) => depths.get(a)! - depths.get(b)! || a.id - b.id)
    const index = new Map(nodes.map((node, i) => [node, i]))
    return { nodes, parents: Int32Array.from(nodes, (node) => (node.parent ? index.get(node.parent)! : -1)) }
  }

  #limitPrepared(nodes: readonly Node[]): void {
    for (const node of nodes) if (node.parent && node.prior) this.#prepared.add(node)
    if (this.#prepared.size <= MOST_PREPARED) return
    for (const node of this.#prepared) node.prior = node.known = node.novel = null
    this.#prepared.clear()
  }

  /** Brings a node's beliefs up to date; its parent's must be. */
  #updateDensities(node: Node): void {
    this.#updatePrior(node)
    if (!node.direct) node.known = null
    else if (node.known?.at !== this.#taught.version) node.known = this.#knownDensity(node)
    if (!node.totals) node.novel = null
    else if (node.novel?.at !== this.#taught.version)
      node.novel = novelDensity(node, this.statistics.between, this.#taught.version)
  }

  #updatePrior(node: Node): void {
    if (!node.parent || node.prior?.at === this.#taught.version) return
    upwardMessage(node, this.statistics.between, this.#direct[0])
    updatePrior(node, this.statistics.between, this.#direct[0], this.#taught.version)
  }

  #knownDensity(node: Node): Density {
    if (node.totals) directMessage(node, this.statistics.between, this.#direct[1])
    return knownDensity(node, this.statistics.between, this.#direct[1], this.#taught.version)
  }

  #units(example: Example): Int32Array {
    return toUnits(this.#checked(example.vector), this.#scale)
  }

  #checked(vector: ArrayLike<number>): ArrayLike<number> {
    if (vector.length !== this.statistics.size) {
      throw new RangeError(`Expected a metric vector of ${this.statistics.size} numbers but received ${vector.length}`)
    }
    return vector
  }
}

/** A group's contribution is not the sum of its examples, so it is taken out and put in again when all are added. */
function addToDirect(direct: Direct, examples: readonly { group: string; units: Int32Array }[]): void {
  const changed = new Set<string>()
  for (const { group: name, units } of examples) {
    const group = direct.groups.get(name)
    const count = group?.count ?? 0
    if (group && !changed.has(name)) direct.sum = addExact(direct.sum, groupContribution(group.sum, count), -1)
    changed.add(name)
    direct.groups.set(name, { count: count + 1, sum: group ? addExact(group.sum, units, 1) : units })
    direct.weight += groupWeight(count + 1) - groupWeight(count)
  }
  for (const name of changed) {
    const { sum, count } = direct.groups.get(name)!
    direct.sum = addExact(direct.sum, groupContribution(sum, count), 1)
  }
  direct.count += examples.length
}
