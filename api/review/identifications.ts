// People's statements about what animals are, and withdrawing them. The tree learns either before the answer is sent.

import { forecastOf } from '../../classifiers/live/forecast.ts'
import { keepForecast } from '../../db/insight/forecasts.ts'
import { getIdentification, identify, withdraw } from '../../db/statements/identifications.ts'
import { change } from '../change.ts'
import { idParam } from '../contract/id.ts'
import {
  type IdentificationAnswer,
  identificationAnswerSchema,
  newIdentificationSchema,
} from '../contract/identification.ts'
import { type RequestOf, repeatable, repeatableChange } from '../http/idempotency.ts'
import { jsonAnswer } from '../http/json.ts'
import { requireOwn } from '../http/person.ts'
import { problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import { presentIdentifications } from '../present/identifications.ts'
import { nameOf } from '../present/taxa.ts'
import type { Service } from '../service.ts'

const route = routesOf('Identifications')

const identifyRoute = route('post /api/identifications', 'Say what an animal is', {
  ...repeatableChange(newIdentificationSchema, ['Stored and learned', identificationAnswerSchema], 400, 404, 409, 422),
})

const withdrawRoute = route('delete /api/identifications/{id}', 'Withdraw an identification', {
  description:
    'The tree unlearns it, and the identification that it had replaced counts again. Withdrawing twice changes nothing.',
  request: { params: idParam },
  responses: { 200: jsonAnswer('Withdrawn and unlearned', identificationAnswerSchema), ...problems(400, 404) },
})

export function identificationRoutes(service: Service) {
  return newRoutes()
    .openapi(identifyRoute, async (c) =>
      c.json(await identifyAnimal(service, repeatable(c, c.req.valid('json'), identificationAnswerSchema)), 201),
    )
    .openapi(withdrawRoute, async (c) => {
      const said = await getIdentification(service.db, c.req.valid('param').id)
      requireOwn(c, said.person)
      return c.json(await withdrawIdentification(service, said, c.var.person), 200)
    })
}

async function identifyAnimal(
  service: Service,
  request: RequestOf<typeof identifyRoute>,
): Promise<IdentificationAnswer> {
  const { basis, ...body } = request.body
  const { person } = request
  const detectionId = Number(body.detectionId)
  const taxonId = Number(body.taxonId)
  const replacesId = body.replacesId === undefined ? null : Number(body.replacesId)
  return await change(
    service,
    request,
    { detectionId, taxonId },
    {
      prepare: async (embedding) =>
        embedding && (await forecastOf(service.learning, embedding, { detectionId, taxonId })),
      async write(tx, record, forecast) {
        const { identification, unmarked } = await identify(tx, { detectionId, taxonId, person, basis, replacesId })
        if (forecast) await keepForecast(tx, detectionId, forecast)
        const action = await record({
          kind: 'identify',
          summary: `Identified an animal as ${nameOf(service, identification.taxonId)}`,
          change: {
            type: 'said',
            made: [identification.id],
            unmarked: unmarked ? [{ detectionId, mark: unmarked }] : [],
          },
          subjects: { kind: 'detection', ids: [detectionId] },
        })
        return { identification, action }
      },
      async present({ identification: row }, { learned }) {
        const [identification] = await presentIdentifications(service, [row])
        return { identification: identification!, learned }
      },
    },
  )
}

async function withdrawIdentification(
  service: Service,
  { id, detectionId, taxonId }: Awaited<ReturnType<typeof getIdentification>>,
  person: string,
): Promise<IdentificationAnswer> {
  return await change(
    service,
    { person },
    { detectionId, taxonId },
    {
      async write(tx, record) {
        const before = await getIdentification(tx, id)
        const { identification } = await withdraw(tx, id, person)
        if (before.withdrawnAt !== null) return { identification, action: null }
        const action = await record({
          kind: 'withdraw',
          summary: `Withdrew that an animal is ${nameOf(service, taxonId)}`,
          change: { type: 'withdrawn', identificationIds: [id] },
          subjects: { kind: 'detection', ids: [detectionId] },
        })
        return { identification, action }
      },
      async present({ identification: row }, { learned }) {
        const [identification] = await presentIdentifications(service, [row])
        return { identification: identification!, learned }
      },
    },
  )
}
