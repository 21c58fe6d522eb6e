// The taxa directly below a taxon, in short, for trees that open level by level.

import { z } from '@hono/zod-openapi'
import { numericId } from '../contract/id.ts'
import { pageOf } from '../contract/page.ts'
import { type TaxonNode, taxonNodeSchema } from '../contract/taxonomy.ts'
import { jsonAnswer } from '../http/json.ts'
import { problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import { requireTaxon } from '../present/taxa.ts'
import type { Service } from '../service.ts'

const route = routesOf('Taxonomy')

/** Children in one answer. */
const MOST_CHILDREN = 5000

const childrenRoute = route('get /api/taxonomy/children', 'What is directly below a taxon, in short: for trees', {
  request: {
    query: z.object({
      parent: z.union([numericId, z.literal('none')]).openapi({ description: '`none`: the top taxa.' }),
      cursor: z.coerce.number().int().min(0).default(0),
    }),
  },
  responses: { 200: jsonAnswer(`By name, at most ${MOST_CHILDREN}`, pageOf(taxonNodeSchema)), ...problems(400, 404) },
})

export function taxonChildRoutes(service: Service) {
  return newRoutes().openapi(childrenRoute, async (c) => {
    const { parent, cursor } = c.req.valid('query')
    return c.json(await pageOfChildren(service, parent === 'none' ? null : parent, cursor), 200)
  })
}

async function pageOfChildren(service: Service, parentId: number | null, start: number) {
  if (parentId !== null) await requireTaxon(service, parentId)
  const nodes = childNodes(service, parentId)
  const items = nodes.slice(start, start + MOST_CHILDREN)
  const end = start + items.length
  return { items, nextCursor: end < nodes.length ? String(end) : null }
}

function childNodes({ learning }: Service, parentId: number | null): TaxonNode[] {
  const { taxa, tree } = learning.liveTree()
  const rows = taxa.children(parentId).map((id) => taxa.need(id))
  const folded = new Map(rows.map((row) => [row.id, row.name.toLowerCase()]))
  rows.sort((a, b) => {
    const [first, second] = [folded.get(a.id)!, folded.get(b.id)!]
    return first < second ? -1 : first > second ? 1 : a.id - b.id
  })
  return rows.map(({ id, name, rank, commonName, active, needsPlacing, revision }) => ({
    id: String(id),
    name,
    rank,
    commonName,
    childCount: taxa.childCount(id),
    exampleCount: tree.exampleCount(id),
    active,
    needsPlacing,
    revision,
  }))
}
