// Insight in real Chromium on the real service: the charts of a library that people have worked on, going down the
// taxonomy, saved files, the photos behind a bar, print, dark mode and phone; the map of look-alikes. Saves
// screenshots.

import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'csv-parse/sync'
import type { Download, Page } from 'playwright-core'
import sharp from 'sharp'
import type { Detection } from '../../api/contract/detection.ts'
import type { AccuracyInsight, MapStanding, TaxaInsight } from '../../api/contract/insight.ts'
import type { MediaItem } from '../../api/contract/media.ts'
import type { TaxonDetail } from '../../api/contract/taxon.ts'
import { apiOf, posting, until } from './support/api.ts'
import { seriousFindings, shoot, visit } from './support/browser.ts'
import { gatherPictures } from './support/pictures.ts'
import { DARK, DARK_PHONE, openWalk, PHONE, skip } from './support/walk.ts'

const LONG_MS = 300_000
/** Photos of each species that come with a label; people identify the others. */
const LABELLED = 3

const walk = openWalk({ person: 'Ada', timeoutMs: 2 * LONG_MS, fill: makeLibrary })
const { ask } = apiOf(walk)
let named = 0

/** The photo with the EXIF data of a camera in the field. */
const taken = (file: string, i: number): Promise<Buffer> =>
  sharp(file)
    .withExif({
      IFD2: {
        DateTimeOriginal: `2024:${String(1 + ((i * 5) % 12)).padStart(2, '0')}:11 ${String((i * 7) % 24).padStart(2, '0')}:20:00`,
      },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: `${46 + (i % 3)}/1 ${(i * 11) % 60}/1 0/1`,
        GPSLongitudeRef: 'E',
        GPSLongitude: `${7 + (i % 2) * 4}/1 ${(i * 7) % 60}/1 0/1`,
      },
    })
    .jpeg()
    .toBuffer()

async function bring(photo: Buffer, fields: Record<string, string>): Promise<string> {
  const body = new FormData()
  for (const [name, value] of Object.entries(fields)) body.set(name, value)
  body.append('photo', new Blob([new Uint8Array(photo)]), 'photo.jpg')
  const { items } = await ask<{ items: MediaItem[] }>('/api/media', { method: 'POST', body })
  const id = items[0]?.id
  if (!id) throw new Error('Expected a photo to be kept.')
  return id
}

async function identify(detectionId: string, taxonId: string, person: string): Promise<void> {
  await ask('/api/identifications', posting({ detectionId, taxonId, basis: { kind: 'suggestion' } }, person))
  named++
}

/** Some photos come with labels. People identify the others after they were suggested something. */
async function makeLibrary(): Promise<void> {
  const { labelled } = await gatherPictures()
  const plain: { mediaId: string; species: string }[] = []
  let i = 0
  for (const folder of (await readdir(labelled)).sort()) {
    const species = folder.replaceAll('_', ' ')
    for (const [at, file] of (await readdir(join(labelled, folder))).sort().entries()) {
      const photo = await taken(join(labelled, folder, file), i)
      const deployment = ['The clearing', 'The ford', 'The ridge'][i % 3] ?? ''
      const label = { class: 'Animalia', genus: species.split(' ')[0] ?? '', species }
      const mediaId = await bring(photo, at < LABELLED ? { deployment, ...label } : { deployment })
      if (at >= LABELLED) plain.push({ mediaId, species })
      i++
    }
  }
  await until(
    'no photo waits to be indexed',
    () => ask<{ items: unknown[] }>('/api/media?status=queued&limit=1'),
    ({ items }) => items.length === 0,
    LONG_MS,
  )
  for (const [at, { mediaId, species }] of plain.entries()) {
    const { detections } = await ask<{ detections: Detection[] }>(`/api/media/${mediaId}`)
    const { items } = await ask<{ items: TaxonDetail[] }>(`/api/taxa?q=${encodeURIComponent(species)}&limit=5`)
    const taxon = items.find((one) => one.name === species)
    const animal = detections.find((one) => one.kind === 'animal')
    if (taxon && animal) await identify(animal.id, taxon.id, at % 3 === 0 ? 'Bo' : 'Ada')
  }
}

const chart = (page: Page, name: string | RegExp) => page.getByRole('region', { name, exact: typeof name === 'string' })

async function openDashboard(page: Page, address = '/insight'): Promise<void> {
  await page.goto(address)
  await page.locator('.sunburst-rings-sector').first().waitFor()
  await chart(page, 'How often suggestions were right').locator('svg.drawing').waitFor()
  await chart(page, 'Places').locator('.world-place').first().waitFor()
}

async function saved(page: Page, title: string, item: string): Promise<Buffer> {
  await page.getByRole('button', { name: `Save: ${title}` }).click()
  const [download] = await Promise.all<[Promise<Download>, Promise<void>]>([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: item }).click(),
  ])
  return await readFile(await download.path())
}

test('the dashboard of a library shows what is there and how good suggestions were', { skip }, async () => {
  const { page, errors } = walk.main
  // Suggestions for the last animals may still be on their way when the page counts first.
  const counted = async () => {
    await openDashboard(page)
    const { animals } = await ask<TaxaInsight>('/api/insight/taxa')
    const shown = (await page.locator('.sunburst-rings-total').textContent())?.replace(/\D/g, '')
    return { animals, shown: Number(shown) }
  }
  const { animals } = await until('the page counts all animals', counted, (one) => one.shown === one.animals)
  assert.ok(animals > 0)
  const { forecasts } = await ask<AccuracyInsight>('/api/insight/accuracy')
  assert.equal(forecasts, named, 'each animal that a person named had been suggested something before')
  await page.getByText(`${forecasts} animals named after a suggestion`).waitFor()
  await page.waitForLoadState('networkidle')
  await shoot(page, 'insight-desktop-light')
  await page.screenshot({ path: 'test/screenshots/insight-whole.png', fullPage: true })
  assert.deepEqual(await seriousFindings(page), [])
  assert.deepEqual(errors, [])
})

test('a click into the rings goes down, the path goes up, "Only this" narrows every chart', { skip }, async () => {
  const { page } = walk.main
  await openDashboard(page)
  const rows = page.locator('.sunburst-list-row')
  const first = (await rows.first().locator('.taxon-name-scientific').textContent()) ?? ''
  // All are of one class, so its ring is complete. The centre of the drawing is the hole, and the ring is just below.
  const drawing = await page.locator('.sunburst-rings').boundingBox()
  assert.ok(drawing)
  await page.locator('.sunburst-rings').click({ position: { x: drawing.width / 2, y: (drawing.height / 2) * 1.35 } })
  await page.getByRole('button', { name: 'Only this' }).waitFor()
  assert.equal(await page.locator('.sunburst-side h3 .taxon-name-scientific').textContent(), first)
  const below = (await rows.first().locator('.taxon-name-scientific').textContent()) ?? ''
  assert.notEqual(below, first)
  await rows.first().click()
  await page.locator('.sunburst-side h3', { hasText: below }).waitFor()
  await shoot(page, 'insight-rings')
  const shown = Number((await page.locator('.sunburst-rings-total').textContent())?.replace(/\D/g, ''))
  await page.getByRole('button', { name: 'Only this' }).click()
  await page.waitForURL(/taxon=\d+/)
  const taxon = new URL(page.url()).searchParams.get('taxon')
  const narrowed = await ask<TaxaInsight>(`/api/insight/taxa?taxon=${taxon}`)
  assert.equal(narrowed.animals, shown)
  await page.getByText(`of ${shown} animals identified`).or(page.getByText('of 1 animal identified')).waitFor()
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await page.waitForURL((url) => url.search === '')
})

test('numbers are saved as CSV, drawings as SVG and PNG', { skip }, async () => {
  const { page } = walk.main
  await openDashboard(page)
  const rows: Record<string, string>[] = parse(await saved(page, 'Animals by taxon', 'Numbers as CSV'), {
    columns: true,
  })
  const { taxa, animals, nameless } = await ask<TaxaInsight>('/api/insight/taxa')
  assert.equal(rows.length, taxa.length)
  assert.equal(
    rows.reduce((sum, row) => sum + Number(row['of the taxon itself']), 0),
    animals - nameless,
  )
  const svg = (await saved(page, 'Confidence of the detector', 'Drawing as SVG')).toString()
  assert.match(svg, /^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/)
  assert.doesNotMatch(svg, /var\(--/, 'no colour is left to the styles of the page')
  const png = await sharp(await saved(page, 'Activity by hour and month', 'Picture as PNG')).metadata()
  assert.equal(png.format, 'png')
  assert.ok((png.width ?? 0) > 1000)
})

test('the table says the same for those who see no drawing, and opens the photos', { skip }, async () => {
  const { page } = walk.main
  await openDashboard(page)
  await page.getByRole('button', { name: 'Show as a table: Activity by hour and month' }).click()
  const table = chart(page, 'Activity by hour and month: table')
  const row = table
    .getByRole('row')
    .filter({ has: page.getByRole('button') })
    .first()
  const animals = Number(await row.locator('td[data-number=true]').textContent())
  await shoot(page, 'insight-table')
  await row.getByRole('button').click()
  await page.waitForURL(/\/grid\?selection=\d+/)
  const selection = new URL(page.url()).searchParams.get('selection')
  const { items } = await ask<{ items: Detection[] }>(`/api/detections?selection=${selection}&limit=200`)
  assert.equal(items.length, animals)
})

test('it reads in the dark, on a phone and on paper', { skip }, async () => {
  for (const look of [DARK, PHONE]) {
    const { page, errors } = await visit(walk.browser, walk.service.url, look, 'Ada')
    await openDashboard(page)
    await shoot(page, `insight-${look.size}-${look.theme}`)
    assert.deepEqual(await seriousFindings(page), [])
    assert.ok(
      await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth),
      'nothing sticks out',
    )
    assert.deepEqual(errors, [])
    await page.context().close()
  }
  const { page } = walk.main
  await openDashboard(page)
  await page.emulateMedia({ media: 'print' })
  await page.locator('.filter-bar').waitFor({ state: 'hidden' })
  await page.screenshot({ path: 'test/screenshots/insight-print.png', fullPage: true })
  await page.emulateMedia({ media: null })
})

test('the map is computed in the background; a loop around animals opens them on the wall', {
  skip,
  timeout: LONG_MS,
}, async () => {
  const { page, errors } = walk.main
  await page.goto('/insight')
  await page.getByRole('link', { name: 'Map of look-alikes' }).click()
  await page.getByRole('button', { name: 'Compute the map' }).click()
  const canvas = page.locator('.map-canvas canvas')
  await canvas.waitFor({ timeout: LONG_MS })
  const { ready } = await ask<MapStanding>('/api/insight/map')
  const hues = page.locator('.map-legend')
  await hues.locator('li').first().waitFor()
  await shoot(page, 'insight-map')
  assert.deepEqual(await seriousFindings(page), [])

  const box = await canvas.boundingBox()
  assert.ok(box)
  const corners = [
    [0.01, 0.01],
    [0.99, 0.01],
    [0.99, 0.99],
    [0.01, 0.99],
  ] as const
  await page.mouse.move(box.x + box.width * 0.01, box.y + box.height * 0.01)
  await page.mouse.down()
  for (const [x, y] of corners) await page.mouse.move(box.x + box.width * x, box.y + box.height * y, { steps: 8 })
  await page.mouse.up()
  await page.getByText(`${ready?.animals} animals selected`).waitFor()

  const group = hues.locator('li').first()
  const count = Number(await group.getByRole('button').textContent())
  await group.getByRole('button').click()
  await page.getByText(count === 1 ? '1 animal selected' : `${count} animals selected`).waitFor()
  await shoot(page, 'insight-map-chosen')
  await page.getByRole('button', { name: 'Open in the grid' }).click()
  await page.waitForURL(/\/grid\?selection=\d+/)
  const selection = new URL(page.url()).searchParams.get('selection')
  const kept = await ask<{ count: number }>(`/api/selections/${selection}`)
  assert.equal(kept.count, count)
  await page.getByRole('gridcell').first().waitFor()
  await shoot(page, 'insight-map-opened')
  assert.deepEqual(errors, [])
})

test('the map is coloured by person and confidence, and used on a phone', { skip }, async () => {
  const { page, errors } = await visit(walk.browser, walk.service.url, DARK_PHONE, 'Ada')
  await page.goto('/insight/map')
  await page.locator('.map-canvas canvas').waitFor()
  await page.getByLabel('Colour by').selectOption({ label: 'Person' })
  await page.locator('.map-legend').getByText('Ada', { exact: true }).waitFor()
  await page.getByLabel('Colour by').selectOption({ label: 'Confidence of the detector' })
  await page.locator('.map-legend li').first().waitFor()
  await shoot(page, 'insight-map-phone')
  assert.deepEqual(await seriousFindings(page), [])
  assert.deepEqual(errors, [])
  await page.context().close()
})
