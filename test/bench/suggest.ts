// How long one suggestion takes: p50 and p95 of the answer over HTTP to a generated 12-megapixel JPEG, and how much of
// that is neither decoding nor inference.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { createImportClient } from '../../api/commands/import/client.ts'
import { planImport } from '../../api/commands/import/plan.ts'
import { runImport } from '../../api/commands/import/run.ts'
import { openProgress } from '../../api/commands/progress.ts'
import { UsageError } from '../../api/commands/usage.ts'
import type { Config } from '../../api/config.ts'
import { random } from '../../classifiers/seeded-random.ts'
import { analyse } from '../../indexer/analyse.ts'
import {
  idle,
  openConfiguredModels,
  quantile,
  readOptions,
  reportMeasured,
  startServer,
  withEmbedder,
} from './measuring.ts'

export const BENCH_SUGGEST_HELP = `npm run bench -- suggest [--library CSV] [--times N] [--json FILE]

Asks for one suggestion with a 12-megapixel JPEG, N times (100), one after the other; with a library, after importing it.
`

export async function benchSuggest(args: string[], settings: Config): Promise<number> {
  const values = readOptions(args, { library: undefined, times: '100', json: undefined })
  const times = Number(values.times)
  if (!Number.isInteger(times) || times < 1) throw new UsageError(BENCH_SUGGEST_HELP)
  const folder = await mkdtemp(join(tmpdir(), 'clavis-bench-'))
  const photo = await drawTwelveMegapixels()
  const config = await withEmbedder(settings)
  const models = await openConfiguredModels(config)
  const server = await startServer({
    DATA_DIR: folder,
    THREADS: String(config.threads),
    DEVICE: config.device,
    EMBEDDER: config.embedder,
  })
  try {
    if (values.library !== undefined) await bring(values.library, server.url)
    const ask = async () => {
      const startedAt = performance.now()
      const answer = await fetch(`${server.url}/api/suggestions`, {
        method: 'POST',
        headers: { 'Content-Type': 'image/jpeg' },
        body: new Uint8Array(photo),
      })
      if (!answer.ok) throw new Error(`Answered ${answer.status}: ${await answer.text()}`)
      await answer.arrayBuffer()
      return performance.now() - startedAt
    }
    const look = async () => {
      const startedAt = performance.now()
      await analyse(photo, models, { crops: false })
      return performance.now() - startedAt
    }
    for (let i = 0; i < 10; i++) await Promise.all([ask(), look()])
    const whole: number[] = []
    const bare: number[] = []
    // In turns, so that other load on the machine affects both.
    for (let i = 0; i < times; i++) {
      whole.push(await ask())
      bare.push(await look())
    }
    await reportMeasured(
      'One suggestion with a 12-megapixel JPEG',
      {
        threads: config.threads,
        'photo, bytes': photo.length,
        'known photos': values.library ?? 'none',
        'whole answer over HTTP p50, ms': quantile(whole, 0.5),
        'whole answer over HTTP p95, ms': quantile(whole, 0.95),
        'decoding and inference alone p50, ms': quantile(bare, 0.5),
        'decoding and inference alone p95, ms': quantile(bare, 0.95),
        'neither decoding nor inference p50, ms': quantile(
          whole.map((ms, i) => ms - bare[i]!),
          0.5,
        ),
      },
      values.json,
    )
  } finally {
    await models.close()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
  return 0
}

async function bring(library: string, url: string): Promise<void> {
  const client = createImportClient((path, init) => fetch(new URL(path, url), init))
  const plan = await planImport(library, {
    labelling: 'guess',
    ignoreBoxes: false,
    splits: [],
    factsOfFolders: client.factsOfFolders,
  })
  const progress = openProgress(plan.photos.length, 'photos')
  await runImport(client, plan, progress, new AbortController().signal).finally(() => progress.stop())
  // After an import, the new version computes new summaries for everything that waits for review.
  await idle(url)
}

/** 4,000 x 3,000 pixels of soft forms with fine grain: about as many bytes as a camera's JPEG. */
async function drawTwelveMegapixels(): Promise<Buffer> {
  const small = Buffer.alloc(40 * 30 * 3)
  const next = random(7)
  for (let i = 0; i < small.length; i++) small[i] = Math.floor(256 * next())
  const forms = await sharp(small, { raw: { width: 40, height: 30, channels: 3 } })
    .resize(4000, 3000, { kernel: 'cubic' })
    .png({ compressionLevel: 1 })
    .toBuffer()
  const grain = await sharp({
    create: {
      width: 4000,
      height: 3000,
      channels: 3,
      background: '#808080',
      noise: { type: 'gaussian', mean: 128, sigma: 8 },
    },
  })
    .png({ compressionLevel: 1 })
    .toBuffer()
  return await sharp(forms)
    .composite([{ input: grain, blend: 'soft-light' }])
    .jpeg({ quality: 85 })
    .toBuffer()
}
