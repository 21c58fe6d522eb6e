// The inference process: it opens models and runs pictures, knows nothing about photos or rows, and ends when its
// parent does (process.ts starts it).

import { Worker } from 'node:worker_threads'
import PQueue from 'p-queue'
import { ModelError } from '../errors.ts'
import { type DraftFacts, draftManifest } from '../models/draft-manifest.ts'
import { readGraphFile } from '../models/graph-file.ts'
import type { Manifest } from '../models/manifest.ts'
import { type Device, firstLine, openSession, type Session } from './onnx.ts'
import { probe } from './probe.ts'
import { type ToTensor, tensorMaker } from './tensor.ts'
import { type Candidate, decodeCorners, decodeRows, suppress } from './yolo.ts'

/** `deviceId`: which of several devices of the kind, by default the first. */
export type Running = { threads: number; device: Device; deviceId?: number }
export type Request = { id: number } & (
  | ({ do: 'open'; key: string; file: string; manifest: Manifest; sizes: number[] | null } & Running)
  | { do: 'release'; model: string }
  | { do: 'detect'; model: string; pictures: { pixels: Uint8Array; threshold: number }[] }
  | { do: 'embed'; model: string; pictures: { pixels: Uint8Array }[] }
  | ({ do: 'draft'; file: string; facts: DraftFacts } & Running)
)
export type Reply = { id: number } & ({ value: unknown } | { error: { message: string; known: boolean } })
/** How many pictures a run must have; null: any number. */
export type Opened = { batch: number | null }

/** `size`: how many pictures a run has; null: any number. */
type Sized = { size: number | null; session: Session }
/** `sessions` in order of size, smallest first. */
type Open = { sessions: Sized[]; manifest: Manifest; toTensor: ToTensor }

const models = new Map<string, Open>()

async function answer(request: Request): Promise<unknown> {
  switch (request.do) {
    case 'open': {
      const { manifest, file, sizes } = request
      const first = await openSession(file, request)
      const sessions: Sized[] = [{ size: null, session: first }]
      const model = { sessions, manifest, toTensor: tensorMaker(manifest.input) }
      try {
        const batch = await probe(first, manifest)
        const [smallest = null, ...more] = batch === null ? (sizes ?? []) : [batch]
        sessions[0]!.size = smallest
        for (const size of more) sessions.push({ size, session: await openSession(file, request) })
        // Runs each size once, so that it is planned now and not while somebody waits.
        if (sizes) for (const sized of sessions) await runSized(model, sized, [])
        models.set(request.key, model)
        return { batch } satisfies Opened
      } catch (error) {
        for (const { session } of sessions) await session.close()
        throw error
      }
    }
    case 'release': {
      const model = models.get(request.model)
      models.delete(request.model)
      for (const { session } of model?.sessions ?? []) await session.close()
      return null
    }
    case 'detect': {
      const model = opened(request.model)
      const rows = await run(model, request.pictures)
      return rows.map((data, i) => boxesOf(model.manifest, data, request.pictures[i]!.threshold))
    }
    case 'embed':
      return run(opened(request.model), request.pictures)
    case 'draft': {
      const session = await openSession(request.file, request)
      return draftManifest(session, request.facts, readGraphFile(request.file)).finally(() => session.close())
    }
  }
}

function opened(key: string): Open {
  const model = models.get(key)
  if (!model) throw new ModelError(`Model ${key} is not open.`)
  return model
}

/** The output for each picture, by one run or as many as the sizes require. */
async function run(model: Open, pictures: { pixels: Uint8Array }[]): Promise<Float32Array[]> {
  const parts: Float32Array[] = []
  while (parts.length < pictures.length) {
    const left = pictures.length - parts.length
    const sized = model.sessions.find(({ size }) => size === null || size >= left) ?? model.sessions.at(-1)!
    const chunk = pictures.slice(parts.length, parts.length + (sized.size ?? left))
    parts.push(...(await runSized(model, sized, chunk)))
  }
  return parts
}

/** Fills the size up with black pictures. */
async function runSized(
  { manifest, toTensor }: Open,
  { size, session }: Sized,
  pictures: { pixels: Uint8Array }[],
): Promise<Float32Array[]> {
  const count = size ?? pictures.length
  const tensor = toTensor(
    pictures.map(({ pixels }) => pixels),
    count,
  )
  const { data } = (await session.run(manifest.input.name, manifest.input.type, tensor, [manifest.output])).get(
    manifest.output,
  )!
  const length = data.length / count
  return pictures.map((_, i) => data.slice(i * length, (i + 1) * length))
}

function boxesOf(manifest: Manifest, data: Float32Array, threshold: number): Candidate[] {
  if (manifest.kind !== 'detector') throw new ModelError(`${manifest.name} is not a detector.`)
  const { classes, thresholds } = manifest
  // An overlap of 1 is never exceeded: such a graph has dropped what it wants dropped.
  if (manifest.format === 'end2end') return suppress(decodeCorners(data, classes.length, threshold), 1)
  return suppress(decodeRows(data, 5 + classes.length, threshold), thresholds.nms)
}

/** A failure is an answer too. */
async function reply(request: Request): Promise<void> {
  const { id } = request
  const answered: Reply = await answer(request).then(
    (value) => ({ id, value }),
    (error: unknown) => {
      if (error instanceof ModelError) return { id, error: { message: error.message, known: true } }
      const message = firstLine(error instanceof Error ? error.message : String(error))
      return { id, error: { message, known: false } }
    },
  )
  if (process.connected) process.send!(answered)
}

// One at a time and in order: a single run uses all cores that it may.
const queue = new PQueue({ concurrency: 1 })
process.on('message', (request: Request) => void queue.add(() => reply(request)))
process.on('disconnect', () => process.exit())
// A model that never answers blocks this thread, which then hears of nothing. Another thread ends the process once its
// parent is gone, which a new parent tells.
const watch = `const parent = process.ppid
setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL') }, 1000)`
new Worker(watch, { eval: true, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: 16 } }).unref()
// Ctrl-C in a terminal reaches this process too, but the parent ends it once its own work is done.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
