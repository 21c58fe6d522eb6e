// Search by examples: the animals that look like some and not like others, or like a photo that is not stored.

import { setImmediate as nextTurn } from 'node:timers/promises'
import { z } from '@hono/zod-openapi'
import { hilbertIndex } from '../../classifiers/live/hilbert-order.ts'
import { likenessTo } from '../../classifiers/neighbours/by-example.ts'
import { NotFound } from '../../db/errors.ts'
import { selectInOrder } from '../../db/insight/selections.ts'
import { teachingOf } from '../../db/trees/lessons.ts'
import { likenessesOf, nearLikeness } from '../../db/trees/likeness.ts'
import { analyse } from '../../indexer/analyse.ts'
import { idSchema } from '../contract/id.ts'
import { namedObject } from '../contract/named.ts'
import { probability } from '../contract/suggestion.ts'
import { readPhoto } from '../http/bodies/photo-body.ts'
import { jsonAnswer, jsonBody } from '../http/json.ts'
import { createGate } from '../http/load/gate.ts'
import { Problem, problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import type { Service } from '../service.ts'

const route = routesOf('Search')

const MOST_EXAMPLES = 20
/** Compared one by one, of those near the examples on the curve, which finds most of the nearest but not all. */
const CANDIDATES = 3000
/** Of so many examples, evenly chosen, the neighbourhood on the curve is looked at. */
const MOST_SEEDS = 6
const TURN = 500
const NOTHING = 'No animal looks like these, or all that do look more like those.'

const most = z.coerce.number().int().min(1).max(500).default(200)
const examples = z.array(idSchema).max(MOST_EXAMPLES)
const searchSchema = namedObject('NewSearch', {
  like: examples.min(1).openapi({ description: 'Animals that the found ones look like.' }),
  unlike: examples.default([]).openapi({ description: 'Animals that the found ones do not look like.' }),
  limit: most,
})
const foundSchema = namedObject('Search', {
  selection: idSchema.openapi({ description: 'GET /api/detections?selection=ID&order=given lists them, best first.' }),
  items: z
    .array(
      z.object({
        detectionId: idSchema,
        similarity: probability.openapi({ description: 'To the most similar positive example, as a cosine.' }),
        score: z
          .number()
          .openapi({ description: 'For sorting only: more like the ones than like the others above 0.' }),
      }),
    )
    .openapi({ description: 'Best first, the examples left out.' }),
})
type Found = z.infer<typeof foundSchema>

const searchRoute = route('post /api/searches', 'Animals like these and not like those', {
  description:
    'Named ones and waiting ones. With negative examples, only animals that look more like the positive ones are found. In large installations some of the nearest are missed.',
  request: { body: jsonBody(searchSchema) },
  responses: { 201: jsonAnswer('What was found', foundSchema), ...problems(400, 404, 422) },
})
const binary = { type: 'string', format: 'binary' } as const
const photoRoute = route('post /api/searches/photo', 'Animals like the one in a photo that is not stored', {
  description: 'The body is a photo. Of several animals in it, the one that the detector is surest of counts.',
  request: {
    query: z.object({ limit: most }),
    body: {
      required: true,
      content: {
        'image/*': { schema: binary },
        'application/octet-stream': { schema: binary },
        'multipart/form-data': { schema: { type: 'object', required: ['photo'], properties: { photo: binary } } },
      },
    },
  },
  responses: { 201: jsonAnswer('What was found', foundSchema), ...problems(400, 413, 415, 422, 503) },
})

/** As for suggestions: a waiting photo is held in memory. */
const GATE = { running: 2, waiting: 6, retryAfterSeconds: 1 }

export function searchRoutes(service: Service) {
  const gate = createGate(GATE)
  return newRoutes()
    .openapi(searchRoute, async (c) => {
      const { like, unlike, limit } = c.req.valid('json')
      return c.json(await searchLike(service, like.map(Number), unlike.map(Number), limit), 201)
    })
    .openapi(photoRoute, async (c) => {
      const { limit } = c.req.valid('query')
      const found = await gate.run(async () => {
        const type = c.req.header('content-type') ?? null
        const bytes = await readPhoto(type, await c.req.arrayBuffer(), service.config.maxPhotoBytes)
        return await searchPhoto(service, bytes, limit, c.req.raw.signal)
      })
      return c.json(found, 201)
    })
}

async function searchLike(service: Service, like: number[], unlike: number[], limit: number): Promise<Found> {
  const { db } = service
  const vectors = await vectorsOf(service, [...like, ...unlike])
  for (const id of [...like, ...unlike]) if (!vectors.has(id)) throw new NotFound('animal with an embedding', id)
  const step = Math.ceil(like.length / MOST_SEEDS)
  const seeds = await likenessesOf(
    db,
    like.filter((_, i) => i % step === 0),
  )
  const of = (ids: number[]) => ids.flatMap((id) => vectors.get(id) ?? [])
  const found = await rank(service, { like: of(like), unlike: of(unlike), seeds, limit, but: [...like, ...unlike] })
  return await stored(
    service,
    unlike.length === 0 ? found : found.filter(({ score }) => score > 0),
    'Like the chosen ones',
  )
}

async function searchPhoto(service: Service, bytes: Uint8Array, limit: number, signal: AbortSignal): Promise<Found> {
  const { models, learning } = service
  const { detections } = await analyse(bytes, models, { crops: false, signal })
  const [surest] = detections
    .filter(({ embedding }) => embedding !== null)
    .sort((a, b) => (b.confidence ?? 0) - (a.confidence ?? 0))
  if (!surest?.embedding) throw new Problem(422, 'Expected an animal in the photo but found only people or vehicles.')
  const here = learning.project(surest.embedding)
  const found = await rank(service, { like: [here], unlike: [], seeds: [hilbertIndex(here)], limit, but: [] })
  return await stored(service, found, 'Like a photo')
}

async function stored(service: Service, found: Found['items'], name: string): Promise<Found> {
  if (found.length === 0) throw new Problem(422, NOTHING)
  const ids = found.map(({ detectionId }) => Number(detectionId))
  const { id } = await selectInOrder(service.db, name, ids)
  return { selection: String(id), items: found }
}

/** In the metric of the tree, by detection; without those that have no embedding. */
async function vectorsOf({ db, learning, models }: Service, ids: number[]): Promise<Map<number, Float32Array>> {
  const from = { version: learning.version(), modelSha256: models.embedder.sha256 }
  const rows = await teachingOf(db, ids, from)
  return new Map(
    rows.flatMap(({ detectionId, vector, embedding }): [number, Float32Array][] => {
      const own = vector ?? (embedding && learning.project(embedding))
      return own ? [[detectionId, own]] : []
    }),
  )
}

async function rank(
  service: Service,
  {
    like,
    unlike,
    seeds,
    limit,
    but,
  }: { like: Float32Array[]; unlike: Float32Array[]; seeds: number[]; limit: number; but: number[] },
): Promise<Found['items']> {
  const near = new Set<number>()
  for (const seed of seeds)
    for (const id of await nearLikeness(service.db, seed, Math.ceil(CANDIDATES / seeds.length))) near.add(id)
  for (const id of but) near.delete(id)
  const ids = [...near]
  const found: Found['items'] = []
  for (let start = 0; start < ids.length; start += TURN) {
    for (const [id, vector] of await vectorsOf(service, ids.slice(start, start + TURN)))
      found.push({ detectionId: String(id), ...likenessTo(vector, like, unlike) })
    await nextTurn()
  }
  return found.sort((a, b) => b.score - a.score || Number(a.detectionId) - Number(b.detectionId)).slice(0, limit)
}
