// Finds, among very many taxa, the few worth scoring in full: one dot product per taxon with its prototype in the first
// dimensions, where species differ most.
//
// A prototype here depends only on the taxon's own sums and its parent's totals, not on beliefs from further up. So it
// stays valid until a sibling changes, and never depends on earlier queries.

import { UNIT } from '../exact.ts'
import type { Node } from '../messages.ts'

export class Shortlist {
  #between: Float64Array
  #width: number
  #nodes: Node[] = []
  #slots = new Map<Node, number>()
  #means: Float32Array
  #offsets: Float32Array
  /** Parents whose totals changed, so that their children's prototypes are stale. */
  #stale = new Set<Node>()

  /** `between` as in Statistics: falling, so that the first dimensions separate best. */
  constructor(between: Float64Array) {
    this.#between = between
    // On synthetic clusters fewer dimensions than an eighth missed taxa, and more only cost time (test/bench/tree.ts).
    this.#width = Math.min(between.length, Math.max(16, Math.round(between.length / 8)))
    this.#means = new Float32Array(1024 * this.#width)
    this.#offsets = new Float32Array(1024)
  }

  /** To be called for every taxon that gets examples of its own. */
  add(node: Node): void {
    if (this.#slots.has(node)) return
    this.#slots.set(node, this.#nodes.length)
    this.#nodes.push(node)
    if (this.#nodes.length > this.#offsets.length) {
      const offsets = new Float32Array(this.#offsets.length * 2)
      offsets.set(this.#offsets)
      this.#offsets = offsets
      const means = new Float32Array(this.#means.length * 2)
      means.set(this.#means)
      this.#means = means
    }
    this.#stale.add(node.parent!)
  }

  /** To be called for every taxon that loses the last of them. */
  remove(node: Node): void {
    const slot = this.#slots.get(node)
    if (slot === undefined) return
    this.#slots.delete(node)
    const last = this.#nodes.pop()!
    if (last === node) return
    this.#nodes[slot] = last
    this.#slots.set(last, slot)
    const from = this.#nodes.length * this.#width
    this.#means.copyWithin(slot * this.#width, from, from + this.#width)
    this.#offsets[slot] = this.#offsets[this.#nodes.length]!
  }

  /** To be called for every taxon whose totals change. */
  touch(parent: Node): void {
    this.#stale.add(parent)
  }

  /** The `count` taxa with the nearest prototypes, among those that `inside` allows; of equals the smaller id. */
  nearest(x: Float64Array, count: number, inside: ((node: Node) => boolean) | null): Node[] {
    this.#refresh()
    const width = this.#width
    const means = this.#means
    const heap = new Heap(count)
    for (let slot = 0, at = 0; slot < this.#nodes.length; slot++, at += width) {
      // Four sums, because each addition waits for the one before it.
      let a = this.#offsets[slot]!
      let b = 0
      let c = 0
      let d = 0
      let i = 0
      for (; i + 3 < width; i += 4) {
        a += x[i]! * means[at + i]!
        b += x[i + 1]! * means[at + i + 1]!
        c += x[i + 2]! * means[at + i + 2]!
        d += x[i + 3]! * means[at + i + 3]!
      }
      for (; i < width; i++) a += x[i]! * means[at + i]!
      const score = a + b + (c + d)
      if (score < heap.least) continue
      const node = this.#nodes[slot]!
      if (inside === null || inside(node)) heap.offer(score, node)
    }
    return heap.nodes
  }

  #refresh(): void {
    for (const parent of this.#stale) {
      for (const child of parent.children.values()) {
        const slot = this.#slots.get(child)
        if (slot !== undefined) this.#place(child, slot)
      }
    }
    this.#stale.clear()
  }

  /**
   * The mean of the taxon's own examples, drawn towards that of its siblings, which is itself drawn towards the origin.
   */
  #place(node: Node, slot: number): void {
    const { weight, sum } = node.direct!
    const parent = node.parent!
    const totals = parent.totals!
    const n = weight / UNIT
    let squares = 0
    for (let i = 0, at = slot * this.#width; i < this.#width; i++, at++) {
      const b = this.#between[i]!
      const center = totals.mean[i]! / (totals.precision[i]! + UNIT / b)
      const pull = 1 / (node.step * b)
      const mean = (sum[i]! / UNIT + pull * center) / (n + pull)
      this.#means[at] = mean
      squares += mean * mean
    }
    this.#offsets[slot] = -0.5 * squares
  }
}

/** Keeps the `size` best offers; the worst of them is on top. */
class Heap {
  #size: number
  #scores: number[] = []
  nodes: Node[] = []

  constructor(size: number) {
    this.#size = size
  }

  /** Scores below this are not kept. */
  get least(): number {
    return this.nodes.length < this.#size ? Number.NEGATIVE_INFINITY : this.#scores[0]!
  }

  offer(score: number, node: Node): void {
    if (this.nodes.length < this.#size) {
      this.#scores.push(score)
      this.nodes.push(node)
      this.#rise(this.nodes.length - 1)
    } else if (score > this.#scores[0]! || (score === this.#scores[0]! && node.id < this.nodes[0]!.id)) {
      this.#scores[0] = score
      this.nodes[0] = node
      this.#sink()
    }
  }

  #worse(i: number, j: number): boolean {
    const difference = this.#scores[i]! - this.#scores[j]!
    return difference < 0 || (difference === 0 && this.nodes[i]!.id > this.nodes[j]!.id)
  }

  #swap(i: number, j: number): void {
    ;[this.#scores[i], this.#scores[j]] = [this.#scores[j]!, this.#scores[i]!]
    ;[this.nodes[i], this.nodes[j]] = [this.nodes[j]!, this.nodes[i]!]
  }

  #rise(i: number): void {
    for (let at = i; at > 0; ) {
      const above = (at - 1) >> 1
      if (!this.#worse(at, above)) return
      this.#swap(at, above)
      at = above
    }
  }

  #sink(): void {
    for (let at = 0; ; ) {
      let worst = at
      for (const below of [2 * at + 1, 2 * at + 2]) {
        if (below < this.nodes.length && this.#worse(below, worst)) worst = below
      }
      if (worst === at) return
      this.#swap(at, worst)
      at = worst
    }
  }
}
