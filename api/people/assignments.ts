// Queues by person: who looks at which camera, taxon or share of the photos.

import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { NotFound } from '../../db/errors.ts'
import { addAssignments, listAssignments, removeAssignment } from '../../db/people/assignments.ts'
import { addAudit } from '../../db/people/audit.ts'
import { getPerson } from '../../db/people/people.ts'
import { findDeployment } from '../../db/photos/deployments.ts'
import { idParam } from '../contract/id.ts'
import { type Assignment, assignmentSchema, newAssignmentsSchema } from '../contract/people/assignment.ts'
import { jsonAnswer, jsonBody } from '../http/json.ts'
import { Problem, problems } from '../http/problem.ts'
import { type Env, newRoutes, routesOf } from '../http/router.ts'
import { requireTaxon } from '../present/taxa.ts'
import type { Service } from '../service.ts'
import { mayAs } from './access.ts'

const route = routesOf('People')
const listSchema = z.object({ items: z.array(assignmentSchema) })

const listRoute = route('get /api/assignments', 'Who is to look at what; one’s own for viewers and reviewers', {
  responses: { 200: jsonAnswer('By name', listSchema), ...problems(401, 403) },
})

const makeRoute = route('post /api/assignments', 'Assign a part of the queues', {
  description: 'Lists take `mine=true` to show what is assigned to who asks. Nobody is kept from anything else.',
  request: { body: jsonBody(newAssignmentsSchema) },
  responses: { 201: jsonAnswer('All assignments', listSchema), ...problems(400, 401, 403, 404, 422) },
})

const removeRoute = route('delete /api/assignments/{id}', 'Take an assignment back', {
  request: { params: idParam },
  responses: { 204: { description: 'Taken back' }, ...problems(400, 401, 403, 404) },
})

export function assignmentRoutes(service: Service) {
  const { db } = service
  return newRoutes()
    .openapi(listRoute, async (c) => {
      const { role, personId } = c.var.caller
      return c.json({ items: await present(service, mayAs(role, 'editor') ? null : personId) }, 200)
    })
    .openapi(makeRoute, async (c) => {
      await assign(service, c, c.req.valid('json'))
      return c.json({ items: await present(service, null) }, 201)
    })
    .openapi(removeRoute, async (c) => {
      await removeAssignment(db, c.req.valid('param').id)
      return c.body(null, 204)
    })
}

async function present({ db }: Service, personId: number | null): Promise<Assignment[]> {
  return (await listAssignments(db, personId)).map(({ part, parts, ...row }) => ({
    id: String(row.id),
    personId: String(row.personId),
    person: row.person,
    deployment: row.deployment,
    taxonId: row.taxonId === null ? null : String(row.taxonId),
    share: part === null || parts === null ? null : { part: part + 1, parts },
    createdAt: row.createdAt.toISOString(),
  }))
}

async function assign(
  service: Service,
  c: Context<Env>,
  { personIds, deployment, taxonId, share }: z.output<typeof newAssignmentsSchema>,
): Promise<void> {
  const { db } = service
  const people = [...new Set(personIds)].map(Number)
  if (share && people.length < 2) throw new Problem(422, 'Expected at least two people for equal shares.')
  if (taxonId !== undefined) await requireTaxon(service, Number(taxonId))
  const deploymentId = deployment === undefined ? null : await findDeployment(db, deployment)
  if (deployment !== undefined && deploymentId === null) throw new NotFound('deployment', deployment)
  const names: string[] = []
  for (const id of people) names.push((await getPerson(db, id)).name)
  await db.transaction(async (tx) => {
    await addAssignments(
      tx,
      people.map((personId, part) => ({
        personId,
        deploymentId,
        taxonId: taxonId === undefined ? null : Number(taxonId),
        part: share ? part : null,
        parts: share ? people.length : null,
      })),
    )
    const { how, address } = c.var.caller
    await addAudit(tx, { person: c.var.person, how, what: `assigned a queue to ${names.join(', ')}`, address })
  })
}
