// Taxa: searched, shown in full, made, changed and deleted. Making, changing and deleting are shortcuts for edits like
// those of edits.ts, and the tree knows them before the answer is sent.

import { z } from '@hono/zod-openapi'
import { nearNames } from '../../db/taxonomy/near-names.ts'
import { redirectsOf } from '../../db/taxonomy/redirects.ts'
import { searchTaxa, type TaxonCursor } from '../../db/taxonomy/search.ts'
import { ancestorsOf, createTaxon, deleteTaxon, getTaxon, updateTaxon } from '../../db/taxonomy/taxa.ts'
import { textSchema, tidyText } from '../contract/exchange/text.ts'
import { idParam, numericId } from '../contract/id.ts'
import { limitSchema, pageOf } from '../contract/page.ts'
import {
  backbonePlaceSchema,
  newTaxonSchema,
  rankSchema,
  type TaxonDetail,
  taxonChangeSchema,
  taxonDetailSchema,
} from '../contract/taxon.ts'
import { type Knowledge, knowledgeSchema, taxonFullSchema } from '../contract/taxonomy.ts'
import { decodeCursor, encodeCursor } from '../http/cursor.ts'
import { jsonAnswer, jsonBody } from '../http/json.ts'
import { problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import { aboveInBackbone, inBackbone } from '../interchange/backbone/backbone.ts'
import { knownPlace, placeByBackbone } from '../interchange/backbone/placing.ts'
import { plainText } from '../interchange/name-words.ts'
import { stepsOfName } from '../interchange/scientific-name.ts'
import { requireTaxon } from '../present/taxa.ts'
import type { Service } from '../service.ts'
import { presentDetail, presentDetails, presentFully } from './taxon-details.ts'
import { knowledgeOf } from './taxon-knowledge.ts'
import { nameTyped, renameTyped } from './typed-names.ts'

const route = routesOf('Taxa')

const trueOrFalse = z.enum(['true', 'false'])

const querySchema = z.object({
  q: textSchema.overwrite(tidyText).max(200).optional().openapi({
    description: 'Part of a name of any kind. Where no name contains it, names that are spelt nearly so.',
  }),
  parent: z
    .union([numericId, z.literal('none')])
    .optional()
    .openapi({ description: 'Only direct children of this taxon; `none`: the top taxa.' }),
  needsPlacing: trueOrFalse
    .optional()
    .openapi({ description: 'true: only taxa that wait for a place; false: only the others.' }),
  active: trueOrFalse
    .optional()
    .openapi({ description: 'true: only taxa that may be suggested; false: only those that were made inactive.' }),
  cursor: z.string().max(500).optional(),
  limit: limitSchema.default(50),
})

const searchRoute = route('get /api/taxa', 'Search by scientific name, common name or synonym, or list children', {
  request: { query: querySchema },
  responses: { 200: jsonAnswer('Best match first', pageOf(taxonDetailSchema)), ...problems(400) },
})

const makeRoute = route('post /api/taxa', 'Make a taxon', {
  request: { body: jsonBody(newTaxonSchema) },
  responses: { 201: jsonAnswer('Made', taxonDetailSchema), ...problems(400, 404, 409) },
})

const backboneQuerySchema = z.object({ name: textSchema.overwrite(tidyText).min(1).max(200), rank: rankSchema })

const backboneRoute = route('get /api/backbone', 'Where the bundled backbone places a taxon', {
  description: 'About 1,100 genera of mammals, birds and some others, from the labels of SpeciesNet.',
  request: { query: backboneQuerySchema },
  responses: { 200: jsonAnswer('Its place', backbonePlaceSchema), ...problems(400) },
})

const getRoute = route('get /api/taxa/{id}', 'One taxon', {
  request: { params: idParam },
  responses: {
    200: jsonAnswer('The taxon', taxonFullSchema),
    308: { description: 'It was merged into another taxon: see `Location`' },
    ...problems(400, 404),
  },
})

const knowledgeRoute = route('get /api/taxa/{id}/knowledge', 'What its classifier knows', {
  description:
    'Computed for each request: the tree alone answers up to 120 of its examples, each as if its own burst had never been taught.',
  request: { params: idParam },
  responses: { 200: jsonAnswer('At this moment', knowledgeSchema), ...problems(400, 404) },
})

const changeRoute = route('patch /api/taxa/{id}', 'Rename or move a taxon', {
  description: 'Giving `parentId` says that somebody has placed the taxon.',
  request: { params: idParam, body: jsonBody(taxonChangeSchema) },
  responses: { 200: jsonAnswer('Changed', taxonDetailSchema), ...problems(400, 404, 409) },
})

const deleteRoute = route('delete /api/taxa/{id}', 'Remove a taxon that nothing refers to', {
  request: { params: idParam },
  responses: { 204: { description: 'Removed' }, ...problems(400, 404, 409) },
})

export function taxonRoutes(service: Service) {
  return newRoutes()
    .openapi(searchRoute, async (c) => c.json(await pageOfTaxa(service, c.req.valid('query')), 200))
    .openapi(backboneRoute, async (c) => c.json(await placeInBackbone(service, c.req.valid('query')), 200))
    .openapi(makeRoute, async (c) => c.json(await makeTaxon(service, c.req.valid('json'), c.var.person), 201))
    .openapi(getRoute, async (c) => {
      const { id } = c.req.valid('param')
      const target = (await redirectsOf(service.db, [id])).get(id)
      if (target !== undefined) return c.redirect(`/api/taxa/${target}`, 308)
      return c.json(await presentFully(service, await getTaxon(service.db, id)), 200)
    })
    .openapi(knowledgeRoute, async (c) =>
      c.json(await describeKnowledge(service, c.req.valid('param').id, c.req.raw.signal), 200),
    )
    .openapi(changeRoute, async (c) =>
      c.json(await changeTaxon(service, c.req.valid('param').id, c.req.valid('json'), c.var.person), 200),
    )
    .openapi(deleteRoute, async (c) => {
      await deleteTaxon(service.db, c.req.valid('param').id, { person: c.var.person })
      await service.learning.sync()
      return c.body(null, 204)
    })
}

function readCursor(text: string): TaxonCursor {
  const [match, name, id] = decodeCursor(text, z.tuple([z.number().int(), z.string(), z.number().int()]))
  return { match, name, id }
}

async function pageOfTaxa(service: Service, query: z.output<typeof querySchema>) {
  const { q, parent, needsPlacing, active, cursor, limit } = query
  const search = (text: string | undefined) =>
    searchTaxa(service.db, {
      q: text || undefined,
      parentId: parent === 'none' ? null : parent,
      needsPlacing: needsPlacing && needsPlacing === 'true',
      active: active && active === 'true',
      cursor: cursor === undefined ? null : readCursor(cursor),
      limit,
    })
  let found = await search(q)
  // Nothing contains the text: it may be written in another form, have an author or a doubt, or be mistyped.
  if (q && cursor === undefined)
    for (const form of otherForms(q)) if (found.items.length === 0) found = await search(form)
  const next = found.nextCursor
  const anywhere = parent === undefined && needsPlacing === undefined && active === undefined && cursor === undefined
  const items = q && anywhere && found.items.length === 0 ? await nearNames(service.db, q, limit) : found.items
  return {
    items: await presentDetails(service, items, q),
    nextCursor: next && encodeCursor([next.match, next.name, next.id]),
  }
}

/** With plain letters and dashes; and the name without its author, as far as it is certain, or its species. */
function otherForms(q: string): string[] {
  const plain = plainText(q)
  const steps = stepsOfName(plain)
  const certain = steps.slice(steps.at(-1)?.rank === 'subspecies' ? -2 : -1).reverse()
  return [plain, ...certain.map(({ name }) => name)].filter((form) => form !== q)
}

async function placeInBackbone({ db }: Service, { name, rank }: z.output<typeof backboneQuerySchema>) {
  const above = aboveInBackbone(rank, name)
  const commonName = inBackbone(rank, name)?.commonName ?? null
  const place = above && (await knownPlace(db, above))
  if (place === null) return { path: [], commonName }
  const known = place.deepest === null ? [] : [...(await ancestorsOf(db, place.deepest)), place.deepest]
  const path = [
    ...known.map((taxon) => ({ name: taxon.name, rank: taxon.rank, id: String(taxon.id) })),
    ...place.missing.map((step) => ({ ...step, id: null })),
  ]
  return { path, commonName }
}

async function makeTaxon(
  service: Service,
  { parentId, byBackbone = false, ...facts }: z.output<typeof newTaxonSchema>,
  person: string,
): Promise<TaxonDetail> {
  const under = parentId === null ? null : Number(parentId)
  const name = await nameTyped(service.db, facts.name, facts.rank, under)
  const placed = { ...facts, name, parentId: under }
  const made = await service.db.transaction(async (tx) => {
    const taxon = await createTaxon(tx, placed, { person })
    const isPlaced = byBackbone && parentId === null && (await placeByBackbone(tx, taxon, person))
    return isPlaced ? await getTaxon(tx, taxon.id) : taxon
  })
  await service.learning.sync()
  return await presentDetail(service, made)
}

async function changeTaxon(
  service: Service,
  id: number,
  { name, parentId, commonName, needsPlacing }: z.output<typeof taxonChangeSchema>,
  person: string,
): Promise<TaxonDetail> {
  const change = {
    name: name && (await renameTyped(service.db, id, name)),
    commonName,
    parentId: typeof parentId === 'string' ? Number(parentId) : parentId,
    needsPlacing: needsPlacing ?? (parentId === undefined ? undefined : false),
  }
  const row = await updateTaxon(service.db, id, change, { person })
  await service.learning.sync()
  return await presentDetail(service, row)
}

async function describeKnowledge(service: Service, id: number, signal: AbortSignal): Promise<Knowledge> {
  await requireTaxon(service, id)
  const { db, learning } = service
  const treeVersion = learning.treeVersion()
  return { ...(await knowledgeOf(db, learning.liveTree(), id, signal)), treeVersion }
}
