// Runs models outside the thread that answers HTTP. Waiting pictures are run in batches. A process that dies is
// replaced, and what it was working on is tried once more, each picture alone.
//
// Models run in a child process, not in a worker thread. With the former bundled detector (2 cores, 1 thread, November
// 2026) a picture took 11.3 ms in this thread, 11.3 to 13.2 ms in a worker thread with transferred buffers, and 12.6 to
// 13.4 ms in a child process with copied ones (batches of 8: 10.6, 10.8, 11.4 ms). The delay of this thread's event
// loop was p99 12 to 95 ms, 1 to 4 ms and 2 to 5 ms. Copying a picture takes less than a millisecond, and a native
// crash or a lack of memory inside a model ends only the child; a thread would end the service.

import { stat } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { ModelError } from '../errors.ts'
import type { DraftFacts } from '../models/draft-manifest.ts'
import type { Manifest } from '../models/manifest.ts'
import type { Device } from './onnx.ts'
import { type InferenceProcess, ProcessDied, startInferenceProcess } from './process.ts'
import type { Opened, Running } from './worker.ts'
import type { Candidate } from './yolo.ts'

export type InferenceOptions = Running & {
  /** The most pictures in one run. */
  maxBatch?: { detector: number; embedder: number }
  /** How long a model may take to open, and for each picture that it runs, before its process is killed. */
  deadlineMs?: number
  /** Called after every run: how many pictures it had, and how long the process took to answer. */
  onRun?: (run: { task: 'detect' | 'embed'; pictures: number; ms: number }) => void
}
export type Inference = {
  /**
   * Opens and tries the model, now and in every process that replaces this one. `key` names it in the calls below: by
   * default the sha256 of its weights, another one for the same weights at another input size. Throws ModelError.
   */
  open(file: string, manifest: Manifest, key?: string): Promise<Opened>
  isOpen(key: string): boolean
  /** Gives back the memory of a model once nothing waits for it. */
  release(key: string): Promise<void>
  /** A manifest guessed from a model file. Throws ModelError. */
  draft(file: string, facts: DraftFacts): Promise<Manifest>
  /** Boxes in input pixels. Throws ModelError with stage `detect`. */
  detect(key: string, pixels: Uint8Array, threshold: number, signal?: AbortSignal): Promise<Candidate[]>
  /** The model's output as it is. Throws ModelError with stage `embed`. */
  embed(key: string, pixels: Uint8Array, signal?: AbortSignal): Promise<Float32Array>
  /** `runs` and `pictures` so far; pictures / runs is the mean batch. */
  stats(): { runs: number; pictures: number; restarts: number; pid: number | null }
  /** Waits for the work requested so far. */
  close(): Promise<void>
}

type Work = { do: 'detect' | 'embed'; pixels: Uint8Array; threshold: number }
type Item = Work & {
  /** How often the process died while working on it. */
  deaths: number
  /** Its batch failed, so it is run alone. */
  alone: boolean
  resolve(value: unknown): void
  reject(error: unknown): void
}
/** The work of one model. */
type Lane = {
  key: string
  file: string
  manifest: Manifest
  openingMs: number
  maxBatch: number
  waiting: Item[]
  underWay: number
}

/** Batches of a model that are in the process: one that runs, and one that is ready when it ends. */
const UNDER_WAY = 2
/**
 * In batches of 1, 4, 8 and 16, a picture takes the detector 9.2, 8.9, 9.0 and 9.3 ms, the embedder 2.2, 2.5, 2.6 and
 * 2.7 ms (one thread, 2 cores, November 2026). So on a CPU batches save messages only, and large ones make others wait.
 * On a GPU the speed comes from them.
 */
const MAX_BATCH = { cpu: { detector: 4, embedder: 4 }, cuda: { detector: 16, embedder: 64 } }
/**
 * On CUDA a session runs either 1 picture or a whole batch, which is filled up, because cuDNN plans again for every
 * shape other than the last: 1.7 s for 64 pictures that then take 29 ms (default embedder; detector 0.6 to 0.8 s for 16
 * pictures that take 8 ms; H100, onnxruntime 1.30, 2026-11-26).
 */
const sizesOn = (device: Device, most: number): number[] | null => (device === 'cuda' ? [1, most] : null)

/** A run takes some milliseconds to some seconds for each picture, opening as long and the reading of the weights. */
const DEADLINE_MS = 60_000
/** A disk that reads less than this in a second would not do for photos either. */
const WEIGHTS_PER_MS = 5_000_000 / 1000

const RELEASE_POLL_MS = 50

export function openInference(options: InferenceOptions): Inference {
  const maxBatch = options.maxBatch ?? MAX_BATCH[options.device]
  const running = { threads: options.threads, device: options.device, deviceId: options.deviceId }
  const deadlineMs = options.deadlineMs ?? DEADLINE_MS
  const lanes = new Map<string, Lane>()
  const stats = { runs: 0, pictures: 0, restarts: 0 }
  let current: Promise<InferenceProcess> | null = null
  let pid: number | null = null
  let closing = false
  let busy = 0
  let idle: (() => void) | null = null

  /** The process, with every model open: a new one where there is none or it died. */
  function ensure(): Promise<InferenceProcess> {
    current ??= start()
    return current
  }

  async function start(): Promise<InferenceProcess> {
    const started = startInferenceProcess()
    pid = started.pid
    void started.gone.then(() => {
      current = null
      if (!closing) stats.restarts++
    })
    try {
      for (const lane of lanes.values()) await openIn(started, lane)
      return started
    } catch (error) {
      await started.end()
      throw error
    }
  }

  type Opening = Pick<Lane, 'key' | 'file' | 'manifest' | 'openingMs'>
  function openIn(target: InferenceProcess, { key, file, manifest, openingMs }: Opening): Promise<unknown> {
    const sizes = sizesOn(running.device, maxBatch[manifest.kind])
    return target.ask({ do: 'open', key, file, manifest, sizes, ...running }, openingMs)
  }

  function pump(lane: Lane) {
    while (lane.waiting.length > 0 && lane.underWay < UNDER_WAY) {
      const batch = takeBatch(lane)
      lane.underWay++
      void runBatch(lane, batch).finally(() => {
        lane.underWay--
        pump(lane)
      })
    }
  }

  function takeBatch({ waiting, maxBatch: most }: Lane): Item[] {
    const together = waiting.findIndex((item) => item.alone)
    return waiting.splice(0, together === 0 ? 1 : Math.min(most, together < 0 ? most : together))
  }

  async function runBatch(lane: Lane, batch: Item[]) {
    try {
      const target = await ensure()
      const pictures = batch.map(({ pixels, threshold }) => ({ pixels, threshold }))
      const startedAt = performance.now()
      // The process answers with one value for each picture.
      const question = { do: batch[0]!.do, model: lane.key, pictures }
      const values = (await target.ask(question, deadlineMs * batch.length)) as unknown[]
      options.onRun?.({ task: batch[0]!.do, pictures: batch.length, ms: performance.now() - startedAt })
      stats.runs++
      stats.pictures += batch.length
      for (const [index, item] of batch.entries()) item.resolve(values[index])
    } catch (error) {
      lane.waiting.unshift(...batch.filter((item) => deservesAnotherTry(item, batch.length, error)))
    }
  }

  function add(key: string, work: Work, signal?: AbortSignal): Promise<unknown> {
    const lane = lanes.get(key)
    if (closing) return Promise.reject(new ModelError('The models are being closed.'))
    if (!lane) return Promise.reject(new ModelError('The model is not open.'))
    if (signal?.aborted) return Promise.reject(signal.reason)
    busy++
    return new Promise((resolve, reject) => {
      const item: Item = { ...work, deaths: 0, alone: false, resolve, reject }
      signal?.addEventListener('abort', () => {
        const at = lane.waiting.indexOf(item)
        if (at >= 0) lane.waiting.splice(at, 1)
        reject(signal.reason)
      })
      lane.waiting.push(item)
      pump(lane)
    }).finally(() => {
      busy--
      if (busy === 0) idle?.()
    })
  }

  return {
    async open(file, manifest, key = manifest.sha256) {
      const opening = { key, file, manifest, openingMs: await openingMsOf(file, deadlineMs) }
      const opened = await openIn(await ensure(), opening).catch(asModelError)
      lanes.set(key, { ...opening, maxBatch: maxBatch[manifest.kind], waiting: [], underWay: 0 })
      return opened as Opened
    },
    isOpen: (key) => lanes.has(key),
    async release(key) {
      const lane = lanes.get(key)
      while (lane && (lane.waiting.length > 0 || lane.underWay > 0)) await wait(RELEASE_POLL_MS)
      if (lanes.get(key) !== lane || closing) return
      lanes.delete(key)
      // A process that died meanwhile holds nothing, and its successor does not open this model.
      if (current !== null) await (await current).ask({ do: 'release', model: key }).catch(() => {})
    },
    async draft(file, facts) {
      const process = await ensure()
      const question = { do: 'draft', file, facts, ...running } as const
      return (await process.ask(question, await openingMsOf(file, deadlineMs)).catch(asModelError)) as Manifest
    },
    async detect(key, pixels, threshold, signal) {
      return (await add(key, { do: 'detect', pixels, threshold }, signal)) as Candidate[]
    },
    async embed(key, pixels, signal) {
      return (await add(key, { do: 'embed', pixels, threshold: 0 }, signal)) as Float32Array
    },
    stats: () => ({ ...stats, pid }),
    async close() {
      closing = true
      if (busy > 0) {
        await new Promise<void>((resolve) => {
          idle = resolve
        })
      }
      const target = await current?.catch(() => null)
      await target?.end()
    },
  }
}

function asModelError(error: unknown): never {
  if (error instanceof ModelError) throw error
  const reason = error instanceof Error ? error.message : String(error)
  throw new ModelError(`The model cannot be opened: ${reason}.`, 'open', { cause: error })
}

/**
 * A picture is tried once more, alone, after its batch failed or the process died while working on it. After that
 * it is rejected.
 */
function deservesAnotherTry(item: Item, batchSize: number, error: unknown): boolean {
  if (error instanceof ProcessDied) {
    if (!error.running) return true
    item.alone = true
    // What took too long alone takes too long again.
    const hopeless = error.late && batchSize === 1
    if (++item.deaths < 2 && !hopeless) return true
    const how = hopeless ? error.message : `twice ${error.message}`
    item.reject(new ModelError(`The model could not be run: ${how}.`, item.do, { cause: error }))
    return false
  }
  if (!(error instanceof ModelError) && batchSize > 1) {
    item.alone = true
    return true
  }
  const reason = error instanceof Error ? error.message : String(error)
  const failed = () => new ModelError(`The model could not be run: ${reason}.`, item.do, { cause: error })
  item.reject(error instanceof ModelError ? error : failed())
  return false
}

/** A file that cannot be read is refused by the process. */
async function openingMsOf(file: string, deadlineMs: number): Promise<number> {
  const { size } = await stat(file).catch(() => ({ size: 0 }))
  return deadlineMs + size / WEIGHTS_PER_MS
}
