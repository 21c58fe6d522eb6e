// What lives somewhere, as people listed it: only listed taxa, what belongs to them and what lies above them are named.

import type { Posterior } from './outcomes.ts'
import type { Taxonomy } from './taxonomy.ts'
import type { Scores } from './tree.ts'

/**
 * So much of its probability keeps a taxon that is not listed, against those that are. A look-alike that is listed
 * wins; an animal that is plainly something else is called that, "not on your list", rather than by a wrong name.
 */
const UNLISTED = 0.02

export class SpeciesList {
  readonly #taxonomy: Pick<Taxonomy, 'get' | 'path'>
  readonly #listed: ReadonlySet<number>
  readonly #above: ReadonlySet<number>

  /** Ids that the taxonomy does not know are passed over. */
  constructor(taxonomy: Pick<Taxonomy, 'get' | 'path'>, taxonIds: readonly number[]) {
    this.#taxonomy = taxonomy
    this.#listed = new Set(taxonIds.filter((id) => taxonomy.get(id)))
    this.#above = new Set([...this.#listed].flatMap((id) => taxonomy.path(id).map((taxon) => taxon.id)))
  }

  /** Whether it is listed, or is part of a listed taxon. */
  has(id: number): boolean {
    return this.#taxonomy.get(id) !== undefined && this.#taxonomy.path(id).some((taxon) => this.#listed.has(taxon.id))
  }

  /** Whether it may be named: it is listed, or something in it is. */
  mayName(id: number): boolean {
    return this.#above.has(id) || this.has(id)
  }
}

/**
 * Keeps the answer to the list, in place. Known taxa share their probability anew, those outside the list with a small
 * weight. What is then left outside becomes novelty of the deepest taxon above that may be named.
 */
export function keepToList({ total, known, novel }: Posterior, { nodes, parents }: Scores, list: SpeciesList): void {
  const size = nodes.length
  /** The deepest taxon at or above that may be named. */
  const home = new Int32Array(size)
  const weight = new Float64Array(size).fill(1)
  let before = 0
  let after = 0
  for (let i = 0; i < size; i++) {
    if (i > 0) home[i] = list.mayName(nodes[i]!.id) ? i : home[parents[i]!]!
    if (home[i] !== i) weight[i] = UNLISTED
    before += known[i]!
    after += known[i]! * weight[i]!
  }
  const scale = after > 0 ? before / after : 0
  for (let i = 0; i < size; i++) {
    known[i]! *= weight[i]! * scale
    if (home[i] === i) continue
    novel[home[i]!]! += known[i]! + novel[i]!
    known[i] = 0
    novel[i] = 0
  }
  total.fill(0)
  for (let i = size - 1; i >= 0; i--) {
    total[i]! += known[i]! + novel[i]!
    if (i > 0) total[parents[i]!]! += total[i]!
  }
}
