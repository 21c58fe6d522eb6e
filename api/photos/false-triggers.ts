// Photos that show no animal, set aside by a limit on the probability that they show one: what a limit would cost, and
// the photos marked as empty in one action that can be undone.

import { z } from '@hono/zod-openapi'
import { NotFound } from '../../db/errors.ts'
import { markMedia } from '../../db/history/changes.ts'
import { deploymentMeant } from '../../db/photos/deployments.ts'
import { getDetections } from '../../db/photos/detections.ts'
import { type FalseTriggerFilter, openAmong } from '../../db/photos/false-triggers.ts'
import { countQueues } from '../../db/photos/queues.ts'
import { change } from '../change.ts'
import { idSchema } from '../contract/id.ts'
import {
  type FalseTriggers,
  type FalseTriggersAnswer,
  falseTriggersAnswerSchema,
  falseTriggersSchema,
  type NewFalseTriggers,
  newFalseTriggersSchema,
} from '../contract/marks.ts'
import { type RequestOf, repeatable, repeatableChange } from '../http/idempotency.ts'
import { jsonAnswer } from '../http/json.ts'
import { problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import { presentDetections } from '../present/detections.ts'
import type { Service } from '../service.ts'
import { type JudgedPhoto, type Judgement, judgePhotos } from './box-judging.ts'

const route = routesOf('False triggers')

/** 0.05 to 1. */
const THRESHOLDS = Array.from({ length: 20 }, (_, i) => (i + 1) / 20)
const SAMPLES = 12
/** Fewer judged photos of a kind say nothing that helps. */
const LEAST_MEASURED = 20
const MOST_COUNTED = 1_000_000

const countRoute = route('get /api/false-triggers', 'What a threshold would set aside, and what that would lose', {
  request: {
    query: z.object({
      threshold: z.coerce.number().min(0).max(1).default(0.2),
      importId: idSchema.optional(),
      deployment: z.string().max(200).optional(),
      withoutBox: z
        .enum(['true', 'false'])
        .default('true')
        .transform((text) => text === 'true'),
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

export function falseTriggerRoutes(service: Service) {
  return newRoutes()
    .openapi(countRoute, async (c) => c.json(await countFalseTriggers(service, c.req.valid('query')), 200))
    .openapi(markRoute, async (c) =>
      c.json(await markFalseTriggers(service, repeatable(c, c.req.valid('json'), falseTriggersAnswerSchema)), 201),
    )
}

async function countFalseTriggers(service: Service, { threshold, ...query }: NewFalseTriggers): Promise<FalseTriggers> {
  const filter = await filterOf(service, query)
  const { photos, marks, known } = await judgePhotos(service, filter)
  const [{ count: withoutBox } = { count: 0 }] = await countQueues(
    service.db,
    { importId: filter.importId, deploymentId: filter.deploymentId },
    MOST_COUNTED,
    ['falseTrigger'],
  )
  const sorted = [...photos].sort((a, b) => b.animal - a.animal || a.id - b.id)
  const isBelow = below(threshold)
  return {
    threshold,
    total: photos.length,
    setAside: photos.filter(isBelow).length,
    atThresholds: THRESHOLDS.map((at) => ({ threshold: at, photos: photos.filter(below(at)).length })),
    samples: await samplesOf(service, sorted.filter(isBelow)),
    kept: await samplesOf(service, sorted.filter((photo) => !isBelow(photo)).reverse()),
    withoutBox,
    marks,
    measured: measure(known, isBelow),
  }
}

/** Compared as float4, as confidences are stored: 0.3 is not less than 0.3. */
const below =
  (threshold: number) =>
  ({ animal }: { animal: number }) =>
    Math.fround(animal) < Math.fround(threshold)

/** The surest boxes of the first photos that have any. */
async function samplesOf(service: Service, photos: readonly JudgedPhoto[]): Promise<FalseTriggers['samples']> {
  const shown = photos.flatMap(({ best, animal }) => (best ? [{ id: best.id, animal }] : [])).slice(0, SAMPLES)
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

function measure(
  known: Judgement['known'],
  isBelow: (photo: { animal: number }) => boolean,
): FalseTriggers['measured'] {
  const share = (hasAnimal: boolean) => {
    const photos = known.filter((photo) => photo.hasAnimal === hasAnimal)
    return wilson(photos.filter(isBelow).length, photos.length)
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
      const { photos } = await judgePhotos(service, filter)
      return { filter, below: photos.filter(below(threshold)).map(({ id }) => id) }
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
    withoutBox,
  }
}
