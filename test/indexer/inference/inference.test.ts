// The inference process: waiting pictures are batched, crashes are survived, closing waits for work.

import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ModelError } from '../../../indexer/errors.ts'
import { type Inference, type InferenceOptions, openInference } from '../../../indexer/inference/inference.ts'
import { ProcessDied, type Question, startInferenceProcess } from '../../../indexer/inference/process.ts'
import type { EmbedderManifest } from '../../../indexer/models/manifest.ts'
import { findModel } from '../../../indexer/models/models.ts'
import { constantEmbedder } from '../../support/constant-models.ts'
import { writeOnnx } from '../../support/onnx-writer.ts'
import { embedderManifest, TEST_EMBEDDER, writeModel, writeTestModels } from '../../support/test-models.ts'

let folder: string
let manifest: EmbedderManifest
let slow: EmbedderManifest

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clavis-inference-'))
  await writeTestModels(folder)
  const constant = embedderManifest({ name: 'constant', output: 'output0', dimensions: 3 })
  manifest = await writeModel(folder, constantEmbedder({ side: 32, features: [3, 0, 4] }), constant)
  slow = await writeModel(folder, slowEmbedder(), embedderManifest({ name: 'slow', dimensions: 512 }))
})
after(() => rm(folder, { recursive: true }))

/** Multiplies large matrices: some tenths of a second per picture. */
function slowEmbedder(): Buffer {
  const size = 512
  const rounds = 60
  return writeOnnx({
    inputs: [{ name: 'images', type: 'float32', shape: ['batch', 3, 32, 32] }],
    outputs: [{ name: 'embedding', type: 'float32', shape: ['batch', size] }],
    constants: [
      { name: 'matrix', type: 'float32', shape: [size, size], data: Array(size * size).fill(1 / size) },
      { name: 'zero', type: 'float32', shape: [1], data: [0] },
    ],
    nodes: [
      { op: 'ReduceMean', inputs: ['images'], outputs: ['mean'], attributes: { axes: [1, 2, 3], keepdims: 1 } },
      { op: 'Mul', inputs: ['mean', 'zero'], outputs: ['nothing'] },
      { op: 'Add', inputs: ['matrix', 'nothing'], outputs: ['m0'] },
      ...Array.from({ length: rounds }, (_, i) => ({
        op: 'MatMul',
        inputs: [`m${i}`, 'matrix'],
        outputs: [`m${i + 1}`],
      })),
      { op: 'ReduceMean', inputs: [`m${rounds}`], outputs: ['embedding'], attributes: { axes: [1, 2], keepdims: 0 } },
    ],
  })
}

async function open(model: EmbedderManifest, options: Partial<InferenceOptions> = {}): Promise<Inference> {
  const inference = openInference({ threads: 1, device: 'cpu', ...options })
  await inference.open(join(folder, model.name, model.file), model)
  return inference
}

const picture = () => new Uint8Array(3 * 32 * 32).fill(100)
const many = (inference: Inference, { sha256 }: EmbedderManifest, count: number) =>
  Promise.all(Array.from({ length: count }, () => inference.embed(sha256, picture())))

test('what waits is run in batches, each picture answered with its own', async (t) => {
  const inference = openInference({ threads: 1, device: 'cpu', maxBatch: { detector: 4, embedder: 8 } })
  t.after(() => inference.close())
  const weights = await readFile(join(folder, TEST_EMBEDDER, 'model.onnx'))
  const written = await writeModel(folder, weights, embedderManifest({ name: 'colours' }))
  await inference.open(join(folder, written.name, written.file), written)
  const shades = Array.from({ length: 50 }, (_, i) => i * 5)
  const answers = await Promise.all(
    shades.map((shade) => inference.embed(written.sha256, new Uint8Array(3 * 32 * 32).fill(shade))),
  )
  for (const [i, features] of answers.entries()) {
    assert.equal(features.length, 12)
    assert.ok(Math.abs(features[5]! - shades[i]! / 255) < 1e-5, `${features[5]} for ${shades[i]}`)
  }
  const { runs, pictures } = inference.stats()
  assert.equal(pictures, 50)
  // The first may go alone, and one more while it runs; the other 48 or 49 in eights.
  assert.ok(runs <= 9, `${runs} runs`)
})

test('a picture of the wrong size is refused without harming those it was batched with', async (t) => {
  const inference = await open(manifest)
  t.after(() => inference.close())
  const results = await Promise.allSettled(
    Array.from({ length: 12 }, (_, i) => inference.embed(manifest.sha256, i === 7 ? new Uint8Array(5) : picture())),
  )
  const failed = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  assert.equal(failed.length, 1)
  assert.ok(failed[0] instanceof ModelError && failed[0].stage === 'embed')
  assert.match(failed[0].message, /Expected 3072 bytes of RGB for 32 x 32 but received 5/)
})

test('a process that is killed is replaced, and nothing of its work is lost', async (t) => {
  const inference = await open(slow, { maxBatch: { detector: 1, embedder: 2 } })
  t.after(() => inference.close())
  const first = inference.stats().pid!
  const answers = many(inference, slow, 6)
  await sleep(50)
  process.kill(first, 'SIGKILL')
  for (const features of await answers) assert.equal(features.length, 512)
  const { restarts, pid, pictures } = inference.stats()
  assert.equal(restarts, 1)
  assert.notEqual(pid, first)
  assert.equal(pictures, 6)
  assert.equal((await many(inference, slow, 1)).length, 1)
})

test('a picture that the process dies of twice is given up; what only waited behind it is not', async (t) => {
  const inference = await open(slow, { maxBatch: { detector: 1, embedder: 1 } })
  t.after(() => inference.close())
  const results = Promise.allSettled(Array.from({ length: 3 }, () => inference.embed(slow.sha256, picture())))
  const first = inference.stats().pid!
  await sleep(20)
  process.kill(first, 'SIGKILL')
  // Its successor dies before it can run anything.
  while (inference.stats().pid === first) await sleep(5)
  process.kill(inference.stats().pid!, 'SIGKILL')
  const [given, ...others] = await results
  assert.equal(given!.status, 'rejected')
  const { reason } = given as PromiseRejectedResult
  assert.ok(reason instanceof ModelError, String(reason))
  assert.equal(reason.stage, 'embed')
  assert.match(reason.message, /twice the inference process was ended by SIGKILL/)
  assert.deepEqual(
    others.map((result) => result.status),
    ['fulfilled', 'fulfilled'],
  )
  assert.equal(inference.stats().restarts, 2)
})

test('closing waits for what was handed in, takes nothing more, and ends the process', async () => {
  const inference = await open(slow)
  const { pid } = inference.stats()
  const answers = many(inference, slow, 3)
  await inference.close()
  assert.equal((await answers).length, 3)
  await assert.rejects(inference.embed(slow.sha256, picture()), /being closed/)
  assert.throws(() => process.kill(pid!, 0), { code: 'ESRCH' })
  await inference.close()
})

test('a waiting picture that nobody wants any more is not run', async (t) => {
  const inference = await open(slow, { maxBatch: { detector: 1, embedder: 1 } })
  t.after(() => inference.close())
  const wanted = many(inference, slow, 2)
  const controller = new AbortController()
  const unwanted = inference.embed(slow.sha256, picture(), controller.signal)
  controller.abort(new Error('gone'))
  await assert.rejects(unwanted, /gone/)
  await wanted
  assert.equal(inference.stats().pictures, 2)
})

test('questions to a process that is gone are answered with that', async () => {
  const target = startInferenceProcess()
  const question: Question = { do: 'embed', model: 'x', pictures: [] }
  const died = (running: boolean) => (error: unknown) => error instanceof ProcessDied && error.running === running
  const [first, second] = [target.ask(question), target.ask(question)]
  process.kill(target.pid!, 'SIGKILL')
  await Promise.all([assert.rejects(first, died(true)), assert.rejects(second, died(false))])
  await assert.rejects(target.ask(question), died(false))
  await target.end()
})

test('in sessions of fixed sizes, as on CUDA, every picture gets the features it gets otherwise', async () => {
  const { folder: at, manifest } = await findModel([folder], TEST_EMBEDDER)
  const { width, height } = manifest.input
  const pictures = Array.from({ length: 7 }, (_, p) => ({
    pixels: Uint8Array.from({ length: 3 * width * height }, (_, i) => (31 * i + 57 * p) % 256),
  }))
  const target = startInferenceProcess()
  const embedded = async (sizes: number[] | null) => {
    await target.ask({
      do: 'open',
      key: manifest.sha256,
      file: join(at, manifest.file),
      manifest,
      sizes,
      threads: 1,
      device: 'cpu',
    })
    const answers = [1, 3, 4, 7].map((count) =>
      target.ask({ do: 'embed', model: manifest.sha256, pictures: pictures.slice(0, count) }),
    )
    return (await Promise.all(answers)) as Float32Array[][]
  }
  const plain = await embedded(null)
  const sized = await embedded([1, 4])
  assert.deepEqual(
    sized.map((list) => list.length),
    [1, 3, 4, 7],
  )
  for (const [b, list] of plain.entries()) {
    for (const [p, features] of list.entries()) {
      const other = sized[b]![p]!
      assert.equal(other.length, features.length)
      assert.ok(features.every((value, i) => Math.abs(value - other[i]!) < 1e-5))
    }
  }
  assert.notDeepEqual(plain[3]![0], plain[3]![6])
  await target.end()
})

test('the thread that asks stays free while models run', async (t) => {
  const inference = await open(slow)
  t.after(() => inference.close())
  const answers = many(inference, slow, 4)
  const began = performance.now()
  let [longest, last] = [0, began]
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }, 2)
  await answers
  clearInterval(timer)
  const whole = performance.now() - began
  t.diagnostic(`longest wait of the event loop ${longest.toFixed(0)} of ${whole.toFixed(0)} ms`)
  assert.ok(longest < whole / 2, 'a thread that runs models itself waits for all of them')
})
