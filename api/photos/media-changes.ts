// What people say of a whole photo. In: notes, a flag, a mark. Out: the photo as it is now, as one action that can be undone.

import { createRoute, z } from '@hono/zod-openapi'
import type { Db } from '../../db/connection/connect.ts'
import { Conflict } from '../../db/errors.ts'
import { type Action, recordAction } from '../../db/history/actions.ts'
import { type Change, markMedia } from '../../db/history/changes.ts'
import { changeNotes, getMedia, type Media } from '../../db/photos/media.ts'
import { idSchema } from '../contract/id.ts'
import { mediaAnswerSchema, mediaChangeSchema } from '../contract/media.ts'
import { problems } from '../http/problem.ts'
import { newRoutes } from '../http/router.ts'
import { presentActions, tellChanged } from '../present/actions.ts'
import { presentMedia } from '../present/present.ts'
import type { Service } from '../service.ts'

type Wanted = z.infer<typeof mediaChangeSchema>

export function mediaChangeRoutes(service: Service) {
  return newRoutes().openapi(
    createRoute({
      method: 'patch',
      path: '/api/media/{id}',
      tags: ['Media'],
      summary: 'Write notes, flag a photo (`favourite`), or mark it as empty or unusable',
      description: 'The animals of a marked photo wait in no queue and teach nothing.',
      request: {
        params: z.object({ id: idSchema }),
        body: { required: true, content: { 'application/json': { schema: mediaChangeSchema } } },
      },
      responses: {
        200: { description: 'Changed', content: { 'application/json': { schema: mediaAnswerSchema } } },
        ...problems(400, 404, 409),
      },
    }),
    async (c) => {
      const id = Number(c.req.valid('param').id)
      const wanted = c.req.valid('json')
      const done = await service.db.transaction((tx) => change(tx, id, wanted, c.var.person))
      await service.learning.sync()
      const [action] = await presentActions(service.db, done ? [done] : [])
      if (action) tellChanged(service, action)
      const [media] = await presentMedia(service, [await getMedia(service.db, id)])
      return c.json({ media: media!, action: action ?? null }, 200)
    },
  )
}

/** The last action: a mark comes after notes. Null when everything was so already. */
async function change(tx: Db, id: number, wanted: Wanted, person: string): Promise<Action | null> {
  const of = await getMedia(tx, id)
  const record = (kind: 'note' | 'mark', summary: string, changed: Change) =>
    recordAction(tx, { person, kind, summary, change: changed, subjects: { kind: 'media', ids: [id] } })
  const before = { notes: of.notes, favourite: of.favourite }
  const after = { notes: wanted.notes ?? of.notes, favourite: wanted.favourite ?? of.favourite }
  let action: Action | null = null
  if (after.notes !== before.notes || after.favourite !== before.favourite) {
    await changeNotes(tx, id, after)
    action = await record('note', noted(of, after), { type: 'noted', before, after })
  }
  const mark = wanted.mark === undefined ? of.mark : wanted.mark
  if (mark !== of.mark) {
    if ((await markMedia(tx, [id], { from: of.mark, to: mark })).length === 0)
      throw new Conflict(`Expected media ${id} to be marked as before, but somebody changed it just now`)
    const summary = mark === null ? `Took the mark from ${of.filename}` : `Marked ${of.filename} as ${mark}`
    action = await record('mark', summary, { type: 'markedMedia', before: of.mark, after: mark })
  }
  return action
}

function noted(of: Media, after: { notes: string; favourite: boolean }): string {
  if (after.notes !== of.notes) return `Changed the notes of ${of.filename}`
  return after.favourite ? `Flagged ${of.filename}` : `Took the flag from ${of.filename}`
}
