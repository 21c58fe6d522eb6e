// How fast an import is when the detector looks at every photo, against the bare sum of decoding, detecting and
// embedding; how fast /healthz answers meanwhile; memory, disk, cold start.

import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createImportClient, type ImportClient } from '../../api/commands/import/client.ts'
import { openTarget } from '../../api/commands/import/import.ts'
import { planImport } from '../../api/commands/import/plan.ts'
import type { Plan, PlannedPhoto } from '../../api/commands/import/planned.ts'
import { runImport } from '../../api/commands/import/run.ts'
import { openProgress } from '../../api/commands/progress.ts'
import { UsageError } from '../../api/commands/usage.ts'
import type { Config } from '../../api/config.ts'
import { cutCrops } from '../../indexer/crop.ts'
import type { Models } from '../../indexer/models/models.ts'
import { decode, type Image } from '../../indexer/photos/image.ts'
import { compareVersions } from './inference/import-versions.ts'
import {
  type Measured,
  openConfiguredModels,
  quantile,
  readOptions,
  reportMeasured,
  startServer,
  type WithEmbedder,
  withEmbedder,
} from './measuring.ts'
import { residentBytes } from './processes.ts'

export const BENCH_IMPORT_HELP = `npm run bench -- import --library CSV [--limit N] [--before FOLDER [--rounds 3]] [--json FILE]

Imports a library into a new temporary data folder with --ignore-boxes: by the command alone, compared with the bare sum of decoding,
detecting and embedding, and once more next to a running server, which is asked for /healthz meanwhile.

--before: a checkout of an earlier Clavis with its packages installed. Then N (480) photos, spread over the library, are sent in turns to a
new server of it and of this version, each with the nets that it comes with.
`

/** Photos of the bare measurement, spread over the library. */
const BARE_PHOTOS = 400
const COMPARED_PHOTOS = 480
/**
 * As many as the inference process takes at once (indexer/inference/inference.ts), so that its batches are the same.
 */
const BARE_BATCH = 8
const HEALTH_EVERY_MS = 20

export async function benchImport(args: string[], settings: Config): Promise<number> {
  const values = readOptions(args, {
    library: undefined,
    limit: undefined,
    before: undefined,
    rounds: '3',
    json: undefined,
  })
  if (values.library === undefined) throw new UsageError(BENCH_IMPORT_HELP)
  const config = await withEmbedder(settings)
  const folder = await mkdtemp(join(tmpdir(), 'clavis-bench-'))
  try {
    if (values.before !== undefined) {
      const files = spread((await planOf(values.library, undefined)).photos, Number(values.limit ?? COMPARED_PHOTOS))
      const compared = await compareVersions(files, { before: values.before, rounds: Number(values.rounds), folder })
      await reportMeasured('Import by an earlier version and by this one, in turns', compared, values.json)
      return 0
    }
    const bare = await measureBare(values.library, values.limit, config)
    const alone = await measureAlone(values.library, values.limit, { ...config, dataDir: join(folder, 'alone') })
    const overhead = Number(alone['ms per photo']) / Number(bare['bare sum, ms per photo']) - 1
    const share = { 'overhead against the bare sum, %': overhead * 100 }
    const beside = await measureBeside(values.library, values.limit, join(folder, 'beside'), config)
    await reportMeasured(
      'Import of a library, detector on every photo',
      { ...bare, ...alone, ...share, ...beside },
      values.json,
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return 0
}

async function planOf(library: string, limit: string | undefined): Promise<Plan & { photos: PlannedPhoto[] }> {
  const plan = await planImport(library, {
    labelling: 'guess',
    ignoreBoxes: true,
    splits: [],
    factsOfFolders: async ({ folders }) => folders.map(() => ({})),
  })
  const photos = [...plan.photos].slice(0, limit === undefined ? undefined : Number(limit))
  return { ...plan, photos }
}

async function measureBare(library: string, limit: string | undefined, config: WithEmbedder): Promise<Measured> {
  const { photos } = await planOf(library, limit)
  return await measureBareFiles(spread(photos, BARE_PHOTOS), config)
}

/** The files of about `count` photos, evenly. */
function spread(photos: readonly PlannedPhoto[], count: number): string[] {
  const every = Math.max(1, Math.floor(photos.length / count))
  return photos.filter((_, i) => i % every === 0).map((photo) => photo.file)
}

/**
 * Decoding, detecting and embedding one after the other, each alone; models with the service's own threads and batches.
 */
export async function measureBareFiles(files: string[], config: WithEmbedder): Promise<Measured> {
  const models = await openConfiguredModels(config)
  try {
    await bareTimes(files.slice(0, 2 * BARE_BATCH), models)
    const { decodeMs, detectMs, embedMs } = await bareTimes(files, models)
    return {
      threads: config.threads,
      'bare decoding, ms per photo': decodeMs,
      'bare detecting, ms per photo': detectMs,
      'bare embedding, ms per photo': embedMs,
      'bare sum, ms per photo': decodeMs + detectMs + embedMs,
    }
  } finally {
    await models.close()
  }
}

async function bareTimes(files: string[], models: Models) {
  const { detector, embedder, workingSidePx } = models
  const total = { decodeMs: 0, detectMs: 0, embedMs: 0 }
  const timed = async <T>(part: keyof typeof total, work: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now()
    const result = await work()
    total[part] += performance.now() - startedAt
    return result
  }
  for (let start = 0; start < files.length; start += BARE_BATCH) {
    const bytes = await Promise.all(files.slice(start, start + BARE_BATCH).map((file) => readFile(file)))
    const images: Image[] = []
    for (const one of bytes) images.push(await timed('decodeMs', () => decode(one, { workingSidePx })))
    const found = await timed('detectMs', () => Promise.all(images.map((image) => detector.detect(image))))
    const crops = await Promise.all(
      images.map((image, i) => {
        const boxes = found[i]!.filter(({ kind }) => kind === 'animal').map(({ bbox }) => bbox)
        const { cropRecipe } = embedder.manifest
        return cutCrops(image, boxes.length > 0 ? boxes : [[0, 0, 1, 1]], cropRecipe, embedder.inputSize, {
          jpeg: false,
        })
      }),
    )
    await timed('embedMs', () => embedder.embed(crops.flat().map((crop) => crop.pixels)))
  }
  const per = (ms: number) => ms / files.length
  return { decodeMs: per(total.decodeMs), detectMs: per(total.detectMs), embedMs: per(total.embedMs) }
}

type Timed = { indexed: number; failed: number; indexedSeconds: number; learnedSeconds: number }

async function timedImport(client: ImportClient, plan: Plan): Promise<Timed> {
  let indexedAt = 0
  const watched: ImportClient = {
    ...client,
    async progress(id) {
      const now = await client.progress(id)
      if (indexedAt === 0 && (now.status === 'learning' || now.status === 'done')) indexedAt = performance.now()
      return now
    },
  }
  const progress = openProgress(plan.photos.length, 'photos')
  const startedAt = performance.now()
  const { indexed, failures } = await runImport(watched, plan, progress, new AbortController().signal).finally(() =>
    progress.stop(),
  )
  return {
    indexed,
    failed: failures.length,
    indexedSeconds: (indexedAt - startedAt) / 1000,
    learnedSeconds: (performance.now() - startedAt) / 1000,
  }
}

/** As `npm run import` works without a running server. */
async function measureAlone(library: string, limit: string | undefined, config: Config): Promise<Measured> {
  const plan = await planOf(library, limit)
  const target = await openTarget({
    ...config,
    databaseUrl: `file:${join(config.dataDir, 'database')}`,
    logLevel: 'warn',
  })
  try {
    const { indexed, failed, indexedSeconds, learnedSeconds } = await timedImport(createImportClient(target.send), plan)
    return {
      photos: plan.photos.length,
      'photos indexed': indexed,
      'photos failed': failed,
      'photos per second, until all are indexed': plan.photos.length / indexedSeconds,
      'photos per second, until learned and published': plan.photos.length / learnedSeconds,
      'ms per photo': (indexedSeconds * 1000) / plan.photos.length,
    }
  } finally {
    await target.close()
  }
}

async function measureBeside(
  library: string,
  limit: string | undefined,
  folder: string,
  config: WithEmbedder,
): Promise<Measured> {
  const plan = await planOf(library, limit)
  const photo = await readFile(plan.photos[0]!.file)
  const spawnedAt = performance.now()
  const environment = {
    DATA_DIR: folder,
    THREADS: String(config.threads),
    DEVICE: config.device,
    EMBEDDER: config.embedder,
  }
  const server = await startServer(environment)
  try {
    const readyMs = performance.now() - spawnedAt
    const answer = await fetch(`${server.url}/api/suggestions`, {
      method: 'POST',
      headers: { 'Content-Type': 'image/jpeg' },
      body: new Uint8Array(photo),
    })
    if (!answer.ok) throw new Error(`The first suggestion was answered ${answer.status}: ${await answer.text()}`)
    await answer.arrayBuffer()
    const answeredMs = performance.now() - spawnedAt

    const health = watchHealth(server.url)
    const client = createImportClient((path, init) => fetch(new URL(path, server.url), init))
    const { indexedSeconds } = await timedImport(client, plan)
    const latencies = await health.stop()
    const memory = await residentBytes(server.pid)
    await server.stop()
    const disk = await bytesIn(folder)
    return {
      'beside a server and this client, photos per second': plan.photos.length / indexedSeconds,
      'healthz p50 meanwhile, ms': quantile(latencies, 0.5),
      'healthz p99 meanwhile, ms': quantile(latencies, 0.99),
      'healthz slowest, ms': quantile(latencies, 1),
      'resident memory after, MB': memory === null ? null : memory / 1e6,
      'data folder, bytes per photo': Math.round(disk / plan.photos.length),
      'photos themselves, bytes per photo': Math.round((await bytesIn(join(folder, 'photos'))) / plan.photos.length),
      'cold start to ready, s': readyMs / 1000,
      'cold start to first answer, s': answeredMs / 1000,
    }
  } finally {
    await server.stop()
  }
}

function watchHealth(url: string) {
  const latencies: number[] = []
  let on = true
  const watching = (async () => {
    while (on) {
      const startedAt = performance.now()
      await (await fetch(`${url}/healthz`)).arrayBuffer()
      latencies.push(performance.now() - startedAt)
      await sleep(HEALTH_EVERY_MS)
    }
  })()
  return {
    async stop() {
      on = false
      await watching
      return latencies
    },
  }
}

export async function bytesIn(folder: string): Promise<number> {
  let total = 0
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) total += (await stat(join(entry.parentPath, entry.name))).size
  return total
}
