// Faults of the database and of the disk, and a new version beside the old one.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { connectDatabase, openDatabase } from '../../db/connection/connect.ts'
import { needsOwnServers } from '../support/faults/own-servers.ts'
import {
  bring,
  drawMany,
  identify,
  installOnPostgres,
  installOnServers,
  serveWithSpecies,
} from '../support/faults/setup.ts'
import { type Acknowledged, assertSound } from '../support/faults/soundness.ts'
import {
  cannotMount,
  type Environment,
  finish,
  newFolder,
  removeAll,
  type Server,
  serve,
  timed,
  until,
} from '../support/processes.ts'
import { form } from '../support/service.ts'

after(removeAll)

/**
 * Ends the server, and asks a new one whether everything acknowledged is there: a data folder belongs to one process.
 */
async function endSoundly(server: Server, env: Environment, url: string, acknowledged: Acknowledged): Promise<void> {
  assert.equal(await server.stop(), 0)
  const fresh = await serve(env)
  const database = await openDatabase(url)
  await assertSound(database, [], fresh, acknowledged)
  await database.close()
  assert.equal(await fresh.stop(), 0)
}

test('Postgres cut off and started again: the api says so meanwhile, and goes on by itself', {
  skip: needsOwnServers,
}, async (t) => {
  const { postgres, env } = await installOnPostgres()
  const { server, species, acknowledged } = await serveWithSpecies(env)
  const ids = await bring(server, await drawMany('red', 20), acknowledged)
  await identify(server, ids[0]!, species.red, acknowledged)
  await postgres.kill()
  const refused = await server.ask('/api/summary')
  assert.equal(refused.status, 503)
  assert.ok(Number(refused.headers.get('retry-after')) > 0)
  assert.match(((await refused.json()) as { detail: string }).detail, /The database cannot be reached/)
  assert.equal((await server.ask('/healthz')).status, 200)
  assert.equal((await server.ask('/readyz')).status, 503)
  await postgres.start()
  await timed(t, 'ready', () => until('ready', async () => (await server.ask('/readyz')).status === 200, [server]))
  const more = await bring(server, await drawMany('blue', 10, 100), acknowledged)
  await timed(t, 'a statement taken', () => identify(server, more[0]!, species.blue, acknowledged))
  await identify(server, ids[1]!, species.red, acknowledged)
  await endSoundly(server, env, postgres.url, acknowledged)
})

test('all connections taken: requests are put off with 503, and served when there is one again', {
  skip: needsOwnServers,
}, async (t) => {
  const { postgres, env } = await installOnPostgres()
  const { server, species, acknowledged } = await serveWithSpecies(env)
  const [id] = await bring(server, await drawMany('red', 20), acknowledged)
  const other = new pg.Client({ connectionString: postgres.url })
  await other.connect()
  await other.query('begin; lock table media in access exclusive mode')
  const answers = Array.from({ length: 40 }, () => server.ask('/api/media'))
  const refused = await Promise.any(
    answers.map(async (answer) => {
      const { status, headers } = await answer
      assert.equal(status, 503)
      return headers.get('retry-after')
    }),
  )
  assert.ok(Number(refused) > 0)
  assert.equal((await server.ask('/healthz')).status, 200)
  await other.query('commit')
  await other.end()
  await timed(t, 'a statement taken', () => identify(server, id!, species.red, acknowledged))
  const statuses = (await Promise.all(answers)).map(({ status }) => status)
  assert.ok(statuses.includes(200), 'those with a connection were answered')
  assert.deepEqual(
    [...new Set(statuses)].filter((status) => status !== 200 && status !== 503),
    [],
  )
  await endSoundly(server, env, postgres.url, acknowledged)
})

test('a disk that is full: photos are refused with a sentence, and taken when there is room', {
  skip: needsOwnServers || cannotMount(),
}, async (t) => {
  const { postgres, env: settings } = await installOnPostgres()
  const small = await newFolder()
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', small])
  try {
    await cp(settings.DATA_DIR!, small, { recursive: true })
    const env = { ...settings, DATA_DIR: small }
    const { server, species, acknowledged } = await serveWithSpecies(env)
    const [first] = await bring(server, await drawMany('red', 10), acknowledged)
    await bring(server, await drawMany('blue', 20, 100), acknowledged)
    // This happens while those photos are indexed.
    const filler = join(small, 'filler')
    await assert.rejects(writeFile(filler, Buffer.alloc(5_000_000)), { code: 'ENOSPC' })
    await identify(server, first!, species.red, acknowledged)
    const late = await drawMany('blue', 5, 200)
    const refused = await server.read<{ detail: string }>(503, '/api/media', { method: 'POST', body: form(late) })
    assert.match(refused.detail, /The disk .* is full. Make room there and try again/)
    assert.equal((await server.ask('/healthz')).status, 200)
    await rm(filler)
    const [again] = await timed(t, 'photos taken', () => bring(server, late, acknowledged))
    await identify(server, again!, species.blue, acknowledged)
    await endSoundly(server, env, postgres.url, acknowledged)
  } finally {
    execFileSync('umount', ['--lazy', small])
  }
})

/** The program with one more migration: it adds a table and a column that the present version does not know. */
async function newerVersion(): Promise<string> {
  const folder = await newFolder()
  const root = fileURLToPath(new URL('../..', import.meta.url))
  for (const name of ['api', 'db', 'classifiers', 'indexer', 'web', 'package.json', 'tsconfig.json'])
    await cp(join(root, name), join(folder, name), { recursive: true })
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  const migrations = join(folder, 'db', 'migrations')
  const path = join(migrations, 'meta', '_journal.json')
  const journal: { entries: { idx: number; when: number; tag: string }[] } = JSON.parse(await readFile(path, 'utf8'))
  const last = journal.entries.at(-1)!
  const tag = '9999_newer'
  journal.entries.push({ ...last, idx: last.idx + 1, when: last.when + 1000, tag })
  await writeFile(path, JSON.stringify(journal))
  await writeFile(
    join(migrations, `${tag}.sql`),
    'CREATE TABLE "newer" ("id" bigint PRIMARY KEY);--> statement-breakpoint\nALTER TABLE "media" ADD COLUMN "newer" text;',
  )
  return join(folder, 'api', 'main.ts')
}

test('a new version beside the old one: both work on, and the old is not started again', {
  skip: needsOwnServers,
}, async (t) => {
  const { postgres, env } = await installOnServers()
  const { server: old, species, acknowledged } = await serveWithSpecies(env)
  const ids = await bring(old, await drawMany('red', 20), acknowledged)
  // It brings the database up to date while the old one works.
  const next = await serve(env, await newerVersion())
  await identify(old, ids[0]!, species.red, acknowledged)
  const more = await bring(next, await drawMany('blue', 20, 100), acknowledged)
  await timed(t, 'a statement taken by the new one', () => identify(next, more[0]!, species.blue, acknowledged))
  await bring(old, await drawMany('red', 5, 200), acknowledged)
  await identify(old, more[1]!, species.blue, acknowledged)
  assert.match(await finish(['serve'], env, 2), /The database was made by a newer version of this program/)
  const database = await connectDatabase(postgres.url)
  await assertSound(database, [old], next, acknowledged)
  await database.close()
  assert.equal(await old.stop(), 0)
  assert.equal(await next.stop(), 0)
})
