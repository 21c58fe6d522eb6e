// Boxes and marks that people set. In: a box in a photo, a detection to change. Out: the detection as it is now with its own
// suggestions, as one action that can be undone.

import { createRoute, z } from '@hono/zod-openapi'
import { summaryOf } from '../../classifiers/live/summaries.ts'
import type { Db } from '../../db/connection/connect.ts'
import { type Action, type NewAction, recordAction } from '../../db/history/actions.ts'
import { markDetections, showDetections } from '../../db/history/changes.ts'
import { addDetection, boxOf, setBox, toText } from '../../db/photos/boxes.ts'
import { type Detection, getDetection } from '../../db/photos/detections.ts'
import { getMedia } from '../../db/photos/media.ts'
import type { Bbox } from '../../db/schema.ts'
import { teachingOf } from '../../db/trees/lessons.ts'
import { burstExamples, upsertSuggestions } from '../../db/trees/suggestions.ts'
import { embedBox } from '../../indexer/embed-box.ts'
import { actionAnswerSchema } from '../contract/action.ts'
import {
  type DetectionAnswer,
  detectionAnswerSchema,
  detectionChangeSchema,
  newDetectionSchema,
} from '../contract/box.ts'
import { idSchema } from '../contract/id.ts'
import type { AnsweredDetection } from '../contract/suggestion.ts'
import { createGate } from '../http/gate.ts'
import { keySchema } from '../http/idempotency.ts'
import { Problem, problems } from '../http/problem.ts'
import { newRoutes } from '../http/router.ts'
import { presentActions, tellChanged } from '../present/actions.ts'
import { presentAnswer } from '../present/answers.ts'
import { presentDetections } from '../present/present.ts'
import type { Service } from '../service.ts'
import { type Look, withLearned } from './learned.ts'

const params = z.object({ id: idSchema })
const content = { 'application/json': { schema: detectionAnswerSchema } }

/** Each holds a photo in memory. */
const LOOKING = { running: 2, waiting: 30, retryAfterSeconds: 1 }
/** Suggestions for a new box, as a page shows them. */
const SUGGESTED = { accuracy: 0.8, limit: 5, similar: 3 }

export function boxRoutes(service: Service) {
  const once = service.once
  const gate = createGate(LOOKING)

  const see = async (mediaId: number, bbox: Bbox) => {
    const { sha256 } = await getMedia(service.db, mediaId)
    return await gate.run(async () => embedBox(await service.photos.get(sha256), bbox, service.models))
  }

  const draw = async (mediaId: number, bbox: Bbox, person: string, claim: (tx: Db) => Promise<void>) => {
    const { embedding, crop } = await see(mediaId, bbox)
    const modelSha256 = service.models.embedder.sha256
    const { result, learned } = await withLearned(service, null, () =>
      service.db.transaction(async (tx) => {
        await claim(tx)
        const { id, hidden } = await addDetection(tx, { mediaId, bbox, modelSha256, embedding })
        const change = { type: 'boxes' as const, shown: [id], hidden }
        const action = await recordAction(tx, {
          person,
          kind: 'box',
          summary: 'Drew a box',
          change,
          subjects: { kind: 'detection', ids: [id, ...hidden] },
        })
        return { id, action }
      }),
    )
    await service.photos.putCrop(result.id, crop).catch(() => {})
    return await answer(service, result.id, result.action, learned, embedding)
  }

  /** A box elsewhere: what it shows is looked at, and what it teaches is learned anew. */
  const move = async (of: Detection, bbox: Bbox, person: string) => {
    if (of.bbox.every((value, i) => value === bbox[i])) return await unchanged(service, of)
    const seen = of.kind === 'animal' ? await see(of.mediaId, bbox) : null
    const modelSha256 = service.models.embedder.sha256
    const { result, learned } = await withLearned(service, taughtBy(of), () =>
      service.db.transaction(async (tx) => {
        const before = await boxOf(tx, of.id)
        const embeddings = seen ? [{ modelSha256, vector: toText(seen.embedding) }] : []
        const after = { bbox, source: 'person' as const, confidence: null, embeddings }
        await setBox(tx, of.id, { from: before, to: after })
        return await record(tx, of, person, {
          kind: 'box',
          summary: 'Changed a box',
          change: { type: 'moved', detectionId: of.id, before, after },
        })
      }),
    )
    if (seen) await service.photos.putCrop(of.id, seen.crop).catch(() => {})
    else await service.photos.deleteCrop(of.id)
    return await answer(service, of.id, result, learned, seen?.embedding ?? null)
  }

  const mark = async (of: Detection, wanted: Detection['mark'], person: string) => {
    if (of.mark === wanted) return await unchanged(service, of)
    const { result, learned } = await withLearned(service, taughtBy(of), () =>
      service.db.transaction(async (tx) => {
        await markDetections(tx, [of.id], { from: of.mark, to: wanted })
        return await record(tx, of, person, {
          kind: 'mark',
          summary: MARKED[wanted ?? 'none'],
          change: { type: 'markedDetections', before: of.mark, after: wanted },
        })
      }),
    )
    return await answer(service, of.id, result, learned, null)
  }

  return newRoutes()
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/detections',
        tags: ['Detections'],
        summary: 'Draw a box around an animal',
        description:
          'The answer holds what it may be. The stand-in for a photo in which nothing was found goes with the first box, unless it is identified.',
        request: {
          headers: keySchema,
          body: { required: true, content: { 'application/json': { schema: newDetectionSchema } } },
        },
        responses: { 201: { description: 'Drawn', content }, ...problems(400, 404, 409, 415, 422, 503) },
      }),
      async (c) => {
        const body = c.req.valid('json')
        const { person } = c.var
        const key = c.req.valid('header')['idempotency-key']
        const request = { key, person, path: c.req.path, body, answer: detectionAnswerSchema }
        const bbox = insidePhoto(body.bbox)
        return c.json(await once(request, (claim) => draw(Number(body.mediaId), bbox, person, claim)), 201)
      },
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/api/detections/{id}',
        tags: ['Detections'],
        summary: 'Change a box, or say that it is no animal or that nobody can name it',
        description: 'Either `bbox` or `mark`. A marked detection waits in no queue and teaches nothing.',
        request: {
          params,
          body: { required: true, content: { 'application/json': { schema: detectionChangeSchema } } },
        },
        responses: { 200: { description: 'Changed', content }, ...problems(400, 404, 409, 415, 422, 503) },
      }),
      async (c) => {
        const { bbox, mark: wanted } = c.req.valid('json')
        if ((bbox === undefined) === (wanted === undefined))
          throw new Problem(400, 'Expected either bbox or mark but received both or none.')
        const of = await getDetection(service.db, Number(c.req.valid('param').id))
        if (bbox !== undefined) return c.json(await move(of, insidePhoto(bbox), c.var.person), 200)
        return c.json(await mark(of, wanted ?? null, c.var.person), 200)
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/api/detections/{id}',
        tags: ['Detections'],
        summary: 'Remove a box, and what it taught',
        description: 'It is shown nowhere any more; undoing the action brings it back with everything said of it.',
        request: { params },
        responses: {
          200: { description: 'Removed', content: { 'application/json': { schema: actionAnswerSchema } } },
          ...problems(400, 404, 409),
        },
      }),
      async (c) => {
        const of = await getDetection(service.db, Number(c.req.valid('param').id))
        const { result, learned } = await withLearned(service, taughtBy(of), () =>
          service.db.transaction(async (tx) => {
            await showDetections(tx, [of.id], false)
            return await record(tx, of, c.var.person, {
              kind: 'box',
              summary: 'Removed a box',
              change: { type: 'boxes', shown: [], hidden: [of.id] },
            })
          }),
        )
        const [action] = await presentActions(service.db, [result])
        if (action) tellChanged(service, action)
        return c.json({ action: action!, learned }, 200)
      },
    )
}

const MARKED = {
  notAnimal: 'Marked a box as no animal',
  unknown: 'Marked an animal as unknown',
  none: 'Took the mark from a box',
}

const taughtBy = (of: Detection): Look | null =>
  of.taughtTaxonId === null ? null : { detectionId: of.id, taxonId: of.taughtTaxonId }

const record = (tx: Db, of: Detection, person: string, done: Pick<NewAction, 'kind' | 'summary' | 'change'>) =>
  recordAction(tx, { ...done, person, subjects: { kind: 'detection', ids: [of.id] } })

/** Rounding may carry a box a little over the edge; one without area is none. */
function insidePhoto([x, y, width, height]: Bbox): Bbox {
  const inside: Bbox = [x, y, Math.min(width, 1 - x), Math.min(height, 1 - y)]
  if (inside[2] > 0 && inside[3] > 0) return inside
  throw new Problem(400, 'Expected a box with some width and height inside the photo for bbox.')
}

async function unchanged(service: Service, of: Detection): Promise<DetectionAnswer> {
  const [detection] = await presentDetections(service, [of])
  const learned = { before: [], after: [], treeVersion: service.learning.treeVersion(), ms: 0 }
  return { detection: detection!, suggested: null, action: null, learned }
}

async function answer(
  service: Service,
  id: number,
  done: Action,
  learned: DetectionAnswer['learned'],
  embedding: Float32Array | null,
): Promise<DetectionAnswer> {
  const suggested = embedding ? await suggest(service, id, embedding) : null
  const [detection] = await presentDetections(service, [await getDetection(service.db, id)])
  const [action] = await presentActions(service.db, [done])
  if (action) tellChanged(service, action)
  return { detection: detection!, suggested, action: action!, learned }
}

/** What the tree says of a box just drawn; its summary is kept, so that lists show it too. */
async function suggest(service: Service, id: number, embedding: Float32Array): Promise<AnsweredDetection> {
  const { db, learning, models } = service
  const { kind, bbox, confidence, source, groupKey } = await getDetection(db, id)
  const said = await learning.answer(embedding, { ...SUGGESTED, detectionId: id })
  const version = Number(learning.treeVersion().split('.')[0])
  const [teaching] = await teachingOf(db, [id], { version, modelSha256: models.embedder.sha256 })
  if (teaching) {
    const bursts = await burstExamples(db, [groupKey])
    await upsertSuggestions(db, [await summaryOf(learning, { ...teaching, embedding }, bursts)])
  }
  return { detectionId: String(id), kind, bbox, confidence, source, ...(await presentAnswer(service, said)) }
}
