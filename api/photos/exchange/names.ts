// Questions of an importer before it sends anything: what names become, and which photos are here already.

import { z } from '@hono/zod-openapi'
import { namedSchema, namesSchema, pathsSchema, readingSchema } from '../../contract/exchange/reading.ts'
import { formBody, jsonAnswer, jsonBody } from '../../http/json.ts'
import { problems } from '../../http/problem.ts'
import { newRoutes, routesOf } from '../../http/router.ts'
import type { Service } from '../../service.ts'
import { knownPhotos } from './known-photos.ts'
import { readFiles } from './read.ts'
import { previewWords } from './words.ts'

const route = routesOf('Imports')

const namesRoute = route('post /api/imports/names', 'What names of animals in a file would become', {
  request: { body: jsonBody(namesSchema) },
  responses: {
    200: jsonAnswer('In the same order', z.object({ items: z.array(namedSchema) })),
    ...problems(400),
  },
})

const knownRoute = route('post /api/imports/known', 'Which photos are here already, by path', {
  description: 'The sha256 of the one photo that a path means; null where there is none, or several.',
  request: { body: jsonBody(pathsSchema) },
  responses: {
    200: jsonAnswer('In the same order', z.object({ items: z.array(z.string().nullable()) })),
    ...problems(400),
  },
})

const readRoute = route('post /api/imports/read', 'What files of other programs hold', {
  description:
    'Multipart: `paths`, a JSON list of the paths of the photos that may be sent, and files as `file`, each with its path as its name. Nothing is imported: the answer says which photos the files are about, and what to send along with each.',
  request: {
    body: formBody(
      {
        paths: { type: 'string' },
        boxes: { type: 'string', enum: ['true', 'false'], description: 'false: look for animals here.' },
        file: { type: 'array', items: { type: 'string', format: 'binary' } },
      },
      ['file', 'paths'],
    ),
  },
  responses: { 200: jsonAnswer('What was recognised', readingSchema), ...problems(400, 413, 422) },
})

export function importQuestionRoutes(service: Service) {
  return newRoutes()
    .openapi(namesRoute, async (c) => {
      const items = []
      for (const words of c.req.valid('json').names) items.push(await previewWords(service.db, words))
      return c.json({ items }, 200)
    })
    .openapi(readRoute, async (c) => c.json(await readFiles(service, c.req.raw), 200))
    .openapi(knownRoute, async (c) => c.json({ items: await knownPhotos(service, c.req.valid('json').paths) }, 200))
}
