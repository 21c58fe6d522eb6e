// Photos: uploading them, offering them by hash, listing them with their detections, showing, retrying and removing
// them.

import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { deleteMedia, getMedia, listMedia, requeue } from '../../db/photos/media.ts'
import { peopleInPhoto, tagOf } from '../../indexer/hide-people.ts'
import { pixelate } from '../../indexer/photos/pixelate.ts'
import { scaledWidth, WIDTHS } from '../../indexer/photos/scale.ts'
import { offerSchema } from '../contract/exchange/import.ts'
import { idParam, numericId } from '../contract/id.ts'
import {
  type Media,
  type MediaItem,
  mediaAddedSchema,
  mediaItemSchema,
  mediaSchema,
  mediaStatusSchema,
} from '../contract/media.ts'
import { pageOf, pageQuery } from '../contract/page.ts'
import { cutPage } from '../http/cursor.ts'
import { jsonAnswer, jsonBody } from '../http/json.ts'
import { sendPicture } from '../http/pictures.ts'
import { Problem, problems } from '../http/problem.ts'
import { type Env, newRoutes, routesOf } from '../http/router.ts'
import { presentItem, presentMedia } from '../present/media.ts'
import type { Service } from '../service.ts'
import { createScaler } from './scaled.ts'
import { openUploads, type Uploads } from './upload.ts'

const route = routesOf('Media')

const text = { type: 'string' } as const
const fieldSchemas = {
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
} as const

const uploadRoute = route('post /api/media', 'Upload photos', {
  description:
    'Photos are stored before the answer is sent and indexed afterwards. The same bytes are the same media; a label that was not known before is added. `taxonId`, or names by rank, say what all the photos show; `facts` says it photo by photo. A `photo` that is a zip is the folder it was packed from: each photo in it is an item, and its folders say what it shows.',
  request: {
    body: {
      required: true,
      content: {
        'multipart/form-data': { schema: { type: 'object', required: ['photo'], properties: fieldSchemas } },
      },
    },
  },
  responses: {
    202: jsonAnswer('What became of each', mediaAddedSchema),
    ...problems(400, 404, 413, 415, 503),
  },
})

const offerRoute = route('post /api/media/offers', 'Offer photos by hash', {
  description:
    'For importers: a known photo takes the facts without its bytes. Where the answer is null, send the photo.',
  request: { body: jsonBody(offerSchema) },
  responses: {
    200: jsonAnswer('In the same order', z.object({ items: z.array(mediaItemSchema.nullable()) })),
    ...problems(400, 404),
  },
})

const querySchema = z.object({
  status: mediaStatusSchema.optional(),
  importId: numericId.optional(),
  ...pageQuery,
})

const listRoute = route('get /api/media', 'Photos, newest first', {
  request: { query: querySchema },
  responses: { 200: jsonAnswer('A page', pageOf(mediaSchema)), ...problems(400) },
})

const getRoute = route('get /api/media/{id}', 'One photo with its detections', {
  request: { params: idParam },
  responses: { 200: jsonAnswer('The photo', mediaSchema), ...problems(400, 404) },
})

const widthSchema = z.coerce
  .number()
  .int()
  .min(1)
  .max(10_000)
  .optional()
  .openapi({
    description: `The largest width in pixels: answers an upright JPEG, never enlarged, its width rounded up to ${WIDTHS.join(', ')}. Without it: the bytes as they came.`,
  })

const imageRoute = route('get /api/media/{id}/image', 'The photo itself, or a JPEG of it', {
  request: { params: idParam, query: z.object({ width: widthSchema }) },
  responses: {
    200: { description: 'A picture', content: { 'image/*': { schema: { type: 'string', format: 'binary' } } } },
    304: { description: 'Not changed' },
    ...problems(400, 404, 415, 422, 503),
  },
})

const retryRoute = route('post /api/media/{id}/retry', 'Try a failed photo again', {
  request: { params: idParam },
  responses: { 200: jsonAnswer('Queued again', mediaItemSchema), ...problems(400, 404) },
})

const deleteRoute = route('delete /api/media/{id}', 'Remove a photo, and what it taught', {
  request: { params: idParam },
  responses: { 204: { description: 'Removed and unlearned' }, ...problems(400, 404) },
})

export function mediaRoutes(service: Service) {
  const uploads = openUploads(service)
  const scaler = createScaler(service)

  return newRoutes()
    .openapi(uploadRoute, async (c) => {
      requireMultipart(c.req.header('content-type') ?? '')
      return c.json(await uploads.receive(c.req.raw, c.var.person, c.var.caller.deploymentIds), 202)
    })
    .openapi(offerRoute, async (c) => c.json({ items: await uploads.offer(c.req.valid('json'), c.var.person) }, 200))
    .openapi(listRoute, async (c) => c.json(await pageOfMedia(service, c.req.valid('query')), 200))
    .openapi(getRoute, async (c) => c.json(await photoWithDetections(service, c.req.valid('param').id), 200))
    .openapi(imageRoute, async (c) => {
      const { id } = c.req.valid('param')
      const { width } = c.req.valid('query')
      if (c.var.caller.role === 'viewer') return await sendToViewer(service, scaler, c, id, width)
      return await sendImage(service, scaler, c, id, width)
    })
    .openapi(retryRoute, async (c) => c.json(await retryPhoto(service, c.req.valid('param').id), 200))
    .openapi(deleteRoute, async (c) => {
      await removePhoto(service, uploads, c.req.valid('param').id)
      return c.body(null, 204)
    })
}

function requireMultipart(type: string): void {
  if (!type.startsWith('multipart/form-data'))
    throw new Problem(415, `Expected multipart/form-data but received ${type || 'no Content-Type'}.`)
}

async function pageOfMedia(service: Service, { limit, ...wanted }: z.output<typeof querySchema>) {
  const { page, nextCursor } = cutPage(await listMedia(service.db, { ...wanted, limit: limit + 1 }), limit)
  return { items: await presentMedia(service, page), nextCursor }
}

async function photoWithDetections(service: Service, id: number): Promise<Media> {
  const [media] = await presentMedia(service, [await getMedia(service.db, id)])
  return media!
}

async function sendImage(
  service: Service,
  scaler: ReturnType<typeof createScaler>,
  c: Context<Env>,
  id: number,
  width: number | undefined,
): Promise<Response> {
  const media = await getMedia(service.db, id)
  const { sha256, mimeType } = media
  if (width === undefined)
    return await sendPicture(c, { tag: sha256, type: mimeType, open: () => service.photos.get(sha256) })
  const wanted = scaledWidth(width)
  return await sendPicture(c, {
    tag: `${sha256}-${wanted}`,
    type: 'image/jpeg',
    open: () => scaler(media, wanted),
  })
}

/** Viewers get no original, which tells the place, and nobody's face. */
async function sendToViewer(
  service: Service,
  scaler: ReturnType<typeof createScaler>,
  c: Context<Env>,
  id: number,
  width: number = WIDTHS[3],
): Promise<Response> {
  const media = await getMedia(service.db, id)
  const wanted = scaledWidth(width)
  const people = await peopleInPhoto(service.db, media)
  return await sendPicture(c, {
    tag: `${media.sha256}-${wanted}-v${tagOf(people)}`,
    type: 'image/jpeg',
    mayChange: true,
    open: async () => {
      const jpeg = await scaler(media, wanted)
      return people.length === 0 ? jpeg : await pixelate(jpeg, people)
    },
  })
}

async function retryPhoto(service: Service, id: number): Promise<MediaItem> {
  const row = await requeue(service.db, id)
  if (row.status === 'queued') await service.queue.add([row.id])
  service.importWatch.touch()
  return presentItem(row)
}

async function removePhoto(service: Service, uploads: Uploads, id: number): Promise<void> {
  const { sha256, detectionIds } = await deleteMedia(service.db, id)
  await service.learning.sync()
  await uploads.forget(sha256)
  for (const detectionId of detectionIds) await service.photos.deleteCrop(detectionId)
}
