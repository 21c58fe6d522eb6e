// What photos lack and a person can say: lists it, and takes the times that people tell. Coordinates of photos become
// those of their deployment by changing the deployment.

import { z } from '@hono/zod-openapi'
import type { Db } from '../../../db/connection/connect.ts'
import { changeDeployments, movesByTime } from '../../../db/photos/deployment-changes.ts'
import { lockDeployment, readDeployments } from '../../../db/photos/deployments.ts'
import { filenamesOf, lockUndated, type PhotoPlace, readMissing } from '../../../db/photos/missing/missing.ts'
import { spanOf, tellTimes } from '../../../db/photos/missing/told-times.ts'
import { change } from '../../change.ts'
import { numericId } from '../../contract/id.ts'
import { pageOf } from '../../contract/page.ts'
import {
  type MissingFacts,
  missingSchema,
  type ToldTimes,
  type ToldTimesAnswer,
  toldTimesAnswerSchema,
  toldTimesSchema,
} from '../../contract/survey/missing.ts'
import { type RepeatableRequest, repeatable, repeatableChange } from '../../http/idempotency.ts'
import { jsonAnswer } from '../../http/json.ts'
import { Problem, problems } from '../../http/problem.ts'
import { newRoutes, routesOf } from '../../http/router.ts'
import { written } from '../../present/deployments.ts'
import type { Service } from '../../service.ts'
import { countOf } from './changes.ts'

const route = routesOf('Deployments')

const listRoute = route('get /api/deployments/missing', 'What photos lack: times, and places of their deployments', {
  description: 'One item for each deployment whose photos lack something.',
  request: { query: z.object({ import: numericId.optional() }) },
  responses: { 200: jsonAnswer('All of them: `nextCursor` is null', pageOf(missingSchema)), ...problems(400) },
})
const timesRoute = route('post /api/deployments/times', 'Tell the times of photos that have none', {
  description:
    'The time of one photo and how far apart they are give a time to each, in the order of the file names. Can be undone like everything else.',
  ...repeatableChange(toldTimesSchema, ['Told', toldTimesAnswerSchema], 400, 404, 409, 422),
})

export function missingRoutes(service: Service) {
  return newRoutes()
    .openapi(listRoute, async (c) =>
      c.json({ items: await listMissing(service.db, c.req.valid('query').import ?? null), nextCursor: null }, 200),
    )
    .openapi(timesRoute, async (c) =>
      c.json(await tell(service, repeatable(c, c.req.valid('json'), toldTimesAnswerSchema)), 201),
    )
}

async function listMissing(db: Db, importId: number | null): Promise<MissingFacts[]> {
  const rows = await readMissing(db, importId)
  const [deployments, names] = await Promise.all([
    readDeployments(
      db,
      rows.flatMap(({ deploymentId }) => deploymentId ?? []),
    ),
    filenamesOf(
      db,
      rows.flatMap(({ first, last }) => [first ?? [], last ?? []].flat()),
    ),
  ])
  const photo = (id: number | null) => (id === null ? null : { mediaId: String(id), filename: names.get(id) ?? '' })
  const facts = rows.map(({ deploymentId, undated, first, last, place }): MissingFacts => {
    const of = deployments.find(({ id }) => id === deploymentId)
    return {
      deployment: of ? { id: String(of.id), name: of.name, revision: of.revision } : null,
      undated,
      first: photo(first),
      last: photo(last),
      place: place && presentPlace(place),
    }
  })
  const name = (one: MissingFacts) => one.deployment?.name ?? ''
  return facts.sort((a, b) => name(a).localeCompare(name(b)))
}

/** Six digits are a decimetre. */
const rounded = (degrees: number) => Math.round(degrees * 1e6) / 1e6

const METRES_PER_DEGREE = 111_195

function presentPlace({ photos, latitude, longitude, south, north, west, east }: PhotoPlace): MissingFacts['place'] {
  const [up, across] = [north - south, (east - west) * Math.cos((latitude * Math.PI) / 180)]
  const spreadMetres = Math.round(Math.hypot(up, across) * METRES_PER_DEGREE)
  return { photos, latitude: rounded(latitude), longitude: rounded(longitude), spreadMetres }
}

async function tell(service: Service, request: RepeatableRequest<ToldTimesAnswer, ToldTimes>) {
  const { deploymentId, importId, mediaId, at, secondsApart } = request.body
  return await change(service, request, null, {
    async write(tx, record) {
      const of = deploymentId === null ? null : await lockDeployment(tx, deploymentId)
      const mediaIds = await lockUndated(tx, deploymentId, importId ?? null)
      if (mediaIds.length === 0) throw new Problem(422, 'Expected photos without a time, but all of these have one.')
      const anchor = mediaId === undefined ? 0 : mediaIds.indexOf(mediaId)
      if (anchor === -1)
        throw new Problem(422, `Expected a photo without a time, but photo ${mediaId} is none of these.`)
      const times = { mediaIds, anchor, at: at.replace('T', ' '), secondsApart }
      await tellTimes(tx, times)
      const moves = of === null ? [] : await movesByTime(tx, [of])
      await changeDeployments(tx, { turns: [], moves }, 'redo')
      const span = await spanOf(tx, mediaIds)
      const many = mediaIds.length === 1 ? 'a photo' : `${mediaIds.length} photos`
      const action = await record({
        kind: 'deployment',
        summary: `Told the times of ${many}${of === null ? '' : ` of ${of.name}`}: from ${span.first} to ${span.last}`,
        change: { type: 'toldTimes', ...times, moves },
        subjects: { kind: 'media', ids: mediaIds },
      })
      return { action, photos: mediaIds.length, span, moves }
    },
    present: async ({ photos, span, moves }, { action }) => ({
      photos,
      first: written(span.first)!,
      last: written(span.last)!,
      movedPhotos: countOf(moves),
      action: action!,
    }),
  })
}
