// Animals found in photos: pages for review, one in full with its history, its burst, and its crop.

import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { burstOf, getDetection } from '../../db/photos/detections.ts'
import { getMedia } from '../../db/photos/media.ts'
import { type DetectionCursor, keysOf, listDetections, orderOf } from '../../db/photos/queues.ts'
import type { Bbox } from '../../db/schema.ts'
import { identificationsOf } from '../../db/statements/identifications.ts'
import { peopleInCrop, tagOf } from '../../indexer/hide-people.ts'
import { cropOf } from '../../indexer/index-media.ts'
import { pixelate } from '../../indexer/photos/pixelate.ts'
import { type Detection, detectionSchema } from '../contract/detection.ts'
import { idParam } from '../contract/id.ts'
import { type DetectionDetail, detectionDetailSchema } from '../contract/media.ts'
import { limitSchema, pageOf } from '../contract/page.ts'
import { queueNameSchema } from '../contract/queue.ts'
import { decodeCursor, encodeCursor } from '../http/cursor.ts'
import { jsonAnswer } from '../http/json.ts'
import { sendPicture } from '../http/pictures.ts'
import { problems } from '../http/problem.ts'
import { type Env, newRoutes, routesOf } from '../http/router.ts'
import { presentDetections } from '../present/detections.ts'
import { presentIdentifications } from '../present/identifications.ts'
import { presentMedia } from '../present/media.ts'
import type { Service } from '../service.ts'
import { narrowingOf, narrowingSchema } from './narrowing.ts'

const route = routesOf('Detections')

const MOST_OF_A_BURST = 200

const querySchema = narrowingSchema.extend({
  queue: queueNameSchema.optional(),
  order: z
    .enum([
      'useful',
      'unsure',
      'newest',
      'oldest',
      'confidence',
      'similar',
      'disagreement',
      'novelty',
      'recent',
      'unique',
      'representative',
      'hard',
      'duplicate',
      'given',
    ])
    .optional()
    .openapi({
      description:
        'Default: the order of the queue, or newest without a queue. useful: what teaches most first (`question` says why), then as unsure; unsure: least probable first; confidence: highest confidence of the detector first; similar: look-alikes together, by suggestion; disagreement, novelty: largest first; recent: latest identified first; unique: unlike all others first; representative: those that stand for many first; hard: those that the tree finds hardest to tell first; duplicate: near duplicates of other bursts, those with different labels first. In these four orders, animals that were not appraised yet are absent. given: as a selection was stored, best first where a search stored it.',
    }),
  cursor: z.string().max(100).optional(),
  limit: limitSchema.default(50),
})
type Query = z.output<typeof querySchema>

const listRoute = route('get /api/detections', 'Detections to review or to browse', {
  request: { query: querySchema },
  responses: { 200: jsonAnswer('A page', pageOf(detectionSchema)), ...problems(400, 404) },
})

const getRoute = route(
  'get /api/detections/{id}',
  'One detection with its photo and everything that people said about it',
  {
    request: { params: idParam },
    responses: { 200: jsonAnswer('The detection', detectionDetailSchema), ...problems(400, 404) },
  },
)

const burstRoute = route(
  'get /api/detections/{id}/burst',
  'The detections that count as one with it (its burst or individual), in the order in which they were taken',
  {
    request: { params: idParam },
    responses: {
      200: jsonAnswer(
        `At most ${MOST_OF_A_BURST}, itself among them`,
        z.object({ items: z.array(detectionSchema), nextCursor: z.null() }),
      ),
      ...problems(400, 404),
    },
  },
)

const cropRoute = route('get /api/detections/{id}/crop', 'The animal, cut out', {
  request: { params: idParam },
  responses: {
    200: {
      description: 'JPEG, longest side at most 480 px',
      content: { 'image/jpeg': { schema: { type: 'string', format: 'binary' } } },
    },
    304: { description: 'Not changed' },
    ...problems(400, 404),
  },
})

export function detectionRoutes(service: Service) {
  return newRoutes()
    .openapi(listRoute, async (c) => c.json(await pageOfDetections(service, c.req.valid('query'), c.var), 200))
    .openapi(getRoute, async (c) => c.json(await detectionInFull(service, c.req.valid('param').id), 200))
    .openapi(burstRoute, async (c) => {
      const items = await burstWith(service, c.req.valid('param').id)
      return c.json({ items, nextCursor: null }, 200)
    })
    .openapi(cropRoute, async (c) => await sendCrop(service, c, c.req.valid('param').id))
}

async function pageOfDetections(
  service: Service,
  { queue, order, cursor, limit, ...narrowing }: Query,
  asker: Env['Variables'],
) {
  const page = await listDetections(service.db, {
    ...(await narrowingOf(service, narrowing, asker)),
    queue,
    order,
    cursor: cursor === undefined ? null : readCursor(cursor, keysOf(orderOf({ queue, order }))),
    limit,
  })
  const next = page.nextCursor
  return {
    items: await presentDetections(service, page.items),
    nextCursor: next && encodeCursor([next.id, ...(next.keys ?? [])]),
  }
}

/** A cursor is the id and as many keys as the order has; rows without keys come last. */
function readCursor(text: string, keyCount: number): DetectionCursor {
  const schema = z.tuple([z.number().int().min(1)], z.number())
  const [id, ...keys] = decodeCursor(
    text,
    schema.refine(([, ...keys]) => keys.length === 0 || keys.length === keyCount),
  )
  return { id, keys: keys.length === 0 ? null : keys }
}

async function detectionInFull(service: Service, id: number): Promise<DetectionDetail> {
  const row = await getDetection(service.db, id)
  const [[detection], [media], identifications] = await Promise.all([
    presentDetections(service, [row]),
    presentMedia(service, [await getMedia(service.db, row.mediaId)]),
    presentIdentifications(service, await identificationsOf(service.db, [row.id])),
  ])
  return { ...detection!, media: media!, identifications }
}

async function burstWith(service: Service, id: number): Promise<Detection[]> {
  const of = await getDetection(service.db, id)
  return await presentDetections(service, await burstOf(service.db, of, MOST_OF_A_BURST))
}

async function sendCrop(service: Service, c: Context<Env>, detectionId: number): Promise<Response> {
  const { db, models } = service
  const { id, kind, bbox, mediaId, boxVersion } = await getDetection(db, detectionId)
  const tag = `crop-${id}-${boxVersion}`
  const media = await getMedia(db, mediaId)
  const open = () => cropOf(service, { id, bbox, sha256: media.sha256 })
  const type = 'image/jpeg'
  if (c.var.caller.role !== 'viewer') return await sendPicture(c, { tag, type, open })
  const people: Bbox[] =
    kind === 'person' ? [[0, 0, 1, 1]] : await peopleInCrop(db, media, bbox, models.embedder.manifest.cropRecipe)
  return await sendPicture(c, {
    tag: `${tag}-v${tagOf(people)}`,
    type,
    mayChange: true,
    open: async () => (people.length === 0 ? await open() : await pixelate(await open(), people)),
  })
}
