// How many people it takes to settle what an animal is, who is an expert, and how often others agree with each.

import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { accuracyOfPeople } from '../../db/people/accuracy.ts'
import { addAudit } from '../../db/people/audit.ts'
import { anyExpert } from '../../db/people/people.ts'
import { getAgreement, setAgreement } from '../../db/settings.ts'
import { lockAgreement, refreshTaughtOfAll } from '../../db/trees/taught.ts'
import { type AgreementRule, accuracySchema, agreementSchema } from '../contract/people/agreement.ts'
import { jsonAnswer, jsonBody } from '../http/json.ts'
import { createGate } from '../http/load/gate.ts'
import { Problem, problems } from '../http/problem.ts'
import { type Env, newRoutes, routesOf } from '../http/router.ts'
import type { Service } from '../service.ts'

const route = routesOf('People')

const getRoute = route('get /api/agreement', 'What it takes until an animal teaches', {
  responses: { 200: jsonAnswer('The rule', agreementSchema) },
})

const chooseRoute = route('put /api/agreement', 'Choose what it takes until an animal teaches', {
  description:
    'All statements are settled again by the new rule before the answer is sent. What animals teach follows from the statements and the rule alone, so choosing the old rule again restores exactly what was.',
  request: { body: jsonBody(agreementSchema) },
  responses: { 200: jsonAnswer('Chosen, and learned', agreementSchema), ...problems(400, 401, 403, 422, 503) },
})

const accuracyRoute = route('get /api/people/accuracy', 'How often others agree with each person', {
  description: 'For admins alone. It decides nothing.',
  responses: { 200: jsonAnswer('By name', z.object({ items: z.array(accuracySchema) })), ...problems(401, 403) },
})

/** Settling everything again takes a while, and everybody who identifies waits for it. */
const ONE = {
  running: 1,
  waiting: 0,
  retryAfterSeconds: 30,
  refusal: 'The rule is being changed already. Try again when that is done.',
}

export function agreementRoutes(service: Service) {
  const { db } = service
  const gate = createGate(ONE)
  return newRoutes()
    .openapi(getRoute, async (c) => c.json({ rule: await getAgreement(db) }, 200))
    .openapi(chooseRoute, async (c) => c.json(await gate.run(() => choose(service, c, c.req.valid('json'))), 200))
    .openapi(accuracyRoute, async (c) => c.json({ items: await accuracyOfPeople(db) }, 200))
}

const WORDS = { one: 'one is enough', two: 'two must agree', expert: 'an expert signs' }

async function choose({ db, learning }: Service, c: Context<Env>, { rule }: AgreementRule): Promise<AgreementRule> {
  if (rule === 'expert' && !(await anyExpert(db)))
    throw new Problem(422, 'Expected at least one expert: say under People who is one, then choose this rule.')
  const { how = 'open', address = '' } = c.var.caller
  await db.transaction(async (tx) => {
    await lockAgreement(tx)
    if ((await getAgreement(tx)) === rule) return
    await setAgreement(tx, rule)
    await refreshTaughtOfAll(tx)
    await addAudit(tx, { person: c.var.person, how, what: `chose the rule of agreement: ${WORDS[rule]}`, address })
  })
  await learning.sync()
  return { rule }
}
