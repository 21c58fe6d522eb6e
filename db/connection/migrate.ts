// Brings a database to the shape that this code expects: applies every migration of db/migrations once, under a lock.
// After a change of the schema, `npm run db:generate -- --name WHAT` writes a migration. One that has landed is never
// edited.

import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator'
import type pg from 'pg'
import { DatabaseError, sqlState } from '../errors.ts'
import { ADVISORY_LOCKS } from './advisory-locks.ts'

export const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url))

const UNDEFINED_TABLE = '42P01'
const INVALID_SCHEMA = '3F000'
const EXTENSION_CODES = new Set(['0A000', '58P01', '42501'])

/** When the newest migration that this code knows was made, as drizzle stores it. */
export const newestMigration = () =>
  Math.max(...readMigrationFiles({ migrationsFolder }).map((migration) => migration.folderMillis))

/** When the newest migration that the database has was made, as drizzle stores it; 0 where it has none. */
export async function newestApplied(client: pg.ClientBase): Promise<number> {
  try {
    const { rows } = await client.query<{ newest: number | null }>(
      'select max(created_at) as newest from drizzle.__drizzle_migrations',
    )
    return rows[0]?.newest ?? 0
  } catch (error) {
    const code = sqlState(error)
    if (code === UNDEFINED_TABLE || code === INVALID_SCHEMA) return 0
    throw error
  }
}

/**
 * Applies what is missing. Several processes may start at once: drizzle's own migrator takes no lock, this does. Throws
 * DatabaseError where the database is newer than the code. `upTo`: the time of the last migration to apply, for filling
 * an empty database with what an older version left.
 */
export async function migrate(pool: pg.Pool, upTo = newestMigration()): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [ADVISORY_LOCKS.migrate])
    try {
      const applied = await newestApplied(client)
      const known = newestMigration()
      if (applied > known) {
        throw new DatabaseError(
          `The database was made by a newer version of this program (its last migration is of ${new Date(applied).toISOString()}, ` +
            `the newest known here of ${new Date(known).toISOString()}): start that version, or restore a backup made by this one`,
        )
      }
      if (applied < upTo) await apply(client, upTo)
    } finally {
      await client.query('select pg_advisory_unlock($1)', [ADVISORY_LOCKS.migrate])
    }
  } catch (error) {
    if (
      error instanceof Error &&
      EXTENSION_CODES.has(sqlState(error) ?? '') &&
      /extension/.test(String(error.cause ?? error))
    ) {
      throw new DatabaseError(
        'The database server lacks pgvector: install the package (for example postgresql-17-pgvector), then let a superuser ' +
          'run "CREATE EXTENSION vector" in this database',
        { cause: error },
      )
    }
    throw error
  } finally {
    client.release()
  }
}

async function apply(client: pg.PoolClient, upTo: number): Promise<void> {
  if (upTo === newestMigration()) return await applyMigrations(drizzle(client), { migrationsFolder })
  // drizzle applies a whole folder, so it gets a copy that ends earlier.
  const folder = await mkdtemp(join(tmpdir(), 'clavis-migrations-'))
  try {
    await cp(migrationsFolder, folder, { recursive: true })
    const file = join(folder, 'meta', '_journal.json')
    const journal: { entries: { when: number }[] } = JSON.parse(await readFile(file, 'utf8'))
    const entries = journal.entries.filter(({ when }) => when <= upTo)
    await writeFile(file, JSON.stringify({ ...journal, entries }))
    await applyMigrations(drizzle(client), { migrationsFolder: folder })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
