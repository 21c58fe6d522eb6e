// Notes, a flag or a mark on a whole photo, as actions that can be undone.

import type { Db } from '../../db/connection/connect.ts'
import { Conflict } from '../../db/errors.ts'
import type { Action } from '../../db/history/actions.ts'
import { markMedia } from '../../db/history/changes.ts'
import { changeNotes, getMedia, type Media } from '../../db/photos/media.ts'
import { change, type RecordEntry } from '../change.ts'
import { idParam } from '../contract/id.ts'
import { type MediaAnswer, type MediaChange, mediaAnswerSchema, mediaChangeSchema } from '../contract/media.ts'
import { jsonAnswer, jsonBody } from '../http/json.ts'
import { problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import { presentMedia } from '../present/media.ts'
import type { Service } from '../service.ts'

const route = routesOf('Media')

const changeRoute = route(
  'patch /api/media/{id}',
  'Write notes, flag a photo (`favourite`), or mark it as empty or unusable',
  {
    description: 'The animals of a marked photo are in no queue and teach nothing.',
    request: { params: idParam, body: jsonBody(mediaChangeSchema) },
    responses: { 200: jsonAnswer('The changed photo', mediaAnswerSchema), ...problems(400, 404, 409) },
  },
)

export function mediaChangeRoutes(service: Service) {
  return newRoutes().openapi(changeRoute, async (c) =>
    c.json(await changeMedia(service, c.req.valid('param').id, c.req.valid('json'), c.var.person), 200),
  )
}

async function changeMedia(service: Service, id: number, wanted: MediaChange, person: string): Promise<MediaAnswer> {
  return await change(service, { person }, null, {
    async write(tx, record) {
      const of = await getMedia(tx, id)
      const noted = await writeNotes(tx, of, wanted, record)
      return { action: (await setMark(tx, of, wanted, record)) ?? noted }
    },
    async present(_done, { action }) {
      const [media] = await presentMedia(service, [await getMedia(service.db, id)])
      return { media: media!, action }
    },
  })
}

async function writeNotes(tx: Db, of: Media, wanted: MediaChange, record: RecordEntry): Promise<Action | null> {
  const before = { notes: of.notes, favourite: of.favourite }
  const after = { notes: wanted.notes ?? of.notes, favourite: wanted.favourite ?? of.favourite }
  if (after.notes === before.notes && after.favourite === before.favourite) return null
  await changeNotes(tx, of.id, after)
  const flagged = after.favourite ? `Flagged ${of.filename}` : `Took the flag from ${of.filename}`
  return await record({
    kind: 'note',
    summary: after.notes !== of.notes ? `Changed the notes of ${of.filename}` : flagged,
    change: { type: 'noted', before, after },
    subjects: { kind: 'media', ids: [of.id] },
  })
}

async function setMark(tx: Db, of: Media, wanted: MediaChange, record: RecordEntry): Promise<Action | null> {
  const mark = wanted.mark === undefined ? of.mark : wanted.mark
  if (mark === of.mark) return null
  if ((await markMedia(tx, [of.id], { from: of.mark, to: mark })).length === 0)
    throw new Conflict(`Expected media ${of.id} to be marked as before, but somebody changed it just now`)
  return await record({
    kind: 'mark',
    summary: mark === null ? `Took the mark from ${of.filename}` : `Marked ${of.filename} as ${mark}`,
    change: { type: 'markedMedia', before: of.mark, after: mark },
    subjects: { kind: 'media', ids: [of.id] },
  })
}
