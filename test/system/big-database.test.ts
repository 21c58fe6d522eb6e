// The service answers on a small generated database as on one that people filled.

import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { createApp } from '../../api/app.ts'
import type { Detection } from '../../api/contract/detection.ts'
import type { AccuracyInsight } from '../../api/contract/insight.ts'
import type { Media } from '../../api/contract/media.ts'
import type { Answer } from '../../api/contract/suggestion.ts'
import { openService } from '../../api/open-service.ts'
import type { Service } from '../../api/service.ts'
import { ensureModel } from '../../db/trees/models.ts'
import { findModel } from '../../indexer/models/models.ts'
import { type BigCounts, fillDatabase } from '../bench/big-rows.ts'
import { makeWorld } from '../support/animals/generated-animals.ts'
import { openTestDatabase } from '../support/database.ts'
import { testConfig } from '../support/service.ts'

const PHOTOS = 200

let service: Service
let app: ReturnType<typeof createApp>
let counts: BigCounts
let folder: string

before(async () => {
  const config = await testConfig()
  folder = config.dataDir
  const database = await openTestDatabase()
  const models = await Promise.all(
    [config.embedder, config.detector].map((name) => findModel([`${folder}/models`], name ?? '')),
  )
  for (const { manifest } of models)
    await ensureModel(database.db, { name: manifest.name, sha256: manifest.sha256, kind: manifest.kind, manifest })
  const [embedder, detector] = models
  counts = await fillDatabase(database.db, makeWorld({ species: 12, dimensions: 12, cameras: 3 }), {
    photos: PHOTOS,
    taught: 0.6,
    embedderSha256: embedder!.manifest.sha256,
    detectorSha256: detector!.manifest.sha256,
  })
  service = await openService(config, { indexing: true, database })
  app = createApp(service)
})

after(async () => {
  await service?.close()
  await rm(folder, { recursive: true, force: true })
})

async function read<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await app.request(path, init)
  assert.equal(response.status, 200, `${path}: ${response.status}`)
  return (await response.json()) as T // the route's own shape
}

test('every photo is there, and a share of the animals is identified', async () => {
  const summary = await read<{ media: { indexed: number }; detections: { identified: number } }>('/api/summary')
  assert.equal(summary.media.indexed, PHOTOS)
  assert.equal(counts.photos, PHOTOS)
  assert.ok(counts.identified > 40 && counts.identified < counts.detections)
})

test('a list of animals has crops to ask for and summaries of suggestions', async () => {
  const { items } = await read<{ items: Detection[] }>('/api/detections?state=unidentified&order=unsure&limit=20')
  assert.equal(items.length, 20)
  for (const { suggestion } of items) assert.ok(suggestion?.taxon, 'Expected a summary with a taxon')
})

test('what the tree said before people did is there to be compared', async () => {
  const { forecasts, ranks } = await read<AccuracyInsight>('/api/insight/accuracy')
  assert.ok(forecasts > 40 && forecasts <= counts.identified)
  const species = ranks.find(({ rank }) => rank === 'species')!
  assert.ok(
    species.right > 0.6 * species.count && species.right < species.count,
    `${species.right} of ${species.count}`,
  )
})

test('photos of one burst are one sequence', async () => {
  const { items } = await read<{ items: Media[] }>(`/api/media?limit=${PHOTOS}`)
  const bursts = new Map<string, number>()
  for (const { sequenceId } of items) bursts.set(sequenceId ?? '', (bursts.get(sequenceId ?? '') ?? 0) + 1)
  assert.ok(!bursts.has(''))
  assert.ok([...bursts.values()].some((photos) => photos > 1))
})

test('what the tree says of a taught animal is mostly what it was taught', async () => {
  const { items } = await read<{ items: Detection[] }>('/api/detections?state=identified&kind=animal&limit=60')
  const wanted = items.filter((one) => one.taxon?.rank === 'species').slice(0, 20)
  let right = 0
  for (const { id, taxon } of wanted) {
    const answer = await read<Answer>('/api/suggestions?limit=3', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ detectionId: id }),
    })
    if (answer.detections[0]?.suggestions.some((one) => one.taxon.id === taxon?.id)) right++
  }
  assert.ok(wanted.length === 20 && right >= 10, `${right} of ${wanted.length}`)
})
