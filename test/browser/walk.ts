// A new installation in real Chromium on the real service: the empty page, adding labelled photos, the first review,
// photos, taxa, identify; every view in dark mode and on a phone. Saves screenshots.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testLooking, testNaming, testNewTaxon } from './stories/first-review.ts'
import { seriousFindings, shoot, visit } from './support/browser.ts'
import { gatherPictures, type Pictures } from './support/pictures.ts'
import { DARK, DARK_PHONE, DESKTOP, openWalk, PHONE, skip, visitViews } from './support/walk.ts'

const IMPORT_MS = 180_000

let pictures: Pictures
const walk = openWalk({
  fill: async () => {
    pictures = await gatherPictures()
  },
})

test('an empty installation says what to do and shows it in every look', { skip }, async () => {
  for (const look of [DESKTOP, DARK, PHONE]) {
    const { page, errors } = await visit(walk.browser, walk.service.url, look)
    await page.goto('/')
    await page.getByRole('heading', { name: /identification key/i }).waitFor()
    await page.getByRole('button', { name: 'Choose photos' }).waitFor()
    await shoot(page, `empty-${look.size}-${look.theme}`)
    assert.deepEqual(await seriousFindings(page), [])
    assert.deepEqual(errors, [])
    await page.context().close()
  }
})

test('labelled folders are recognised, sent, and learned', { skip, timeout: IMPORT_MS }, async () => {
  const { page } = walk.main
  await page.goto('/')
  await page.getByLabel('Folder of photos').setInputFiles(pictures.labelled)
  const sheet = page.getByRole('region', { name: 'What was recognised' })
  await sheet.getByText(`All ${pictures.species} folders look like names of taxa`).waitFor()
  await sheet.getByRole('button', { name: 'Ignore folder names' }).click()
  await sheet.getByText('without labels and will wait for review').waitFor()
  await sheet.getByRole('button', { name: 'Folders are labels' }).click()
  await sheet.getByText('look like names of taxa').waitFor()
  await shoot(page, 'plan')
  assert.deepEqual(await seriousFindings(page), [])
  await sheet.getByRole('button', { name: `Add ${pictures.photos} photos` }).click()
  await page.getByRole('progressbar').waitFor()
  await page.waitForTimeout(1500)
  await shoot(page, 'progress')
  await page.getByRole('heading', { name: 'Import complete' }).waitFor({ timeout: IMPORT_MS })
  await page.getByText(`${pictures.photos} of ${pictures.photos} processed`).waitFor()
  await shoot(page, 'imported')
})

test('plain photos are dropped; one that is none is listed with its reason', { skip, timeout: IMPORT_MS }, async () => {
  const { page } = walk.main
  await page.goto('/add')
  const zone = page.getByRole('region', { name: 'Drop photos, folders or a zip here' })
  await zone.waitFor()
  await page.getByLabel('Photos', { exact: true }).setInputFiles([...pictures.plain, pictures.broken])
  await page.getByRole('button', { name: `Add ${pictures.plain.length + 1} photos` }).click()
  await page.getByRole('heading', { name: 'Import complete' }).waitFor({ timeout: IMPORT_MS })
  const failed = page.locator('.import-failures li', { hasText: 'broken.jpg' })
  await failed.waitFor()
  assert.match((await failed.locator('.failure-list-reason').textContent()) ?? '', /\w+ \w+/)
  await shoot(page, 'imported-with-failure')
  assert.deepEqual(await seriousFindings(page), [])
})

test('a single file can be dropped on the zone itself', { skip }, async () => {
  const { page } = walk.main
  await page.getByRole('button', { name: 'Add more' }).click()
  const transfer = await page.evaluateHandle(() => {
    const data = new DataTransfer()
    data.items.add(new File([new Uint8Array(64)], 'notes.txt', { type: 'text/plain' }))
    return data
  })
  await page.dispatchEvent('.drop-zone', 'drop', { dataTransfer: transfer })
  await page.getByText('No photos among these files').waitFor()
})

testNaming(walk)
testLooking(walk)
testNewTaxon(walk, () => pictures)

test('photos: grid, what failed and why, one photo with its boxes', { skip }, async () => {
  const { page } = walk.main
  await page.goto('/photos')
  await page.locator('.photo-tile img').first().waitFor()
  await page.waitForLoadState('networkidle').catch(() => undefined) // the event stream never ends
  await page.waitForTimeout(800)
  await shoot(page, 'photos-desktop-light')
  assert.deepEqual(await seriousFindings(page), [])
  await page.locator('.photo-grid-link').first().click()
  await page.locator('.detection-card').first().waitFor()
  await page.waitForTimeout(400)
  await shoot(page, 'photo-desktop-light')
  assert.deepEqual(await seriousFindings(page), [])
  await page.goto('/photos?status=failed')
  await page.locator('.message, .failure-list-name').first().waitFor()
  await shoot(page, 'photos-failed')
})

test('taxa: what needs placing, search, a taxon with its photos, rename', { skip }, async () => {
  const { page } = walk.main
  await page.goto('/taxa')
  await page.getByRole('heading', { name: 'Needs placing' }).waitFor()
  await shoot(page, 'taxa-desktop-light')
  assert.deepEqual(await seriousFindings(page), [])
  await page.getByRole('searchbox').fill('stranger')
  await page.getByRole('link', { name: /the stranger/ }).click()
  await page.getByRole('heading', { name: new RegExp(pictures.stranger.name) }).waitFor()
  await page.locator('.example-crops img').first().waitFor()
  await page.getByRole('button', { name: /Actions for/ }).click()
  await page.getByRole('menuitem', { name: 'Rename…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Rename' })
  await dialog.getByLabel('Common name').fill('the newcomer')
  await dialog.getByRole('button', { name: 'Rename' }).click()
  await page.getByRole('heading', { name: /the newcomer/ }).waitFor()
  await shoot(page, 'taxon-desktop-light')
  assert.deepEqual(await seriousFindings(page), [])
})

test('identify answers for one photo and stores nothing', { skip }, async () => {
  const { page } = walk.main
  // What GET /api/summary answers.
  const media = async () => ((await (await page.request.get('/api/summary')).json()) as { media: unknown }).media
  const before = await media()
  await page.goto('/identify')
  await page.getByLabel('Photos', { exact: true }).setInputFiles(pictures.plain[0] ?? '')
  await page.locator('.suggestion-list li').first().waitFor()
  await page.waitForTimeout(500)
  await shoot(page, 'identify-desktop-light')
  assert.deepEqual(await seriousFindings(page), [])
  assert.deepEqual(await media(), before)
})

test('every view in the dark and on a phone', { skip, timeout: 180_000 }, async () => {
  const { items } = (await (await walk.main.page.request.get('/api/media?status=indexed&limit=1')).json()) as {
    items: { id: string }[]
  } // GET /api/media
  const views = [
    ['overview', '/', '.dashboard-steps'],
    ['review', '/review', '.suggestion-list li'],
    ['photos', '/photos', '.photo-tile img'],
    ['photo', `/photos/${items[0]?.id}`, '.detection-card'],
    ['taxa', '/taxa', '.taxon-rows'],
    ['identify', '/identify', '.drop-zone'],
    ['add', '/add', '.import-list li'],
    ['labels', '/labels', 'main h1'],
    ['unknowns', '/unknowns', 'main h1'],
    ['versions', '/insight/versions', 'main h1'],
  ] as const
  await visitViews(walk, views, { looks: [DARK, PHONE, DARK_PHONE] })
})

test('the theme is chosen in the menu and kept', { skip }, async () => {
  const { page } = walk.main
  await page.goto('/')
  await page.getByRole('button', { name: 'Menu of Ada' }).click()
  await page.getByRole('menuitemradio', { name: 'Dark' }).click()
  await page.reload()
  await page.locator('.dashboard-steps').waitFor()
  assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark')
  await page.getByRole('button', { name: 'Menu of Ada' }).click()
  await page.getByRole('menuitemradio', { name: 'System' }).click()
})

test('files of other programs come without their photos: stations are added, others say what lacks', {
  skip,
}, async () => {
  const { page } = walk.main
  await page.goto('/add')
  const dropped = (name: string, text: string) =>
    page.getByLabel('Photos', { exact: true }).setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })
  const timelapse =
    'RootFolder,File,RelativePath,DateTime,DeleteFlag,Species\nset,1.jpg,photos,2020-01-01 00:00:00,false,Puma\n'
  await dropped('TimelapseData.csv', timelapse)
  await page.getByText('Timelapse: none of its 1 photo is here').waitFor()
  await dropped('cameras.csv', 'Station,utm_y,utm_x,Setup_date,Retrieval_date\nRidge,,,02/04/2009,14/05/2009\n')
  await page.getByRole('button', { name: 'Add 1 deployment' }).click()
  await page.getByText('1 deployment added').waitFor()
  await page.getByText('Ridge').first().waitFor()
})

test('the first load stays under 200 kB of compressed script', { skip }, async (t) => {
  const { page } = await visit(walk.browser, walk.service.url, DESKTOP, 'Ada')
  for (const path of ['/', '/review']) {
    await page.goto(path)
    await page.locator('.dashboard-steps, .suggestion-list li').first().waitFor()
    const bytes = await page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .filter((entry) => entry.name.endsWith('.js'))
        .reduce((sum, entry) => sum + (entry as PerformanceResourceTiming).encodedBodySize, 0),
    )
    t.diagnostic(`${path}: ${Math.round(bytes / 1000)} kB of script`)
    assert.ok(bytes > 10_000 && bytes < 200_000, `${path} loads ${bytes} bytes of script`)
  }
  await page.context().close()
})

test('the console stayed clean', { skip }, () => {
  assert.deepEqual(walk.main.errors, [])
})
