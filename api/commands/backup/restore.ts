// `npm run restore` brings a backup into an empty installation, of the same or a newer version of this program:
// everything as it was, verified, or nothing.

import { rm } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { connectDatabase, type Database } from '../../../db/connection/connect.ts'
import { lockDataFolder } from '../../../db/connection/data-folder-lock.ts'
import { migrate, newestApplied, newestMigration } from '../../../db/connection/migrate.ts'
import { firstFilled, removeStarted } from '../../../db/copy/contents.ts'
import { tablesOf } from '../../../db/copy/tables.ts'
import { DatabaseError } from '../../../db/errors.ts'
import { openPhotos } from '../../../indexer/photos/open-photos.ts'
import type { Photos } from '../../../indexer/photos/photos.ts'
import type { Config } from '../../config.ts'
import { UsageError } from '../usage.ts'
import { bytesOf, readBackup } from './files.ts'
import { type Contents, HEADER, type Header, headerSchema, parseFile } from './format.ts'
import { takeEntries } from './restore-entries.ts'

export const RESTORE_HELP = `npm run restore -- FILE.tar | FOLDER

Brings a backup back into an empty installation: photos, crops and models into DATA_DIR (photos and crops into PHOTOS_URL where it is
set), rows into the embedded database there or the one that DATABASE_URL names. Everything is compared with the backup's counts and
checksums. An installation that holds anything is refused and not changed. A damaged backup changes nothing either.
`

export async function restoreCommand(args: string[], config: Config): Promise<number> {
  const { positionals } = parseArgs({ args, allowPositionals: true })
  const [path, ...more] = positionals
  if (path === undefined || more.length > 0) throw new UsageError(RESTORE_HELP)
  const { rows, photos, crops, models } = await restore(path, config)
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0)
  console.log(
    `Restored ${total} rows, ${photos.files} photos, ${crops.files} crops and ${models.files} model files into ${config.dataDir}; all are as they were backed up.`,
  )
  return 0
}

/** Throws UsageError or DatabaseError where the installation is refused or the backup is damaged. */
export async function restore(path: string, config: Config): Promise<Contents> {
  const lock = await lockDataFolder(config.dataDir)
  try {
    const photos = await openPhotos(config)
    if (!(await photos.isEmpty())) throw new UsageError(photosThere(config))
    try {
      return await restoreInto(photos, path, config)
    } catch (error) {
      await photos.clear()
      throw error
    }
  } finally {
    await lock.release()
  }
}

async function restoreInto(photos: Photos, path: string, config: Config): Promise<Contents> {
  const entries = readBackup(path)
  const first = (await entries.next()).value
  if (first?.name !== HEADER) throw new UsageError(`Expected a backup but ${path} does not begin with ${HEADER}.`)
  const { bytes, sha256 } = await bytesOf(first)
  const header = parseFile(headerSchema, HEADER, bytes)
  if (header.migration > newestMigration())
    throw new DatabaseError('The backup was made by a newer version of this program: restore it with that version')
  const database = await connectDatabase(config.databaseUrl)
  try {
    await prepare(database, header, config)
    const contents = await fill(database, entries, { name: HEADER, sha256 }, { photos, dataDir: config.dataDir })
    await migrate(database.pool)
    return contents
  } finally {
    await database.close()
  }
}

const photosThere = ({ dataDir, bucket }: Config) =>
  bucket === null
    ? `Expected an empty installation but there are photos in ${dataDir}: set DATA_DIR to another folder.`
    : `Expected an empty installation but there are photos in the bucket ${bucket.name}: give PHOTOS_URL another bucket or prefix.`

/** Creates the tables, empty, as they were when the backup was made. */
async function prepare({ pool, kind }: Database, header: Header, config: Config): Promise<void> {
  const client = await pool.connect()
  try {
    const where = kind === 'pglite' ? `the database in ${config.dataDir}` : 'the database that DATABASE_URL names'
    const applied = await newestApplied(client)
    if (applied > 0) {
      const filled = await firstFilled(client, await tablesOf(client))
      if (filled !== null)
        throw new UsageError(
          `Expected an empty installation but ${where} has rows in its table ${filled}: choose another one.`,
        )
      if (applied !== header.migration)
        throw new UsageError(
          `The backup is from ${applied > header.migration ? 'an older' : 'a newer'} version than the tables in ${where}: choose a database without tables. Restoring creates them as the backup needs them, and then brings them up to date.`,
        )
    }
    const { rows } = await client.query<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity where datname = current_database() and application_name = 'clavis listener'`,
    )
    if ((rows[0]?.count ?? 0) > 0)
      throw new UsageError('Expected no running service, but one uses the database: stop it first.')
  } finally {
    client.release()
  }
  await migrate(pool, header.migration)
}

/** Fills the database in one transaction. If it fails, the models that it has written are removed. */
async function fill(
  { pool }: Database,
  entries: ReturnType<typeof readBackup>,
  header: { name: string; sha256: string },
  { photos, dataDir }: { photos: Photos; dataDir: string },
): Promise<Contents> {
  const written: string[] = []
  const client = await pool.connect()
  try {
    await client.query('begin')
    const tables = await tablesOf(client)
    await removeStarted(client, tables)
    const contents = await takeEntries(entries, header, { client, tables, photos, dataDir, written })
    await client.query('commit')
    return contents
  } catch (error) {
    await client.query('rollback').catch(() => {})
    for (const file of written) await rm(file, { force: true })
    throw error
  } finally {
    client.release()
  }
}
