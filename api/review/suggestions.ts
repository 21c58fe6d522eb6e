// POST /api/suggestions. In: a photo's bytes, or a stored detection. Out: every animal in it with what it may be, rank by rank.
// Nothing is stored for bytes. As many photos are looked at at once as the models' threads can use; the rest wait or get 503.

import { createRoute, z } from '@hono/zod-openapi'
import { DEFAULT_ACCURACY } from '../../classifiers/thresholds.ts'
import { getDetection } from '../../db/photos/detections.ts'
import { getMedia } from '../../db/photos/media.ts'
import { getEmbedding } from '../../db/trees/models.ts'
import { analyse } from '../../indexer/analyse.ts'
import { idSchema } from '../contract/id.ts'
import { type Answer, type AnsweredDetection, answerSchema } from '../contract/suggestion.ts'
import { createGate } from '../http/gate.ts'
import { readMultipart } from '../http/multipart.ts'
import { Problem, problems } from '../http/problem.ts'
import { newRoutes } from '../http/router.ts'
import { presentAnswer } from '../present/answers.ts'
import { modelReferences } from '../present/models.ts'
import { requireTaxon } from '../present/taxa.ts'
import type { Service } from '../service.ts'

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
    description: 'Wanted share of right stops, which decides how deep `stop` goes. 0: as deep as the path.',
  }),
  within: idSchema.optional().openapi({ description: 'Only inside this taxon: probabilities are renormalised there.' }),
  minTreeVersion: z
    .string()
    .regex(/^\d+\.\d+$/, 'Expected a treeVersion, "V.R"')
    .optional()
    .openapi({
      description: 'Where several processes answer: know at least what the answer of this treeVersion knew.',
    }),
})
type Wanted = z.infer<typeof querySchema>
/** Read once per request: an embedder's vectors mean nothing to another's tree. */
type Using = Pick<Service, 'models' | 'learning'>

/**
 * Looked at at once and waiting behind them; beyond that 503. A waiting photo is held in memory, and half of the places of all
 * requests (shedding.ts) stay for others.
 */
const GATE = { running: 4, waiting: 12, retryAfterSeconds: 1 }

export function suggestionRoutes(service: Service) {
  const gate = createGate(GATE)
  const binary = { schema: { type: 'string', format: 'binary' } } as const

  return newRoutes().openapi(
    createRoute({
      method: 'post',
      path: '/api/suggestions',
      tags: ['Suggestions'],
      summary: 'What may this be?',
      description:
        'Body: the bytes of a photo (any `image/*` or `application/octet-stream`), multipart with one file `photo`, or JSON `{detectionId}` for a stored detection, whose own identification and burst are left out.',
      request: {
        query: querySchema,
        body: {
          required: false,
          content: {
            'image/*': binary,
            'application/octet-stream': binary,
            'multipart/form-data': {
              schema: {
                type: 'object',
                required: ['photo'],
                properties: { photo: { type: 'string', format: 'binary' } },
              },
            },
            'application/json': { schema: z.object({ detectionId: idSchema }) },
          },
        },
      },
      responses: {
        200: { description: 'The answer', content: { 'application/json': { schema: answerSchema } } },
        ...problems(400, 404, 413, 415, 422, 503),
      },
    }),
    async (c) => {
      const wanted = c.req.valid('query')
      if (wanted.minTreeVersion && isOlder(service.learning.treeVersion(), wanted.minTreeVersion)) {
        await service.learning.sync()
      }
      const type = (c.req.header('content-type') ?? '').split(';')[0]!.trim().toLowerCase()
      if (wanted.within !== undefined) await requireTaxon(service, Number(wanted.within))
      if (type === 'application/json') {
        const { detectionId } = z.object({ detectionId: idSchema }).parse(await c.req.json())
        return c.json(await answerDetection(service, Number(detectionId), wanted), 200)
      }
      return await gate.run(async () => {
        const bytes = await readPhoto(c.req.raw, type, service.config.maxPhotoBytes)
        return c.json(await answerPhoto(service, bytes, wanted, c.req.raw.signal), 200)
      })
    },
  )
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
      ...(await suggestFor(using, embedding, wanted)),
    })),
  )
  return envelope(using, { width, height, sha256 }, answered)
}

async function answerDetection(service: Service, detectionId: number, wanted: Wanted): Promise<Answer> {
  const detection = await getDetection(service.db, detectionId)
  const media = await getMedia(service.db, detection.mediaId)
  const using = { models: service.models, learning: service.learning }
  const embedding = await getEmbedding(service.db, using.models.embedder.sha256, detectionId)
  if (embedding === null && detection.kind === 'animal')
    throw new Problem(422, 'This detection has no embedding by the model in use yet. It is made in the background.')
  const { kind, source, bbox, confidence } = detection
  const suggested = await suggestFor(using, embedding, wanted, detectionId)
  const photo = { width: media.width ?? 0, height: media.height ?? 0, sha256: media.sha256 }
  return envelope(using, photo, [{ detectionId: String(detectionId), kind, bbox, confidence, source, ...suggested }])
}

async function suggestFor(using: Using, embedding: Float32Array | null, wanted: Wanted, detectionId?: number) {
  if (embedding === null) return { path: [], stop: null, novelty: null, suggestions: [] }
  const answer = await using.learning.answer(embedding, {
    accuracy: wanted.accuracy === 0 ? null : wanted.accuracy,
    limit: wanted.limit,
    similar: wanted.similar,
    within: wanted.within === undefined ? undefined : Number(wanted.within),
    detectionId,
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

async function readPhoto(request: Request, type: string, maxBytes: number): Promise<Uint8Array> {
  const tooBig = () =>
    new Problem(413, `Expected a photo of at most ${maxBytes} bytes. MAX_PHOTO_BYTES sets the limit.`)
  if (type === 'multipart/form-data') {
    let photo: Uint8Array | null = null
    await readMultipart(request, { maxFileBytes: maxBytes, maxFiles: 1, maxFieldBytes: 10_000 }, async (file) => {
      const bytes = await collect(file.stream)
      if (file.stream.truncated) throw tooBig()
      if (file.field === 'photo') photo = bytes
    })
    if (photo === null) throw new Problem(400, 'Expected one file in the field photo but received none.')
    return photo
  }
  if (!type.startsWith('image/') && type !== 'application/octet-stream')
    throw new Problem(
      415,
      `Expected a photo (image/*, application/octet-stream or multipart/form-data) or application/json but received ${type || 'no Content-Type'}.`,
    )
  const said = request.headers.get('content-length')
  if (Number(said ?? 0) > maxBytes) throw tooBig()
  // Not more than was said can come, so it is read in one piece: for a camera's photo that takes half the time.
  if (said !== null) return new Uint8Array(await request.arrayBuffer())
  if (request.body === null) throw new Problem(422, 'Expected the bytes of a photo but received none.')
  let size = 0
  const limited = async function* (body: AsyncIterable<Uint8Array>) {
    for await (const chunk of body) {
      size += chunk.length
      if (size > maxBytes) throw tooBig()
      yield chunk
    }
  }
  // Node's ReadableStream can be iterated; the DOM's type does not say so.
  return await collect(limited(request.body as unknown as AsyncIterable<Uint8Array>))
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const part of chunks) parts.push(part)
  return Buffer.concat(parts)
}
