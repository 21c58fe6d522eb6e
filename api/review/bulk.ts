// Many animals identified at once, as one action; and before that, which of them do not belong with the others.

import { keepSummariesAsForecasts } from '../../db/insight/forecasts.ts'
import { getDetections } from '../../db/photos/detections.ts'
import { identifyMany } from '../../db/statements/bulk-identifications.ts'
import { teachingOf } from '../../db/trees/lessons.ts'
import { change } from '../change.ts'
import {
  type BulkAnswer,
  type BulkPreview,
  bulkAnswerSchema,
  bulkPreviewRequestSchema,
  bulkPreviewSchema,
  newBulkSchema,
} from '../contract/bulk.ts'
import { type RequestOf, repeatable, repeatableChange } from '../http/idempotency.ts'
import { jsonAnswer, jsonBody } from '../http/json.ts'
import { problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import { nameOf, requireTaxon } from '../present/taxa.ts'
import type { Service } from '../service.ts'
import { findOutliers } from './outliers.ts'

const route = routesOf('Identifications')

const identifyRoute = route('post /api/identifications/bulk', 'Say what many animals are, as one action', {
  description:
    'An animal that cannot be identified (it was removed, or its photo is marked as empty) is listed as a failure; the others are identified.',
  ...repeatableChange(newBulkSchema, ['Stored and learned', bulkAnswerSchema], 400, 404, 409, 422),
})

const previewRoute = route(
  'post /api/identifications/bulk/preview',
  'What many animals look like, and which do not belong with the others',
  {
    request: { body: jsonBody(bulkPreviewRequestSchema) },
    responses: { 200: jsonAnswer('Nothing is changed', bulkPreviewSchema), ...problems(400, 404) },
  },
)

export function bulkRoutes(service: Service) {
  return newRoutes()
    .openapi(identifyRoute, async (c) =>
      c.json(await identifyAnimals(service, repeatable(c, c.req.valid('json'), bulkAnswerSchema)), 201),
    )
    .openapi(previewRoute, async (c) => {
      const { detectionIds, taxonId } = c.req.valid('json')
      const wanted = taxonId === undefined ? null : Number(taxonId)
      return c.json(await previewBulk(service, detectionIds.map(Number), wanted), 200)
    })
}

async function identifyAnimals(service: Service, request: RequestOf<typeof identifyRoute>): Promise<BulkAnswer> {
  const { person, body } = request
  const detectionIds = body.detectionIds.map(Number)
  const taxonId = Number(body.taxonId)
  const examples = service.learning.exampleCount(taxonId)
  return await change(
    service,
    request,
    { detectionId: detectionIds[0]!, taxonId },
    {
      async write(tx, record) {
        const said = await identifyMany(tx, { detectionIds, taxonId, person, basis: body.basis })
        if (said.made.length === 0) return { said, action: null }
        const ids = said.made.map(({ detectionId }) => detectionId)
        await keepSummariesAsForecasts(tx, ids, examples)
        const animals = ids.length === 1 ? 'an animal' : `${ids.length} animals`
        const action = await record({
          kind: 'bulk',
          summary: `Identified ${animals} as ${nameOf(service, taxonId)}`,
          change: { type: 'said', made: said.made.map(({ id }) => id), unmarked: said.unmarked },
          subjects: { kind: 'detection', ids },
        })
        return { said, action }
      },
      present: async ({ said }, { action, learned }) => ({
        action,
        identified: said.made.map(({ detectionId }) => String(detectionId)),
        unchanged: said.unchanged.map(String),
        failures: said.failures.map(({ detectionId, problem }) => ({ detectionId: String(detectionId), problem })),
        learned,
      }),
    },
  )
}

async function previewBulk(service: Service, detectionIds: number[], taxonId: number | null): Promise<BulkPreview> {
  if (taxonId !== null) await requireTaxon(service, taxonId)
  const { db, learning, models } = service
  const ids = [...new Set(detectionIds)]
  const from = { version: learning.version(), modelSha256: models.embedder.sha256 }
  const rows = await getDetections(db, ids)
  const vectors = new Map<number, Float32Array>()
  for (const { detectionId, embedding } of await teachingOf(db, ids, from))
    if (embedding !== null) vectors.set(detectionId, learning.project(embedding))
  return findOutliers(rows, vectors, learning.taxonomy, taxonId)
}
