// What is there, in numbers: counts per taxon and rank, of confidence and probability, by hour and month, per camera
// and place, shares confirmed, and how good suggestions were. The dashboard draws them; other programs may read them
// too.

import { createRoute, type z } from '@hono/zod-openapi'
import type { Db } from '../../db/connection/connect.ts'
import {
  countActivity,
  countConfidence,
  countConfirmed,
  countPeople,
  countPlaces,
  countProbability,
  countTaxa,
  type InsightFilter,
  NO_FILTER,
} from '../../db/insight/counts.ts'
import {
  type AccuracyInsight,
  accuracySchema,
  activitySchema,
  type ConfirmedInsight,
  confirmedSchema,
  deploymentsSchema,
  histogramSchema,
  type InsightFilterQuery,
  insightFilterSchema,
  type LearningInsight,
  learningInsightSchema,
  type TaxaInsight,
  taxaInsightSchema,
} from '../contract/insight.ts'
import { jsonAnswer } from '../http/json.ts'
import { problems } from '../http/problem.ts'
import { newRoutes } from '../http/router.ts'
import { taxonLookup } from '../present/taxa.ts'
import type { Service } from '../service.ts'
import { type AnswerCache, createAnswerCache } from './cache.ts'
import { activityOf, histogramOf, placesOf, taxaOf } from './counts.ts'
import { filterOf } from './filter.ts'
import { judgedForecasts, MOST_FORECASTS } from './forecasts.ts'
import { accuracyOf, learningOf } from './measures.ts'

const BINS = 20

/** The route of one chart: its numbers under the one filter. */
const chart = <P extends string, S extends z.ZodType>(path: P, summary: string, schema: S, description?: string) =>
  createRoute({
    method: 'get',
    path,
    tags: ['Insight'],
    summary,
    description,
    request: { query: insightFilterSchema },
    responses: { 200: jsonAnswer('The numbers', schema), ...problems(400, 404) },
  })

const taxaRoute = chart('/api/insight/taxa', 'Animals per taxon and rank', taxaInsightSchema)
const confidenceRoute = chart('/api/insight/confidence', "Animals by the detector's confidence", histogramSchema)
const probabilityRoute = chart(
  '/api/insight/probability',
  'Animals by the probability of their last suggestion',
  histogramSchema,
  'Counts identified animals too: a suggestion leaves their own statement and burst out.',
)
const activityRoute = chart('/api/insight/activity', 'Animals by hour and month', activitySchema)
const deploymentsRoute = chart(
  '/api/insight/deployments',
  'Photos per camera and place',
  deploymentsSchema,
  'Counts photos without animals too, unless the filter asks for a taxon or a person.',
)
const confirmedRoute = chart('/api/insight/confirmed', 'How many animals are identified, and by whom', confirmedSchema)
const accuracyRoute = chart(
  '/api/insight/accuracy',
  'How often suggestions were right',
  accuracySchema,
  'Compares what the tree said about an animal before the first person named it with what the animal teaches now. Labels that came with photos are not counted: nothing was suggested before them.',
)
const learningRoute = chart(
  '/api/insight/learning',
  'Accuracy by number of examples',
  learningInsightSchema,
  `How much more examples help: how often the answer named the right taxon when the tree had so many examples of it. At most the newest ${MOST_FORECASTS} forecasts count.`,
)

export function insightRoutes(service: Service, cache: AnswerCache = createAnswerCache()) {
  const { db } = service
  /** Counts under the request's filter, from the cache where it was counted lately. */
  const counted = async <T>(
    name: string,
    query: InsightFilterQuery,
    count: (filter: InsightFilter) => Promise<T>,
  ): Promise<T> => {
    const filter = await filterOf(service, query)
    const { taxon, deployment, site, importId } = query
    const key = JSON.stringify([name, taxon, deployment, site, filter.from, filter.to, importId, filter.person])
    return await cache(key, () => count(filter))
  }

  return newRoutes()
    .openapi(taxaRoute, async (c) =>
      c.json(await counted('taxa', c.req.valid('query'), (filter) => taxaUnder(service, filter)), 200),
    )
    .openapi(confidenceRoute, async (c) => {
      const count = async (filter: InsightFilter) => histogramOf(await countConfidence(db, filter, BINS))
      return c.json(await counted('confidence', c.req.valid('query'), count), 200)
    })
    .openapi(probabilityRoute, async (c) => {
      const count = async (filter: InsightFilter) => histogramOf(await countProbability(db, filter, BINS))
      return c.json(await counted('probability', c.req.valid('query'), count), 200)
    })
    .openapi(activityRoute, async (c) => {
      const count = async (filter: InsightFilter) => activityOf(await countActivity(db, filter))
      return c.json(await counted('activity', c.req.valid('query'), count), 200)
    })
    .openapi(deploymentsRoute, async (c) => {
      const count = async (filter: InsightFilter) => placesOf(await countPlaces(db, filter))
      return c.json(await counted('deployments', c.req.valid('query'), count), 200)
    })
    .openapi(confirmedRoute, async (c) =>
      c.json(await counted('confirmed', c.req.valid('query'), (filter) => confirmedUnder(db, filter)), 200),
    )
    .openapi(accuracyRoute, async (c) =>
      c.json(await counted('accuracy', c.req.valid('query'), (filter) => accuracyUnder(service, filter)), 200),
    )
    .openapi(learningRoute, async (c) =>
      c.json(await counted('learning', c.req.valid('query'), (filter) => learningUnder(service, filter)), 200),
    )
}

async function taxaUnder(service: Service, filter: InsightFilter): Promise<TaxaInsight> {
  const counts = await countTaxa(service.db, filter)
  const taxa = await taxonLookup(
    service,
    counts.map((one) => one.taxonId),
  )
  return taxaOf(counts, taxa.find)
}

async function confirmedUnder(db: Db, filter: InsightFilter): Promise<ConfirmedInsight> {
  return { ...(await countConfirmed(db, filter)), people: await countPeople(db, filter) }
}

async function accuracyUnder(service: Service, filter: InsightFilter): Promise<AccuracyInsight> {
  const { judged, named, leftOut } = await judgedForecasts(service, filter)
  return accuracyOf(judged, { forecasts: named.length, leftOut })
}

async function learningUnder(service: Service, filter: InsightFilter): Promise<LearningInsight> {
  const own = await judgedForecasts(service, filter)
  const isAll = Object.values(filter).every((value) => value === null)
  const all = isAll ? own : await judgedForecasts(service, NO_FILTER)
  const examplesOf = (taxonId: number) => service.learning.exampleCount(taxonId)
  return learningOf(own.named, all.named, { leftOut: own.leftOut, examplesOf })
}
