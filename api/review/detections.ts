// Animals found in photos. In: which ones are wanted. Out: pages for review, one in full with its history, and its crop.

import { createRoute, z } from '@hono/zod-openapi'
import { burstOf, getDetection } from '../../db/photos/detections.ts'
import { getMedia } from '../../db/photos/media.ts'
import { listDetections } from '../../db/photos/queues.ts'
import { identificationsOf } from '../../db/statements/identifications.ts'
import { cropOf } from '../../indexer/index-media.ts'
import { detectionSchema } from '../contract/detection.ts'
import { idSchema } from '../contract/id.ts'
import { detectionDetailSchema } from '../contract/media.ts'
import { pageOf } from '../contract/page.ts'
import { sendPicture } from '../http/pictures.ts'
import { problems } from '../http/problem.ts'
import { newRoutes } from '../http/router.ts'
import { presentDetections, presentIdentifications, presentMedia } from '../present/present.ts'
import type { Service } from '../service.ts'
import { decodeCursor, encodeCursor, narrowingOf, pageQuerySchema } from './queues.ts'

const params = z.object({ id: idSchema })
const MOST_OF_A_BURST = 200

export function detectionRoutes(service: Service) {
  return newRoutes()
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/detections',
        tags: ['Detections'],
        summary: 'Detections to review or to browse',
        request: { query: pageQuerySchema },
        responses: {
          200: { description: 'A page', content: { 'application/json': { schema: pageOf(detectionSchema) } } },
          ...problems(400, 404),
        },
      }),
      async (c) => {
        const { queue, order, cursor, limit, ...narrowing } = c.req.valid('query')
        const page = await listDetections(service.db, {
          ...(await narrowingOf(service, narrowing)),
          queue,
          order,
          cursor: cursor === undefined ? null : decodeCursor(cursor, { queue, order }),
          limit,
        })
        const items = await presentDetections(service, page.items)
        return c.json({ items, nextCursor: page.nextCursor && encodeCursor(page.nextCursor) }, 200)
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/detections/{id}',
        tags: ['Detections'],
        summary: 'One detection with its photo and everything said of it',
        request: { params },
        responses: {
          200: { description: 'The detection', content: { 'application/json': { schema: detectionDetailSchema } } },
          ...problems(400, 404),
        },
      }),
      async (c) => {
        const row = await getDetection(service.db, Number(c.req.valid('param').id))
        const [[detection], [media], identifications] = await Promise.all([
          presentDetections(service, [row]),
          presentMedia(service, [await getMedia(service.db, row.mediaId)]),
          presentIdentifications(service, await identificationsOf(service.db, [row.id])),
        ])
        return c.json({ ...detection!, media: media!, identifications }, 200)
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/detections/{id}/burst',
        tags: ['Detections'],
        summary: 'What counts as one with it: its burst or individual, in the order in which it was taken',
        request: { params },
        responses: {
          200: {
            description: 'Itself among them; at most 200',
            content: {
              'application/json': { schema: z.object({ items: z.array(detectionSchema), nextCursor: z.null() }) },
            },
          },
          ...problems(400, 404),
        },
      }),
      async (c) => {
        const of = await getDetection(service.db, Number(c.req.valid('param').id))
        const items = await presentDetections(service, await burstOf(service.db, of, MOST_OF_A_BURST))
        return c.json({ items, nextCursor: null }, 200)
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/detections/{id}/crop',
        tags: ['Detections'],
        summary: 'The animal, cut out',
        request: { params },
        responses: {
          200: {
            description: 'JPEG, longest side at most 480 px',
            content: { 'image/jpeg': { schema: { type: 'string', format: 'binary' } } },
          },
          304: { description: 'Not changed' },
          ...problems(400, 404),
        },
      }),
      async (c) => {
        const { id, bbox, mediaId, boxVersion } = await getDetection(service.db, Number(c.req.valid('param').id))
        return await sendPicture(c, {
          tag: `crop-${id}-${boxVersion}`,
          type: 'image/jpeg',
          open: async () => cropOf(service, { id, bbox, sha256: (await getMedia(service.db, mediaId)).sha256 }),
        })
      },
    )
}
