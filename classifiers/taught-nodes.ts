// The taught taxa and the messages between them. A change of one taxon's own examples, or of its place, replaces one
// message per level; sums and messages are then what a computation from scratch would give.

import { type Direct, directMessage, type Message, type Node, newMessage, upwardMessage } from './messages.ts'
import type { Shortlist } from './neighbours/shortlist.ts'
import { ROOT_LEVEL, SPECIES_LEVEL, type Statistics, shareDownTo } from './statistics.ts'
import type { Taxonomy } from './taxonomy.ts'

const ROOT_ID = 0
/** Variance of the whole tree's mean around the origin, as a share of b: the origin is the mean of all species. */
const ROOT_SHARE = 0.05
const SMALLEST_STEP = 0.01

export class TaughtNodes {
  readonly #statistics: Statistics
  readonly #taxonomy: Taxonomy
  readonly root: Node
  readonly byId = new Map<number, Node>()
  /** Taxa with examples of their own, and inner taxa by rank level. */
  readonly outcomes = { known: 0, inner: new Map<number, number>() }
  /** Grows with every change: beliefs computed at another version are stale. */
  version = 1
  /** Made when a query first needs it. */
  shortlist: Shortlist | null = null
  #order: { nodes: Node[]; parents: Int32Array } | null = null
  #scratch: { old: Message; next: Message }[] = []
  #direct: [Message, Message]

  constructor(statistics: Statistics, taxonomy: Taxonomy) {
    this.#statistics = statistics
    this.#taxonomy = taxonomy
    this.#direct = [newMessage(statistics.size), newMessage(statistics.size)]
    this.root = this.#newNode(ROOT_ID, ROOT_LEVEL, null)
    const variance = statistics.between.map((b) => ROOT_SHARE * b)
    const precision = Float32Array.from(variance, (v) => 1 / v)
    this.root.prior = { precision, mean: new Float32Array(statistics.size), at: Number.POSITIVE_INFINITY }
  }

  /** Every taught taxon, parents first, siblings by id. */
  ordered(): { nodes: Node[]; parents: Int32Array } {
    if (this.#order) return this.#order
    const nodes: Node[] = [this.root]
    const parents: number[] = [-1]
    for (let i = 0; i < nodes.length; i++) {
      for (const child of [...nodes[i]!.children.values()].sort((a, b) => a.id - b.id)) {
        nodes.push(child)
        parents.push(i)
      }
    }
    this.#order = { nodes, parents: Int32Array.from(parents) }
    return this.#order
  }

  /** The node of a taxon; it and its ancestors are made where they were not taught yet. */
  ensure(id: number): Node {
    const known = this.byId.get(id)
    if (known) return known
    const taxon = this.#taxonomy.need(id)
    const parent = taxon.parentId === null ? this.root : this.ensure(taxon.parentId)
    const node = this.#newNode(id, taxon.rankLevel, parent)
    this.byId.set(id, node)
    return node
  }

  #newNode(id: number, rankLevel: number, parent: Node | null): Node {
    const inner = rankLevel > SPECIES_LEVEL
    return {
      id,
      rankLevel,
      parent,
      children: new Map(),
      count: 0,
      groups: 0,
      direct: null,
      step: parent ? this.#step(parent.rankLevel, rankLevel) : ROOT_SHARE,
      below: inner ? this.#below(rankLevel) : 0,
      totals: inner ? newMessage(this.#statistics.size) : null,
      prior: null,
      known: null,
      novel: null,
    }
  }

  #step(parentLevel: number, rankLevel: number): number {
    return Math.max(SMALLEST_STEP, this.#share(rankLevel) - this.#share(parentLevel))
  }

  #below(rankLevel: number): number {
    const species = this.#share(SPECIES_LEVEL)
    return Math.max(
      SMALLEST_STEP,
      rankLevel > SPECIES_LEVEL ? species - this.#share(rankLevel) : this.#share(5) - species,
    )
  }

  #share(rankLevel: number): number {
    return rankLevel === ROOT_LEVEL ? 0 : shareDownTo(this.#statistics.cumulativeShare, rankLevel)
  }

  /**
   * Changes a node's own examples by `mutate`, the counts of it and its ancestors by `count`, and one message per
   * level.
   */
  changeDirect(node: Node, count: number, mutate: (direct: Direct) => void): void {
    const between = this.#statistics.between
    const depth = this.#recordMessages(node)
    const [before, after] = this.#direct
    const inner = node.totals !== null
    if (inner) directMessage(node, between, before)
    node.direct ??= { groups: new Map(), count: 0, weight: 0, sum: new Int32Array(this.#statistics.size) }
    if (node.direct.count === 0) this.#order = null
    const groupsBefore = node.direct.groups.size
    mutate(node.direct)
    const groups = node.direct.groups.size - groupsBefore
    if (node.direct.count === 0) node.direct = null
    if (node.direct) this.shortlist?.add(node)
    else this.shortlist?.remove(node)
    if (node.totals) {
      directMessage(node, between, after)
      addDifference(node.totals, before, after)
    }
    addBelow(node, count, groups)
    this.#passUp(node, depth)
  }

  /**
   * Records the messages of the node and its ancestors to their parents; returns their number. `#passUp` must follow.
   */
  #recordMessages(node: Node): number {
    let depth = 0
    for (let at: Node | null = node; at; at = at.parent) this.#tally(at, -1)
    for (let at = node; at.parent; at = at.parent) {
      this.#scratch[depth] ??= { old: newMessage(this.#statistics.size), next: newMessage(this.#statistics.size) }
      const { old } = this.#scratch[depth]!
      if (at.parent.children.has(at.id)) upwardMessage(at, this.#statistics.between, old)
      else {
        old.precision.fill(0)
        old.mean.fill(0)
      }
      depth++
    }
    return depth
  }

  /**
   * Replaces the recorded messages level by level; links nodes that became taught, unlinks those that no longer are.
   */
  #passUp(node: Node, depth: number): void {
    this.version++
    let at = node
    for (let level = 0; level < depth; level++) {
      const parent = at.parent!
      const { old, next } = this.#scratch[level]!
      const taught = at.count > 0
      if (taught && !parent.children.has(at.id)) {
        parent.children.set(at.id, at)
        this.#order = null
        if (!parent.totals) this.#leafToInner(parent)
      }
      upwardMessage(at, this.#statistics.between, next)
      addDifference(parent.totals!, old, next)
      this.shortlist?.touch(parent)
      if (!taught) {
        parent.children.delete(at.id)
        this.byId.delete(at.id)
        this.#order = null
        if (parent.children.size === 0 && parent.rankLevel <= SPECIES_LEVEL) this.#innerToLeaf(parent)
      }
      at = parent
    }
    for (let up: Node | null = node; up; up = up.parent) this.#tally(up, 1)
  }

  /** Adds a taught node's outcomes to the counts, or subtracts them. */
  #tally(node: Node, sign: 1 | -1): void {
    if (node.count === 0) return
    if (node.direct) this.outcomes.known += sign
    if (!node.totals) return
    const inner = (this.outcomes.inner.get(node.rankLevel) ?? 0) + sign
    if (inner > 0) this.outcomes.inner.set(node.rankLevel, inner)
    else this.outcomes.inner.delete(node.rankLevel)
  }

  /** A leaf gets its first taught child: its own examples become one unseen child. */
  #leafToInner(node: Node): void {
    node.below = this.#below(node.rankLevel)
    node.totals = newMessage(this.#statistics.size)
    directMessage(node, this.#statistics.between, node.totals)
  }

  #innerToLeaf(node: Node): void {
    node.below = 0
    node.totals = null
  }

  /** Unlinks a node, with all below it, from its parent; the node's own state stays as it is. */
  detach(node: Node): void {
    const parent = node.parent!
    const depth = this.#recordMessages(parent)
    const own = newMessage(this.#statistics.size)
    upwardMessage(node, this.#statistics.between, own)
    const totals = parent.totals!
    for (let i = 0; i < own.mean.length; i++) {
      totals.precision[i]! -= own.precision[i]!
      totals.mean[i]! -= own.mean[i]!
    }
    parent.children.delete(node.id)
    if (parent.children.size === 0 && parent.rankLevel <= SPECIES_LEVEL) this.#innerToLeaf(parent)
    addBelow(parent, -node.count, -node.groups)
    this.#order = null
    this.#passUp(parent, depth)
  }

  /** Links a detached node to `node.parent`. */
  attach(node: Node): void {
    const parent = node.parent!
    node.step = this.#step(parent.rankLevel, node.rankLevel)
    const depth = this.#recordMessages(node)
    addBelow(parent, node.count, node.groups)
    this.#passUp(node, depth)
  }

  /** Gives a detached node another rank: its children's steps change, so its totals are summed again. */
  setRank(node: Node, rankLevel: number): void {
    const between = this.#statistics.between
    this.#tally(node, -1)
    node.rankLevel = rankLevel
    const inner = rankLevel > SPECIES_LEVEL || node.children.size > 0
    node.below = inner ? this.#below(rankLevel) : 0
    node.totals = inner ? newMessage(this.#statistics.size) : null
    this.#tally(node, 1)
    if (!node.totals) return
    directMessage(node, between, node.totals)
    const message = newMessage(this.#statistics.size)
    const none = newMessage(this.#statistics.size)
    this.shortlist?.touch(node)
    for (const child of node.children.values()) {
      child.step = this.#step(rankLevel, child.rankLevel)
      upwardMessage(child, between, message)
      addDifference(node.totals, none, message)
    }
  }
}

/** Counts examples and groups in at a node and at all above it. */
function addBelow(node: Node, count: number, groups: number): void {
  for (let at: Node | null = node; at; at = at.parent) {
    at.count += count
    at.groups += groups
  }
}

function addDifference(totals: Message, before: Message, after: Message): void {
  for (let i = 0; i < totals.mean.length; i++) {
    totals.precision[i]! += after.precision[i]! - before.precision[i]!
    totals.mean[i]! += after.mean[i]! - before.mean[i]!
  }
}
