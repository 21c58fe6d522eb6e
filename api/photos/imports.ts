// Acts of bringing photos in. In: a name, later the photos (POST /api/media). Out: how far it is, what could not be read, and
// when it has ended.

import { createRoute, z } from '@hono/zod-openapi'
import { closeImport, createImport, importProgress, listImports } from '../../db/photos/imports.ts'
import { listMedia } from '../../db/photos/media.ts'
import { findByName } from '../../db/taxonomy/paths.ts'
import { idSchema } from '../contract/id.ts'
import { importSchema, photoFactsSchema } from '../contract/import.ts'
import { mediaItemSchema } from '../contract/media.ts'
import { limitSchema, pageOf } from '../contract/page.ts'
import { problems } from '../http/problem.ts'
import { newRoutes } from '../http/router.ts'
import { presentItem } from '../present/present.ts'
import type { Service } from '../service.ts'
import { factsOfFolders, folderWords } from './folder-labels.ts'

const params = z.object({ id: idSchema })
const query = z.object({ cursor: idSchema.optional(), limit: limitSchema.default(50) })
const content = { 'application/json': { schema: importSchema } }
const foldersSchema = z
  .object({
    root: z.string().max(500).openapi({ description: 'The name of the folder that is imported.' }),
    folders: z
      .array(z.array(z.string().max(200)).max(20))
      .max(1000)
      .openapi({
        description: 'Folders below it, each as its parts, outermost first.',
      }),
    labelling: z.enum(['guess', 'labelled', 'unlabelled']).default('guess').openapi({
      description: 'Whether folder names are names of taxa; guess: those that look like one or are known.',
    }),
  })
  .openapi('Folders')

export function importRoutes(service: Service) {
  return newRoutes()
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/imports',
        tags: ['Imports'],
        summary: 'Begin an import',
        request: {
          body: {
            required: true,
            content: {
              'application/json': {
                schema: z
                  .object({
                    name: z.string().trim().min(1).max(200),
                    total: z
                      .number()
                      .int()
                      .min(0)
                      .nullable()
                      .optional()
                      .openapi({ description: 'How many photos there will be.' }),
                  })
                  .openapi('NewImport'),
              },
            },
          },
        },
        responses: { 201: { description: 'Begun', content }, ...problems(400) },
      }),
      async (c) => {
        const { id } = await createImport(service.db, c.req.valid('json'))
        service.importWatch.touch()
        return c.json(service.importWatch.present(await importProgress(service.db, id)), 201)
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/imports',
        tags: ['Imports'],
        summary: 'Imports, newest first',
        request: { query },
        responses: {
          200: { description: 'A page', content: { 'application/json': { schema: pageOf(importSchema) } } },
          ...problems(400),
        },
      }),
      async (c) => {
        const { cursor, limit } = c.req.valid('query')
        const rows = await listImports(service.db, { cursor: cursor === undefined ? null : Number(cursor), limit })
        const nextCursor = rows.length === limit ? String(rows.at(-1)!.id) : null
        return c.json({ items: rows.map((row) => service.importWatch.present(row)), nextCursor }, 200)
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/imports/folders',
        tags: ['Imports'],
        summary: 'What folder names say of the photos in them',
        description: 'For an importer: the facts to send with each photo of these folders, in the same order.',
        request: { body: { required: true, content: { 'application/json': { schema: foldersSchema } } } },
        responses: {
          200: {
            description: 'Deployment and labels of each folder',
            content: {
              'application/json': {
                schema: z.object({ items: z.array(photoFactsSchema.pick({ deployment: true, folders: true })) }),
              },
            },
          },
          ...problems(400),
        },
      }),
      async (c) => {
        const { root, folders, labelling } = c.req.valid('json')
        const known = new Set<string>()
        for (const words of new Set([root, ...folders.flat()].map(folderWords)))
          if (words !== '' && (await findByName(service.db, words)).length > 0) known.add(words)
        const items = folders.map((parts) => factsOfFolders(root, parts, labelling, (words) => known.has(words)))
        return c.json({ items }, 200)
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/imports/{id}',
        tags: ['Imports'],
        summary: 'How far an import is',
        request: { params },
        responses: { 200: { description: 'Now', content }, ...problems(400, 404) },
      }),
      async (c) =>
        c.json(service.importWatch.present(await importProgress(service.db, Number(c.req.valid('param').id))), 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/imports/{id}/close',
        tags: ['Imports'],
        summary: 'Everything was handed over',
        request: { params },
        responses: { 200: { description: 'Closed', content }, ...problems(400, 404) },
      }),
      async (c) => {
        const closed = await closeImport(service.db, Number(c.req.valid('param').id))
        service.importWatch.touch()
        return c.json(service.importWatch.present(closed), 200)
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/imports/{id}/failures',
        tags: ['Imports'],
        summary: 'Photos that could not be read, with the reason',
        request: { params, query },
        responses: {
          200: { description: 'A page', content: { 'application/json': { schema: pageOf(mediaItemSchema) } } },
          ...problems(400, 404),
        },
      }),
      async (c) => {
        const { cursor, limit } = c.req.valid('query')
        const { id } = await importProgress(service.db, Number(c.req.valid('param').id))
        const rows = await listMedia(service.db, {
          importId: id,
          status: 'failed',
          cursor: cursor === undefined ? null : Number(cursor),
          limit,
        })
        return c.json(
          { items: rows.map(presentItem), nextCursor: rows.length === limit ? String(rows.at(-1)!.id) : null },
          200,
        )
      },
    )
}
