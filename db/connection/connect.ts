// From a URL to a ready database: PGlite in a worker thread for `file:DIR` and `memory:`, a server for
// `postgres://…`, and drizzle on node-postgres for both. PGlite has one session and its pool one connection, so
// inside `db.transaction(async (tx) => …)` every query has to go through `tx`.

import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { DatabaseError } from '../errors.ts'
import * as schema from '../schema.ts'
import { maintainRegularly } from './maintain.ts'
import { migrate } from './migrate.ts'
import { openPglite, type Pglite } from './pglite.ts'
import { SESSION_SETTINGS } from './session-settings.ts'
import { parseBigintsAsNumbers } from './value-parsers.ts'

/** drizzle on node-postgres. A transaction is a Db too. */
export type Db = NodePgDatabase<typeof schema>

export type Database = {
  db: Db
  pool: pg.Pool
  kind: 'pglite' | 'postgres'
  /**
   * Calls `handler` when any process has notified `channel`, and once after a lost connection was restored, because a
   * notification may have been missed. Payloads are not passed on: the rows are the truth. On PGlite, which has one
   * process and one session, it is never called. Returns a function that stops listening.
   */
  listen: (channel: string, handler: () => void) => Promise<() => Promise<void>>
  /**
   * Copies the embedded database, as it is at one moment, into a new folder that `file:` opens. Queries wait meanwhile.
   * Null in memory, and on Postgres, where a transaction sees one moment.
   */
  copyTo: ((directory: string) => Promise<void>) | null
  /** Waits for running queries, and until everything is written. */
  close: () => Promise<void>
}

/** Opens and migrates. Throws DatabaseError for a wrong URL, an unreachable server or a newer database. */
export async function openDatabase(url: string): Promise<Database> {
  const database = await connectDatabase(url)
  try {
    await migrate(database.pool)
  } catch (error) {
    await database.close()
    throw error
  }
  return database
}

/** Opens without migrating, to look at a database as it is. Throws DatabaseError. */
export async function connectDatabase(url: string): Promise<Database> {
  if (url === 'memory:') return overPglite(await openPglite({ directory: null, snapshot: null }))
  if (url.startsWith('file:')) {
    const directory = url.slice('file:'.length).replace(/^\/\/(?=\/)/, '')
    if (directory === '')
      throw new DatabaseError('Expected a folder after "file:" in the database URL but received none')
    return overPglite(await openPglite({ directory, snapshot: null }))
  }
  if (/^postgres(ql)?:\/\//.test(url)) return await overPostgres(url)
  throw new DatabaseError(
    `Expected a database URL that starts with file:, memory: or postgres:// but received "${url.split(':')[0]}:…"`,
  )
}

const MAINTAIN_MS = 60_000

/**
 * A broken connection must not end the process. The next query on it fails with the reason. pg reports it on the pool
 * while the connection is idle, and on the client between two queries of a transaction. Without a listener either
 * report would end the process.
 */
function outliveConnections(pool: pg.Pool): void {
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
}

/** The database of a PGlite that is open already. Closing it closes PGlite. */
export function overPglite(pglite: Pglite): Database {
  parseBigintsAsNumbers()
  const pool = new pg.Pool({
    max: 1,
    idleTimeoutMillis: 0,
    stream: pglite.stream,
    user: 'postgres',
    database: 'postgres',
    password: 'none',
  })
  outliveConnections(pool)
  const stopMaintaining = maintainRegularly(pool, MAINTAIN_MS)
  return {
    db: drizzle(pool, { schema }),
    pool,
    kind: 'pglite',
    listen: async () => async () => {},
    copyTo: pglite.copy,
    close: once(async () => {
      await stopMaintaining()
      await pool.end()
      await pglite.close()
    }),
  }
}

async function overPostgres(url: string): Promise<Database> {
  parseBigintsAsNumbers()
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 10_000,
    application_name: 'clavis',
    onConnect: async (client) => void (await client.query(SESSION_SETTINGS)),
  })
  outliveConnections(pool)
  try {
    const { rows } = await pool.query("select current_setting('server_version_num')::int as version")
    const version: number = rows[0].version
    if (version < 150_000) {
      throw new DatabaseError(
        `Expected PostgreSQL 15 or newer but the server is version ${Math.floor(version / 10_000)}`,
      )
    }
  } catch (error) {
    await pool.end()
    if (error instanceof DatabaseError) throw error
    const { host, pathname } = new URL(url)
    const reason = error instanceof Error ? error.message || ('code' in error ? String(error.code) : error.name) : error
    throw new DatabaseError(`Cannot use the database ${pathname.slice(1)} on ${host}: ${reason}`, { cause: error })
  }
  const listeners = new Set<() => Promise<void>>()
  return {
    db: drizzle(pool, { schema }),
    pool,
    kind: 'postgres',
    listen: async (channel, handler) => {
      const stop = await listenOn(url, channel, handler)
      listeners.add(stop)
      return async () => {
        listeners.delete(stop)
        await stop()
      }
    },
    copyTo: null,
    close: once(async () => {
      await Promise.all([...listeners].map((stop) => stop()))
      await pool.end()
    }),
  }
}

const RECONNECT_MS = 500

/** Holds a connection of its own for LISTEN, and opens a new one when it is lost. */
async function listenOn(url: string, channel: string, handler: () => void): Promise<() => Promise<void>> {
  let stopped = false
  let client: pg.Client | null = null
  let timer: NodeJS.Timeout | null = null

  const connect = async () => {
    const fresh = new pg.Client({ connectionString: url, keepAlive: true, application_name: 'clavis listener' })
    const lost = () => {
      if (client !== fresh) return
      client = null
      fresh.end().catch(() => {})
      retry()
    }
    fresh.on('error', lost)
    fresh.on('end', lost)
    fresh.on('notification', () => handler())
    try {
      await fresh.connect()
      await fresh.query(`listen ${pg.escapeIdentifier(channel)}`)
    } catch (error) {
      fresh.end().catch(() => {})
      throw error
    }
    if (stopped) await fresh.end()
    else client = fresh
  }
  const retry = () => {
    if (stopped) return
    timer = setTimeout(() => connect().then(handler, retry), RECONNECT_MS)
  }

  await connect()
  return async () => {
    stopped = true
    if (timer) clearTimeout(timer)
    const last = client
    client = null
    await last?.end()
  }
}

function once(close: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | null = null
  return () => {
    closing ??= close()
    return closing
  }
}
