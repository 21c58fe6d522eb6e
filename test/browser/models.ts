// The models in real Chromium: what runs, a change of size and threshold, a refused and an added file, a comparison on
// boxes that people settled, and the data set of them. Saves screenshots.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ModelList } from '../../api/contract/models/model.ts'
import { BEASTS } from '../support/animals/beasts.ts'
import { drawScene } from '../support/animals/drawn-scenes.ts'
import { constantDetector } from '../support/constant-models.ts'
import { apiOf, until } from './support/api.ts'
import { seriousFindings, shoot } from './support/browser.ts'
import { assertFits, DARK, openWalk, PHONE, skip, visitViews } from './support/walk.ts'

const walk = openWalk({ person: 'Ada', fill: drawTrap })
const { ask } = apiOf(walk)

async function drawTrap(): Promise<void> {
  for (let i = 0; i < 4; i++) {
    const beast = BEASTS[i % 2]!
    const { photo } = await drawScene({ beast, seed: 70 + i, infrared: false, width: 640 })
    const body = new FormData()
    body.set('facts', JSON.stringify([{ path: `trap/${i}.jpg`, genus: 'Vulpes', boxes: [[0.4, 0.4, 0.2, 0.2]] }]))
    body.append('photo', new Blob([new Uint8Array(photo)]), `${i}.jpg`)
    await ask('/api/media', { method: 'POST', body })
  }
  await until(
    'no photo waits to be indexed',
    () => ask<{ items: unknown[] }>('/api/media?status=queued&limit=1'),
    ({ items }) => items.length === 0,
    120_000,
  )
}

test('models are looked at, sized, added, refused and compared', { skip, timeout: 120_000 }, async () => {
  const { page } = walk.main
  await page.goto('/')
  await page.getByRole('button', { name: /^Menu of/ }).click()
  await page.getByRole('menuitem', { name: 'Models' }).click()
  await page.getByText('weights as their manifests say, each ran once').waitFor()
  await page.getByLabel('Looks at photos with').selectOption('320')
  await page.getByText('animal-yolov5lite is in use').waitFor()
  const { items } = await ask<ModelList>('/api/models')
  assert.equal(items.find(({ name }) => name === 'animal-yolov5lite')?.size, 320)

  await page.getByLabel('Least confidence: 0.25').fill('0.6')
  await page.getByRole('button', { name: 'Use 0.60' }).click()
  await page.getByText('Boxes from 0.60 on count').waitFor()

  const form = page.getByRole('region', { name: 'Add a file' })
  const choose = (name: string, buffer: Buffer) =>
    form.getByLabel('ONNX file').setInputFiles({ name, mimeType: 'application/octet-stream', buffer })
  await choose('junk.onnx', Buffer.from('junk'))
  await form.getByRole('button', { name: 'Add' }).click()
  await form.getByText('not an ONNX model').waitFor()
  const rows = [[32, 32, 32, 32, 1, 0.9], ...Array(9).fill([1, 1, 1, 1, 0, 0])]
  await choose('middle.onnx', constantDetector({ side: 64, rows, metadata: { names: "{0: 'fox'}" } }))
  await form.getByRole('button', { name: 'Add' }).click()
  await form.getByText('middle was added as a detector. The file names its classes: fox (animal).').waitFor()

  const comparing = page.getByRole('region', { name: 'Compare detectors' })
  await comparing.getByLabel('Compare the one in use with').selectOption('middle')
  await comparing.getByRole('button', { name: 'Compare' }).click()
  await comparing.getByText('middle may not be used. Only 4 known boxes').waitFor()
  await page.getByText('4 photos with 4 animals').waitFor()
  await shoot(page, 'models-compared')
  assert.deepEqual(await seriousFindings(page), [])
  await assertFits(page, 'models')
})

test('the page of models in the dark and on a phone', { skip, timeout: 120_000 }, async () => {
  await visitViews(walk, [['models', '/models', '.detector-compare-pairs']], { looks: [DARK, PHONE] })
})
