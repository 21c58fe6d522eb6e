// What was met at which station, and whether suggestions heed it.

import { heedsPlaces, setHeedsPlaces } from '../../db/trees/met.ts'
import { change } from '../change.ts'
import { type Heed, heedSchema, type Places, placesSchema } from '../contract/survey/place.ts'
import { jsonAnswer, jsonBody } from '../http/json.ts'
import { problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import type { Service } from '../service.ts'

const route = routesOf('Taxonomy')

const readRoute = route('get /api/places', 'What was met at which station', {
  responses: { 200: jsonAnswer('All stations with confirmed events', placesSchema) },
})
const chooseRoute = route('put /api/places', 'Choose whether suggestions heed what was met at the station', {
  description: 'Every answer may change at once. Can be undone.',
  request: { body: jsonBody(heedSchema) },
  responses: { 200: jsonAnswer('Chosen', placesSchema), ...problems(400) },
})

export function placeRoutes(service: Service) {
  return newRoutes()
    .openapi(readRoute, async (c) => c.json(await readPlaces(service), 200))
    .openapi(chooseRoute, async (c) => c.json(await choose(service, c.var.person, c.req.valid('json')), 200))
}

const readPlaces = async ({ db, learning }: Service): Promise<Places> => ({
  heeded: await heedsPlaces(db),
  stations: learning.liveTree().places.met.stations(),
})

async function choose(service: Service, person: string, { heeded }: Heed): Promise<Places> {
  return await change(service, { person }, null, {
    async write(tx, record) {
      const before = await heedsPlaces(tx)
      if (before === heeded) return { action: null }
      await setHeedsPlaces(tx, heeded)
      const action = await record({
        kind: 'list',
        summary: heeded ? 'Let suggestions heed the station' : 'Let suggestions heed no station',
        change: { type: 'heedPlaces', before, after: heeded },
        subjects: { kind: 'list', ids: [] },
      })
      return { action }
    },
    present: async () => await readPlaces(service),
  })
}
