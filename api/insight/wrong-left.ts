// How many suggestions would be wrong if they were all accepted now, checked by the animals that were drawn at random,
// and whether a person may stop.

import { z } from '@hono/zod-openapi'
import { adviseStop, type Drawn, PROBABILITY_BINS, wrongLeft } from '../../classifiers/asking/wrong-left.ts'
import { familyOf } from '../../classifiers/live/family.ts'
import { type WatchedForecast, watchedForecasts } from '../../db/insight/forecasts.ts'
import { countLeft } from '../../db/insight/wrong-left.ts'
import { isLarge } from '../../db/summary.ts'
import { type WrongLeft, wrongLeftSchema } from '../contract/wrong-left.ts'
import { jsonAnswer } from '../http/json.ts'
import { type Kept, keepCount } from '../http/load/kept-count.ts'
import { problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import type { Service } from '../service.ts'

const route = routesOf('Insight')

/** What was drawn before says little of what waits now. */
const MOST_DRAWN = 200

const wrongLeftRoute = route('get /api/insight/wrong-left', 'How many of the suggestions that wait are wrong', {
  description:
    'What the tree itself gives for a wrong answer, corrected by the animals that were drawn at random and named. A large installation gives the last count, and counts again meanwhile.',
  request: {
    query: z.object({
      accuracy: z.coerce.number().gt(0).lt(1).default(0.95).openapi({
        description: 'The share of right suggestions with which the season is good enough.',
      }),
    }),
  },
  responses: { 200: jsonAnswer('Of the animals that wait', wrongLeftSchema), ...problems(400) },
})

export function wrongLeftRoutes(service: Service) {
  const left = keepCount(
    () => countLeft(service.db, PROBABILITY_BINS),
    () => isLarge(service.db),
  )
  return newRoutes().openapi(wrongLeftRoute, async (c) => {
    const { accuracy } = c.req.valid('query')
    return c.json(await stateWrongLeft(service, accuracy, await left(service.learning.treeVersion())), 200)
  })
}

async function stateWrongLeft(
  service: Service,
  accuracy: number,
  left: Kept<Awaited<ReturnType<typeof countLeft>>> | null,
): Promise<WrongLeft> {
  const { rows, burst } = left?.value ?? { rows: [], burst: 1 }
  const drawn = await watchedForecasts(service.db, MOST_DRAWN, { drawn: true })
  const animals = rows.reduce((sum, row) => sum + row.animals, 0)
  const said = (rank: 'species' | 'family') => {
    const bins = new Float64Array(PROBABILITY_BINS)
    for (const row of rows) bins[row[rank]]! += row.animals
    const checked = drawn.flatMap((one) => judgedAt(rank, one, service) ?? [])
    const wrongDrawn = checked.filter(({ right }) => !right).length
    return { ...wrongLeft({ bins, burst }, checked), drawn: checked.length, wrongDrawn }
  }
  const ranks = { species: said('species'), family: said('family') }
  const advice = adviseStop(animals, ranks, { drawn: ranks.species.drawn, share: 1 - accuracy })
  return { animals, ...ranks, accuracy, advice, countedAt: left?.countedAt.toISOString() ?? null }
}

/**
 * What was said before the person named it. Null where nothing was, or the person named a higher rank, so that nobody
 * knows.
 */
function judgedAt(rank: 'species' | 'family', { taxonId, path }: WatchedForecast, { learning }: Service): Drawn | null {
  const { taxonomy } = learning
  const last = path.at(-1)
  const suggested = last && (rank === 'species' ? last.taxonId : familyOf(taxonomy, last.taxonId))
  const step = path.find((one) => one.taxonId === suggested)
  if (!step || !taxonomy.taxon(taxonId)) return null
  const right = taxonomy.isWithin(taxonId, step.taxonId)
  if (!right && taxonomy.isWithin(step.taxonId, taxonId)) return null
  return { probability: step.probability, right }
}
