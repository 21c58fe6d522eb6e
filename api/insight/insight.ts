// What is there, in numbers. In: one filter. Out: counts per taxon and rank, of confidence and probability, by hour and month, per
// camera and place, shares confirmed, and how good suggestions were: what the dashboard draws, for other programs too.

import { createRoute, type z } from '@hono/zod-openapi'
import {
  countActivity,
  countConfidence,
  countConfirmed,
  countPeople,
  countPlaces,
  countProbability,
  countTaxa,
  type InsightFilter,
} from '../../db/insight/counts.ts'
import {
  accuracySchema,
  activitySchema,
  confirmedSchema,
  deploymentsSchema,
  histogramSchema,
  insightFilterSchema,
  learningInsightSchema,
  taxaInsightSchema,
} from '../contract/insight.ts'
import { problems } from '../http/problem.ts'
import { newRoutes } from '../http/router.ts'
import { taxonLookup } from '../present/taxa.ts'
import type { Service } from '../service.ts'
import { type Keep, keepAnswers } from './cache.ts'
import { activityOf, histogramOf, placesOf, taxaOf } from './counts.ts'
import { filterOf } from './filter.ts'
import { judgedForecasts, MOST_FORECASTS } from './forecasts.ts'
import { accuracyOf, learningOf } from './measures.ts'

const BINS = 20

const NO_FILTER: InsightFilter = {
  taxonIds: null,
  deployment: null,
  from: null,
  to: null,
  importId: null,
  person: null,
}

/** The route of one chart: its numbers under the one filter. */
const chart = <P extends string, S extends z.ZodType>(path: P, summary: string, schema: S, description?: string) =>
  createRoute({
    method: 'get',
    path,
    tags: ['Insight'],
    summary,
    description,
    request: { query: insightFilterSchema },
    responses: {
      200: { description: 'The numbers', content: { 'application/json': { schema } } },
      ...problems(400, 404),
    },
  })

export function insightRoutes(service: Service, keep: Keep = keepAnswers()) {
  const { db } = service
  /** Counts under the request's filter, kept for a while. */
  const counted = async <T>(
    name: string,
    query: z.infer<typeof insightFilterSchema>,
    count: (filter: InsightFilter) => Promise<T>,
  ): Promise<T> => {
    const filter = await filterOf(service, query)
    const key = JSON.stringify([
      name,
      query.taxon,
      query.deployment,
      filter.from,
      filter.to,
      query.importId,
      filter.person,
    ])
    return await keep(key, () => count(filter))
  }

  return newRoutes()
    .openapi(chart('/api/insight/taxa', 'Animals per taxon and rank', taxaInsightSchema), async (c) =>
      c.json(
        await counted('taxa', c.req.valid('query'), async (filter) => {
          const counts = await countTaxa(db, filter)
          const taxa = await taxonLookup(
            service,
            counts.map((one) => one.taxonId),
          )
          return taxaOf(counts, taxa.find)
        }),
        200,
      ),
    )
    .openapi(chart('/api/insight/confidence', "Animals by the detector's confidence", histogramSchema), async (c) =>
      c.json(
        await counted('confidence', c.req.valid('query'), async (filter) =>
          histogramOf(await countConfidence(db, filter, BINS)),
        ),
        200,
      ),
    )
    .openapi(
      chart(
        '/api/insight/probability',
        'Animals by the probability of their last suggestion',
        histogramSchema,
        'Also of those that are identified: a suggestion leaves their own statement and burst out.',
      ),
      async (c) =>
        c.json(
          await counted('probability', c.req.valid('query'), async (filter) =>
            histogramOf(await countProbability(db, filter, BINS)),
          ),
          200,
        ),
    )
    .openapi(chart('/api/insight/activity', 'Animals by hour and month', activitySchema), async (c) =>
      c.json(
        await counted('activity', c.req.valid('query'), async (filter) => activityOf(await countActivity(db, filter))),
        200,
      ),
    )
    .openapi(
      chart(
        '/api/insight/deployments',
        'Photos per camera and place',
        deploymentsSchema,
        'Photos without animals are counted too, unless the filter asks for a taxon or a person.',
      ),
      async (c) =>
        c.json(
          await counted('deployments', c.req.valid('query'), async (filter) => placesOf(await countPlaces(db, filter))),
          200,
        ),
    )
    .openapi(
      chart('/api/insight/confirmed', 'How many animals are identified, and by whom', confirmedSchema),
      async (c) =>
        c.json(
          await counted('confirmed', c.req.valid('query'), async (filter) => ({
            ...(await countConfirmed(db, filter)),
            people: await countPeople(db, filter),
          })),
          200,
        ),
    )
    .openapi(
      chart(
        '/api/insight/accuracy',
        'How often suggestions were right',
        accuracySchema,
        'What the tree said of an animal before the first person named it, against what the animal teaches now. Labels that came with photos are not counted: nothing was suggested before them.',
      ),
      async (c) =>
        c.json(
          await counted('accuracy', c.req.valid('query'), async (filter) => {
            const { judged, named, leftOut } = await judgedForecasts(service, filter)
            return accuracyOf(judged, { forecasts: named.length, leftOut })
          }),
          200,
        ),
    )
    .openapi(
      chart(
        '/api/insight/learning',
        'Accuracy by number of examples',
        learningInsightSchema,
        `How many more examples help: how often the answer named the right taxon when the tree had so many examples of it. At most the newest ${MOST_FORECASTS} forecasts count.`,
      ),
      async (c) =>
        c.json(
          await counted('learning', c.req.valid('query'), async (filter) => {
            const own = await judgedForecasts(service, filter)
            const isAll = Object.values(filter).every((value) => value === null)
            const all = isAll ? own : await judgedForecasts(service, NO_FILTER)
            const examplesOf = (taxonId: number) => service.learning.exampleCount(taxonId)
            return learningOf(own.named, all.named, { leftOut: own.leftOut, examplesOf })
          }),
          200,
        ),
    )
}
