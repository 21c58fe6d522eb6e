// A season from memory card to results in real Chromium, with real photos and by keyboard alone: an empty installation,
// cards and a Camtrap DP package brought in, stations placed and dated, empty photos set aside after being seen,
// animals named and counted, results and files out. Saves screenshots.

import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { unzipSync, zipSync } from 'fflate'
import type { Locator, Page } from 'playwright-core'
import type { Deployment } from '../../api/contract/survey/deployment.ts'
import type { Results } from '../../api/contract/survey/results.ts'
import { shared, without } from '../support/shared.ts'
import { apiOf, until } from './support/api.ts'
import { seriousFindings, shoot, visit } from './support/browser.ts'
import { detectionOf, untilMoved } from './support/review.ts'
import { assertFits, assertLegible, DARK_PHONE, openWalk, skip } from './support/walk.ts'

const CARDS = 'data/camera-trap/feeder'
const PACKAGE = 'data/camtrap-dp-example'
/** Three photos of a camera without a clock, two of boars at night, two without an animal. */
const CARD = [
  'img_0221.jpg',
  'img_0266.jpg',
  'img_0276.jpg',
  '20250824033753.jpg',
  '20250824033835.jpg',
  '20250816150938.jpg',
  '20250824213922.jpg',
]

const folder = await mkdtemp(join(tmpdir(), 'clavis-season-'))
after(() => rm(folder, { recursive: true, force: true }))
const walk = openWalk({ person: 'Ada' })
const { ask, detail } = apiOf(walk)

/** Reached and pressed without a pointer. */
async function press(button: Locator): Promise<void> {
  await button.focus()
  await button.press('Enter')
}

async function zipped(name: string, files: Record<string, string>): Promise<string> {
  const read = Object.entries(files).map(async ([path, file]) => [path, new Uint8Array(await readFile(file))] as const)
  const file = join(folder, name)
  await writeFile(file, zipSync(Object.fromEntries(await Promise.all(read)), { level: 0 }))
  return file
}

async function bring(page: Page, file: string, format?: string): Promise<void> {
  await page.goto('/add')
  await page.getByLabel('Photos', { exact: true }).setInputFiles(file)
  const sheet = page.getByRole('region', { name: 'What was recognised' })
  if (format !== undefined) await sheet.getByText(`Recognised ${format}`).waitFor()
  await press(sheet.getByRole('button', { name: /^Add \d+ photos$/ }))
  await page.getByRole('heading', { name: 'Import complete' }).waitFor()
}

const real = skip || without(CARDS, PACKAGE)

test('cards and a package are brought in, and what the photos lack is said', { skip: real }, async () => {
  const { page, errors } = walk.main
  const files = CARD.map((name) => [`Feeder/${name}`, join(shared(CARDS), name)])
  await bring(page, await zipped('card.zip', Object.fromEntries(files)))
  const paths = (await readdir(shared(PACKAGE), { recursive: true })).filter((path) =>
    /\.(csv|json|jpe?g)$/i.test(path),
  )
  const inside = paths.map((path) => [path, join(shared(PACKAGE), path)])
  await bring(page, await zipped('package.zip', Object.fromEntries(inside)), 'Camtrap DP')

  await page.goto('/imports/1')
  const lacks = page.getByRole('region', { name: 'What photos lack' })
  await press(lacks.getByRole('button', { name: /have no time: say when/ }))
  await lacks.getByLabel('First photo taken').fill('2025-08-20T06:00:00')
  await lacks.getByLabel('Seconds from one photo to the next').fill('3600')
  await shoot(page, 'season-times')
  assert.deepEqual(await seriousFindings(page), [])
  await page.keyboard.press('Enter')
  await page.getByText(/photos have their times/).waitFor()
  await press(lacks.getByRole('button', { name: 'Use these coordinates for Feeder' }))
  await page.getByText('Feeder has the coordinates of its photos').waitFor()
  const { items } = await ask<{ items: Deployment[] }>('/api/deployments')
  const feeder = items.find(({ name }) => name === 'Feeder')
  assert.deepEqual([feeder?.undated, feeder?.latitude === null], [0, false])
  assert.deepEqual(errors, [])
})

test('stations are dated, empty photos set aside after being seen, animals named and counted', {
  skip: real,
}, async () => {
  const { page, errors } = walk.main
  await page.goto('/deployments')
  await press(page.getByRole('button', { name: 'Feeder', exact: true }))
  const form = page.getByRole('form', { name: 'Deployment Feeder' })
  await form.getByLabel('Set up').fill('2025-08-10T12:00')
  await form.getByLabel('Taken down').fill('2025-08-30T12:00')
  await press(form.getByRole('button', { name: 'Save' }))
  await form.waitFor({ state: 'detached' })

  await page.goto('/add/false-triggers?import=1')
  await press(page.getByRole('button', { name: 'Look through them' }))
  await page.locator('.crop-choices-tile').first().waitFor()
  await shoot(page, 'season-empties')
  assert.deepEqual(await seriousFindings(page), [])
  await press(page.getByRole('button', { name: /^Set \d+ of these aside$/ }))
  await page
    .getByText(/set aside/)
    .first()
    .waitFor()

  await page.goto('/review?import=1')
  // Nothing is taught yet, so there is no suggestion to wait for.
  const count = page.getByRole('region', { name: 'Observation' }).getByLabel('Count')
  await count.waitFor()
  const first = detectionOf(page)
  await count.focus()
  await page.keyboard.type('3')
  await page.keyboard.press('Enter')
  await until(
    'the count is kept',
    () => detail(first),
    ({ observation }) => observation?.count === 3,
  )
  assert.equal(detectionOf(page), first, 'Enter in the field is not the review’s')
  await page.keyboard.press('/')
  await page.keyboard.type('Sus scrofa')
  await page.getByText(/New taxon/).waitFor()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'New taxon' })
  await press(dialog.getByRole('button', { name: 'Add taxon' }))
  await untilMoved(page, first)
  await shoot(page, 'season-review')
  const counted = await until(
    'the boars are in the results',
    () => ask<Results>('/api/results'),
    ({ taxa }) => taxa.some(({ taxon }) => taxon.name === 'Sus scrofa'),
  )
  const boars = counted.taxa.find(({ taxon }) => taxon.name === 'Sus scrofa')
  assert.equal(boars?.individuals, 3)
  assert.equal(counted.stations.find(({ name }) => name === 'Feeder')?.days, 20)
  assert.deepEqual(errors, [])
})

/** Whether the view has the keyboard, or who else. */
const focused = (page: Page) => page.evaluate(() => document.activeElement?.id ?? '')

test('review and grid have the keyboard again after every menu, dialog, list and field', { skip: real }, async () => {
  const { page } = walk.main
  const overlay = page.locator('[role="menu"], [role="dialog"]').first()
  const isBack = (after: string) =>
    until(
      `the view has the focus after ${after}`,
      () => focused(page),
      (id) => id === 'main',
    )
  const leave = async (after: string) => {
    await overlay.waitFor()
    await page.keyboard.press('Escape')
    await overlay.waitFor({ state: 'detached' })
    await isBack(after)
  }
  for (const path of ['/review?queue=unidentified', '/grid?queue=unidentified']) {
    await page.goto(path)
    await page.locator('.evidence-search, .crop-tile').first().waitFor()
    // All that say that they open something, whatever they are.
    for (const opener of await page.locator('[aria-haspopup]:visible:not([role="combobox"])').all()) {
      await press(opener)
      await leave((await opener.textContent()) ?? path)
    }
    for (const field of await page
      .locator('main :is(select, input, textarea):visible:not([type="range"], [type="file"])')
      .all()) {
      await field.focus()
      await page.keyboard.press('Escape')
      await isBack('a field or list')
    }
    await page.keyboard.press('?')
    await leave('the keys')
    await page.keyboard.press('q')
    await overlay.waitFor()
    await page.getByRole('menuitemradio', { name: /Not identified/ }).press('Enter')
    await isBack('a queue was chosen')
    await press(page.getByRole('button', { name: /^Menu of/ }))
    await press(page.getByRole('menuitem', { name: /Change name/ }))
    await page.getByRole('dialog').waitFor()
    await leave('a dialog that a menu opened')
  }
  // The last of the loop above is the grid: one animal, its preview, and back.
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await leave('the preview of a bulk step')
})

test('results, the occupancy table and Camtrap DP go out, and fit a phone in the dark', { skip: real }, async () => {
  const { page } = walk.main
  await page.goto('/results')
  await page.getByRole('region', { name: 'Species', exact: true }).locator('svg').first().waitFor()
  assert.deepEqual(await seriousFindings(page), [])
  await shoot(page, 'season-results')
  const [report] = await Promise.all([
    page.waitForEvent('download'),
    press(page.getByRole('link', { name: 'Everything as files' })),
  ])
  const files = unzipSync(new Uint8Array(await readFile(await report.path())))
  assert.match(new TextDecoder().decode(files['detection-histories/Sus-scrofa.csv']), /Feeder/)

  await page.goto('/grid?queue=recent')
  await press(page.getByRole('button', { name: 'Export' }))
  const item = page.getByRole('menuitem', { name: /Camtrap DP/ })
  const [download] = await Promise.all([page.waitForEvent('download'), press(item)])
  const out = unzipSync(new Uint8Array(await readFile(await download.path())))
  assert.match(new TextDecoder().decode(out['observations.csv']), /Sus scrofa/)

  const { page: phone, errors } = await visit(walk.browser, walk.service.url, DARK_PHONE, 'Ada')
  for (const [path, ready] of [
    ['/', 'Deployments'],
    ['/results', 'Camera health'],
  ] as const) {
    await phone.goto(path)
    await phone.getByRole('heading', { name: ready }).first().waitFor()
    await assertFits(phone, path)
    await assertLegible(phone, path)
    assert.deepEqual(await seriousFindings(phone), [])
    await shoot(phone, `season-phone-${path.slice(1) || 'overview'}`)
  }
  assert.deepEqual(errors, [])
  await phone.context().close()
})
