// A season in real Chromium: a deployment is placed and dated, an animal is counted, and the results show it, open the
// photos behind it and are saved. Saves screenshots.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { parse } from 'csv-parse/sync'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import type { Deployment } from '../../api/contract/survey/deployment.ts'
import type { Results } from '../../api/contract/survey/results.ts'
import { BEASTS } from '../support/animals/beasts.ts'
import { drawScene } from '../support/animals/drawn-scenes.ts'
import { apiOf, until } from './support/api.ts'
import { seriousFindings, shoot, visit } from './support/browser.ts'
import { assertFits, DARK, openWalk, PHONE, skip } from './support/walk.ts'

const STATIONS = ['Old ford', 'Beech ridge']
const EACH = 3
const walk = openWalk({ person: 'Ada', fill: drawSeason })
const { ask } = apiOf(walk)

/** Three visits of two species at each of two stations, named by the import. */
async function drawSeason(): Promise<void> {
  let n = 0
  for (const deployment of STATIONS)
    for (const beast of BEASTS.slice(0, 2))
      for (let i = 0; i < EACH; i++) {
        const { photo } = await drawScene({ beast, seed: 40 + n, infrared: false, width: 640 })
        const taken = `2026:05:${String(2 + n).padStart(2, '0')} 0${i + 5}:30:00`
        const body = new FormData()
        body.set('deployment', deployment)
        body.set('genus', beast.name.split(' ')[0] ?? '')
        body.set('species', beast.name)
        const bytes = await sharp(photo)
          .withExif({ IFD2: { DateTimeOriginal: taken } })
          .jpeg()
          .toBuffer()
        body.append('photo', new Blob([new Uint8Array(bytes)]), `photo-${n++}.jpg`)
        await ask('/api/media', { method: 'POST', body })
      }
  await until(
    'no photo waits to be indexed',
    () => ask<{ items: unknown[] }>('/api/media?status=queued&limit=1'),
    ({ items }) => items.length === 0,
    240_000,
  )
}

const results = () => ask<Results>('/api/results')
const chart = (page: Page, title: string) => page.getByRole('region', { name: title, exact: true })

test('a deployment is placed on the map and dated, and undone', { skip }, async () => {
  const { page } = walk.main
  await page.goto('/deployments')
  await page.getByRole('button', { name: 'Old ford' }).click()
  const form = page.getByRole('form', { name: 'Deployment Old ford' })
  await form.getByRole('button', { name: 'Place on the map' }).click()
  await page.locator('.place-map-drawing').click({ position: { x: 300, y: 150 } })
  assert.notEqual(await form.getByLabel('Latitude').inputValue(), '')
  await form.getByLabel('Set up').fill('2026-05-01T12:00')
  await form.getByLabel('Taken down').fill('2026-05-21T12:00')
  await form.getByLabel('Clock correction').fill('one hour')
  await form.getByRole('button', { name: 'Save' }).click()
  await form.getByText('Write the correction as hours').waitFor()
  await form.getByLabel('Clock correction').fill('+1:00')
  await shoot(page, 'deployments-form')
  await form.getByRole('button', { name: 'Save' }).click()
  await form.waitFor({ state: 'detached' })
  const { items } = await ask<{ items: Deployment[] }>('/api/deployments')
  const ford = items.find(({ name }) => name === 'Old ford')
  assert.deepEqual([ford?.start, ford?.clockOffsetSeconds], ['2026-05-01T12:00:00', 3600])
  assert.equal((await results()).stations.find(({ name }) => name === 'Old ford')?.days, 20)
})

test('a number that is typed in the review is the event’s', { skip }, async () => {
  const { page } = walk.main
  const { items } = await ask<{ items: { id: string }[] }>('/api/detections?state=identified&limit=1')
  const before = (await results()).taxa.reduce((sum, one) => sum + one.individuals, 0)
  await page.goto(`/review/${items[0]?.id}`)
  const count = page.getByRole('region', { name: 'Observation' }).getByLabel('Count')
  await count.waitFor()
  await page.keyboard.press('k')
  await page.keyboard.type('7')
  await page.keyboard.press('Enter')
  await until(
    'the count is in the results',
    async () => (await results()).taxa.reduce((sum, one) => sum + one.individuals, 0),
    (individuals) => individuals === before + 6,
  )
  await shoot(page, 'review-observation')
})

test('the results say how they were made, are saved, and open the photos behind them', { skip }, async () => {
  const { page, errors } = walk.main
  await page.goto('/results')
  await chart(page, 'Species').getByText('Events per 100 nights: 100').waitFor()
  await chart(page, 'Activity').locator('svg').last().waitFor()
  await page.waitForLoadState('networkidle')
  await page.screenshot({ path: 'test/screenshots/results-whole.png', fullPage: true })
  assert.deepEqual(await seriousFindings(page), [])

  await page.getByRole('button', { name: 'Save: Species by station' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Numbers as CSV' }).click(),
  ])
  const rows: Record<string, string>[] = parse(await readFile(await download.path()), { columns: true })
  assert.equal(rows.length, (await results()).cells.length)

  await page.getByRole('button', { name: 'Show as a table: Effort' }).click()
  await page.getByRole('button', { name: 'Open the photos: Old ford' }).click()
  await page.waitForURL(/\/grid\?selection=\d+/)
  assert.deepEqual(errors, [])
})

test('both pages fit a phone and read in the dark', { skip }, async () => {
  for (const look of [PHONE, DARK]) {
    const { page, errors } = await visit(walk.browser, walk.service.url, look, 'Ada')
    for (const [path, ready] of [
      ['/results', 'Camera health'],
      ['/deployments', 'Zone of the cameras’ clocks'],
    ] as const) {
      await page.goto(path)
      await page.getByText(ready).first().waitFor()
      await page.waitForLoadState('networkidle')
      await page.screenshot({
        path: `test/screenshots/${path.slice(1)}-${look.size}-${look.theme}.png`,
        fullPage: true,
      })
      assert.deepEqual(await seriousFindings(page), [])
      await assertFits(page, path)
    }
    assert.deepEqual(errors, [])
    await page.context().close()
  }
})
