// Places where a camera's detector finds something again and again, one by one, and what people say of them.

import { z } from '@hono/zod-openapi'
import { similarityToOthers } from '../../classifiers/boxes/alike.ts'
import { findRepeats, REPEAT_RULE, type RepeatPlace } from '../../classifiers/boxes/repeats.ts'
import { NotFound } from '../../db/errors.ts'
import { markMany } from '../../db/history/bulk-marks.ts'
import { deploymentMeant } from '../../db/photos/deployments.ts'
import { getDetections } from '../../db/photos/detections.ts'
import { addPlace, type Camera, camerasOf, camerasWithBoxes, openBoxes } from '../../db/photos/repeats.ts'
import { teachingOf } from '../../db/trees/lessons.ts'
import { change } from '../change.ts'
import {
  newRepeatSchema,
  type RepeatAnswer,
  type Repeats,
  repeatAnswerSchema,
  repeatsSchema,
} from '../contract/cohorts/repeats.ts'
import { type RequestOf, repeatable, repeatableChange } from '../http/idempotency.ts'
import { jsonAnswer } from '../http/json.ts'
import { Problem, problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import { presentDetections } from '../present/detections.ts'
import type { Service } from '../service.ts'

const route = routesOf('False triggers')

const MOST_PLACES = 50
const MOST_TILES = 150
/** Crops of one place that are compared with each other. */
const MOST_COMPARED = 2000

const listRoute = route('get /api/repeats', 'Places where a detector finds something again and again', {
  description: `Boxes that overlap by ${REPEAT_RULE.iou} in at least ${REPEAT_RULE.photos} photos of ${REPEAT_RULE.bursts} bursts on ${REPEAT_RULE.days} days, and that nobody has judged.`,
  request: {
    query: z.object({
      deployment: z.string().max(200).optional(),
      limit: z.coerce.number().int().min(1).max(MOST_PLACES).default(8),
    }),
  },
  responses: {
    200: jsonAnswer('Those with the most boxes that look alike first', repeatsSchema),
    ...problems(400, 404),
  },
})

const judgeRoute = route('post /api/repeats', 'Say whether a place shows nothing or an animal', {
  ...repeatableChange(newRepeatSchema, ['Stored', repeatAnswerSchema], 400, 409, 422),
})

export function repeatRoutes(service: Service) {
  return newRoutes()
    .openapi(listRoute, async (c) => c.json(await listRepeats(service, c.req.valid('query')), 200))
    .openapi(judgeRoute, async (c) =>
      c.json(await judgePlace(service, repeatable(c, c.req.valid('json'), repeatAnswerSchema)), 201),
    )
}

type Place = RepeatPlace & { camera: Camera }

async function listRepeats(
  service: Service,
  { deployment, limit }: { deployment?: string; limit: number },
): Promise<Repeats> {
  const { db } = service
  const deploymentId = deployment === undefined ? undefined : ((await deploymentMeant(db, deployment))?.id ?? null)
  if (deploymentId === null) throw new NotFound('deployment', deployment!)
  const places: Place[] = []
  for (const camera of await camerasWithBoxes(db, REPEAT_RULE.photos, deploymentId)) {
    for (const place of findRepeats(await openBoxes(db, camera.id))) places.push({ ...place, camera })
  }
  places.sort((a, b) => b.photos - a.photos || a.ids[0]! - b.ids[0]!)
  const shown = await Promise.all(places.slice(0, limit).map((place) => withTiles(service, place)))
  // A stone looks the same each time; what changes its looks may be animals at a bait.
  shown.sort((a, b) => b.photos * b.sameness - a.photos * a.sameness)
  return {
    items: shown.map(({ sameness: _, ...item }) => item),
    places: places.length,
    boxes: places.reduce((sum, { ids }) => sum + ids.length, 0),
  }
}

async function withTiles(service: Service, { camera, ids, standFor, photos, bursts, days }: Place) {
  const { db, learning, models } = service
  const from = { version: learning.version(), modelSha256: models.embedder.sha256 }
  const compared = ids.slice(0, MOST_COMPARED)
  const vectors = new Map<number, Float32Array>()
  for (const { detectionId, embedding } of await teachingOf(db, compared, from))
    if (embedding !== null) vectors.set(detectionId, learning.project(embedding))
  const alike = similarityToOthers(vectors)
  const oddFirst = [...compared].sort((a, b) => (alike.get(a) ?? 1) - (alike.get(b) ?? 1)).slice(0, MOST_TILES)
  const rows = new Map((await getDetections(db, oddFirst)).map((row) => [row.id, row]))
  const similarities = [...alike.values()]
  return {
    deployment: camera.name,
    bbox: [...standFor[0]!] as [number, number, number, number], // a box has four numbers
    photos,
    bursts,
    days,
    sameness: similarities.reduce((sum, value) => sum + value, 0) / Math.max(1, similarities.length),
    detectionIds: ids.map(String),
    tiles: await presentDetections(
      service,
      oddFirst.flatMap((id) => rows.get(id) ?? []),
    ),
  }
}

async function judgePlace(service: Service, request: RequestOf<typeof judgeRoute>): Promise<RepeatAnswer> {
  const body = request.body
  const detectionIds = body.detectionIds.map(Number)
  const { verdict } = body
  const [deploymentId, ...others] = await camerasOf(service.db, detectionIds)
  if (deploymentId === undefined || others.length > 0)
    throw new Problem(400, 'Expected boxes of one camera for detectionIds.')
  return await change(service, request, null, {
    async write(tx, record) {
      const wanted = new Set(detectionIds)
      const boxes = (await openBoxes(tx, deploymentId)).filter(({ id }) => wanted.has(id))
      if (boxes.length === 0) return { action: null }
      const [place] = findRepeats(boxes, { ...REPEAT_RULE, photos: 1, bursts: 1, days: 0, area: 1 })
      const standFor = place!.standFor.map((box) => [...box] as [number, number, number, number]) // four numbers
      const placeId = await addPlace(tx, { deploymentId, verdict, boxes: standFor })
      const ids = boxes.map(({ id }) => id)
      const marked =
        verdict === 'nothing' ? await markMany(tx, { detectionIds: ids, mark: 'notAnimal', on: true }) : null
      const before = marked?.change?.type === 'markedManyDetections' ? marked.change.before : []
      const many = ids.length === 1 ? 'a box' : `${ids.length} boxes`
      const action = await record({
        kind: 'mark',
        summary: marked ? `Marked ${many} at one place as no animal` : `Kept ${many} at one place as animals`,
        change: { type: 'repeatPlaces', placeIds: [placeId], before, after: marked ? 'notAnimal' : null },
        subjects: { kind: 'detection', ids },
      })
      return { action }
    },
    present: async (_, { action }) => ({ action }),
  })
}
