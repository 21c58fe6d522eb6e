// How fast one worker process, and two, index waiting photos, against the bare sum of decoding, detecting and
// embedding; memory over the run; what a photo takes in the database.

import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import sharp from 'sharp'
import { openProgress } from '../../api/commands/progress.ts'
import { UsageError } from '../../api/commands/usage.ts'
import { type Config, PROJECT_DIR } from '../../api/config.ts'
import { random } from '../../classifiers/seeded-random.ts'
import { type Database, openDatabase } from '../../db/connection/connect.ts'
import { addMedia } from '../../db/photos/add-media.ts'
import { summarise } from '../../db/summary.ts'
import { sha256Of } from '../../indexer/analyse.ts'
import { openPhotos } from '../../indexer/photos/open-photos.ts'
import type { Photos } from '../../indexer/photos/photos.ts'
import { newBenchDatabase } from './database.ts'
import { bytesIn, measureBareFiles } from './import.ts'
import {
  type Measured,
  readOptions,
  reportMeasured,
  startServer,
  type WithEmbedder,
  withEmbedder,
} from './measuring.ts'
import { residentBytes } from './processes.ts'

export const BENCH_INGEST_HELP = `npm run bench -- ingest [--photos N] [--url postgres://… --queue redis://…] [--json FILE]

Indexes N (2,000) small generated JPEGs. Without servers: in one process with the embedded database. With a Postgres server where a
database may be created, and a Redis that nothing else uses: half of them in one worker process, half in two.
`

const BARE_PHOTOS = 200
const LOOK_MS = 250
/** Storing a photo safely takes a slow disk a tenth of a second, so many are stored at a time. */
const FILLED_AT_ONCE = 64

export async function benchIngest(args: string[], settings: Config): Promise<number> {
  const values = readOptions(args, { photos: '2000', url: undefined, queue: undefined, json: undefined })
  const count = Number(values.photos)
  const oneServer = (values.url === undefined) !== (values.queue === undefined)
  if (!Number.isInteger(count) || count < 20 || oneServer) throw new UsageError(BENCH_INGEST_HELP)
  const config = await withEmbedder(settings)
  const folder = await mkdtemp(join(tmpdir(), 'clavis-bench-'))
  try {
    const bare = await measureBareOf(Math.min(count, BARE_PHOTOS), join(folder, 'bare'), config)
    const runs =
      values.url === undefined || values.queue === undefined
        ? await measureEmbedded(count, join(folder, 'data'), config)
        : await measureWorkers(count, join(folder, 'data'), { url: values.url, queue: values.queue }, config)
    const bareMs = Number(bare['bare sum, ms per photo'])
    const alone = Number(runs['photos per second, one process'])
    const share = { 'bare sum, share of the time per photo of one process': (bareMs * alone) / 1000 }
    await reportMeasured('Indexing of waiting photos', { ...bare, ...runs, ...share }, values.json)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return 0
}

/** 320 x 240 pixels of soft forms, different for every number: about 5 kB. */
async function drawSmall(number: number): Promise<Buffer> {
  const next = random(number + 1)
  const forms = Buffer.from(Array.from({ length: 16 * 12 * 3 }, () => Math.floor(256 * next())))
  return await sharp(forms, { raw: { width: 16, height: 12, channels: 3 } })
    .resize(320, 240, { kernel: 'cubic' })
    .jpeg({ quality: 80 })
    .toBuffer()
}

async function measureBareOf(count: number, folder: string, config: WithEmbedder): Promise<Measured> {
  await mkdir(folder)
  const files = Array.from({ length: count }, (_, i) => join(folder, `${i}.jpg`))
  for (const [i, file] of files.entries()) await writeFile(file, await drawSmall(i))
  return await measureBareFiles(files, config)
}

/** Photos on the disk with rows that wait. Those of several calls differ. */
async function fillQueue({ db }: Database, photos: Photos, from: number, count: number): Promise<void> {
  const progress = openProgress(count, 'photos drawn')
  const add = async (number: number) => {
    const bytes = await drawSmall(number)
    const sha256 = sha256Of(bytes)
    await photos.put(sha256, bytes)
    await addMedia(db, { sha256, filename: `${number}.jpg`, mimeType: 'image/jpeg', bytes: bytes.length })
  }
  for (let start = 0; start < count; start += FILLED_AT_ONCE) {
    const end = Math.min(count, start + FILLED_AT_ONCE)
    await Promise.all(Array.from({ length: end - start }, (_, i) => add(from + start + i)))
    progress.update(end, '')
  }
  progress.stop()
}

type Run = { perSecond: number; failed: number; memory: number[] }

/** Measures from the first indexed photos, so without the start of the processes, until none waits. */
async function watch(
  waiting: () => Promise<{ queued: number; failed: number }>,
  count: number,
  pids: number[],
): Promise<Run> {
  const progress = openProgress(count, 'photos indexed')
  const memory: number[] = []
  let begun: { at: number; done: number } | null = null
  for (;;) {
    const { queued, failed } = await waiting()
    const done = count - queued
    if (done > 0) {
      begun ??= { at: performance.now(), done }
      const resident = await Promise.all(pids.map(residentBytes))
      memory.push(resident.reduce((sum: number, bytes) => sum + (bytes ?? 0), 0))
    }
    progress.update(done, '')
    if (queued === 0) {
      progress.stop()
      if (begun === null || begun.done === count)
        throw new UsageError('So few photos were indexed before anybody could look. Expected more with --photos.')
      return { perSecond: ((done - begun.done) * 1000) / (performance.now() - begun.at), failed, memory }
    }
    await sleep(LOOK_MS)
  }
}

function memoryOf(name: string, { memory }: Run): Measured {
  const at = (share: number) => (memory[Math.floor(share * (memory.length - 1))] ?? 0) / 1e6
  if (memory.every((bytes) => bytes === 0)) return { [`resident memory, ${name}, MB`]: null }
  return {
    [`resident memory after a quarter, ${name}, MB`]: at(0.25),
    [`resident memory at the end, ${name}, MB`]: at(1),
  }
}

function environmentOf({ threads, device, detector, embedder }: WithEmbedder, dataDir: string): Record<string, string> {
  return {
    DATA_DIR: dataDir,
    THREADS: String(threads),
    DEVICE: device,
    ...(detector === null ? {} : { DETECTOR: detector }),
    EMBEDDER: embedder,
  }
}

async function measureEmbedded(count: number, dataDir: string, config: WithEmbedder): Promise<Measured> {
  await mkdir(dataDir)
  const place = join(dataDir, 'database')
  const database = await openDatabase(`file:${place}`)
  await fillQueue(database, await openPhotos({ dataDir, bucket: null }), 0, count).finally(() => database.close())
  const before = await bytesIn(place)
  const server = await startServer(environmentOf(config, dataDir))
  try {
    const waiting = async () => {
      const answer = await fetch(`${server.url}/api/summary`)
      // The route's own shape.
      return ((await answer.json()) as { media: { queued: number; failed: number } }).media
    }
    const run = await watch(waiting, count, [server.pid])
    return {
      photos: count,
      'photos failed': run.failed,
      'photos per second, one process': run.perSecond,
      ...memoryOf('one process', run),
      'database, bytes per photo that indexing added': Math.round(((await bytesIn(place)) - before) / count),
    }
  } finally {
    await server.stop()
  }
}

async function measureWorkers(
  count: number,
  dataDir: string,
  servers: { url: string; queue: string },
  config: WithEmbedder,
): Promise<Measured> {
  await mkdir(dataDir)
  const { url, drop } = await newBenchDatabase(servers.url)
  try {
    const database = await openDatabase(url)
    try {
      const photos = await openPhotos({ dataDir, bucket: null })
      const environment = { ...environmentOf(config, dataDir), DATABASE_URL: url, QUEUE_URL: servers.queue }
      const empty = await sizeOf(database)
      const half = Math.floor(count / 2)
      const run = async (processes: number, from: number) => {
        await fillQueue(database, photos, from, half)
        const workers = Array.from({ length: processes }, () => startWorker(environment))
        const waiting = async () => (await summarise(database.db)).media
        return await watch(
          waiting,
          half,
          workers.map(({ pid }) => pid),
        ).finally(() => Promise.all(workers.map((worker) => worker.stop())))
      }
      const one = await run(1, 0)
      const two = await run(2, half)
      return {
        photos: 2 * half,
        'photos failed': two.failed,
        'photos per second, one process': one.perSecond,
        'photos per second, two processes': two.perSecond,
        'two processes, times one': two.perSecond / one.perSecond,
        ...memoryOf('one process', one),
        ...memoryOf('two processes', two),
        'database, bytes per photo': Math.round(((await sizeOf(database)) - empty) / (2 * half)),
      }
    } finally {
      await database.close()
    }
  } finally {
    await drop()
  }
}

async function sizeOf({ pool }: Database): Promise<number> {
  const { rows } = await pool.query<{ bytes: number }>('select pg_database_size(current_database()) as bytes')
  return rows[0]?.bytes ?? 0
}

/** As `npm run work` runs it. */
function startWorker(environment: Record<string, string>): { pid: number; stop: () => Promise<void> } {
  const child = spawn(process.execPath, ['--import', 'tsx', join(PROJECT_DIR, 'api', 'main.ts'), 'work'], {
    cwd: PROJECT_DIR,
    env: { PATH: '/usr/bin:/bin', LOG_LEVEL: 'warn', ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  return {
    pid: child.pid!,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
