// Backups restored into empty installations: the same answers, or a refusal that leaves nothing behind.

import assert from 'node:assert/strict'
import { copyFile, cp, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import type { MediaItem } from '../../api/contract/media.ts'
import type { Answer } from '../../api/contract/suggestion.ts'
import type { TaxonDetail } from '../../api/contract/taxon.ts'
import { connectDatabase } from '../../db/connection/connect.ts'
import { migrate, migrationsFolder, newestApplied } from '../../db/connection/migrate.ts'
import { environmentOf, makeBucket, needsBucket } from '../support/bucket.ts'
import { needsPostgres } from '../support/database.ts'
import { COLOURS, drawAnimal } from '../support/photos.ts'
import {
  type Environment,
  finish,
  newFolder,
  newInstallation,
  removeAll,
  type Server,
  serve,
  until,
} from '../support/processes.ts'
import { form } from '../support/service.ts'

after(removeAll)

type Summary = { media: { queued: number; indexed: number; failed: number }; detections: { identified: number } }

let env: Environment
let answers: unknown
let folder = ''
let file = ''
let asked: Buffer[] = []

/** The service's answers for photos that it was not taught. */
async function answersOf(server: Server): Promise<unknown> {
  const said: unknown[] = [await server.read(200, '/api/summary'), await summarised(server)]
  for (const photo of asked)
    said.push(
      await server.read<Answer>(200, '/api/suggestions', {
        method: 'POST',
        headers: { 'Content-Type': 'image/jpeg' },
        body: new Uint8Array(photo),
      }),
    )
  return said
}

/** The photos, once the background has answered all of them by the present tree. */
async function summarised(server: Server): Promise<unknown> {
  return await until('summaries by the present tree', async () => {
    const { treeVersion } = await server.read<{ treeVersion: string }>(200, '/api/summary')
    const media = await server.read<unknown>(200, '/api/media?limit=50')
    const versions = [...JSON.stringify(media).matchAll(/"treeVersion":"([^"]+)"/g)]
    // Before the background begins, none is of another version because there is none.
    return versions.length === 10 && versions.every(([, version]) => version === treeVersion) && media
  }, [server])
}

async function teach(server: Server): Promise<void> {
  let parentId: string | null = null
  for (const [name, rank] of [
    ['Insecta', 'class'],
    ['Nymphalidae', 'family'],
    ['Danaus', 'genus'],
  ] as const)
    parentId = (await server.read<TaxonDetail>(201, '/api/taxa', { json: { name, rank, parentId } })).id
  for (const [name, colour] of [
    ['Danaus plexippus', COLOURS.red],
    ['Danaus chrysippus', COLOURS.blue],
  ] as const) {
    const { id } = await server.read<TaxonDetail>(201, '/api/taxa', { json: { name, rank: 'species', parentId } })
    const photos = await Promise.all([1, 2, 3, 4, 5].map((seed) => drawAnimal(colour, { seed })))
    await server.read<{ items: MediaItem[] }>(202, '/api/media', {
      method: 'POST',
      body: form(photos, { taxonId: id }),
    })
  }
  await until('the photos', async () => (await server.read<Summary>(200, '/api/summary')).media.indexed === 10, [
    server,
  ])
}

before(async () => {
  asked = [await drawAnimal(COLOURS.red, { seed: 77 }), await drawAnimal(COLOURS.green, { seed: 78 })]
  env = await newInstallation()
  const server = await serve(env)
  await teach(server)
  folder = join(await newFolder(), 'backup')
  file = join(await newFolder(), 'backup.tar')
  assert.match(await finish(['backup', folder], env), /Backed up \d+ rows, 10 photos, 10 crops and 4 model files/)
  answers = await answersOf(server)
  assert.equal(await server.stop(), 0)
  assert.match(await finish(['backup', file], env), /Backed up \d+ rows, 10 photos, 10 crops and 4 model files/)
})

async function restored(path: string, target: Environment): Promise<void> {
  assert.match(await finish(['restore', path], target), /Restored \d+ rows, 10 photos, 10 crops and 4 model files/)
  const server = await serve(target)
  assert.deepEqual(await answersOf(server), answers)
  // Ids are not used again: the new photo has a new one.
  const { items } = await server.read<{ items: MediaItem[] }>(202, '/api/media', {
    method: 'POST',
    body: form([asked[0]!]),
  })
  assert.ok(Number(items[0]?.id) > 10)
  assert.equal(await server.stop(), 0)
}

test('a folder written while the service ran gives the same answers in an empty installation', async () => {
  assert.deepEqual(await readdir(join(env.DATA_DIR!, 'snapshots')).catch(() => []), [], 'the copy is removed')
  await restored(folder, await newInstallation({ neverStarted: true }))
})

test('a file written after it stopped does so too, even where the service was started once', async () => {
  const target = await newInstallation()
  const server = await serve(target)
  await server.stop()
  await restored(file, target)
})

test('an embedded installation moves to Postgres', { skip: needsPostgres }, async () => {
  const embedded = await newInstallation({ embedded: true })
  const own = join(await newFolder(), 'embedded.tar')
  await finish(['restore', file], embedded)
  await finish(['backup', own], embedded)
  await restored(own, await newInstallation())
})

test('photos go into a bucket, are served from there, and come back', { skip: needsBucket }, async () => {
  const inBucket = async () => ({ ...(await newInstallation()), ...environmentOf(await makeBucket()) })
  await restored(file, await inBucket())
  const target = await inBucket()
  await finish(['restore', file], target)
  assert.deepEqual(
    (await readdir(target.DATA_DIR!)).filter((name) => ['photos', 'crops'].includes(name)),
    [],
  )
  const own = join(await newFolder(), 'bucket.tar')
  await finish(['backup', own], target)
  await restored(own, await newInstallation())
  assert.match(await finish(['restore', file], target, 2), /there are photos in the bucket clavis-test-/)
  assert.match(await finish(['doctor'], { ...target, PORT: '0' }), /✓ Photos +bucket clavis-test-.*can be written/)
})

test('the checksums are those that sha256sum reads', async () => {
  const { execFileSync } = await import('node:child_process')
  execFileSync('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: folder })
})

test('an installation that holds something is refused and stays', async () => {
  assert.match(await finish(['restore', folder], env, 2), /Expected an empty installation but there are photos in/)
  // Even without its photos the installation is not empty, because it has rows.
  const rows = { ...env, DATA_DIR: await newFolder() }
  if (!env.DATABASE_URL) await cp(join(env.DATA_DIR!, 'database'), join(rows.DATA_DIR, 'database'), { recursive: true })
  assert.match(
    await finish(['restore', folder], rows, 2),
    /Expected an empty installation but .* has rows in its table/,
  )
  const server = await serve(env)
  assert.deepEqual(await answersOf(server), answers)
  assert.equal(await server.stop(), 0)
})

test('a backup is not written over anything', async () => {
  assert.match(await finish(['backup', folder], env, 2), /Expected a new file or an empty folder/)
  assert.match(await finish(['backup', file], env, 2), /Expected a new file or an empty folder/)
  assert.match(
    await finish(
      ['backup', join(await newFolder(), 'x')],
      { ...env, DATA_DIR: await newFolder(), DATABASE_URL: '' },
      2,
    ),
    /Expected an installation/,
  )
})

/** What a restore that failed must leave: nothing. */
async function refused(path: string, target: Environment, sentence: RegExp): Promise<void> {
  const before = (await readdir(target.DATA_DIR!, { recursive: true })).filter((name) => !name.startsWith('database'))
  assert.match(await finish(['restore', path], target, 2), sentence)
  const left = (await readdir(target.DATA_DIR!, { recursive: true })).filter((name) => !name.startsWith('database'))
  assert.deepEqual(left, before)
}

test('a damaged backup leaves nothing behind', async () => {
  const target = await newInstallation()
  const folderOf = async () => {
    const copy = join(await newFolder(), 'copy')
    await cp(folder, copy, { recursive: true })
    return copy
  }
  const changed = await folderOf()
  const [page] = await readdir(join(changed, 'tables', 'identification'))
  const path = join(changed, 'tables', 'identification', page!)
  const bytes = await readFile(path)
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1)
  await writeFile(path, bytes)
  await refused(changed, target, /The backup is damaged/)

  const photos = join(folder, 'photos')
  const [first] = (await readdir(photos, { recursive: true })).filter((name) => name.length > 60)
  const swapped = await folderOf()
  await writeFile(join(swapped, 'photos', first!), 'other bytes')
  await refused(swapped, target, /has other bytes than its name says/)

  const unfinished = await folderOf()
  await rm(join(unfinished, 'SHA256SUMS'))
  await refused(unfinished, target, /is not a complete backup/)

  const short = join(await newFolder(), 'short.tar')
  await copyFile(file, short)
  await truncate(short, Math.floor((await stat(file)).size / 2))
  await refused(short, target, /The backup is damaged/)

  const other = join(await newFolder(), 'other.tar')
  const handle = await open(other, 'w')
  await handle.writeFile('this is no backup'.repeat(100))
  await handle.close()
  await refused(other, target, /Expected a backup|Invalid tar|damaged/)
  await finish(['restore', file], target)
})

test('files of the data folder and of backups are for their owner alone', async () => {
  const target = await newInstallation({ embedded: true, neverStarted: true })
  await finish(['restore', file], target)
  for (const place of [target.DATA_DIR!, folder, file]) {
    const inside = (await stat(place)).isDirectory()
      ? await readdir(place, { recursive: true, withFileTypes: true })
      : []
    for (const path of [place, ...inside.map((entry) => join(entry.parentPath, entry.name))]) {
      // The test made the data folder itself and the models in it.
      if (path === target.DATA_DIR || path.startsWith(join(target.DATA_DIR!, 'models'))) continue
      const facts = await stat(path)
      assert.equal(facts.mode & 0o777, facts.isDirectory() ? 0o700 : 0o600, path)
    }
  }
})

test('a photo that is missing is said, the rest is in the backup', async () => {
  const own = await newInstallation({ embedded: true })
  await finish(['restore', file], own)
  const [first] = (await readdir(join(own.DATA_DIR!, 'photos'), { recursive: true })).filter((name) => name.length > 60)
  await rm(join(own.DATA_DIR!, 'photos', first!))
  const target = join(await newFolder(), 'b.tar')
  assert.match(await finish(['backup', target], own, 1), /9 photos[\s\S]*is not in the backup: The file is missing/)
  await finish(['restore', target], await newInstallation({ embedded: true }))
})

test('what an older version left is brought up to date', async () => {
  const own = await newInstallation({ embedded: true, neverStarted: true })
  const url = `file:${join(own.DATA_DIR!, 'database')}`
  const old = await connectDatabase(url)
  const times = readMigrationFiles({ migrationsFolder }).map(({ folderMillis }) => folderMillis)
  await migrate(old.pool, times[0])
  await old.pool.query(`insert into taxon (name, rank, rank_level) values ('Danaus', 'genus', 20)`)
  await old.close()
  const path = join(await newFolder(), 'old')
  await finish(['backup', path], own)
  const target = await newInstallation({ embedded: true, neverStarted: true })
  await finish(['restore', path], target)
  const database = await connectDatabase(`file:${join(target.DATA_DIR!, 'database')}`)
  const client = await database.pool.connect()
  assert.equal(await newestApplied(client), times.at(-1))
  const { rows } = await client.query('select name, search_text from taxon')
  assert.equal(rows.length, 1)
  assert.match(rows[0].search_text, /^danaus\n/)
  client.release()
  await database.close()
})
