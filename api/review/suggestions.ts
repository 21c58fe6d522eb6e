// POST /api/suggestions: every animal in a photo with what it may be, rank by rank. Nothing is stored for bytes. As
// many photos are analysed at once as the models' threads can use; the others wait or get 503.

import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { DEFAULT_ACCURACY } from '../../classifiers/thresholds.ts'
import { getDetection } from '../../db/photos/detections.ts'
import { getMedia } from '../../db/photos/media.ts'
import { getEmbedding } from '../../db/trees/models.ts'
import { analyse } from '../../indexer/analyse.ts'
import { idSchema, numericId } from '../contract/id.ts'
import { type Answer, type AnsweredDetection, answerSchema } from '../contract/suggestion.ts'
import { mediaTypeOf, readPhoto } from '../http/bodies/photo-body.ts'
import { JSON_TYPE, jsonAnswer, jsonBody } from '../http/json.ts'
import { createGate, type Gate } from '../http/load/gate.ts'
import { Problem, problems } from '../http/problem.ts'
import { type Env, newRoutes, routesOf } from '../http/router.ts'
import { presentAnswer } from '../present/answers.ts'
import { modelReferences } from '../present/models.ts'
import { requireTaxon } from '../present/taxa.ts'
import type { Service } from '../service.ts'

const route = routesOf('Suggestions')

const querySchema = z.object({
  limit: z.coerce.number().int().min(1).max(50).default(5).openapi({ description: 'Suggestions per detection.' }),
  similar: z.coerce
    .number()
    .int()
    .min(0)
    .max(20)
    .default(3)
    .openapi({ description: 'Similar known photos per suggestion.' }),
  accuracy: z.coerce.number().min(0).max(1).default(DEFAULT_ACCURACY).openapi({
    description:
      'The share of right stops that is wanted, which decides how deep `stop` goes. 0: as deep as the path goes.',
  }),
  within: numericId
    .optional()
    .openapi({ description: 'Only taxa inside this one: probabilities are renormalised there.' }),
  list: z
    .union([numericId, z.literal('none')])
    .optional()
    .openapi({
      description:
        'The species list that the answer keeps to; none: no list. Left out: the list of the detection’s place, or the one that holds everywhere.',
    }),
  deployment: numericId.optional().openapi({
    description: 'Where a photo that is not stored was taken: its species list holds, and what was met there counts.',
  }),
  place: z.literal('none').optional().openapi({ description: 'What was met where it was taken does not count.' }),
  minTreeVersion: z
    .string()
    .regex(/^\d+\.\d+$/, 'Expected a treeVersion, "V.R"')
    .optional()
    .openapi({
      description: 'Where several processes answer: the answer knows at least what this treeVersion knew.',
    }),
})
type Wanted = z.output<typeof querySchema>
/** Read once per request, because one embedder's vectors mean nothing to another's tree. */
type Using = Pick<Service, 'models' | 'learning'>

/**
 * How many photos are analysed at once and how many wait behind them; a further one gets 503. A waiting photo is held
 * in memory, and half of the places of all requests (http/load-shedding.ts) stay for others.
 */
const GATE = { running: 4, waiting: 12, retryAfterSeconds: 1 }

const storedSchema = z.object({ detectionId: idSchema })
const binary = { type: 'string', format: 'binary' } as const

const suggestRoute = route('post /api/suggestions', 'Suggest what the animals in a photo may be', {
  description:
    'The body is a photo (any `image/*` or `application/octet-stream`), multipart with one file `photo`, or JSON `{detectionId}` for a stored detection. A stored detection is answered as if it and its burst had not been identified.',
  request: {
    query: querySchema,
    body: {
      required: false,
      content: {
        'image/*': { schema: binary },
        'application/octet-stream': { schema: binary },
        'multipart/form-data': { schema: { type: 'object', required: ['photo'], properties: { photo: binary } } },
        ...jsonBody(storedSchema).content,
      },
    },
  },
  responses: { 200: jsonAnswer('The answer', answerSchema), ...problems(400, 404, 413, 415, 422, 503) },
})

export function suggestionRoutes(service: Service) {
  const gate = createGate(GATE)
  return newRoutes().openapi(suggestRoute, async (c) =>
    c.json(await suggestFor(service, gate, c, c.req.valid('query')), 200),
  )
}

async function suggestFor(service: Service, gate: Gate, c: Context<Env>, wanted: Wanted): Promise<Answer> {
  const { minTreeVersion, within } = wanted
  if (minTreeVersion && isOlder(service.learning.treeVersion(), minTreeVersion)) await service.learning.sync()
  if (within !== undefined) await requireTaxon(service, within)
  if (mediaTypeOf(c.req.header('content-type') ?? null) === JSON_TYPE) {
    const { detectionId } = storedSchema.parse(await c.req.json())
    return await answerDetection(service, Number(detectionId), wanted)
  }
  return await gate.run(async () => {
    const type = c.req.header('content-type') ?? null
    const bytes = await readPhoto(type, await c.req.arrayBuffer(), service.config.maxPhotoBytes)
    return await answerPhoto(service, bytes, wanted, c.req.raw.signal)
  })
}

async function answerPhoto(service: Service, bytes: Uint8Array, wanted: Wanted, signal: AbortSignal): Promise<Answer> {
  const using = { models: service.models, learning: service.learning }
  const { width, height, sha256, detections } = await analyse(bytes, using.models, { crops: false, signal })
  const answered = await Promise.all(
    detections.map(async ({ kind, bbox, confidence, source, embedding }) => ({
      kind,
      bbox,
      confidence,
      source,
      ...(await answerEmbedding(using, embedding, wanted)),
    })),
  )
  return envelope(using, { width, height, sha256 }, answered)
}

async function answerDetection(service: Service, detectionId: number, wanted: Wanted): Promise<Answer> {
  const detection = await getDetection(service.db, detectionId)
  const media = await getMedia(service.db, detection.mediaId)
  const using = { models: service.models, learning: service.learning }
  const embedding =
    detection.kind === 'animal' ? await getEmbedding(service.db, using.models.embedder.sha256, detectionId) : null
  if (embedding === null && detection.kind === 'animal')
    throw new Problem(422, 'This detection has no embedding by the model in use yet. It is made in the background.')
  const { kind, source, bbox, confidence } = detection
  const suggested = await answerEmbedding(using, embedding, wanted, detectionId)
  const photo = { width: media.width ?? 0, height: media.height ?? 0, sha256: media.sha256 }
  return envelope(using, photo, [{ detectionId: String(detectionId), kind, bbox, confidence, source, ...suggested }])
}

/** People and vehicles have no embedding, and nothing is suggested for them. */
async function answerEmbedding(using: Using, embedding: Float32Array | null, wanted: Wanted, detectionId?: number) {
  if (embedding === null)
    return { path: [], stop: null, novelty: null, nearness: null, list: null, place: null, suggestions: [] }
  const { accuracy, limit, similar, within, list, deployment, place } = wanted
  const answer = await using.learning.answer(embedding, {
    accuracy: accuracy === 0 ? null : accuracy,
    limit,
    similar,
    within,
    detectionId,
    listId: list === 'none' ? null : list,
    takenAt:
      deployment === undefined || detectionId !== undefined ? undefined : { deploymentId: deployment, month: null },
    heedPlace: place !== 'none',
  })
  return await presentAnswer(using, answer)
}

function envelope(using: Using, photo: Answer['photo'], detections: AnsweredDetection[]): Answer {
  return { photo, models: modelReferences(using), treeVersion: using.learning.treeVersion(), detections }
}

/** Of two versions "V.R": published first, then changes learned since. */
function isOlder(version: string, than: string): boolean {
  const [v = 0, r = 0] = version.split('.').map(Number)
  const [thanV = 0, thanR = 0] = than.split('.').map(Number)
  return v < thanV || (v === thanV && r < thanR)
}
