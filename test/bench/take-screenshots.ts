// Takes the pictures of the README files, in Chromium. The animals are drawn, so no photo needs a licence and no
// person's consent is needed; the answers are the service's own.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringify } from 'csv-stringify/sync'
import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import type { Detection } from '../../api/contract/detection.ts'
import type { Deployment } from '../../api/contract/survey/deployment.ts'
import { askAt, posting } from '../browser/support/api.ts'
import { openBrowser, visit } from '../browser/support/browser.ts'
import { buildPage } from '../browser/support/page.ts'
import { startService } from '../browser/support/service.ts'
import { BEASTS, type Beast } from '../support/animals/beasts.ts'
import { drawScene } from '../support/animals/drawn-scenes.ts'

const PROJECT = fileURLToPath(new URL('../..', import.meta.url))
const OUT = join(PROJECT, 'web', 'screenshots')
const WEBP = { quality: 80, effort: 6 }
const CAMERAS = ['Beech ridge', 'Old ford', 'Fox earth']
const KNOWN_EACH = 7
const NEW_EACH = 6
/** Its burst is on the first picture. */
const STAR = 'Felis silvestris'
const BURST = 4

type Row = Record<string, string>

async function photoOf(folder: string, beast: Beast, n: number, known: boolean): Promise<Row> {
  const seed = BEASTS.indexOf(beast) * 1000 + n * 7 + (known ? 1 : 500)
  const burst = !known && beast.name === STAR && n < BURST
  const infrared = !burst && n % 4 === 3
  const place = burst ? { place: { x: 0.42 + n * 0.05, ground: 0.77 - n * 0.005, scale: 1.7 } } : {}
  const { photo, bbox } = await drawScene({ beast, seed: burst ? 77 : seed, infrared, width: 1000, ...place })
  const path = `IMG_${String(seed).padStart(4, '0')}.jpg`
  const [day, minute] = [String(1 + (seed % 27)).padStart(2, '0'), String(seed % 60).padStart(2, '0')]
  const taken = `2026:05:${day} ${infrared ? '22' : '06'}:${minute}:${String((n * 3) % 60).padStart(2, '0')}`
  await writeFile(
    join(folder, path),
    await sharp(photo)
      .withExif({ IFD2: { DateTimeOriginal: taken } })
      .jpeg()
      .toBuffer(),
  )
  const [genus = ''] = beast.name.split(' ')
  const [className, order, family] = beast.above
  return {
    path,
    deployment: CAMERAS[seed % CAMERAS.length] ?? '',
    group: burst ? 'one visit' : '',
    bboxes: bbox.map((value) => value.toFixed(4)).join(' '),
    ...(known && { class: className, order, family, genus, species: beast.name, commonName: beast.commonName }),
  }
}

async function drawLibrary(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const rows: Row[] = []
  for (const beast of BEASTS)
    for (const [many, known] of [
      [KNOWN_EACH, true],
      [NEW_EACH, false],
    ] as const)
      for (let n = 0; n < many; n++) rows.push(await photoOf(folder, beast, n, known))
  const columns = 'path class order family genus species commonName deployment group bboxes'.split(' ')
  await writeFile(join(folder, 'spring.csv'), stringify(rows, { header: true, columns }))
}

async function importLibrary(csv: string, dataDir: string): Promise<void> {
  const args = ['--import', 'tsx', 'api/main.ts', 'import', csv]
  const env = { ...process.env, DATA_DIR: dataDir, LOG_LEVEL: 'warn' }
  const run = spawn(process.execPath, args, { cwd: PROJECT, env, stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = (await once(run, 'exit')) as [number | null] // what a process tells
  if (code !== 0) throw new Error(`The import ended with ${code}.`)
}

async function keep(page: Page, name: string): Promise<void> {
  await page.waitForFunction(() =>
    [...document.images].every((image) => image.complete || image.getBoundingClientRect().top > window.innerHeight),
  )
  const file = join(OUT, `${name}.webp`)
  await sharp(await page.screenshot({ animations: 'disabled' }))
    .webp(WEBP)
    .toFile(file)
  process.stdout.write(`${file}\n`)
}

async function review(browser: Browser, url: string): Promise<void> {
  const { page } = await visit(browser, url, { size: 'desktop', theme: 'light' }, 'Ada')
  const { items } = (await (
    await page.request.get('/api/detections?queue=unidentified&group=g:one%20visit')
  ).json()) as {
    items: Detection[]
  } // GET /api/detections
  const [shown] = items
  if (shown === undefined) throw new Error('Expected the burst to wait.')
  await page.goto('/review')
  await page.locator('.suggestion-list-button').first().waitFor()
  // The key is taken once the answer has stood for a moment.
  await page.waitForTimeout(1000)
  // Where no name is sure, Enter skips.
  if ((await page.locator('.decision-bar .primary .taxon-name-scientific').count()) === 0)
    await page.keyboard.press('1')
  await page.keyboard.press('Enter')
  await page.locator('.lesson-line').getByText(/->|→/).waitFor()
  await page.evaluate((address) => {
    history.pushState(null, '', address)
    dispatchEvent(new PopStateEvent('popstate'))
  }, `/review/${shown.id}`)
  await page
    .locator('.burst img')
    .nth(BURST - 1)
    .waitFor()
  await page.locator('.suggestion-list-button').first().waitFor()
  await page.waitForTimeout(1000)
  await keep(page, 'review')
  await page.context().close()
}

async function grid(browser: Browser, url: string): Promise<void> {
  const { page } = await visit(browser, url, { size: 'desktop', theme: 'dark' }, 'Ada')
  await page.goto('/grid?queue=unidentified&order=similar')
  const crops = page.getByRole('gridcell')
  await crops.first().waitFor()
  const alike = crops.filter({ hasText: STAR })
  await alike.first().click()
  await alike.last().click({ modifiers: ['Shift'] })
  await page.mouse.move(2, 2)
  await keep(page, 'grid')
  await page.context().close()
}

async function phone(browser: Browser, url: string): Promise<void> {
  const { page } = await visit(browser, url, { size: 'phone', theme: 'dark' }, 'Ada')
  await page.goto('/review?queue=unidentified')
  await page.locator('.suggestion-list-button').first().waitFor()
  await page.waitForTimeout(1000)
  await keep(page, 'phone')
  await page.context().close()
}

/** Where the drawn cameras stood, and when. */
async function placeCameras(url: string): Promise<void> {
  const { items } = await askAt<{ items: Deployment[] }>(`${url}/api/deployments`)
  for (const [i, { id }] of items.entries()) {
    const place = { latitude: 52.08 + i * 0.013, longitude: 5.83 + ((i * 7) % 3) * 0.019 }
    const dates = { start: '2026-05-01T09:00', end: i === 2 ? null : '2026-05-28T16:00' }
    await askAt(`${url}/api/deployments/${id}`, { ...posting({ ...place, ...dates }, 'Ada'), method: 'PATCH' })
  }
}

async function season(browser: Browser, url: string): Promise<void> {
  await placeCameras(url)
  const { page } = await visit(browser, url, { size: 'desktop', theme: 'light' }, 'Ada')
  const pages = [
    ['overview', '/', '.dashboard-next-crops img'],
    ['deployments', '/deployments', '.place-map-place'],
    ['results', '/results', '.page svg rect'],
  ] as const
  for (const [name, path, ready] of pages) {
    await page.goto(path)
    await page.locator(ready).first().waitFor()
    await page.waitForLoadState('networkidle')
    await keep(page, name)
  }
  await page.context().close()
}

const work = await mkdtemp(join(tmpdir(), 'clavis-screenshots-'))
await mkdir(OUT, { recursive: true })
await buildPage()
await drawLibrary(work)
const service = await startService('', (dataDir) => importLibrary(join(work, 'spring.csv'), dataDir))
const browser = await openBrowser()
try {
  await review(browser, service.url)
  await grid(browser, service.url)
  await phone(browser, service.url)
  await season(browser, service.url)
} finally {
  await browser.close()
  await service.close()
  await rm(work, { recursive: true, force: true })
}
