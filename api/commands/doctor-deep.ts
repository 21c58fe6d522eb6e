// `doctor --deep` reads everything: every row of every table, every photo, crop and model against its checksum. It says
// which files to restore from a backup, and changes nothing.

import type pg from 'pg'
import type { Database } from '../../db/connection/connect.ts'
import { DataFolderInUse } from '../../db/connection/data-folder-lock.ts'
import { pagesOf } from '../../db/copy/pages.ts'
import { tablesOf } from '../../db/copy/tables.ts'
import { DatabaseError } from '../../db/errors.ts'
import { StorageError } from '../../indexer/errors.ts'
import { sha256OfFile } from '../../indexer/models/checksum.ts'
import { listModels } from '../../indexer/models/models.ts'
import { cropName, photoName } from '../../indexer/photos/file-names.ts'
import { openPhotos } from '../../indexer/photos/open-photos.ts'
import { WIDTHS } from '../../indexer/photos/scale.ts'
import type { Config } from '../config.ts'
import { modelFolders } from '../installation/model-choice.ts'
import { byId } from './by-id.ts'
import { type Finding, fail, ok, reasonOf, warn } from './doctor-checks.ts'
import { withSource } from './source-database.ts'
import { UsageError } from './usage.ts'

/** At most so many files are named. */
const TOLD = 20
const RESTORE_ALL =
  'Restore the last backup that was made before this into an empty installation: npm run restore -- BACKUP, with another DATA_DIR.'

export async function* examineDeeply(config: Config): AsyncGenerator<Finding> {
  try {
    yield* await withSource(config, async (database) => [
      await checkTables(database),
      ...(await checkFiles(database, config)),
    ])
  } catch (error) {
    // Nothing was stored yet, or the database does not open, which the plain examination says.
    if (error instanceof UsageError) yield ok('tables', 'nothing is stored yet')
    else if (error instanceof DatabaseError || error instanceof DataFolderInUse)
      yield warn('tables', `not read: ${error.message}`, 'Stop the service, or set API_TOKEN to a key of an admin.')
    else yield fail('tables', reasonOf(error), RESTORE_ALL)
  }
  yield await checkWeights(config)
}

async function checkTables(database: Database): Promise<Finding> {
  const client = await database.pool.connect()
  try {
    let rows = 0
    const damaged: string[] = []
    const tables = await tablesOf(client)
    for (const table of tables)
      try {
        for await (const page of pagesOf(client, table)) rows += page.rows
      } catch (error) {
        damaged.push(`${table.name}: ${reasonOf(error)}`)
      }
    if (damaged.length > 0) return fail('tables', `cannot be read: ${damaged.join('; ')}`, RESTORE_ALL)
    return ok('tables', `${rows} rows in ${tables.length} tables, each read`)
  } finally {
    client.release()
  }
}

async function checkFiles({ pool }: Database, config: Config): Promise<Finding[]> {
  const damaged = new Set<string>()
  const photos = await openPhotos(config, (name) => damaged.add(name))
  const client = await pool.connect()
  try {
    const lost: string[] = []
    let count = 0
    for await (const { sha256 } of byId<{ sha256: string }>(client, 'select id, sha256 from media')) {
      count++
      await photos.get(sha256).catch((error: unknown) => {
        if (!(error instanceof StorageError) || error.temporary) throw error
        lost.push(photoName(sha256))
      })
      for (const width of WIDTHS) await photos.getScaled(sha256, width)
    }
    const missing = lost.filter((name) => !damaged.has(name)).length
    const found = `${count} photos, each read: ${lost.length - missing} overwritten, ${missing} missing`
    const named = lost.slice(0, TOLD).join(', ')
    const more = lost.length > TOLD ? ` and ${lost.length - TOLD} more` : ''
    return [
      lost.length === 0
        ? ok('photoFiles', `${count} photos, each as it was uploaded`)
        : fail(
            'photoFiles',
            `${found}: ${named}${more}`,
            'Copy these files from a backup, where they have the same names (tar -xf BACKUP.tar NAME), or upload the photos again.',
          ),
      await checkCrops(client, photos, damaged),
    ]
  } finally {
    client.release()
  }
}

async function checkCrops(
  client: pg.ClientBase,
  photos: Awaited<ReturnType<typeof openPhotos>>,
  damaged: Set<string>,
): Promise<Finding> {
  let whole = 0
  let missing = 0
  for await (const { id } of byId(client, 'select id from detection'))
    if (await photos.getCrop(id)) whole++
    else if (!damaged.has(cropName(id))) missing++
  const overwritten = [...damaged].filter((name) => !name.startsWith('photos/'))
  const found = `${whole} crops, each as it was made; ${missing} not made yet`
  if (overwritten.length === 0) return ok('crops', found)
  return warn(
    'crops',
    `${found}; ${overwritten.length} crops and scaled photos overwritten: ${overwritten.slice(0, TOLD).join(', ')}`,
    'Nothing: each is made again when somebody looks at it.',
  )
}

/** Of all models, not only of the chosen ones. */
async function checkWeights(config: Config): Promise<Finding> {
  const faults: string[] = []
  const models = await listModels(modelFolders(config))
  for (const model of models)
    if ('fault' in model) faults.push(model.fault)
    else {
      const { file, weightFiles = [], sha256 } = model.manifest
      const found = await sha256OfFile(...[file, ...weightFiles].map((part) => `${model.folder}/${part}`)).catch(
        reasonOf,
      )
      if (found !== sha256) faults.push(`${model.name}: expected sha256 ${sha256} but received ${found}`)
    }
  if (faults.length === 0) return ok('weights', `of ${models.length} models, each as its manifest says`)
  return fail(
    'weights',
    faults.join('; '),
    'Bring them back: npm ci for bundled ones, npm run models -- add or fetch for others, or the folder models of a backup.',
  )
}
