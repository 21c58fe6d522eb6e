// Everything that a filter finds, in the formats of other programs.

import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { namedObject } from '../../contract/named.ts'
import { queueNameSchema } from '../../contract/queue.ts'
import { streamOf } from '../../http/bodies/stream-answer.ts'
import { jsonAnswer } from '../../http/json.ts'
import { problems } from '../../http/problem.ts'
import { type Env, newRoutes, routesOf } from '../../http/router.ts'
import {
  fileNameOf,
  mimeTypeOf,
  WRITERS,
  writeExport,
  writerNamed,
} from '../../interchange/exchange/writers/formats.ts'
import type { Service } from '../../service.ts'
import { narrowingOf, narrowingSchema } from '../narrowing.ts'
import { openSource } from './source.ts'

const route = routesOf('Export')

const NAMES = WRITERS.map(({ name }) => name)
const querySchema = narrowingSchema.extend({
  format: z.enum(NAMES).openapi({ description: 'Which format.' }),
  queue: queueNameSchema.optional(),
  photos: z.enum(['true', 'false']).default('false').openapi({ description: 'Whether a zip holds the photos too.' }),
})

const exportRoute = route('get /api/export', 'Photos, boxes and names in another program’s format', {
  description: 'All photos, or those with an animal that the filter finds. GET /api/export/formats lists the formats.',
  request: { query: querySchema },
  responses: {
    200: {
      description: 'JSON or a zip',
      content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
    },
    ...problems(400, 404),
  },
})

const formatSchema = namedObject('ExportFormat', { name: z.string(), title: z.string(), kind: z.string() })

const formatsRoute = route('get /api/export/formats', 'Formats that can be written', {
  responses: { 200: jsonAnswer('All of them', z.object({ items: z.array(formatSchema) })) },
})

export function exchangeExportRoutes(service: Service) {
  return newRoutes()
    .openapi(formatsRoute, (c) =>
      c.json({ items: WRITERS.map(({ name, title, kind }) => ({ name, title, kind })) }, 200),
    )
    .openapi(exportRoute, async (c) => await sendExport(service, c, c.req.valid('query')))
}

async function sendExport(service: Service, c: Context<Env>, query: z.output<typeof querySchema>) {
  const { format, queue, photos, ...narrowing } = query
  const writer = writerNamed(format)
  if (writer === undefined) throw new Error(`Expected a writer of ${format}`)
  const filter = { ...(await narrowingOf(service, narrowing)), queue }
  const source = await openSource(service, filter, { photos: photos === 'true', writer })
  return c.body(await streamOf(writeExport(writer, source)), 200, {
    'Content-Type': mimeTypeOf(writer),
    'Content-Disposition': `attachment; filename="${fileNameOf(writer)}"`,
    'Cache-Control': 'no-store',
  })
}
