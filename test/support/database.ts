// An empty, migrated database for one test, dropped when closed: on the server that TEST_DATABASE_URL names (any
// database of a server where databases may be created), otherwise PGlite in memory. Each set of migrations runs once
// and is then cloned: from a template database on Postgres, from a snapshot file on PGlite.

import { createHash, randomBytes } from 'node:crypto'
import { cp, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { type Database, openDatabase, overPglite } from '../../db/connection/connect.ts'
import { migrate } from '../../db/connection/migrate.ts'
import { openPglite } from '../../db/connection/pglite.ts'

export const testDatabaseUrl = process.env.TEST_DATABASE_URL ?? ''
export const onPostgres = testDatabaseUrl !== ''
/** For `skip:` of tests that need what only one of the two can do. */
export const needsPostgres = onPostgres ? false : 'needs Postgres: set TEST_DATABASE_URL=postgres://…'

export async function openTestDatabase(): Promise<Database & { url: string }> {
  const version = await migrationsHash()
  return onPostgres ? await openClone(version) : { ...(await openSnapshot(version)), url: 'memory:' }
}

/** A database URL that nobody else uses: a fresh clone on Postgres, a new folder on PGlite. `remove` when done. */
export async function makeTestDatabaseUrl(): Promise<{ url: string; remove: () => Promise<void> }> {
  if (onPostgres) {
    const url = await createClone(await migrationsHash())
    return { url, remove: () => onServer((client) => client.query(dropStatement(url))).then(() => {}) }
  }
  const directory = join(tmpdir(), `clavis-test-${randomBytes(6).toString('hex')}`)
  return { url: `file:${directory}`, remove: () => rm(directory, { recursive: true, force: true }) }
}

async function migrationsHash(): Promise<string> {
  const folder = fileURLToPath(new URL('../../db/migrations', import.meta.url))
  const hash = createHash('sha256')
  for (const name of (await readdir(folder)).filter((one) => one.endsWith('.sql')).sort()) {
    hash.update(name).update(await readFile(join(folder, name)))
  }
  return hash.digest('hex').slice(0, 16)
}

/** The path of something that is made once for each set of migrations. Several processes may make it at once. */
async function madeOnce(name: string, make: (path: string) => Promise<void>): Promise<string> {
  const folder = fileURLToPath(new URL('../../node_modules/.cache/clavis', import.meta.url))
  const path = join(folder, name)
  if (await exists(path)) return path
  await mkdir(folder, { recursive: true })
  const own = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  await make(own)
  await rename(own, path).catch(async (error: unknown) => {
    // A folder cannot replace the one that another process has made meanwhile.
    if (!(await exists(path))) throw error
    await rm(own, { recursive: true })
  })
  return path
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )

async function openSnapshot(version: string): Promise<Database> {
  const snapshot = await madeOnce(`migrated-${version}.tar`, async (path) => {
    const pglite = await openPglite({ directory: null, snapshot: null })
    const database = overPglite(pglite)
    await migrate(database.pool)
    await pglite.dump(path)
    await database.close()
  })
  return overPglite(await openPglite({ directory: null, snapshot }))
}

/** Puts an embedded database without rows into a new folder: 0.1 s, where initdb and the migrations take 4. */
export async function placeEmbeddedDatabase(directory: string): Promise<void> {
  const template = await madeOnce(`embedded-${await migrationsHash()}`, async (path) => {
    const database = await openDatabase(`file:${path}`)
    await database.close()
  })
  await cp(template, directory, { recursive: true })
}

const TEMPLATE_LOCK = 7_240_114_908

/** Runs on the server's own database; one connection that ends. */
async function onServer<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: testDatabaseUrl })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

const named = (database: string) => {
  const url = new URL(testDatabaseUrl)
  url.pathname = `/${database}`
  return url.href
}
const dropStatement = (url: string) => `drop database if exists "${new URL(url).pathname.slice(1)}" with (force)`

async function createClone(version: string): Promise<string> {
  const template = `clavis_template_${version}`
  const clone = `clavis_test_${randomBytes(6).toString('hex')}`
  await onServer(async (client) => {
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK])
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [template])
    if (!rowCount) {
      const building = `${template}_building`
      await client.query(`drop database if exists "${building}" with (force)`)
      await client.query(`create database "${building}"`)
      const database = await openDatabase(named(building))
      await database.close()
      await client.query(`alter database "${building}" rename to "${template}"`)
    }
    await client.query(`create database "${clone}" template "${template}"`)
  })
  return named(clone)
}

async function openClone(version: string): Promise<Database & { url: string }> {
  const url = await createClone(version)
  const database = await openDatabase(url)
  return {
    ...database,
    url,
    close: async () => {
      await database.close()
      await onServer((client) => client.query(dropStatement(url)))
    },
  }
}
