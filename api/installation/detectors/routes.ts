// Detectors on one's own photos: a data set to train another one, comparing it with the one in use, and what a
// threshold does.

import { spreadMedia } from '../../../db/photos/boxed.ts'
import { mediaAfter } from '../../../db/photos/media.ts'
import { decode } from '../../../indexer/photos/image.ts'
import {
  compareSchema,
  comparingSchema,
  type DetectorExamples,
  detectorExamplesSchema,
  detectorSetSchema,
} from '../../contract/models/detector.ts'
import { streamOf } from '../../http/bodies/stream-answer.ts'
import { jsonAnswer, jsonBody } from '../../http/json.ts'
import { problems } from '../../http/problem.ts'
import { newRoutes, routesOf } from '../../http/router.ts'
import { zipFiles } from '../../interchange/exchange/writers/zip-files.ts'
import { imageUrl } from '../../present/addresses.ts'
import type { Service } from '../../service.ts'
import { openComparer } from './comparison.ts'
import { choosePhotos, factsOf, writeTrainingSet } from './training-set.ts'

const route = routesOf('Models')

const setRoute = route('get /api/detectors/set', 'What a data set to train a detector would hold', {
  responses: { 200: jsonAnswer('Counts', detectorSetSchema) },
})

const setZipRoute = route('get /api/detectors/set.zip', 'A data set to train a detector', {
  description:
    'Photos of which people have settled every box, as YOLO has them: images, labels, data.yaml, with a README, a script and a notebook to train YOLOv5. A fifth is kept out to compare detectors on.',
  responses: {
    200: {
      description: 'A zip',
      content: { 'application/zip': { schema: { type: 'string', format: 'binary' } } },
    },
    ...problems(422),
  },
})

const compareRoute = route('post /api/detectors/compare', 'Compare a detector with the one in use', {
  description:
    'Both look at photos of which people have settled every box. POST /api/models/use takes a detector only after a comparison in which it was not worse, where there are boxes enough.',
  request: { body: jsonBody(compareSchema) },
  responses: { 202: jsonAnswer('Begun', comparingSchema), ...problems(400, 409, 422) },
})

const comparingRoute = route('get /api/detectors/compare', 'How far a comparison is, and the last one', {
  responses: { 200: jsonAnswer('State', comparingSchema) },
})

const examplesRoute = route('get /api/detectors/examples', 'What the detector in use finds in some photos', {
  description: 'Boxes of any confidence, so that a threshold can be chosen by looking.',
  responses: { 200: jsonAnswer('Photos', detectorExamplesSchema) },
})

export function detectorRoutes(service: Service) {
  const comparer = openComparer(() => service)
  return newRoutes()
    .openapi(setRoute, async (c) => c.json(factsOf(await choosePhotos(service)), 200))
    .openapi(setZipRoute, async (c) => {
      const files = zipFiles(await writeTrainingSet(service))
      return c.body(await streamOf(files), 200, {
        'Content-Type': 'application/zip',
        'Content-Disposition': 'attachment; filename="detector-set.zip"',
        'Cache-Control': 'no-store',
      })
    })
    .openapi(compareRoute, async (c) => {
      await comparer.start(c.req.valid('json'))
      return c.json(await comparer.state(), 202)
    })
    .openapi(comparingRoute, async (c) => c.json(await comparer.state(), 200))
    .openapi(examplesRoute, async (c) => c.json(await findExamples(service), 200))
}

const EXAMPLES = 12
const LEAST = 0.05

async function findExamples({ db, photos, models }: Service): Promise<DetectorExamples> {
  const items: DetectorExamples['items'] = []
  for (const { id, filename, sha256 } of await mediaAfter(db, { ids: await spreadMedia(db, EXAMPLES) })) {
    const image = await decode(await photos.get(sha256), { workingSidePx: models.workingSidePx })
    const found = await models.detector.detect(image, { threshold: LEAST })
    items.push({
      mediaId: String(id),
      filename,
      imageUrl: imageUrl(id),
      found: found.map(({ bbox, confidence, kind }) => ({ bbox, confidence, kind })),
    })
  }
  return { items, least: LEAST }
}
