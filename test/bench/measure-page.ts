// How long a person waits for the page: p50 and p95, in Chromium, of opening a queue and the grid and from a key to the
// next photo, next to the service's own time for the same. On a data folder such as big-database.ts makes, or on a
// running service.

import { parseArgs } from 'node:util'
import type { Page } from 'playwright-core'
import { openBrowser, visit } from '../browser/support/browser.ts'
import { buildPage } from '../browser/support/page.ts'
import { idle, quantile, reportMeasured, startServer } from './measuring.ts'

const HELP = `npm run measure:page -- --data-dir DIR | --url http://… [--times N] [--json FILE]

Opens the overview, the review's first queue and the grid N times (30), goes through N photos with the arrow key, four a second, and confirms N with
Enter, two a second, in Chromium. With --data-dir the service is started on that folder (with DATABASE_URL if it is set) and ended again.
What was confirmed stays so.
`

/**
 * Time from showing a photo to the key that leaves it: paging, and reading a suggestion (the page ignores a key right
 * after a suggestion arrives).
 */
const PAGING_MS = 250
const READING_MS = 500

type Moment = { browserMs: number; serverMs: number }

/** The longest that the page waited for one answer of the service since `from` (milliseconds of the page's clock). */
const longestAnswer = (page: Page, from: number) =>
  page.evaluate((since) => {
    // This is what entries of this type are.
    const answers = performance.getEntriesByType('resource') as PerformanceResourceTiming[]
    const asked = answers.filter(
      ({ name, startTime }) => startTime >= since && new URL(name).pathname.startsWith('/api/'),
    )
    return Math.max(0, ...asked.map(({ requestStart, responseStart }) => responseStart - requestStart))
  }, from)

/** From following the address until what `shown` looks for is painted. */
async function opening(page: Page, address: string, shown: string): Promise<Moment> {
  await page.goto(address, { waitUntil: 'commit' })
  const browserMs = await page.evaluate(
    (selector) =>
      new Promise<number>((resolve) => {
        const look = () => {
          const pictures = [...document.querySelectorAll<HTMLImageElement>(selector)]
          const there = pictures.some((picture) => picture.complete && picture.naturalWidth > 0)
          if (there) requestAnimationFrame(() => resolve(performance.now()))
          else requestAnimationFrame(look)
        }
        look()
      }),
    shown,
  )
  return { browserMs, serverMs: await longestAnswer(page, 0) }
}

/** From the key's own time until another detection is in the address and its picture is painted. */
async function nextPhoto(page: Page, key: 'ArrowRight' | 'Enter'): Promise<Moment> {
  await page.evaluate(() => {
    const before = location.pathname
    const state = window as unknown as { shown: Promise<[from: number, to: number]> } // read back below
    state.shown = new Promise((resolve) => {
      const onKey = (event: KeyboardEvent) => {
        const look = () => {
          const picture = document.querySelector<HTMLImageElement>('.photo-view .photo-sheet img')
          const there = location.pathname !== before && picture?.complete === true && picture.naturalWidth > 0
          if (there) requestAnimationFrame(() => resolve([event.timeStamp, performance.now()]))
          else requestAnimationFrame(look)
        }
        look()
      }
      document.addEventListener('keydown', onKey, { capture: true, once: true })
    })
  })
  await page.keyboard.press(key)
  const [from, to] = await page.evaluate(
    () => (window as unknown as { shown: Promise<[number, number]> }).shown, // put there above
  )
  return { browserMs: to - from, serverMs: await longestAnswer(page, from) }
}

async function serverTimes(url: string, path: string, times: number): Promise<number[]> {
  const taken: number[] = []
  for (let i = 0; i < times; i++) {
    const startedAt = performance.now()
    const response = await fetch(`${url}${path}`)
    if (!response.ok) throw new Error(`${path} answered ${response.status}`)
    await response.arrayBuffer()
    taken.push(performance.now() - startedAt)
  }
  return taken
}

function say(measured: Record<string, number>, name: string, moments: readonly Moment[]): void {
  for (const share of [0.5, 0.95]) {
    const p = `p${share * 100}`
    measured[`${name}, browser ${p}, ms`] = quantile(
      moments.map(({ browserMs }) => browserMs),
      share,
    )
    measured[`${name}, its slowest answer ${p}, ms`] = quantile(
      moments.map(({ serverMs }) => serverMs),
      share,
    )
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      'data-dir': { type: 'string' },
      url: { type: 'string' },
      times: { type: 'string', default: '30' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const { 'data-dir': dataDir } = values
  if (values.help || (dataDir === undefined) === (values.url === undefined)) {
    process.stdout.write(HELP)
    return
  }
  const times = Number(values.times)
  await buildPage()
  const databaseUrl = process.env.DATABASE_URL
  const server =
    dataDir === undefined
      ? null
      : await startServer({ DATA_DIR: dataDir, ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }) })
  const url = server?.url ?? values.url ?? ''
  // A start leaves background work, which must be over first.
  if (server) await idle(url)
  const browser = await openBrowser()
  try {
    const { page } = await visit(browser, url, { size: 'desktop', theme: 'light' }, 'measure')
    page.setDefaultTimeout(120_000)
    // tsx wraps named functions in a helper of this name, which the page does not have.
    await page.addInitScript('globalThis.__name = (named) => named')
    const measured: Record<string, number> = {}
    // What GET /api/summary answers.
    const { media } = (await (await fetch(`${url}/api/summary`)).json()) as { media: { indexed: number } }
    measured['photos in the database'] = media.indexed

    const overview: Moment[] = []
    const queue: Moment[] = []
    const grid: Moment[] = []
    // The first of each kind fills caches, so it is told apart or not counted.
    for (let i = 0; i <= times; i++) {
      overview.push(await opening(page, '/', '.dashboard-next-crops img'))
      queue.push(await opening(page, '/review?queue=unsure', '.photo-view .photo-sheet img'))
      grid.push(await opening(page, '/grid', '.wall-cell img'))
    }
    measured['open the overview the first time, its slowest answer, ms'] = overview[0]?.serverMs ?? 0
    say(measured, 'open the overview', overview.slice(1))
    say(measured, 'open a queue', queue.slice(1))
    say(measured, 'open the grid', grid.slice(1))

    await opening(page, '/review?queue=unsure', '.photo-view .photo-sheet img')
    const next: Moment[] = []
    for (let i = 0; i <= times; i++) {
      await page.waitForTimeout(PAGING_MS)
      next.push(await nextPhoto(page, 'ArrowRight'))
    }
    say(measured, 'arrow key to next photo', next.slice(1))
    const confirmed: Moment[] = []
    for (let i = 0; i <= times; i++) {
      await page.locator('.suggestion-list-button').first().waitFor()
      await page.waitForTimeout(READING_MS)
      // Where nothing fits nothing is selected.
      await page.keyboard.press('1')
      confirmed.push(await nextPhoto(page, 'Enter'))
    }
    say(measured, 'confirming to next photo', confirmed.slice(1))

    for (const [name, path] of [
      ['60 of a queue', '/api/detections?queue=unsure&limit=60'],
      ['200 look-alikes', '/api/detections?queue=unsure&order=similar&limit=200'],
      ['counts of the queues', '/api/queues'],
      ['what is left of the season', '/api/season'],
      ['how many suggestions are wrong', '/api/insight/wrong-left'],
    ] as const)
      measured[`service alone, ${name} p95, ms`] = quantile(await serverTimes(url, path, times), 0.95)
    await reportMeasured('Waiting for the page', measured, values.json)
  } finally {
    await browser.close()
    await server?.stop()
  }
}

await main()
