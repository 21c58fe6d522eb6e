// `npm run backup` writes everything that cannot be recomputed, as it is at one moment, into a folder or a tar file.
// The service may run meanwhile.

import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type pg from 'pg'
import type { Database } from '../../../db/connection/connect.ts'
import { newestApplied, newestMigration } from '../../../db/connection/migrate.ts'
import { readNumbering } from '../../../db/copy/contents.ts'
import { pagesOf } from '../../../db/copy/pages.ts'
import { tablesOf } from '../../../db/copy/tables.ts'
import { DatabaseError } from '../../../db/errors.ts'
import { StorageError } from '../../../indexer/errors.ts'
import { cropName, photoName } from '../../../indexer/photos/file-names.ts'
import { openPhotos, type PhotosPlace } from '../../../indexer/photos/open-photos.ts'
import type { Config } from '../../config.ts'
import { byId } from '../by-id.ts'
import { withSource } from '../source-database.ts'
import { UsageError } from '../usage.ts'
import { type BackupWriter, createBackup } from './files.ts'
import { CONTENTS, type Contents, HEADER, type Header } from './format.ts'

export const BACKUP_HELP = `npm run backup -- FILE.tar | FOLDER

Writes the whole installation (database, photos, crops, added models) into one tar file, or into a new folder, as it is at one
moment, whether the service runs or not. \`npm run restore\` brings it back, into the embedded database or into Postgres.
The exit code is 1 when a photo was missing or damaged; everything else is then in the backup.
`

/** At most so many missing photos are named one by one. */
const TOLD = 20

export async function backupCommand(args: string[], config: Config): Promise<number> {
  const { positionals } = parseArgs({ args, allowPositionals: true })
  const [path, ...more] = positionals
  if (path === undefined || more.length > 0) throw new UsageError(BACKUP_HELP)
  const { rows, photos, crops, models, missing } = await withSource(config, (database) =>
    backUp(database, config, path),
  )
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0)
  console.log(
    `Backed up ${total} rows, ${photos.files} photos, ${crops.files} crops and ${models.files} model files to ${path}.`,
  )
  for (const { sha256, why } of missing.slice(0, TOLD)) console.error(`Photo ${sha256} is not in the backup: ${why}`)
  if (missing.length > TOLD)
    console.error(`${missing.length - TOLD} more photos are not in the backup: ${CONTENTS} in the backup lists them.`)
  return missing.length > 0 ? 1 : 0
}

async function backUp(database: Database, config: Config, path: string): Promise<Contents> {
  const client = await database.pool.connect()
  try {
    await client.query('begin isolation level repeatable read, read only')
    const migration = await newestApplied(client)
    if (migration === 0) throw new UsageError('Expected an installation but the database has none of its tables.')
    if (migration > newestMigration())
      throw new DatabaseError('The database was made by a newer version of this program: back it up with that version')
    const writer = await createBackup(path)
    try {
      const header: Header = { format: 1, madeAt: new Date().toISOString(), migration }
      await writer.add(HEADER, json(header))
      const { rows, numbering } = await addTables(client, writer)
      const photos = await addPhotos(client, writer, config)
      const models = await addModels(writer, join(config.dataDir, 'models'))
      const contents: Contents = { rows, numbering, ...photos, models }
      await writer.add(CONTENTS, json(contents))
      await writer.finish()
      return contents
    } catch (error) {
      await writer.abandon()
      throw error
    }
  } finally {
    await client.query('rollback').catch(() => {})
    client.release()
  }
}

const json = (value: unknown) => Buffer.from(`${JSON.stringify(value, null, 2)}\n`)

async function addTables(client: pg.ClientBase, writer: BackupWriter): Promise<Pick<Contents, 'rows' | 'numbering'>> {
  const tables = await tablesOf(client)
  const rows: Record<string, number> = {}
  for (const table of tables) {
    rows[table.name] = 0
    let number = 0
    for await (const page of pagesOf(client, table)) {
      rows[table.name] = (rows[table.name] ?? 0) + page.rows
      await writer.add(`tables/${table.name}/${String(++number).padStart(6, '0')}.rows`, page.bytes)
    }
  }
  return { rows, numbering: await readNumbering(client, tables) }
}

async function addPhotos(
  client: pg.ClientBase,
  writer: BackupWriter,
  place: PhotosPlace,
): Promise<Pick<Contents, 'photos' | 'crops' | 'missing'>> {
  const store = await openPhotos(place)
  const photos = { files: 0, bytes: 0 }
  const crops = { files: 0, bytes: 0 }
  const missing: Contents['missing'] = []
  const add = async (kind: typeof photos, name: string, bytes: Buffer) => {
    await writer.add(name, bytes)
    kind.files++
    kind.bytes += bytes.length
  }
  for await (const { sha256 } of byId<{ sha256: string }>(client, 'select id, sha256 from media')) {
    try {
      await add(photos, photoName(sha256), await store.get(sha256))
    } catch (error) {
      if (!(error instanceof StorageError) || error.temporary) throw error
      missing.push({ sha256, why: error.message })
    }
  }
  for await (const { id } of byId<{ id: number }>(client, 'select id from detection')) {
    const crop = await store.getCrop(id)
    if (crop) await add(crops, cropName(id), crop)
  }
  return { photos, crops, missing }
}

/** The operator's own models. Bundled ones come with the program. */
async function addModels(writer: BackupWriter, folder: string): Promise<Contents['models']> {
  const models = { files: 0, bytes: 0 }
  // A folder whose name ends with .new is a model that is being added.
  for (const name of (await readdir(folder).catch(() => [])).filter((one) => !one.endsWith('.new')).sort()) {
    for (const file of (await readdir(join(folder, name)).catch(() => [])).sort()) {
      const path = join(folder, name, file)
      const facts = await stat(path)
      if (!facts.isFile()) continue
      await writer.addFile(`models/${name}/${file}`, path)
      models.files++
      models.bytes += facts.size
    }
  }
  return models
}
