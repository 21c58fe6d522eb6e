// `npm run detector`: a data set to train a detector on one's own photos, comparing the result with the one in use, and
// a person's yes to it. Works beside a running service, which is then asked, and without one.

import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { DataFolderInUse } from '../../db/connection/data-folder-lock.ts'
import type { Config } from '../config.ts'
import { type Comparing, type Comparison, comparingSchema, type DetectorFigures } from '../contract/models/detector.ts'
import { JSON_TYPE } from '../http/json.ts'
import { openComparer, type Wanted } from '../installation/detectors/comparison.ts'
import { writeTrainingSet } from '../installation/detectors/training-set.ts'
import { openService } from '../open-service.ts'
import { unpackFile } from '../photos/zip.ts'
import type { Service } from '../service.ts'
import { modelsCommand } from './models.ts'
import { UsageError } from './usage.ts'

export const DETECTOR_HELP = `npm run detector -- COMMAND

  export FOLDER                  Writes a data set: photos of which people have settled every box, as YOLO has them, with a README, a
                                 script and a notebook that train YOLOv5 on your own GPU. A fifth is kept out.
  compare NAME [--size PIXELS]   Compares an added detector (npm run models -- add FILE.onnx) with the one in use on those kept out.
  accept NAME [--size PIXELS]    Uses it from now on. Only a detector that was not worse is accepted.
`

export async function detectorCommand(args: string[], config: Config): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { size: { type: 'string' } } })
  const [command, what] = positionals
  const size = values.size === undefined ? undefined : Number(values.size)
  if (size !== undefined && !Number.isInteger(size))
    throw new UsageError(`Expected a number of pixels for --size but received ${values.size}.`)
  if (command === 'export' && what !== undefined) return await exportSet(resolve(what), config)
  if (command === 'compare' && what !== undefined) return await compare({ name: what, size }, config)
  if (command === 'accept' && what !== undefined)
    return await modelsCommand(['use', what, ...(size === undefined ? [] : ['--size', String(size)])], config)
  throw new UsageError(DETECTOR_HELP)
}

type Ask = (path: string, json?: unknown) => Promise<Response>

/** `alone` where no service runs, else `beside` with a way to ask it. */
async function either<T>(
  config: Config,
  alone: (service: Service) => Promise<T>,
  beside: (ask: Ask) => Promise<T>,
): Promise<T> {
  try {
    const service = await openService(config, { indexing: false })
    return await alone(service).finally(() => service.close())
  } catch (error) {
    if (!(error instanceof DataFolderInUse) || !error.holder?.url) throw error
    const { url } = error.holder
    const headers = {
      'Content-Type': JSON_TYPE,
      ...(config.apiToken !== null && { Authorization: `Bearer ${config.apiToken}` }),
    }
    return await beside(async (path, json) => {
      const response = await fetch(new URL(path, url), {
        headers,
        ...(json !== undefined && { method: 'POST', body: JSON.stringify(json) }),
      })
      if (response.ok) return response
      const problem = z.object({ detail: z.string() }).safeParse(await response.json().catch(() => null))
      throw new UsageError(problem.data?.detail ?? `The service at ${url} answered ${response.status}.`)
    })
  }
}

async function exportSet(folder: string, config: Config): Promise<number> {
  const there = await readdir(folder).catch(() => [])
  if (there.length > 0) throw new UsageError(`Expected a new or empty folder but ${folder} holds files.`)
  const files = await either(
    config,
    async (service) => {
      let count = 0
      for await (const { path, content } of await writeTrainingSet(service)) {
        const target = await placeFor(folder, path)
        const bytes = content instanceof Promise ? await content : null
        if (bytes !== null) await writeFile(target, bytes)
        else if (!(content instanceof Promise)) await pipeline(Readable.from(content), createWriteStream(target))
        count++
      }
      return count
    },
    (ask) => unpackInto(folder, ask),
  )
  console.log(`Wrote ${files} files to ${folder}. Read its README.md.`)
  return 0
}

/** The zip comes from our own service. */
const OWN_LIMITS = {
  zipBytes: Number.POSITIVE_INFINITY,
  files: 10_000_000,
  unpackedBytes: Number.POSITIVE_INFINITY,
  ratio: Number.POSITIVE_INFINITY,
}

/** The service sends the set as a zip. */
async function unpackInto(folder: string, ask: Ask): Promise<number> {
  const { body } = await ask('/api/detectors/set.zip')
  await mkdir(folder, { recursive: true })
  const zip = join(folder, 'set.zip.part')
  let count = 0
  try {
    // Node's and the web's ReadableStream are one class at run time; their types differ.
    await pipeline(Readable.fromWeb(body as import('node:stream/web').ReadableStream), createWriteStream(zip))
    await unpackFile(zip, false, { maxFileBytes: 2_000_000_000, limits: OWN_LIMITS }, async ({ path, bytes }) => {
      if (bytes !== null) await writeFile(await placeFor(folder, path), bytes)
      count++
    })
  } finally {
    await rm(zip, { force: true })
  }
  return count
}

async function placeFor(folder: string, path: string): Promise<string> {
  const target = resolve(folder, path)
  if (!target.startsWith(folder + sep)) throw new Error(`Expected a path inside ${folder} but received ${path}`)
  await mkdir(dirname(target), { recursive: true })
  return target
}

const POLL_MS = 500

async function compare(wanted: Wanted, config: Config): Promise<number> {
  const state = await either(
    config,
    async (service): Promise<Comparing> => {
      const comparer = openComparer(() => service)
      await comparer.start(wanted)
      await comparer.settled()
      return await comparer.state()
    },
    async (ask) => {
      await ask('/api/detectors/compare', wanted)
      for (;;) {
        const now = comparingSchema.parse(await (await ask('/api/detectors/compare')).json())
        if (now.running === null) return now
        await wait(POLL_MS)
      }
    },
  )
  if (state.problem !== null || state.last === null) throw new Error(state.problem ?? 'There is no comparison.')
  console.log(reportOf(state.last))
  return state.last.notWorse ? 0 : 1
}

function reportOf(comparison: Comparison): string {
  const { old, candidate, photos, heldOut, all, bySize, byCamera, notWorse, reasons } = comparison
  const where = heldOut ? 'that no exported set trains with' : 'of which every box is settled'
  const rows = [
    { what: 'all', ...all },
    ...bySize.map(({ size, ...pair }) => ({ what: size, ...pair })),
    ...byCamera.map(({ camera, ...pair }) => ({ what: camera, ...pair })),
  ]
  const numbers = ({ ap50, recall }: DetectorFigures) =>
    [ap50, ...recall.map((one) => one.recall)].map((value) => (value === null ? '    -' : value.toFixed(3))).join(' ')
  const table = rows.map(
    ({ what, old: before, candidate: now }) =>
      `${what.slice(0, 24).padEnd(24)} ${String(before.boxes).padStart(6)}  ${numbers(before)}  ${numbers(now)}`,
  )
  return [
    `${candidate.name} (${candidate.size} px) against ${old.name} (${old.size} px) on ${photos} photos ${where}.`,
    'AP50, and the share found at 0.1, 0.3 and 1 false boxes per photo: in use, then the candidate.',
    '',
    `${''.padEnd(24)}  boxes`,
    ...table,
    '',
    notWorse
      ? `It is not worse. To use it: npm run detector -- accept ${candidate.name}`
      : `It is worse. ${reasons.join(' ')}`,
  ].join('\n')
}
