// People's statements. In: what a detection is, and who says so. Out: the identification and what the tree learned from it,
// before the answer is sent. With an Idempotency-Key a request sent twice is one statement with one answer.

import { createRoute, z } from '@hono/zod-openapi'
import { forecastOf } from '../../classifiers/live/forecast.ts'
import type { Db } from '../../db/connection/connect.ts'
import { recordAction } from '../../db/history/actions.ts'
import { keepForecast } from '../../db/insight/forecasts.ts'
import { getIdentification, type Identification, identify, withdraw } from '../../db/statements/identifications.ts'
import { learnedSchema } from '../contract/action.ts'
import { idSchema } from '../contract/id.ts'
import { basisSchema, identificationSchema } from '../contract/identification.ts'
import { keySchema } from '../http/idempotency.ts'
import { problems } from '../http/problem.ts'
import { newRoutes } from '../http/router.ts'
import { presentIdentifications } from '../present/present.ts'
import type { Service } from '../service.ts'
import { withLearned } from './learned.ts'

const bodySchema = z
  .object({
    detectionId: idSchema,
    taxonId: idSchema,
    basis: basisSchema,
    replacesId: idSchema.optional().openapi({ description: 'An identification that this one corrects.' }),
  })
  .openapi('NewIdentification')
const answerSchema = z
  .object({ identification: identificationSchema, learned: learnedSchema })
  .openapi('IdentificationAnswer')
type IdentificationAnswer = z.infer<typeof answerSchema>
const content = { 'application/json': { schema: answerSchema } }

export function identificationRoutes(service: Service) {
  const once = service.once

  return newRoutes()
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/identifications',
        tags: ['Identifications'],
        summary: 'Say what an animal is',
        request: {
          headers: keySchema,
          body: { required: true, content: { 'application/json': { schema: bodySchema } } },
        },
        responses: { 201: { description: 'Said and learned', content }, ...problems(400, 404, 409, 422) },
      }),
      async (c) => {
        const body = c.req.valid('json')
        const { person } = c.var
        const key = c.req.valid('header')['idempotency-key']
        const request = { key, person, path: c.req.path, body, answer: answerSchema }
        return c.json(await once(request, (claim) => say(service, body, person, claim)), 201)
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/api/identifications/{id}',
        tags: ['Identifications'],
        summary: 'Take a statement back',
        description: 'The tree unlearns it; what it had replaced counts again. Taking back twice changes nothing.',
        request: { params: z.object({ id: idSchema }) },
        responses: { 200: { description: 'Taken back and unlearned', content }, ...problems(400, 404) },
      }),
      async (c) => {
        const id = Number(c.req.valid('param').id)
        const { detectionId, taxonId } = await getIdentification(service.db, id)
        const { result, learned } = await withLearned(service, { detectionId, taxonId }, () =>
          service.db.transaction((tx) => takeBack(service, tx, id, c.var.person)),
        )
        const [identification] = await presentIdentifications(service, [result])
        return c.json({ identification: identification!, learned }, 200)
      },
    )
}

async function say(
  service: Service,
  body: z.infer<typeof bodySchema>,
  person: string,
  claim: (tx: Db) => Promise<void>,
): Promise<IdentificationAnswer> {
  const detectionId = Number(body.detectionId)
  const taxonId = Number(body.taxonId)
  const { result, learned } = await withLearned(service, { detectionId, taxonId }, async (embedding) => {
    const forecast = embedding && (await forecastOf(service.learning, embedding, { detectionId, taxonId }))
    return await service.db.transaction(async (tx) => {
      await claim(tx)
      const said = await identify(tx, {
        detectionId,
        taxonId,
        person,
        basis: body.basis,
        replacesId: body.replacesId === undefined ? null : Number(body.replacesId),
      })
      if (forecast) await keepForecast(tx, detectionId, forecast)
      await recordAction(tx, {
        person,
        kind: 'identify',
        summary: `Identified an animal as ${nameOf(service, said.identification.taxonId)}`,
        change: {
          type: 'said',
          made: [said.identification.id],
          unmarked: said.unmarked ? [{ detectionId, mark: said.unmarked }] : [],
        },
        subjects: { kind: 'detection', ids: [detectionId] },
      })
      return said.identification
    })
  })
  const [identification] = await presentIdentifications(service, [result])
  return { identification: identification!, learned }
}

async function takeBack(service: Service, tx: Db, id: number, person: string): Promise<Identification> {
  const before = await getIdentification(tx, id)
  const { identification } = await withdraw(tx, id, person)
  if (before.withdrawnAt === null)
    await recordAction(tx, {
      person,
      kind: 'withdraw',
      summary: `Took back that an animal is ${nameOf(service, before.taxonId)}`,
      change: { type: 'withdrawn', identificationIds: [id] },
      subjects: { kind: 'detection', ids: [before.detectionId] },
    })
  return identification
}

/** For sentences. */
export const nameOf = (service: Service, taxonId: number): string =>
  service.learning.taxonomy.taxon(taxonId)?.name ?? `taxon ${taxonId}`
