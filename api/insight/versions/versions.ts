// Versions of the tree: their cards, a report of each to print, and the photos behind their figures.

import { z } from '@hono/zod-openapi'
import { getVersionCard, listVersionCards } from '../../../db/trees/version-cards.ts'
import {
  confusionQuerySchema,
  confusionsSchema,
  judgedQuerySchema,
  judgedSchema,
  rebuiltSchema,
  versionCardSchema,
  versionHeadSchema,
  versionParam,
} from '../../contract/models/version.ts'
import { limitSchema, pageOf } from '../../contract/page.ts'
import { jsonAnswer } from '../../http/json.ts'
import { problems } from '../../http/problem.ts'
import { newRoutes, routesOf } from '../../http/router.ts'
import type { Service } from '../../service.ts'
import { confusionsOf, judgedPhotos } from './judged.ts'
import { presentCard, presentHead } from './present-card.ts'
import { cardReport } from './report.ts'

const route = routesOf('Versions')
const request = { params: versionParam }
/** So that nothing on the way writes the JSON again. */
const BYTES = 'application/octet-stream'

const listRoute = route('get /api/tree/versions', 'Versions of the tree', {
  description:
    'Those that were published, and candidates that were refused. The newest 50 of each embedder are kept. A tree that has learned nothing has none.',
  request: {
    query: z.object({ limit: limitSchema.default(20), cursor: z.coerce.number().int().min(0).optional() }),
  },
  responses: { 200: jsonAnswer('Newest first', pageOf(versionHeadSchema)), ...problems(400) },
})
const cardRoute = route('get /api/tree/versions/{version}', 'The card of a version', {
  description:
    'What it was made from, how right it is on photos that it was not fitted on, what it mistakes, and what changed since the version before.',
  request,
  responses: { 200: jsonAnswer('The card', versionCardSchema), ...problems(400, 404) },
})
const fileRoute = route('get /api/tree/versions/{version}/card.json', 'The card of a version as it is stored', {
  description: 'The same rows give the same bytes: `npm run versions -- rebuild` compares them.',
  request,
  responses: {
    200: { description: 'JSON', content: { [BYTES]: { schema: { type: 'string' as const, format: 'binary' } } } },
    ...problems(400, 404),
  },
})
const reportRoute = route('get /api/tree/versions/{version}/report.html', 'The card of a version as a page to print', {
  request,
  responses: {
    200: { description: 'One page that needs nothing else', content: { 'text/html': { schema: { type: 'string' } } } },
    ...problems(400, 404),
  },
})
const rebuiltRoute = route('get /api/tree/versions/{version}/rebuilt', 'Whether the card is equal when made again', {
  description: 'Estimates the statistics again in a separate process, which takes seconds to minutes. Writes nothing.',
  request,
  responses: { 200: jsonAnswer('The outcome', rebuiltSchema), ...problems(400, 404) },
})
const confusionRoute = route('get /api/tree/versions/{version}/confusions', 'Which taxa it takes for each other', {
  request: { ...request, query: confusionQuerySchema },
  responses: { 200: jsonAnswer('The cells that hold a photo', confusionsSchema), ...problems(400, 404) },
})
const photosRoute = route('get /api/tree/versions/{version}/photos', 'The photos behind its figures', {
  description:
    'Of a cell of the confusion matrix, of mistakes of one severity, or those that became right or wrong against another version. The other version is judged by what a photo is labelled as in this one.',
  request: { ...request, query: judgedQuerySchema },
  responses: { 200: jsonAnswer('The photos', judgedSchema), ...problems(400, 404) },
})

export function versionRoutes(service: Service) {
  const { db } = service
  const answering = () => service.learning.version()
  return newRoutes()
    .openapi(listRoute, async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const rows = await listVersionCards(db, { before: cursor ?? null, limit: limit + 1 })
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      const nextCursor = rows.length > limit && last ? String(last.version) : null
      return c.json({ items: page.map((row) => presentHead(row, answering())), nextCursor }, 200)
    })
    .openapi(cardRoute, async (c) =>
      c.json(presentCard(await getVersionCard(db, c.req.valid('param').version), answering()), 200),
    )
    .openapi(fileRoute, async (c) => {
      const { version, card } = await getVersionCard(db, c.req.valid('param').version)
      return c.body(card, 200, {
        'Content-Type': BYTES,
        'Content-Disposition': `attachment; filename="clavis-version-${version}.json"`,
      })
    })
    .openapi(reportRoute, async (c) => {
      const row = await getVersionCard(db, c.req.valid('param').version)
      return c.html(cardReport(presentCard(row, answering())), 200)
    })
    .openapi(rebuiltRoute, async (c) =>
      c.json(await service.learning.rebuildVersion(c.req.valid('param').version), 200),
    )
    .openapi(confusionRoute, async (c) =>
      c.json(await confusionsOf(service, c.req.valid('param').version, c.req.valid('query').rank), 200),
    )
    .openapi(photosRoute, async (c) =>
      c.json(await judgedPhotos(service, c.req.valid('param').version, c.req.valid('query')), 200),
    )
}
