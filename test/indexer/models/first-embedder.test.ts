// Which embedder a new installation begins with: the quicker net only where it computes the expected numbers and saves
// time.

import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { checkPicture, chooseFirst, firstEmbedder } from '../../../indexer/models/first-embedder.ts'
import { BUNDLED_MODELS } from '../../../indexer/models/models.ts'
import { constantEmbedder } from '../../support/constant-models.ts'
import { embedderManifest, writeModel } from '../../support/test-models.ts'

const folder = await mkdtemp(join(tmpdir(), 'clavis-first-embedder-'))
after(() => rm(folder, { recursive: true, force: true }))

const names = { exact: 'exact', quick: 'quick' }
const agreeing = { cosine: 1, leastCosine: 0.9999, quickMs: 5, exactMs: 10 }
const cpu = { threads: 1, device: 'cpu' as const }

test('the quicker net is chosen where it computes the expected numbers and saves time', () => {
  const { name, why } = chooseFirst(names, agreeing)
  assert.equal(name, 'quick')
  assert.equal(why, 'it computes the expected numbers here and is quicker: 5.0 ms per crop, exact 10.0 ms')
})

test('other numbers, no time saved, or a GPU: the exact net', () => {
  const other = chooseFirst(names, { ...agreeing, cosine: 0.9912 })
  assert.deepEqual(other, {
    name: 'exact',
    why: 'quick computes other numbers on this processor (cosine 0.9912, expected 0.9999)',
  })
  const slower = chooseFirst(names, { ...agreeing, quickMs: 9.5 })
  assert.deepEqual(slower, { name: 'exact', why: 'quick is not quicker here: 9.5 ms per crop, exact 10.0 ms' })
  assert.equal(chooseFirst(names, { ...agreeing, cosine: Number.NaN }).name, 'exact')
  assert.equal(chooseFirst(names, null).name, 'exact')
})

test('the check picture is the one that the quantiser draws', () => {
  const pixels = checkPicture(260)
  // By numpy, `pattern(260)` of export/quantise_efficientnet_lite.py: first and last pixels, and the sum of all.
  assert.deepEqual([...pixels.subarray(0, 9)], [128, 128, 128, 133, 135, 138, 138, 143, 148])
  assert.deepEqual([...pixels.subarray(-3)], [128, 6, 145])
  assert.equal(
    pixels.reduce((sum, value) => sum + value, 0),
    26_211_032,
  )
})

test('a net that computes other numbers than its check, or has none, is not chosen', async () => {
  const models = join(folder, 'models')
  const exact = embedderManifest({ name: 'exact', dimensions: 2, output: 'output0' })
  await writeModel(models, constantEmbedder({ side: 32, features: [1, 2] }), exact)
  assert.match((await firstEmbedder([models], cpu, 'exact')).why, /no other model stands in for it/)

  const check = { file: 'check.bin', cosine: 0.9999 }
  const weights = constantEmbedder({ side: 32, features: [2, 1] })
  await writeModel(models, weights, { ...exact, name: 'quick', insteadOf: 'exact', check })
  const missing = await firstEmbedder([models], cpu, 'exact')
  assert.equal(missing.name, 'exact')
  assert.match(missing.why, /no other one could be tried: The check of quick is missing/)

  // The check says (0, 1), the net gives (2, 1) at unit length.
  await writeFile(join(models, 'quick', 'check.bin'), Buffer.from(new Float32Array([0, 1]).buffer))
  const other = await firstEmbedder([models], cpu, 'exact')
  assert.deepEqual(other, {
    name: 'exact',
    why: 'quick computes other numbers on this processor (cosine 0.4472, expected 0.9999)',
  })
  const onGpu = await firstEmbedder([models], { ...cpu, device: 'cuda' }, 'exact')
  assert.match(onGpu.why, /runs on a GPU/)
})

test('the bundled nets are tried, and one of them is chosen for a reason', async () => {
  const { name, why } = await firstEmbedder([BUNDLED_MODELS], cpu)
  const reason = {
    'efficientnet-lite2': /^efficientnet-lite2-int8 (computes other numbers|is not quicker here)/,
    'efficientnet-lite2-int8': /^it computes the expected numbers here and is quicker: \d+\.\d ms/,
  }[name]
  assert.ok(reason, name)
  assert.match(why, reason)
})
