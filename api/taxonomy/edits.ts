// Editing the taxonomy. In: one command, who gives it and why. Out: what it touches, before it is done or with the doing; the log,
// and every entry's undo. The live tree is right before the answer is sent.

import { createRoute, z } from '@hono/zod-openapi'
import { type Applied, applyEdit, tryEdit, tryUndo, undoEdit } from '../../db/taxonomy/edits.ts'
import { getEdit, listEdits } from '../../db/taxonomy/log.ts'
import { StaleRevisions } from '../../db/taxonomy/revisions.ts'
import { idSchema } from '../contract/id.ts'
import { limitSchema, pageOf } from '../contract/page.ts'
import {
  type EditResult,
  editRequestSchema,
  editResultSchema,
  editSchema,
  type TaxonNode,
  taxonNodeSchema,
} from '../contract/taxonomy.ts'
import { Problem, problems } from '../http/problem.ts'
import { newRoutes } from '../http/router.ts'
import { cropUrl } from '../present/addresses.ts'
import { requireTaxon } from '../present/taxa.ts'
import type { Service } from '../service.ts'
import { type Trial, trySuggestions } from './trial.ts'
import { presentEdits, toCommand } from './wire.ts'

const result = { 'application/json': { schema: editResultSchema } }
const dryRun = z
  .enum(['true', 'false'])
  .default('false')
  .openapi({ description: 'true: only say what it would touch.' })
/** Children of one answer. */
const MOST_CHILDREN = 5000

export function taxonomyRoutes(service: Service) {
  const { db } = service

  async function tried(applied: Applied): Promise<EditResult> {
    const { learning, models } = service
    const live = learning.liveTree()
    const suggestions = await trySuggestions(db, live, models.embedder.sha256, applied)
    return { edit: null, touches: touched(applied, suggestions), treeVersion: learning.treeVersion() }
  }

  async function done(applied: Applied): Promise<EditResult> {
    await service.learning.sync()
    const [edit = null] = await presentEdits(db, [await getEdit(db, applied.editId)])
    return { edit, touches: touched(applied, null), treeVersion: service.learning.treeVersion() }
  }

  return newRoutes()
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/taxonomy/edits',
        tags: ['Taxonomy'],
        summary: 'Edit the taxonomy, or ask what an edit would touch',
        description:
          'One command in one transaction, logged with who, when and why. With `expected`, nothing is changed when somebody changed these taxa since you looked: 409 with `changed`.',
        request: {
          query: z.object({ dryRun }),
          body: { required: true, content: { 'application/json': { schema: editRequestSchema } } },
        },
        responses: {
          200: { description: 'What it would touch (dryRun)', content: result },
          201: { description: 'Done', content: result },
          ...problems(400, 404, 409),
        },
      }),
      async (c) => {
        const { command, why, expected } = c.req.valid('json')
        const request = {
          command: toCommand(command),
          person: c.var.person,
          why: why || null,
          ...(expected && { expected: revisionsOf(expected) }),
        }
        return await withMoved(service, async () => {
          if (c.req.valid('query').dryRun === 'true') {
            await service.learning.sync()
            return c.json(await tried(await tryEdit(db, request)), 200)
          }
          return c.json(await done(await applyEdit(db, request)), 201)
        })
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/taxonomy/edits',
        tags: ['Taxonomy'],
        summary: 'The log of edits, newest first',
        request: {
          query: z.object({
            taxon: idSchema.optional().openapi({ description: 'Only edits that changed this taxon.' }),
            cursor: idSchema.optional(),
            limit: limitSchema.default(50),
          }),
        },
        responses: {
          200: { description: 'A page', content: { 'application/json': { schema: pageOf(editSchema) } } },
          ...problems(400),
        },
      }),
      async (c) => {
        const { taxon, cursor, limit } = c.req.valid('query')
        const page = await listEdits(db, {
          taxonId: taxon === undefined ? undefined : Number(taxon),
          before: cursor === undefined ? null : Number(cursor),
          limit,
        })
        const items = await presentEdits(db, page.items)
        return c.json({ items, nextCursor: page.nextCursor === null ? null : String(page.nextCursor) }, 200)
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/taxonomy/edits/{id}/undo',
        tags: ['Taxonomy'],
        summary: 'Take an edit back',
        description:
          'Rows, identifications and suggestions are as they were. 409 where a later edit built on it: undo that first. Taking the undo back does the edit again.',
        request: { params: z.object({ id: idSchema }), query: z.object({ dryRun }) },
        responses: {
          200: { description: 'What it would touch (dryRun)', content: result },
          201: { description: 'Taken back', content: result },
          ...problems(400, 404, 409),
        },
      }),
      async (c) => {
        const id = Number(c.req.valid('param').id)
        if (c.req.valid('query').dryRun === 'true') {
          await service.learning.sync()
          return c.json(await tried(await tryUndo(db, id, c.var.person)), 200)
        }
        return c.json(await done(await undoEdit(db, id, c.var.person)), 201)
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/taxonomy/children',
        tags: ['Taxonomy'],
        summary: 'What is directly below a taxon, in short: for trees',
        request: {
          query: z.object({
            parent: z.union([idSchema, z.literal('none')]).openapi({ description: '`none`: the top taxa.' }),
            cursor: z.coerce.number().int().min(0).default(0),
          }),
        },
        responses: {
          200: {
            description: `By name, at most ${MOST_CHILDREN}`,
            content: { 'application/json': { schema: pageOf(taxonNodeSchema) } },
          },
          ...problems(400, 404),
        },
      }),
      async (c) => {
        const { parent, cursor } = c.req.valid('query')
        const parentId = parent === 'none' ? null : Number(parent)
        if (parentId !== null) await requireTaxon(service, parentId)
        const nodes = childNodes(service, parentId)
        const items = nodes.slice(cursor, cursor + MOST_CHILDREN)
        const end = cursor + items.length
        return c.json({ items, nextCursor: end < nodes.length ? String(end) : null }, 200)
      },
    )
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

function touched({ touches }: Applied, trial: Trial | null): EditResult['touches'] {
  return {
    ...touches,
    suggestions: trial && {
      looked: trial.looked,
      changed: trial.changed,
      items: trial.items.map(({ detectionId, before, after }) => ({
        detectionId: String(detectionId),
        cropUrl: cropUrl(detectionId),
        before,
        after,
      })),
    },
  }
}

function revisionsOf(expected: Record<string, number>): Map<number, number> {
  return new Map(
    Object.entries(expected).map(([id, revision]) => {
      if (!idSchema.safeParse(id).success) throw new Problem(400, `Expected ids in expected but received ${id}.`)
      return [Number(id), revision]
    }),
  )
}

/** The ground that moved is told with what changed. */
async function withMoved<T>(service: Pick<Service, 'db'>, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof StaleRevisions)) throw error
    const changed = await Promise.all(
      error.changed.map(async ({ id, revision, edits }) => ({
        id: String(id),
        revision,
        edits: await presentEdits(service.db, edits),
      })),
    )
    throw new Problem(409, `${error.message}.`, { facts: { changed }, cause: error })
  }
}
