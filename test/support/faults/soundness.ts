// Whether an installation is sound after a fault: nothing acknowledged is lost or doubled, nothing is stuck, and every
// server answers what the identifications say.

import assert from 'node:assert/strict'
import type { Answer } from '../../../api/contract/suggestion.ts'
import type { Database } from '../../../db/connection/connect.ts'
import { COLOURS, drawAnimal } from '../photos.ts'
import { type Server, until } from '../processes.ts'

export type Acknowledged = {
  /** Ids of photos, each with one animal. */
  media: string[]
  /** What each detection was said to be, by detection. */
  identified: Map<string, string>
}

type Summary = { media: { queued: number; indexed: number; failed: number } }

/**
 * Waits until no photo is queued, then checks everything. `servers`: all that run; `fresh`: one that was started
 * afterwards.
 */
export async function assertSound(
  database: Pick<Database, 'pool'>,
  servers: Server[],
  fresh: Server,
  acknowledged: Acknowledged,
): Promise<void> {
  const all = [...servers, fresh]
  await allIndexed(fresh, all)
  await assertKept(database, acknowledged)
  // Processes that survived the fault answer like one that has just read everything.
  const photos = await Promise.all([COLOURS.red, COLOURS.blue, COLOURS.green].map((c) => drawAnimal(c, { seed: 999 })))
  const newest = (await answerOf(fresh, photos[0]!)).treeVersion
  for (const server of servers) {
    await until(`tree version ${newest}`, async () => (await answerOf(server, photos[0]!)).treeVersion === newest, all)
    for (const photo of photos) assert.deepEqual(await answerOf(server, photo), await answerOf(fresh, photo))
  }
  // No photo stays in work forever.
  for (const server of all) {
    await until(
      'an idle queue',
      async () => {
        const text = await (await server.ask('/metrics')).text()
        return (
          /clavis_queue_photos\{state="waiting"\} 0\n/.test(text) &&
          /clavis_queue_photos\{state="active"\} 0\n/.test(text)
        )
      },
      all,
    )
  }
}

export async function allIndexed(server: Server, all = [server]): Promise<void> {
  await until('all photos', async () => (await server.read<Summary>(200, '/api/summary')).media.queued === 0, all)
}

/** What was acknowledged is in the database, once. */
export async function assertKept(database: Pick<Database, 'pool'>, { media, identified }: Acknowledged): Promise<void> {
  // Every acknowledged photo is indexed once.
  const { rows } = await database.pool.query<{ id: string; status: string; detections: number; embeddings: number }>(
    `select m.id::text, m.status, count(distinct d.id)::int as detections, count(e.detection_id)::int as embeddings
    from media m left join detection d on d.media_id = m.id left join embedding e on e.detection_id = d.id
    group by m.id order by m.id`,
  )
  const found = new Map(rows.map((row) => [row.id, row]))
  for (const id of media) {
    const { status, detections, embeddings } = found.get(id) ?? assert.fail(`photo ${id} is lost`)
    assert.deepEqual([status, detections, embeddings], ['indexed', 1, 1], `photo ${id}`)
  }
  const doubled = await database.pool.query(`select sha256 from media group by sha256 having count(*) > 1`)
  assert.deepEqual(doubled.rows, [])
  // Every acknowledged statement is there once, and is what its detection teaches.
  const said = await database.pool.query<{ detection: string; taxa: string[]; taught: string }>(
    `select d.id::text as detection, array_agg(i.taxon_id::text) as taxa, d.taught_taxon_id::text as taught
    from detection d join identification i on i.detection_id = d.id where i.withdrawn_at is null
    group by d.id order by d.id`,
  )
  const statements = new Map(said.rows.map((row) => [row.detection, row]))
  for (const [detectionId, taxonId] of identified) {
    const { taxa, taught } = statements.get(detectionId) ?? assert.fail(`the statement about ${detectionId} is lost`)
    assert.deepEqual([taxa, taught], [[taxonId], taxonId], `detection ${detectionId}`)
  }
}

export async function answerOf(server: Server, photo: Buffer): Promise<Answer> {
  return await server.read<Answer>(200, '/api/suggestions', {
    method: 'POST',
    headers: { 'Content-Type': 'image/jpeg' },
    body: new Uint8Array(photo),
  })
}
