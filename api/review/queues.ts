// GET /api/queues, and what it shares with GET /api/detections. In: what narrows a list. Out: how much each queue holds.

import { createRoute, z } from '@hono/zod-openapi'
import { NotFound } from '../../db/errors.ts'
import { findDeployment, listDeployments } from '../../db/photos/deployments.ts'
import {
  countQueues,
  type DetectionCursor,
  type DetectionNarrowing,
  type DetectionOrder,
  keysOf,
  orderOf,
  peopleWhoIdentified,
  type QueueName,
} from '../../db/photos/queues.ts'
import { idSchema } from '../contract/id.ts'
import { limitSchema } from '../contract/page.ts'
import { filterChoicesSchema, queueCountSchema, queueNameSchema } from '../contract/queue.ts'
import { Problem, problems } from '../http/problem.ts'
import { newRoutes } from '../http/router.ts'
import { requireTaxon } from '../present/taxa.ts'
import type { Service } from '../service.ts'

const momentSchema = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?$/, 'Expected a day or a time without zone, as 2024-05-01')
  .refine(isMoment, 'Expected a day of the calendar and a time of the day')
const share = z.coerce.number().min(0).max(1)

export const narrowingSchema = z.object({
  state: z.enum(['unidentified', 'identified', 'conflict', 'proposed']).optional(),
  kind: z.enum(['animal', 'person', 'vehicle']).optional(),
  taxon: idSchema.optional().openapi({ description: 'Identified, or else suggested, as this taxon or one below it.' }),
  mediaId: idSchema.optional(),
  importId: idSchema.optional(),
  deployment: z.string().max(200).optional().openapi({ description: "A camera's place, by name." }),
  from: momentSchema.optional().openapi({ description: "By the photo's own clock, from this day or time on." }),
  to: momentSchema.optional().openapi({ description: 'To the end of this day, or to this time.' }),
  minConfidence: share.optional(),
  maxConfidence: share.optional(),
  person: z.string().max(200).optional().openapi({ description: 'Identified by.' }),
  group: z.string().max(300).optional().openapi({ description: 'The `groupKey` of a detection.' }),
  selection: idSchema.optional().openapi({ description: 'Of this selection: POST /api/selections.' }),
})
type Narrowing = z.infer<typeof narrowingSchema>

export const pageQuerySchema = narrowingSchema.extend({
  queue: queueNameSchema.optional(),
  order: z
    .enum(['unsure', 'newest', 'oldest', 'confidence', 'similar', 'disagreement', 'novelty', 'recent'])
    .optional()
    .openapi({
      description:
        "The queue's own, else newest. unsure: least probable first; confidence: the detector's, highest first; similar: look-alikes together, by suggestion; disagreement, novelty: largest first; recent: latest identified first.",
    }),
  cursor: z.string().max(100).optional(),
  limit: limitSchema.default(50),
})

/** Counting further would make people wait for a number they cannot use. */
const MOST_COUNTED = 10_000

export function queueRoutes(service: Service) {
  return newRoutes()
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/queues',
        tags: ['Detections'],
        summary: 'How much there is to review',
        request: {
          query: narrowingSchema.extend({
            queue: queueNameSchema.optional().openapi({ description: 'Only this one: counting all takes longer.' }),
          }),
        },
        responses: {
          200: {
            description: 'Each queue under the same filters',
            content: { 'application/json': { schema: z.object({ queues: z.array(queueCountSchema) }) } },
          },
          ...problems(400, 404),
        },
      }),
      async (c) => {
        const { queue, ...narrowing } = c.req.valid('query')
        const of = await narrowingOf(service, narrowing)
        return c.json({ queues: await countQueues(service.db, of, MOST_COUNTED, queue && [queue]) }, 200)
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/filters',
        tags: ['Detections'],
        summary: 'What lists can be narrowed by',
        responses: {
          200: {
            description: 'Names of cameras and of people who identified something',
            content: { 'application/json': { schema: filterChoicesSchema } },
          },
        },
      }),
      async (c) => {
        const [deployments, people] = await Promise.all([listDeployments(service.db), peopleWhoIdentified(service.db)])
        return c.json({ deployments: deployments.map(({ name }) => name), people }, 200)
      },
    )
}

/** A query's filters as ids and times. Throws NotFound for a taxon or deployment that is not there. */
export async function narrowingOf(service: Service, query: Narrowing): Promise<DetectionNarrowing> {
  const { taxon, deployment, from, to, group, selection, state, kind, minConfidence, maxConfidence, person } = query
  if (taxon !== undefined) await requireTaxon(service, Number(taxon))
  const id = (text: string | undefined) => (text === undefined ? undefined : Number(text))
  const deploymentId = deployment === undefined ? undefined : await findDeployment(service.db, deployment)
  if (deployment !== undefined && deploymentId === null) throw new NotFound('deployment', deployment)
  return {
    state,
    kind,
    taxonIds: taxon === undefined ? undefined : service.learning.taxonomy.subtree(Number(taxon)),
    mediaId: id(query.mediaId),
    importId: id(query.importId),
    deploymentId: deploymentId ?? undefined,
    from,
    before: to === undefined ? undefined : after(to),
    minConfidence,
    maxConfidence,
    person,
    groupKey: group,
    selectionId: id(selection),
  }
}

/** "2024-05-01" or "2024-05-01T06:13" to the second. */
const toSeconds = (text: string) => (text.length === 10 ? `${text}T00:00:00` : text.padEnd(19, ':00'))

/** The 31st of February is none. */
function isMoment(text: string): boolean {
  const time = Date.parse(`${toSeconds(text)}Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

/** The first moment that a day, a minute or a second, inclusively meant, leaves out. */
function after(text: string): string {
  const step = text.length === 10 ? 86_400_000 : text.length === 16 ? 60_000 : 1000
  return new Date(Date.parse(`${toSeconds(text)}Z`) + step).toISOString().slice(0, 19)
}

export function encodeCursor({ id, keys }: DetectionCursor): string {
  return [id, ...(keys ?? [])].join('_')
}

/** Throws a Problem for text that no page of this order answered. */
export function decodeCursor(text: string, asked: { queue?: QueueName; order?: DetectionOrder }): DetectionCursor {
  const fits = /^\d{1,16}(_\d+(\.\d+)?(e-?\d+)?){0,2}$/.test(text)
  const [id = 0, ...keys] = text.split('_').map(Number)
  if (!fits || (keys.length > 0 && keys.length !== keysOf(orderOf(asked))))
    throw new Problem(400, 'Expected a cursor as returned by the page before.')
  return { id, keys: keys.length === 0 ? null : keys }
}
