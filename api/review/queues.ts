// How much each review queue holds, and what lists can be narrowed by.

import { z } from '@hono/zod-openapi'
import { listDeployments, listStations } from '../../db/photos/deployments.ts'
import { countQueues, peopleWhoIdentified } from '../../db/photos/queues.ts'
import { type FilterChoices, filterChoicesSchema, queueCountSchema, queueNameSchema } from '../contract/queue.ts'
import { jsonAnswer } from '../http/json.ts'
import { problems } from '../http/problem.ts'
import { type Env, newRoutes, routesOf } from '../http/router.ts'
import type { Service } from '../service.ts'
import { narrowingOf, narrowingSchema } from './narrowing.ts'

const route = routesOf('Detections')

/** Counting more would make people wait for a number that they cannot use. */
const MOST_COUNTED = 10_000

const querySchema = narrowingSchema.extend({
  queue: queueNameSchema.optional().openapi({ description: 'Only this one: counting all takes longer.' }),
})

const countRoute = route('get /api/queues', 'How much there is to review', {
  request: { query: querySchema },
  responses: {
    200: jsonAnswer('Each queue under the same filters', z.object({ queues: z.array(queueCountSchema) })),
    ...problems(400, 404),
  },
})

const filtersRoute = route('get /api/filters', 'What lists can be narrowed by', {
  responses: {
    200: jsonAnswer('Names of cameras, of stations and of people who identified something', filterChoicesSchema),
  },
})

export function queueRoutes(service: Service) {
  return newRoutes()
    .openapi(countRoute, async (c) => c.json({ queues: await queueCounts(service, c.req.valid('query'), c.var) }, 200))
    .openapi(filtersRoute, async (c) => c.json(await filterChoices(service), 200))
}

async function queueCounts(
  service: Service,
  { queue, ...narrowing }: z.output<typeof querySchema>,
  asker: Env['Variables'],
) {
  return await countQueues(service.db, await narrowingOf(service, narrowing, asker), MOST_COUNTED, queue && [queue])
}

async function filterChoices({ db }: Service): Promise<FilterChoices> {
  const [deployments, sites, people] = await Promise.all([
    listDeployments(db),
    listStations(db),
    peopleWhoIdentified(db),
  ])
  return { deployments: deployments.map(({ name }) => name), sites, people }
}
