// Photos. In: photos to be indexed, or ids. Out: what became of each, pages of photos with their detections, their bytes.

import { createRoute, z } from '@hono/zod-openapi'
import { deleteMedia, getMedia, listMedia, requeue } from '../../db/photos/media.ts'
import { scaledWidth, WIDTHS } from '../../indexer/photos/scale.ts'
import { idSchema } from '../contract/id.ts'
import { photoFactsSchema } from '../contract/import.ts'
import { mediaItemSchema, mediaSchema, mediaStatusSchema } from '../contract/media.ts'
import { limitSchema, pageOf } from '../contract/page.ts'
import { createGate } from '../http/gate.ts'
import { sendPicture } from '../http/pictures.ts'
import { Problem, problems } from '../http/problem.ts'
import { newRoutes } from '../http/router.ts'
import { presentItem, presentMedia } from '../present/present.ts'
import type { Service } from '../service.ts'
import { createScaler } from './scaled.ts'
import { createIntake } from './upload.ts'

const params = z.object({ id: idSchema })
const text = { type: 'string' } as const
const itemsSchema = z.object({ items: z.array(mediaItemSchema) })

/** Each upload under way holds one photo in memory. */
const UPLOADS = { running: 6, waiting: 100, retryAfterSeconds: 2 }

export function mediaRoutes(service: Service) {
  const gate = createGate(UPLOADS)
  const intake = createIntake(service)
  const scaled = createScaler(service)

  return newRoutes()
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/media',
        tags: ['Media'],
        summary: 'Hand photos over',
        description:
          'Photos are kept before the answer is sent and indexed afterwards. The same bytes are the same media; a label that was not known before is added. `taxonId`, or names by rank, say what all of them show; `facts` says it photo by photo. A `photo` that is a zip is the folder it was packed from: each photo in it is an item, and its folders say what it shows.',
        request: {
          body: {
            required: true,
            content: {
              'multipart/form-data': {
                schema: {
                  type: 'object',
                  required: ['photo'],
                  properties: {
                    photo: { type: 'array', items: { type: 'string', format: 'binary' } },
                    taxonId: text,
                    class: text,
                    order: text,
                    family: text,
                    genus: text,
                    species: text,
                    commonName: text,
                    deployment: text,
                    group: text,
                    importId: text,
                    facts: { type: 'string', description: 'JSON: one PhotoFacts per `photo`, in order.' },
                  },
                },
              },
            },
          },
        },
        responses: {
          202: { description: 'What became of each', content: { 'application/json': { schema: itemsSchema } } },
          ...problems(400, 404, 413, 415, 503),
        },
      }),
      async (c) => {
        const type = c.req.header('content-type') ?? ''
        if (!type.startsWith('multipart/form-data'))
          throw new Problem(415, `Expected multipart/form-data but received ${type || 'no Content-Type'}.`)
        const items = await gate.run(() => intake.receive(c.req.raw, c.var.person))
        return c.json({ items }, 202)
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/media/offers',
        tags: ['Media'],
        summary: 'Offer photos by hash',
        description:
          'For importers: a photo that is known takes the facts without its bytes; where the answer is null, send the photo.',
        request: {
          body: {
            required: true,
            content: {
              'application/json': {
                schema: z
                  .object({
                    importId: idSchema.optional(),
                    photos: z
                      .array(
                        z.object({
                          sha256: z.string().regex(/^[0-9a-f]{64}$/, 'Expected 64 hexadecimal digits'),
                          facts: photoFactsSchema,
                        }),
                      )
                      .min(1)
                      .max(1000),
                  })
                  .openapi('Offer'),
              },
            },
          },
        },
        responses: {
          200: {
            description: 'In the same order',
            content: { 'application/json': { schema: z.object({ items: z.array(mediaItemSchema.nullable()) }) } },
          },
          ...problems(400, 404),
        },
      }),
      async (c) => c.json({ items: await intake.offer(c.req.valid('json'), c.var.person) }, 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/media',
        tags: ['Media'],
        summary: 'Photos, newest first',
        request: {
          query: z.object({
            status: mediaStatusSchema.optional(),
            importId: idSchema.optional(),
            cursor: idSchema.optional(),
            limit: limitSchema.default(50),
          }),
        },
        responses: {
          200: { description: 'A page', content: { 'application/json': { schema: pageOf(mediaSchema) } } },
          ...problems(400),
        },
      }),
      async (c) => {
        const { status, importId, cursor, limit } = c.req.valid('query')
        const rows = await listMedia(service.db, {
          status,
          importId: importId === undefined ? undefined : Number(importId),
          cursor: cursor === undefined ? null : Number(cursor),
          limit: limit + 1,
        })
        const page = rows.slice(0, limit)
        const nextCursor = rows.length > limit ? String(page.at(-1)!.id) : null
        return c.json({ items: await presentMedia(service, page), nextCursor }, 200)
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/media/{id}',
        tags: ['Media'],
        summary: 'One photo with its detections',
        request: { params },
        responses: {
          200: { description: 'The photo', content: { 'application/json': { schema: mediaSchema } } },
          ...problems(400, 404),
        },
      }),
      async (c) => {
        const [media] = await presentMedia(service, [await getMedia(service.db, Number(c.req.valid('param').id))])
        return c.json(media!, 200)
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/media/{id}/image',
        tags: ['Media'],
        summary: 'The photo itself, or a JPEG of it',
        request: {
          params,
          query: z.object({
            width: z.coerce
              .number()
              .int()
              .min(1)
              .max(10_000)
              .optional()
              .openapi({
                description: `A JPEG, upright, at most so wide; rounded up to ${WIDTHS.join(', ')}, never enlarged. Without it: the bytes as they came.`,
              }),
          }),
        },
        responses: {
          200: {
            description: 'A picture',
            content: { 'image/*': { schema: { type: 'string', format: 'binary' } } },
          },
          304: { description: 'Not changed' },
          ...problems(400, 404, 415, 422, 503),
        },
      }),
      async (c) => {
        const media = await getMedia(service.db, Number(c.req.valid('param').id))
        const { sha256, mimeType } = media
        const { width } = c.req.valid('query')
        if (width !== undefined) {
          const wanted = scaledWidth(width)
          const open = () => scaled(media, wanted)
          return await sendPicture(c, { tag: `${sha256}-${wanted}`, type: 'image/jpeg', open })
        }
        return await sendPicture(c, { tag: sha256, type: mimeType, open: () => service.photos.get(sha256) })
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/media/{id}/retry',
        tags: ['Media'],
        summary: 'Try a failed photo again',
        request: { params },
        responses: {
          200: { description: 'Waiting again', content: { 'application/json': { schema: mediaItemSchema } } },
          ...problems(400, 404),
        },
      }),
      async (c) => {
        const row = await requeue(service.db, Number(c.req.valid('param').id))
        if (row.status === 'queued') await service.queue.add([row.id])
        service.importWatch.touch()
        return c.json(presentItem(row), 200)
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/api/media/{id}',
        tags: ['Media'],
        summary: 'Remove a photo, and what it taught',
        request: { params },
        responses: { 204: { description: 'Removed and unlearned' }, ...problems(400, 404) },
      }),
      async (c) => {
        const { sha256, detectionIds } = await deleteMedia(service.db, Number(c.req.valid('param').id))
        await service.learning.sync()
        await intake.forget(sha256)
        for (const id of detectionIds) await service.photos.deleteCrop(id)
        return c.body(null, 204)
      },
    )
}
