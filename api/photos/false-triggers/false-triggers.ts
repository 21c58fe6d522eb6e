// Photos that show no animal, set aside by a limit on the probability that they show one: what a limit would cost, and
// the photos marked as empty in one action that can be undone.

import { z } from '@hono/zod-openapi'
import { BY, type JudgedKnown } from '../../../classifiers/boxes/photos.ts'
import { LEAST_EMPTY } from '../../../classifiers/boxes/whole-photos.ts'
import { NotFound } from '../../../db/errors.ts'
import { markMedia } from '../../../db/history/changes.ts'
import { deploymentMeant } from '../../../db/photos/deployments.ts'
import { getDetections } from '../../../db/photos/detections.ts'
import { type FalseTriggerFilter, openAmong } from '../../../db/photos/false-triggers.ts'
import { countQueues } from '../../../db/photos/queues.ts'
import { change } from '../../change.ts'
import type { Detection } from '../../contract/detection.ts'
import { idSchema } from '../../contract/id.ts'
import {
  type FalseTriggers,
  type FalseTriggersAnswer,
  falseTriggersAnswerSchema,
  falseTriggersSchema,
  type NewFalseTriggers,
  newFalseTriggersSchema,
  withoutBoxSchema,
} from '../../contract/marks.ts'
import { limitSchema, pageOf } from '../../contract/page.ts'
import { decodeCursor, encodeCursor } from '../../http/cursor.ts'
import { type RequestOf, repeatable, repeatableChange } from '../../http/idempotency.ts'
import { jsonAnswer } from '../../http/json.ts'
import { problems } from '../../http/problem.ts'
import { newRoutes, routesOf } from '../../http/router.ts'
import { presentDetections } from '../../present/detections.ts'
import type { Service } from '../../service.ts'
import { firstBelow, type Judged, judgedPhotos, withoutBoxInOrder } from './judged.ts'

const route = routesOf('False triggers')

/** 0.05 to 1. */
const THRESHOLDS = Array.from({ length: 20 }, (_, i) => (i + 1) / 20)
const SAMPLES = 12
/** Fewer judged photos of a kind say nothing that helps. */
const LEAST_MEASURED = 20
const MOST_COUNTED = 1_000_000

const scopeQuery = { importId: idSchema.optional(), deployment: z.string().max(200).optional() }

const countRoute = route('get /api/false-triggers', 'What a threshold would set aside, and what that would lose', {
  request: {
    query: z.object({
      threshold: z.coerce.number().min(0).max(1).default(0.2),
      ...scopeQuery,
      withoutBox: z
        .enum(['true', 'false', 'judged'])
        .default('true')
        .transform((text) => (text === 'judged' ? text : text === 'true')),
    }),
  },
  responses: { 200: jsonAnswer('Nothing is changed', falseTriggersSchema), ...problems(400, 404) },
})

const markRoute = route(
  'post /api/false-triggers',
  'Mark photos that show an animal with a probability below a threshold as empty',
  {
    ...repeatableChange(newFalseTriggersSchema, ['Marked', falseTriggersAnswerSchema], 400, 404, 409, 422),
  },
)

const wallRoute = route(
  'get /api/false-triggers/without-box',
  'Photos in which nothing was found, those least like empty ones first',
  {
    description: `By what people marked empty at the same camera. Where they marked fewer than ${LEAST_EMPTY}, animal is null, and the photo stands where any photo does.`,
    request: {
      query: z.object({ ...scopeQuery, cursor: z.string().max(100).optional(), limit: limitSchema.default(50) }),
    },
    responses: { 200: jsonAnswer('A page', pageOf(withoutBoxSchema)), ...problems(400, 404) },
  },
)

export function falseTriggerRoutes(service: Service) {
  return newRoutes()
    .openapi(wallRoute, async (c) => c.json(await listWithoutBox(service, c.req.valid('query')), 200))
    .openapi(countRoute, async (c) => c.json(await countFalseTriggers(service, c.req.valid('query')), 200))
    .openapi(markRoute, async (c) =>
      c.json(await markFalseTriggers(service, repeatable(c, c.req.valid('json'), falseTriggersAnswerSchema)), 201),
    )
}

async function countFalseTriggers(service: Service, { threshold, ...query }: NewFalseTriggers): Promise<FalseTriggers> {
  const filter = await filterOf(service, query)
  const judgement = await service.learning.judgePhotos(filter)
  const [{ count: withoutBox } = { count: 0 }] = await countQueues(
    service.db,
    { importId: filter.importId, deploymentId: filter.deploymentId },
    MOST_COUNTED,
    ['falseTrigger'],
  )
  const photos = judgedPhotos(judgement.photos, query.withoutBox)
  const total = photos.ids.length
  const first = firstBelow(photos, threshold)
  return {
    threshold,
    total,
    setAside: total - first,
    atThresholds: THRESHOLDS.map((at) => ({ threshold: at, photos: total - firstBelow(photos, at) })),
    samples: await samplesOf(service, photos, first, 1),
    kept: await samplesOf(service, photos, first - 1, -1),
    withoutBox,
    withoutBoxJudged: judgement.photos.by.reduce((sum, by) => sum + Number(by === BY.wholePhoto), 0),
    marks: judgement.marks.boxes,
    photoMarks: judgement.marks.photos,
    measured: measure(
      judgement.known.filter(({ isWhole }) => query.withoutBox !== false || !isWhole),
      threshold,
    ),
  }
}

/** From a place on, in one direction, the surest boxes of the first photos that have any. */
async function samplesOf(
  service: Service,
  photos: Judged,
  from: number,
  step: 1 | -1,
): Promise<FalseTriggers['samples']> {
  const shown: { id: number; animal: number }[] = []
  for (let i = from; i >= 0 && i < photos.ids.length && shown.length < SAMPLES; i += step) {
    const best = photos.best[i] ?? null
    if (best !== null) shown.push({ id: best, animal: photos.animal[i]! })
  }
  return await presentJudged(service, shown)
}

/** Those that are still there. */
async function presentJudged<One extends { id: number; animal: number | null }>(
  service: Service,
  shown: readonly One[],
): Promise<(Detection & { animal: One['animal'] })[]> {
  const rows = new Map(
    (
      await getDetections(
        service.db,
        shown.map(({ id }) => id),
      )
    ).map((row) => [row.id, row]),
  )
  const there = shown.flatMap(({ id, animal }) => {
    const row = rows.get(id)
    return row ? [{ row, animal }] : []
  })
  const presented = await presentDetections(
    service,
    there.map(({ row }) => row),
  )
  return presented.map((one, i) => ({ ...one, animal: there[i]!.animal }))
}

async function listWithoutBox(
  service: Service,
  { cursor, limit, ...scope }: { importId?: string; deployment?: string; cursor?: string; limit: number },
) {
  const { photos, anyAnimal } = await service.learning.judgePhotos(
    await filterOf(service, { ...scope, withoutBox: true }),
  )
  const after = cursor === undefined ? null : decodeCursor(cursor, placeSchema)
  const found = withoutBoxInOrder(photos, anyAnimal, after, limit + 1)
  const page = found.slice(0, limit)
  const { animal, id } = page.at(-1) ?? { animal: 0, id: 0 }
  return {
    items: await presentJudged(
      service,
      page.map((one) => ({ id: one.id, animal: one.isJudged ? one.animal : null })),
    ),
    nextCursor: found.length > limit ? encodeCursor([animal, id]) : null,
  }
}

const placeSchema = z.tuple([z.number(), z.number()]).transform(([animal, id]) => ({ animal, id }))

/** Photos that are not judged, because nothing is known of their camera, count nowhere. */
function measure(known: readonly JudgedKnown[], threshold: number): FalseTriggers['measured'] {
  const share = (hasAnimal: boolean) => {
    const animal = known.flatMap((photo) => (photo.hasAnimal === hasAnimal ? (photo.animal ?? []) : []))
    return wilson(animal.filter((one) => Math.fround(one) < Math.fround(threshold)).length, animal.length)
  }
  const [withAnimals, empty] = [share(true), share(false)]
  return withAnimals.photos < LEAST_MEASURED || empty.photos < LEAST_MEASURED ? null : { withAnimals, empty }
}

/** Wilson's 95 % interval of a share. */
function wilson(count: number, photos: number): { photos: number; below: number; low: number; high: number } {
  if (photos === 0) return { photos, below: count, low: 0, high: 1 }
  const z2 = 1.96 ** 2
  const share = count / photos
  const middle = share + z2 / (2 * photos)
  const half = 1.96 * Math.sqrt((share * (1 - share)) / photos + z2 / (4 * photos ** 2))
  const scale = 1 + z2 / photos
  return { photos, below: count, low: Math.max(0, (middle - half) / scale), high: Math.min(1, (middle + half) / scale) }
}

async function markFalseTriggers(service: Service, request: RequestOf<typeof markRoute>): Promise<FalseTriggersAnswer> {
  const { threshold, ...query } = request.body
  return await change(service, request, null, {
    prepare: async () => {
      const filter = await filterOf(service, query)
      const judgement = await service.learning.judgePhotos(filter)
      const photos = judgedPhotos(judgement.photos, query.withoutBox)
      return { filter, below: photos.ids.slice(firstBelow(photos, threshold)) }
    },
    async write(tx, record, found) {
      // Somebody may have named an animal since.
      const empty = await openAmong(tx, found.filter, found.below)
      const marked = await markMedia(tx, empty, { from: null, to: 'empty', unseen: true })
      if (marked.length === 0) return { action: null }
      marked.sort((a, b) => a - b)
      const photos = marked.length === 1 ? 'a photo' : `${marked.length} photos`
      const action = await record({
        kind: 'mark',
        summary: `Marked ${photos} as empty: nothing at or above ${threshold}`,
        change: { type: 'markedMedia', before: null, after: 'empty', unseen: true },
        subjects: { kind: 'media', ids: marked },
      })
      return { action }
    },
    present: async (done, { action }) => ({ action, setAside: done.action?.subjects ?? 0 }),
  })
}

async function filterOf(
  { db }: Pick<Service, 'db'>,
  { importId, deployment, withoutBox }: Omit<NewFalseTriggers, 'threshold'>,
): Promise<FalseTriggerFilter> {
  const deploymentId = deployment === undefined ? undefined : ((await deploymentMeant(db, deployment))?.id ?? null)
  if (deployment !== undefined && deploymentId === null) throw new NotFound('deployment', deployment)
  return {
    importId: importId === undefined ? undefined : Number(importId),
    deploymentId: deploymentId ?? undefined,
    withoutBox: withoutBox !== false,
  }
}
