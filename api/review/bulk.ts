// Many animals named at once. In: detections and a taxon. Out: which were identified, as one action; before that, which of them do
// not belong with the others.

import { createRoute } from '@hono/zod-openapi'
import { recordAction } from '../../db/history/actions.ts'
import { keepSummariesAsForecasts } from '../../db/insight/forecasts.ts'
import { getDetections } from '../../db/photos/detections.ts'
import { identifyMany } from '../../db/statements/identifications-many.ts'
import { teachingOf } from '../../db/trees/lessons.ts'
import {
  type BulkAnswer,
  bulkAnswerSchema,
  bulkPreviewRequestSchema,
  bulkPreviewSchema,
  newBulkSchema,
} from '../contract/bulk.ts'
import { keySchema } from '../http/idempotency.ts'
import { problems } from '../http/problem.ts'
import { newRoutes } from '../http/router.ts'
import { presentActions, tellChanged } from '../present/actions.ts'
import { requireTaxon } from '../present/taxa.ts'
import type { Service } from '../service.ts'
import { nameOf } from './identifications.ts'
import { withLearned } from './learned.ts'
import { oddOnes } from './outliers.ts'

export function bulkRoutes(service: Service) {
  const once = service.once

  return newRoutes()
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/identifications/bulk',
        tags: ['Identifications'],
        summary: 'Say what many animals are, as one action',
        description: 'What cannot be identified (removed, in a photo marked as empty) is a failure; the others go on.',
        request: {
          headers: keySchema,
          body: { required: true, content: { 'application/json': { schema: newBulkSchema } } },
        },
        responses: {
          201: { description: 'Said and learned', content: { 'application/json': { schema: bulkAnswerSchema } } },
          ...problems(400, 404, 409, 422),
        },
      }),
      async (c) => {
        const body = c.req.valid('json')
        const { person } = c.var
        const key = c.req.valid('header')['idempotency-key']
        const request = { key, person, path: c.req.path, body, answer: bulkAnswerSchema }
        const detectionIds = body.detectionIds.map(Number)
        const taxonId = Number(body.taxonId)
        const examples = service.learning.exampleCount(taxonId)
        const answer = await once(request, async (claim): Promise<BulkAnswer> => {
          const { result, learned } = await withLearned(service, { detectionId: detectionIds[0]!, taxonId }, () =>
            service.db.transaction(async (tx) => {
              await claim(tx)
              const said = await identifyMany(tx, { detectionIds, taxonId, person, basis: body.basis })
              if (said.made.length === 0) return { said, action: null }
              await keepSummariesAsForecasts(
                tx,
                said.made.map(({ detectionId }) => detectionId),
                examples,
              )
              const animals = said.made.length === 1 ? 'an animal' : `${said.made.length} animals`
              const action = await recordAction(tx, {
                person,
                kind: 'bulk',
                summary: `Identified ${animals} as ${nameOf(service, taxonId)}`,
                change: { type: 'said', made: said.made.map(({ id }) => id), unmarked: said.unmarked },
                subjects: { kind: 'detection', ids: said.made.map(({ detectionId }) => detectionId) },
              })
              return { said, action }
            }),
          )
          const { said, action } = result
          const [shown] = await presentActions(service.db, action ? [action] : [])
          if (shown) tellChanged(service, shown)
          return {
            action: shown ?? null,
            identified: said.made.map(({ detectionId }) => String(detectionId)),
            unchanged: said.unchanged.map(String),
            failures: said.failures.map(({ detectionId, problem }) => ({ detectionId: String(detectionId), problem })),
            learned,
          }
        })
        return c.json(answer, 201)
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/identifications/bulk/preview',
        tags: ['Identifications'],
        summary: 'What many animals look like, and which do not belong with the others',
        request: { body: { required: true, content: { 'application/json': { schema: bulkPreviewRequestSchema } } } },
        responses: {
          200: { description: 'Nothing is changed', content: { 'application/json': { schema: bulkPreviewSchema } } },
          ...problems(400, 404),
        },
      }),
      async (c) => {
        const { detectionIds, taxonId } = c.req.valid('json')
        if (taxonId !== undefined) await requireTaxon(service, Number(taxonId))
        const { learning, models } = service
        const ids = [...new Set(detectionIds.map(Number))]
        const version = Number(learning.treeVersion().split('.')[0])
        const from = { version, modelSha256: models.embedder.sha256 }
        const rows = await getDetections(service.db, ids)
        const vectors = new Map<number, Float32Array>()
        for (const { detectionId, embedding } of await teachingOf(service.db, ids, from))
          if (embedding !== null) vectors.set(detectionId, learning.project(embedding))
        return c.json(oddOnes(rows, vectors, learning.taxonomy, taxonId === undefined ? null : Number(taxonId)), 200)
      },
    )
}
