// The taxonomy in people's hands. In: searches, and the short ways to make, change and delete a taxon, which are edits like those of
// api/taxonomy/edits.ts. Out: taxa with their path; the tree follows every change before the answer is sent.

import { createRoute, z } from '@hono/zod-openapi'
import { NotFound } from '../../db/errors.ts'
import { mergedInto, redirectsOf } from '../../db/taxonomy/redirects.ts'
import { searchTaxa, type TaxonCursor } from '../../db/taxonomy/search.ts'
import { namesOf, readStates } from '../../db/taxonomy/states.ts'
import {
  childCounts,
  createTaxon,
  deleteTaxon,
  getTaxon,
  type Taxon as TaxonRow,
  updateTaxon,
} from '../../db/taxonomy/taxa.ts'
import { photoCount } from '../../db/taxonomy/teachers.ts'
import { idParam, idSchema, numericId } from '../contract/id.ts'
import { limitSchema, pageOf } from '../contract/page.ts'
import { rankSchema, type TaxonDetail, taxonDetailSchema } from '../contract/taxon.ts'
import { knowledgeSchema, type TaxonFull, taxonFullSchema } from '../contract/taxonomy.ts'
import { Problem, problems } from '../http/problem.ts'
import { newRoutes } from '../http/router.ts'
import { requireTaxon, taxonLookup } from '../present/taxa.ts'
import type { Service } from '../service.ts'
import { knowledgeOf } from './taxon-knowledge.ts'

const nameSchema = z.string().trim().min(1).max(200)
const commonNameSchema = z.string().trim().min(1).max(200).nullable()
const params = idParam
const detail = { 'application/json': { schema: taxonDetailSchema } }
const page = pageOf(taxonDetailSchema)

export function taxonRoutes(service: Service) {
  /** The tree learns what changed before the answer is sent. */
  const changed = () => service.learning.sync()

  return newRoutes()
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/taxa',
        tags: ['Taxa'],
        summary: 'Search by scientific name, common name or synonym, or list children',
        request: {
          query: z.object({
            q: z.string().trim().max(200).optional().openapi({ description: 'Part of a name of any kind.' }),
            parent: z
              .union([numericId, z.literal('none')])
              .optional()
              .openapi({
                description: 'Only direct children of this taxon; `none`: the top taxa.',
              }),
            needsPlacing: z
              .enum(['true', 'false'])
              .optional()
              .openapi({ description: 'Only those that wait for a place, or none of them.' }),
            active: z
              .enum(['true', 'false'])
              .optional()
              .openapi({ description: 'Only those that may be suggested, or only those that were made inactive.' }),
            cursor: z.string().max(500).optional(),
            limit: limitSchema.default(50),
          }),
        },
        responses: {
          200: { description: 'Best match first', content: { 'application/json': { schema: page } } },
          ...problems(400),
        },
      }),
      async (c) => {
        const { q, parent, needsPlacing, active, cursor, limit } = c.req.valid('query')
        const found = await searchTaxa(service.db, {
          q: q || undefined,
          parentId: parent === undefined ? undefined : parent === 'none' ? null : parent,
          needsPlacing: needsPlacing === undefined ? undefined : needsPlacing === 'true',
          active: active === undefined ? undefined : active === 'true',
          cursor: cursor === undefined ? null : decodeCursor(cursor),
          limit,
        })
        return c.json(
          {
            items: await presentTaxa(service, found.items, q),
            nextCursor: found.nextCursor && encodeCursor(found.nextCursor),
          },
          200,
        )
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/taxa',
        tags: ['Taxa'],
        summary: 'Make a taxon',
        request: {
          body: {
            required: true,
            content: {
              'application/json': {
                schema: z
                  .object({
                    name: nameSchema,
                    rank: rankSchema,
                    parentId: idSchema.nullable(),
                    commonName: commonNameSchema.optional(),
                  })
                  .openapi('NewTaxon'),
              },
            },
          },
        },
        responses: { 201: { description: 'Made', content: detail }, ...problems(400, 404, 409) },
      }),
      async (c) => {
        const { name, rank, parentId, commonName } = c.req.valid('json')
        const facts = { name, rank, parentId: parentId === null ? null : Number(parentId), commonName }
        const made = await createTaxon(service.db, facts, { person: c.var.person })
        await changed()
        return c.json(await presentTaxon(service, made), 201)
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/taxa/{id}',
        tags: ['Taxa'],
        summary: 'One taxon',
        request: { params },
        responses: {
          200: { description: 'The taxon', content: { 'application/json': { schema: taxonFullSchema } } },
          308: { description: 'It became part of another taxon: `Location`' },
          ...problems(400, 404),
        },
      }),
      async (c) => {
        const id = c.req.valid('param').id
        const target = (await redirectsOf(service.db, [id])).get(id)
        if (target !== undefined) return c.redirect(`/api/taxa/${target}`, 308)
        return c.json(await presentFully(service, await getTaxon(service.db, id)), 200)
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/taxa/{id}/knowledge',
        tags: ['Taxa'],
        summary: 'What its classifier knows',
        description:
          'Worked out when asked: up to 120 of its examples, each answered by the tree alone as if its own burst had never been taught.',
        request: { params },
        responses: {
          200: { description: 'As of now', content: { 'application/json': { schema: knowledgeSchema } } },
          ...problems(400, 404),
        },
      }),
      async (c) => {
        const id = c.req.valid('param').id
        await requireTaxon(service, id)
        const { db, learning } = service
        const treeVersion = learning.treeVersion()
        return c.json({ ...(await knowledgeOf(db, learning.liveTree(), id, c.req.raw.signal)), treeVersion }, 200)
      },
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/api/taxa/{id}',
        tags: ['Taxa'],
        summary: 'Rename or move',
        description: 'Giving `parentId` says that somebody has placed the taxon.',
        request: {
          params,
          body: {
            required: true,
            content: {
              'application/json': {
                schema: z
                  .object({
                    name: nameSchema.optional(),
                    parentId: idSchema.nullable().optional(),
                    commonName: commonNameSchema.optional(),
                    needsPlacing: z.boolean().optional(),
                  })
                  .openapi('TaxonChange'),
              },
            },
          },
        },
        responses: { 200: { description: 'Changed', content: detail }, ...problems(400, 404, 409) },
      }),
      async (c) => {
        const id = c.req.valid('param').id
        const { name, parentId, commonName, needsPlacing } = c.req.valid('json')
        const change = {
          name,
          commonName,
          parentId: typeof parentId === 'string' ? Number(parentId) : parentId,
          needsPlacing: needsPlacing ?? (parentId === undefined ? undefined : false),
        }
        const row = await updateTaxon(service.db, id, change, { person: c.var.person })
        await changed()
        return c.json(await presentTaxon(service, row), 200)
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/api/taxa/{id}',
        tags: ['Taxa'],
        summary: 'Remove a taxon that nothing refers to',
        request: { params },
        responses: { 204: { description: 'Removed' }, ...problems(400, 404, 409) },
      }),
      async (c) => {
        const id = c.req.valid('param').id
        await deleteTaxon(service.db, id, { person: c.var.person })
        await changed()
        return c.body(null, 204)
      },
    )
}

async function presentTaxon(service: Service, row: TaxonRow): Promise<TaxonDetail> {
  const [taxon] = await presentTaxa(service, [row])
  return taxon!
}

async function presentTaxa(service: Service, rows: TaxonRow[], q = ''): Promise<TaxonDetail[]> {
  const ids = rows.map((row) => row.id)
  const text = q.toLowerCase()
  const shown = (row: TaxonRow) => `${row.name}\n${row.commonName ?? ''}`.toLowerCase()
  const hidden = text === '' ? [] : rows.filter((row) => !shown(row).includes(text)).map((row) => row.id)
  const [taxa, children, names] = await Promise.all([
    taxonLookup(service, ids),
    childCounts(service.db, ids),
    hidden.length === 0 ? null : namesOf(service.db, hidden),
  ])
  return rows.map((row) => ({
    id: String(row.id),
    name: row.name,
    rank: row.rank,
    commonName: row.commonName,
    path: taxa.get(row.id).path,
    parentId: row.parentId === null ? null : String(row.parentId),
    childCount: children.get(row.id) ?? 0,
    exampleCount: service.learning.exampleCount(row.id),
    needsPlacing: row.needsPlacing,
    active: row.active,
    revision: row.revision,
    matched: names?.get(row.id)?.find((one) => one.name.toLowerCase().includes(text))?.name ?? null,
  }))
}

async function presentFully(service: Service, row: TaxonRow): Promise<TaxonFull> {
  const { db, learning } = service
  const [taxon, [state], photos, merged] = await Promise.all([
    presentTaxon(service, row),
    readStates(db, [row.id]),
    photoCount(db, learning.taxonomy.subtree(row.id)),
    mergedInto(db, row.id),
  ])
  if (!state) throw new NotFound('taxon', row.id)
  const { taxa } = learning.liveTree()
  const resting = taxa.get(row.id) ? taxa.path(row.id).find((above) => !above.active && above.id !== row.id) : undefined
  return {
    ...taxon,
    names: state.names,
    externalIds: state.externalIds,
    photoCount: photos,
    inactiveAbove: resting ? { id: String(resting.id), name: resting.name, rank: resting.rank } : null,
    mergedFrom: merged.map(({ id, name, rank }) => ({ id: String(id), name, rank })),
  }
}

const cursorSchema = z.object({ match: z.number().int(), name: z.string(), id: z.number().int() })

function encodeCursor(cursor: TaxonCursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url')
}

function decodeCursor(text: string): TaxonCursor {
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()))
  } catch (cause) {
    throw new Problem(400, 'Expected a cursor as returned by the page before.', { cause })
  }
}
