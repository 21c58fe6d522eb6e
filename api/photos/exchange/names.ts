// Questions of an importer before it sends anything: what names become, and which photos are here already.

import { z } from '@hono/zod-openapi'
import { findMediaNamedLike } from '../../../db/photos/media.ts'
import { namedSchema, namesSchema, pathsSchema } from '../../contract/exchange/reading.ts'
import { jsonAnswer, jsonBody } from '../../http/json.ts'
import { problems } from '../../http/problem.ts'
import { newRoutes, routesOf } from '../../http/router.ts'
import { createPhotoFinder } from '../../interchange/exchange/photo-paths.ts'
import type { Service } from '../../service.ts'
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

export function importQuestionRoutes(service: Service) {
  return newRoutes()
    .openapi(namesRoute, async (c) => {
      const items = []
      for (const words of c.req.valid('json').names) items.push(await previewWords(service.db, words))
      return c.json({ items }, 200)
    })
    .openapi(knownRoute, async (c) => c.json({ items: await knownPhotos(service, c.req.valid('json').paths) }, 200))
}

export async function knownPhotos(
  { db }: Pick<Service, 'db'>,
  wanted: { path: string; withoutEnding?: boolean }[],
): Promise<(string | null)[]> {
  const rows = await findMediaNamedLike(
    db,
    wanted.map(({ path }) => path),
  )
  const sha256Of = new Map<string, string>()
  // Two photos of the same path are told apart by nobody.
  const twice = new Set<string>()
  for (const { filename, sha256 } of rows) {
    if (sha256Of.has(filename)) twice.add(filename)
    sha256Of.set(filename, sha256)
  }
  const find = createPhotoFinder([...sha256Of.keys()], '')
  return wanted.map((one) => {
    const answer = find(one)
    return 'path' in answer && !twice.has(answer.path) ? (sha256Of.get(answer.path) ?? null) : null
  })
}
