// A burst answered as one: its animals, each followed from photo to photo.

import { z } from '@hono/zod-openapi'
import { takenAtOf } from '../../classifiers/live/answering.ts'
import type { BurstBox } from '../../classifiers/live/answers/bursts.ts'
import { DEFAULT_ACCURACY } from '../../classifiers/thresholds.ts'
import { burstOf, type Detection, getDetection } from '../../db/photos/detections.ts'
import { idParam } from '../contract/id.ts'
import { type Track, trackSchema } from '../contract/suggestion.ts'
import { jsonAnswer } from '../http/json.ts'
import { problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import { presentTracks } from '../present/answers.ts'
import type { Service } from '../service.ts'

const route = routesOf('Detections')

/** Each box takes a few milliseconds. More photos say little more, because those of a burst repeat each other. */
const MOST_BOXES = 40

const tracksRoute = route('get /api/detections/{id}/tracks', 'The animals of its burst, each answered as one', {
  description: `Boxes are linked from photo to photo; the answer is the mean of what is said of each photo, on a log scale, as if nothing of the burst had been identified. At most ${MOST_BOXES} boxes, its own among them. Empty where nothing is taught.`,
  request: {
    params: idParam,
    query: z.object({
      accuracy: z.coerce.number().min(0).max(1).default(DEFAULT_ACCURACY).openapi({
        description: 'The share of right stops that is wanted. 0: as deep as the path goes.',
      }),
    }),
  },
  responses: {
    200: jsonAnswer(
      'The animals, in the order in which they come',
      z.object({ items: z.array(trackSchema), nextCursor: z.null() }),
    ),
    ...problems(400, 404),
  },
})

export function burstRoutes(service: Service) {
  return newRoutes().openapi(tracksRoute, async (c) => {
    const items = await followBurst(service, c.req.valid('param').id, c.req.valid('query').accuracy)
    return c.json({ items, nextCursor: null }, 200)
  })
}

async function followBurst({ db, learning }: Service, id: number, accuracy: number): Promise<Track[]> {
  const of = await getDetection(db, id)
  const burst = await burstOf(db, of, MOST_BOXES)
  const tracks = await learning.tracks(boxesOf(burst), {
    groupKey: of.groupKey,
    takenAt: takenAtOf(of),
    accuracy: accuracy === 0 ? null : accuracy,
  })
  return await presentTracks({ learning }, tracks)
}

/** Those of animals, in the order in which they were taken. */
function boxesOf(burst: readonly Detection[]): BurstBox[] {
  const photos = [...new Set(burst.map(({ mediaId }) => mediaId))]
  const animals = burst.filter(({ kind, mark, setAside }) => kind === 'animal' && mark !== 'notAnimal' && !setAside)
  return animals.map(({ id, mediaId, bbox }) => ({ detectionId: id, mediaId, bbox, place: photos.indexOf(mediaId) }))
}
