// Where the taxa of a sunburst lie: rings from the centre outwards, each taxon's angle in proportion to its animals.
// Pure.

import { type HierarchyRectangularNode, hierarchy, partition } from 'd3-hierarchy'
import { arc } from 'd3-shape'
import type { TaxonCount } from '../../../api/contract/insight.ts'

export const sizeOf = (taxon: TaxonCount): number => taxon.identified + taxon.suggested

/** Only the centre can have no taxon. */
export type Node = { taxon: TaxonCount | null; children: Node[] }
export type Part = HierarchyRectangularNode<Node>
export type ChildrenOf = (id: string | null) => readonly TaxonCount[]

const RINGS = 4
/** Radians. A thinner sector is too thin to see or to hit. */
const THINNEST = 0.006
/** Pixels: the approximate width of a letter, and the height of a line of text. */
const LETTER = 6.6
const LINE = 13

export function childrenIn(taxa: readonly TaxonCount[]): ChildrenOf {
  const children = new Map<string | null, TaxonCount[]>()
  for (const taxon of taxa) {
    const list = children.get(taxon.parentId)
    if (list) list.push(taxon)
    else children.set(taxon.parentId, [taxon])
  }
  return (id) => children.get(id) ?? []
}

/** The sectors around `focus` (null for the whole taxonomy), without those that are too thin. */
export function sectorsAround(focus: TaxonCount | null, childrenOf: ChildrenOf): Part[] {
  const make = (taxon: TaxonCount | null, id: string | null, level: number): Node => ({
    taxon,
    children: level === RINGS ? [] : childrenOf(id).map((child) => make(child, child.id, level + 1)),
  })
  // A node's own animals take the angle that its children leave.
  const root = hierarchy(make(focus, focus?.id ?? null, 0), (node) => node.children)
  root.sum(({ taxon, children }) =>
    taxon === null
      ? 0
      : sizeOf(taxon) - children.reduce((sum, child) => sum + (child.taxon ? sizeOf(child.taxon) : 0), 0),
  )
  const laid = partition<Node>().size([2 * Math.PI, RINGS + 1])(root)
  return laid.descendants().filter((node) => node.depth > 0 && node.x1 - node.x0 > THINNEST)
}

const ring = arc<Part>()
  .startAngle((d) => d.x0)
  .endAngle((d) => d.x1)
  .padAngle((d) => Math.min((d.x1 - d.x0) / 4, 0.004))

export type Shape = {
  /** The radius of the hole in the centre, in pixels. */
  hole: number
  pathOf: (part: Part) => string
  /** The transform that places a text along its sector, never upside down. */
  labelOf: (part: Part) => string
  /** Whether a sector is wide enough for a line of text. */
  isRoomy: (part: Part) => boolean
  /** The name, shortened to fit into a ring. */
  fit: (name: string) => string
}

/** `radius` in pixels. */
export function shapeOf(radius: number): Shape {
  const hole = radius * 0.26
  const radiusAt = (level: number) => hole + ((radius - hole) * (level - 1)) / RINGS
  return {
    hole,
    pathOf: (part) =>
      ring.innerRadius(radiusAt(part.depth) + 0.5).outerRadius(radiusAt(part.depth + 1) - 0.5)(part) ?? '',
    labelOf(part) {
      const at = (radiusAt(part.depth) + radiusAt(part.depth + 1)) / 2
      const degrees = (((part.x0 + part.x1) / 2) * 180) / Math.PI - 90
      return `rotate(${degrees}) translate(${at} 0) rotate(${degrees > 90 ? 180 : 0})`
    },
    isRoomy: (part) => (part.x1 - part.x0) * radiusAt(part.depth + 0.5) > LINE,
    fit(name) {
      const letters = Math.floor((radius - hole) / RINGS / LETTER)
      return name.length <= letters ? name : `${name.slice(0, letters - 1)}…`
    },
  }
}
