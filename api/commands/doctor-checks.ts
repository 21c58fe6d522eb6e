// What may be wrong with an installation: one finding for each part, with what to do where something is wrong. Nothing
// is changed: no database is made or migrated, and no file is left behind.

import { createHash, randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { access, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { DataFolderInUse, type Holder, lockDataFolder } from '../../db/connection/data-folder-lock.ts'
import { type DatabaseFacts, inspectDatabase } from '../../db/connection/inspect.ts'
import { openPhotos } from '../../indexer/photos/open-photos.ts'
import { inspectQueue } from '../../indexer/queue/inspect.ts'
import type { Config } from '../config.ts'
import { MODEL_CHOICE_KEY, parseModelChoice, type StoredModelChoice } from '../installation/model-choice.ts'

export type Finding = {
  part:
    | 'node'
    | 'dataFolder'
    | 'disk'
    | 'photos'
    | 'database'
    | 'queue'
    | 'models'
    | 'device'
    | 'port'
    // With --deep:
    | 'tables'
    | 'photoFiles'
    | 'crops'
    | 'weights'
  status: 'ok' | 'warn' | 'fail'
  found: string
  /** What to do, as a sentence; null where nothing needs to be done. */
  fix: string | null
}
type Part = Finding['part']

export const ok = (part: Part, found: string): Finding => ({ part, status: 'ok', found, fix: null })
export const warn = (part: Part, found: string, fix: string): Finding => ({ part, status: 'warn', found, fix })
export const fail = (part: Part, found: string, fix: string): Finding => ({ part, status: 'fail', found, fix })
export const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

const LEAST_NODE = [20, 9]

export function checkNode(version = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [leastMajor = 0, leastMinor = 0] = LEAST_NODE
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return ok('node', `Node.js ${version}`)
  return fail('node', `Node.js ${version}`, `Install Node.js ${LEAST_NODE.join('.')} or later.`)
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )

/** The folder itself, or the nearest existing one above it. */
async function nearestFolder(folder: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) if ((await exists(at)) || dirname(at) === at) return at
}

export async function checkDataFolder(dataDir: string): Promise<Finding> {
  const folder = await nearestFolder(dataDir)
  const missing = folder !== dataDir
  const found = missing ? `${dataDir} is not there yet; the first start makes it` : dataDir
  const fix = `Let this user write to ${folder}, or set DATA_DIR to another folder.`
  try {
    const facts = await stat(folder)
    if (!facts.isDirectory()) return fail('dataFolder', `${folder} is not a folder`, fix)
    await access(folder, constants.W_OK | constants.X_OK)
    if (!missing) {
      const trial = join(folder, `.doctor-${process.pid}`)
      await writeFile(trial, 'can be written')
      await rm(trial)
    }
    if (!missing && (facts.mode & 0o077) !== 0)
      return warn(
        'dataFolder',
        `${found}, writable, open to other users of this machine`,
        `Run: chmod -R go= ${folder}`,
      )
    return ok('dataFolder', `${found}, writable`)
  } catch (error) {
    return fail('dataFolder', `${folder} cannot be written to: ${reasonOf(error)}`, fix)
  }
}

/** A photo takes about 69 kB of the data folder (indexer/README.md): 1 GB is 14,000 photos. */
const LITTLE_BYTES = 1e9
const NO_BYTES = 1e8

export async function checkDisk(dataDir: string): Promise<Finding> {
  const folder = await nearestFolder(dataDir)
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  const found = `${(free / 1e9).toFixed(1)} GB free in ${folder}`
  const fix = 'Make room on that disk, or set DATA_DIR to a folder on another.'
  if (free < NO_BYTES) return fail('disk', found, fix)
  return free < LITTLE_BYTES ? warn('disk', found, fix) : ok('disk', found)
}

/** A bucket is written to, read from, and left as it was. */
export async function checkPhotos(config: Pick<Config, 'dataDir' | 'bucket'>): Promise<Finding> {
  const { bucket } = config
  if (bucket === null) return ok('photos', 'in the data folder')
  const found = `bucket ${bucket.name}${bucket.prefix && `, under ${bucket.prefix}`}`
  const bytes = randomBytes(32)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  try {
    const photos = await openPhotos(config)
    await photos.put(sha256, bytes)
    const same = (await photos.get(sha256)).equals(bytes)
    await photos.delete(sha256)
    if (same) return ok('photos', `${found}, can be written, read and removed`)
    return fail('photos', `${found} returns other bytes than were written`, 'Ask the operator of the S3 server.')
  } catch (error) {
    return fail('photos', found, reasonOf(error))
  }
}

/** Runs `work` with the data folder locked, or with the process that holds it. */
async function whileFree<T>(dataDir: string, work: (holder: Holder | 'unknown' | null) => Promise<T>): Promise<T> {
  if (!(await exists(dataDir))) return await work(null)
  try {
    const lock = await lockDataFolder(dataDir)
    try {
      return await work(null)
    } finally {
      await lock.release()
    }
  } catch (error) {
    if (!(error instanceof DataFolderInUse)) throw error
    return await work(error.holder ?? 'unknown')
  }
}

const NEEDED_CONNECTIONS = 12
const PGVECTOR = [0, 8]

type DatabaseFinding = {
  finding: Finding
  /** The process that holds the data folder. */
  holder: Holder | null
  /** The stored choice of models; empty where the database could not be read. */
  choice: StoredModelChoice
}

export async function checkDatabase(config: Pick<Config, 'databaseUrl' | 'dataDir'>): Promise<DatabaseFinding> {
  return await whileFree(config.dataDir, async (who) => {
    const holder = who === 'unknown' ? null : who
    const url = config.databaseUrl
    if (url.startsWith('file:')) {
      if (who !== null) return { finding: await askHolder(holder), holder, choice: {} }
      if (!(await exists(url.slice('file:'.length))))
        return { finding: ok('database', 'embedded; the first start makes it'), holder, choice: {} }
    }
    const facts = await inspectDatabase(url, MODEL_CHOICE_KEY)
    return { finding: judgeDatabase(facts), holder, choice: parseModelChoice(facts.setting) }
  }).catch((error: unknown) => ({
    finding: fail(
      'database',
      reasonOf(error),
      config.databaseUrl.startsWith('file:')
        ? 'Restore a backup (npm run restore) if it does not open.'
        : 'Start the server, and check the host, port, user, password and name in DATABASE_URL.',
    ),
    holder: null,
    choice: {},
  }))
}

/** An embedded database is open in the running process, so that process is asked. */
async function askHolder(holder: Holder | null): Promise<Finding> {
  if (!holder?.url) return ok('database', `embedded, in use by ${holder ? `process ${holder.pid}` : 'another process'}`)
  const answer = await fetch(new URL('/readyz', holder.url), { signal: AbortSignal.timeout(5000) }).catch(() => null)
  if (answer?.ok) return ok('database', `embedded, in use by process ${holder.pid}, which serves ${holder.url}`)
  return fail(
    'database',
    `embedded, in use by process ${holder.pid}, which does not say that it is ready at ${holder.url}`,
    'Read its log, then stop it and start it again.',
  )
}

function judgeDatabase(facts: DatabaseFacts): Finding {
  const server = facts.kind === 'pglite' ? 'embedded' : `PostgreSQL ${facts.version}`
  const vector = facts.pgvector ?? facts.pgvectorAvailable
  const state = {
    none: 'empty: the first start makes the tables',
    older: 'from an older version: the next start brings it up to date',
    current: 'up to date',
    newer: 'from a newer version',
  }[facts.migrations]
  const found = `${server}, pgvector ${vector ?? 'missing'}, ${state}`
  if (vector === null)
    return fail(
      'database',
      found,
      `Install pgvector on the database server (a package such as postgresql-${facts.version.split('.')[0]}-pgvector), then let a superuser run "CREATE EXTENSION vector" in this database.`,
    )
  if (facts.migrations === 'newer')
    return fail('database', found, 'Start the version that made it, or restore a backup made by this one.')
  const [major = 0, minor = 0] = vector.split('.').map(Number)
  if (major === PGVECTOR[0] && minor < (PGVECTOR[1] ?? 0))
    return warn('database', found, 'Install pgvector 0.8 or later, then run "ALTER EXTENSION vector UPDATE".')
  if (facts.kind === 'postgres' && facts.connectionsLeft < NEEDED_CONNECTIONS)
    return warn(
      'database',
      `${found}, ${facts.connectionsLeft} connections left`,
      `Raise max_connections of the server: each process takes up to ${NEEDED_CONNECTIONS}.`,
    )
  if (facts.migrations === 'older')
    return warn('database', found, 'Make a backup before the start: npm run backup -- FOLDER')
  return ok('database', found)
}

export async function checkQueue(queueUrl: string | null): Promise<Finding> {
  if (queueUrl === null) return ok('queue', 'inside the service')
  try {
    const { version, evictionPolicy } = await inspectQueue(queueUrl)
    const found = `Redis ${version}, maxmemory-policy ${evictionPolicy}`
    if (Number(version.split('.')[0]) < 5) return fail('queue', found, 'Install Redis 6.2 or later.')
    if (evictionPolicy !== 'noeviction')
      return warn('queue', found, 'Set "maxmemory-policy noeviction" in redis.conf: Redis may throw queued work away.')
    return ok('queue', found)
  } catch (error) {
    return fail('queue', reasonOf(error), 'Start Redis, and check the host, port and password in QUEUE_URL.')
  }
}

export async function checkPort(config: Pick<Config, 'host' | 'port'>, holder: Holder | null): Promise<Finding> {
  if (holder?.url && Number(new URL(holder.url).port) === config.port)
    return ok('port', `${holder.url}, served by process ${holder.pid}`)
  const problem = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
    const server = createServer()
    server.once('error', resolve)
    server.listen(config.port, config.host, () => server.close(() => resolve(null)))
  })
  const at = `${config.host}:${config.port}`
  if (problem === null) return ok('port', `${at} is free`)
  const fix = problem.code === 'EADDRNOTAVAIL' ? 'Set HOST to an address of this machine.' : 'Set PORT to another one.'
  return fail('port', `${at} cannot be used: ${problem.code ?? problem.message}`, fix)
}
