// Faults of one process, on either database: killed between rows and answer, a full disk, one photo worked on twice.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Media, MediaItem } from '../../api/contract/media.ts'
import { translateFault } from '../../api/faults.ts'
import { toProblem } from '../../api/http/render-problem.ts'
import { openDatabase } from '../../db/connection/connect.ts'
import { addMedia } from '../../db/photos/add-media.ts'
import { ensureModel } from '../../db/trees/models.ts'
import { sha256Of } from '../../indexer/analyse.ts'
import { StorageError } from '../../indexer/errors.ts'
import { indexMedia } from '../../indexer/index-media.ts'
import { openPhotos } from '../../indexer/photos/open-photos.ts'
import { openTestDatabase } from '../support/database.ts'
import { bring, drawMany, identify, makeSpecies, nothing } from '../support/faults/setup.ts'
import { answerOf } from '../support/faults/soundness.ts'
import { COLOURS, drawAnimal } from '../support/photos.ts'
import { cannotMount, newFolder, newInstallation, removeAll, serve, timed, until } from '../support/processes.ts'
import { form, openTestService } from '../support/service.ts'
import { openTestModels } from '../support/test-models.ts'

after(removeAll)

test('the api killed between the rows and the answer: asked again, nothing is lost or doubled', async (t) => {
  const env = await newInstallation()
  const acknowledged = nothing()
  let server = await serve(env)
  const species = await makeSpecies(server)
  const [first, second, third] = await bring(server, await drawMany('red', 3), acknowledged)
  await identify(server, first!, species.red, acknowledged)
  const detectionOf = async (id: string) => (await server.read<Media>(200, `/api/media/${id}`)).detections[0]!.id
  const detectionId = await until('the second', () => detectionOf(second!).catch(() => null), [server])

  // Others see the rows before any answer is read; then the process is killed.
  const statement = {
    json: { detectionId, taxonId: species.red, basis: { kind: 'search' } },
    headers: { 'Idempotency-Key': 'once' },
  }
  const late = await drawMany('blue', 4, 50)
  server.ask('/api/identifications', statement).catch(() => {})
  server.ask('/api/media', { method: 'POST', body: form(late) }).catch(() => {})
  const identified = async () =>
    (await server.read<{ identifications: unknown[] }>(200, `/api/detections/${detectionId}`)).identifications.length
  const count = async () => (await server.read<{ items: MediaItem[] }>(200, '/api/media?limit=50')).items.length
  await until('their rows', async () => (await identified()) > 0 && (await count()) > 3, [server])
  server.child.kill('SIGKILL')
  await server.ended

  server = await timed(t, 'ready', () => serve(env))
  const again = await server.ask('/api/identifications', statement)
  assert.ok(again.status === 201 || again.status === 409, `${again.status}`)
  assert.equal(await identified(), 1)
  acknowledged.identified.set(detectionId, species.red)
  const ids = await bring(server, late, acknowledged)
  assert.equal(new Set(ids).size, 4)
  assert.equal(await count(), 7)
  await identify(server, ids[0]!, species.blue, acknowledged)
  await identify(server, third!, species.red, acknowledged)
  const lived = await answerOf(server, await drawAnimal(COLOURS.red, { seed: 999 }))
  assert.equal(await server.stop(), 0)

  server = await serve(env)
  assert.deepEqual(await answerOf(server, await drawAnimal(COLOURS.red, { seed: 999 })), lived, 'the tree read anew')
  await until('all photos', async () => (await count()) === 7, [server])
  assert.equal(await server.stop(), 0)
  const database = await openDatabase(env.DATABASE_URL ?? `file:${join(env.DATA_DIR!, 'database')}`)
  const { pool } = database
  assert.deepEqual(await countsIn(pool), { media: 7, indexed: 7, detections: 7, identifications: 4 })
  await database.close()
})

async function countsIn(pool: { query: (text: string) => Promise<{ rows: Record<string, number>[] }> }) {
  const { rows } = await pool.query(`select (select count(*)::int from media) as media,
    (select count(*)::int from media where status = 'indexed') as indexed,
    (select count(*)::int from detection) as detections,
    (select count(*)::int from identification where withdrawn_at is null) as identifications`)
  return rows[0]
}

test('a full disk: the photo is refused with a sentence, the others are taken, and later it is too', async () => {
  const service = await openTestService()
  try {
    const photos = await drawMany('red', 3)
    const full = sha256Of(photos[1]!)
    const { put } = service.photos
    const sentence = 'The disk that holds the data folder is full. Make room there and try again.'
    service.photos.put = async (sha256, bytes) => {
      if (sha256 === full) throw new StorageError('store', 'ENOSPC', sentence)
      return await put(sha256, bytes)
    }
    const items = await service.bring(photos)
    assert.deepEqual(
      items.map(({ id, failure }) => [id === null, failure?.message ?? null]),
      [
        [false, null],
        [true, sentence],
        [false, null],
      ],
    )
    const { rows } = await service.database.pool.query('select count(*)::int as count from media where sha256 = $1', [
      full,
    ])
    assert.equal(rows[0].count, 0, 'no row without its photo')
    service.photos.put = put
    const [item] = await service.bring([photos[1]!])
    assert.equal((await service.read<Media>(200, `/api/media/${item!.id}`)).status, 'indexed')
  } finally {
    await service.close()
  }
})

test('a disk that fills up in the middle of a photo keeps nothing of it', { skip: cannotMount() }, async () => {
  const folder = await newFolder()
  const data = join(folder, 'small')
  await mkdir(data)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', data])
  try {
    const photos = await openPhotos({ dataDir: data, bucket: null })
    const large = Buffer.alloc(1_000_000, 7)
    await assert.rejects(photos.put(sha256Of(large), large), (error) => {
      return error instanceof StorageError && error.code === 'ENOSPC' && /The disk .* is full/.test(error.message)
    })
    const left = (await readdir(data, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
    assert.deepEqual(left, [])
    const small = Buffer.alloc(1000, 8)
    await photos.put(sha256Of(small), small)
    assert.deepEqual(await photos.get(sha256Of(small)), small)
  } finally {
    execFileSync('umount', [data])
  }
})

test('two workers given the same photo index it once', async () => {
  const database = await openTestDatabase()
  const folder = await newFolder()
  const models = await openTestModels(join(folder, 'models'))
  try {
    const { db } = database
    for (const { name, sha256, manifest } of [models.detector, models.embedder])
      await ensureModel(db, { name, sha256, kind: manifest.kind, manifest })
    const photos = await openPhotos({ dataDir: folder, bucket: null })
    for (const bytes of await drawMany('red', 5)) {
      const sha256 = sha256Of(bytes)
      await photos.put(sha256, bytes)
      const { id } = await addMedia(db, { sha256, filename: 'a.jpg', mimeType: 'image/jpeg', bytes: bytes.length })
      const outcomes = await Promise.all([1, 2, 3].map(() => indexMedia({ db, models, photos }, id)))
      assert.ok(outcomes.every(({ status }) => status === 'indexed' || status === 'skipped'))
      const { rows } = await database.pool.query(
        `select m.status, count(distinct d.id)::int as detections, count(e.detection_id)::int as embeddings
        from media m left join detection d on d.media_id = m.id left join embedding e on e.detection_id = d.id
        where m.id = $1 group by m.id`,
        [id],
      )
      assert.deepEqual(rows, [{ status: 'indexed', detections: 1, embeddings: 1 }])
    }
  } finally {
    await models.close()
    await database.close()
  }
})

test('a database that cannot be asked is a 503 with a time to come back, whatever wraps the reason', () => {
  const coded = (code: string) => Object.assign(new Error('no'), { code })
  for (const reason of [
    coded('57P01'),
    coded('53300'),
    coded('ECONNREFUSED'),
    new Error('Connection terminated unexpectedly'),
  ]) {
    const problem = toProblem(new Error('Failed query: select 1', { cause: reason }), translateFault)
    assert.deepEqual([problem.status, problem.headers['Retry-After']], [503, '5'])
  }
  const other = new Error('Failed query: select 1', { cause: coded('42601') })
  assert.equal(toProblem(other, translateFault).status, 500)
})
