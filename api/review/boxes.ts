// The routes of boxes: draw one, change or mark it, remove it.

import type { z } from '@hono/zod-openapi'
import { getDetection } from '../../db/photos/detections.ts'
import type { Bbox } from '../../db/schema.ts'
import { actionAnswerSchema } from '../contract/action.ts'
import { detectionAnswerSchema, detectionChangeSchema, newDetectionSchema } from '../contract/box.ts'
import { idParam } from '../contract/id.ts'
import { keySchema, repeatable } from '../http/idempotency.ts'
import { jsonAnswer, jsonBody } from '../http/json.ts'
import { Problem, problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import type { Service } from '../service.ts'
import { createBoxChanges } from './box-changes.ts'

const route = routesOf('Detections')

const drawRoute = route('post /api/detections', 'Draw a box around an animal', {
  description:
    'The answer holds what it may be. The first box drawn in a photo in which the detector found nothing replaces the whole-photo detection, unless that is identified.',
  request: { headers: keySchema, body: jsonBody(newDetectionSchema) },
  responses: {
    201: jsonAnswer('The drawn box', detectionAnswerSchema),
    ...problems(400, 404, 409, 415, 422, 503),
  },
})

const changeRoute = route(
  'patch /api/detections/{id}',
  'Change a box, or mark it: no animal, one that nobody can name, a person, a vehicle',
  {
    description: 'Takes either `bbox` or `mark`. A marked detection is in no queue and teaches nothing.',
    request: { params: idParam, body: jsonBody(detectionChangeSchema) },
    responses: {
      200: jsonAnswer('The changed box', detectionAnswerSchema),
      ...problems(400, 404, 409, 415, 422, 503),
    },
  },
)

const removeRoute = route('delete /api/detections/{id}', 'Remove a box, and what it taught', {
  description: 'No list shows it any more; undoing the action restores it with everything that people said about it.',
  request: { params: idParam },
  responses: { 200: jsonAnswer('Removed', actionAnswerSchema), ...problems(400, 404, 409) },
})

export function boxRoutes(service: Service) {
  const boxes = createBoxChanges(service)

  const changeBox = async (id: number, { bbox, mark }: z.output<typeof detectionChangeSchema>, person: string) => {
    if ((bbox === undefined) === (mark === undefined))
      throw new Problem(400, 'Expected either bbox or mark but received both or none.')
    const of = await getDetection(service.db, id)
    return bbox === undefined
      ? await boxes.mark(of, mark ?? null, person)
      : await boxes.move(of, insidePhoto(bbox), person)
  }

  return newRoutes()
    .openapi(drawRoute, async (c) => {
      const body = c.req.valid('json')
      const request = repeatable(c, body, detectionAnswerSchema)
      return c.json(await boxes.draw(request, Number(body.mediaId), insidePhoto(body.bbox)), 201)
    })
    .openapi(changeRoute, async (c) =>
      c.json(await changeBox(c.req.valid('param').id, c.req.valid('json'), c.var.person), 200),
    )
    .openapi(removeRoute, async (c) => {
      const of = await getDetection(service.db, c.req.valid('param').id)
      return c.json(await boxes.remove(of, c.var.person), 200)
    })
}

/** Rounding may carry a box a little over the edge; a box without area is refused. */
function insidePhoto([x, y, width, height]: Bbox): Bbox {
  const inside: Bbox = [x, y, Math.min(width, 1 - x), Math.min(height, 1 - y)]
  if (inside[2] > 0 && inside[3] > 0) return inside
  throw new Problem(400, 'Expected a box with some width and height inside the photo for bbox.')
}
