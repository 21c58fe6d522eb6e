// The review as a specialist works with it, in real Chromium against the real service: fifty photos by the keyboard alone, marks, boxes,
// a burst in one key, undo that reaches over a reload, the history, keys of one's own, and two people at once. Saves screenshots.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import type { Action } from '../../api/contract/action.ts'
import type { Detection } from '../../api/contract/detection.ts'
import type { DetectionDetail } from '../../api/contract/media.ts'
import type { Answer } from '../../api/contract/suggestion.ts'
import { CHROMIUM, type Look, openBrowser, seriousFindings, shoot, type Visit, visit } from './support/browser.ts'
import { fill } from './support/fill.ts'
import { buildPage } from './support/page.ts'
import { gatherPictures, type Pictures } from './support/pictures.ts'
import { type RunningService, startService } from './support/service.ts'

const skip = existsSync(CHROMIUM) ? false : `${CHROMIUM} is not here`
const PHOTOS = 50
const BURST = 4
const PLAIN_EACH = 10

let service: RunningService
let browser: Browser
let pictures: Pictures
let ada: Visit

before(
  async () => {
    if (skip !== false) return
    await buildPage()
    ;[service, browser, pictures] = await Promise.all([startService(), openBrowser(), gatherPictures(PLAIN_EACH)])
    await fill(service.url, pictures.labelled, pictures.plain, BURST)
    ada = await visit(browser, service.url, { size: 'desktop', theme: 'light' }, 'Ada')
  },
  { timeout: 600_000 },
)

after(async () => {
  await browser?.close()
  await service?.close()
})

/** What was asked of a deleted box while it went: its facts, its burst, its crop, its answer. */
const isFault = (error: string) =>
  !/404 .*\/api\/(suggestions\?[^)]*|detections\/\d+(\/burst|\/crop(\?v=\d+)?)?)\)$/.test(error)
const detectionOf = (page: Page) => /\/review\/(\d+)/.exec(page.url())?.[1] ?? ''
const lessonOf = (page: Page) => page.locator('.lesson-line [role=status]')
const untilShown = (page: Page) => page.locator('.suggestion-list li').first().waitFor()

async function untilMoved(page: Page, from: string): Promise<void> {
  await page.waitForFunction(
    (id) => !location.pathname.endsWith(`/${id}`) && /\/review\/\d+/.test(location.pathname),
    from,
  )
  await untilShown(page)
}
async function get<T>(path: string): Promise<T> {
  const response = await fetch(`${service.url}${path}`)
  assert.ok(response.ok, `${path} answered ${response.status}`)
  return (await response.json()) as T // the caller names the route's shape
}
const detail = (id: string) => get<DetectionDetail>(`/api/detections/${id}`)

/** Waits for what the service will know, however slow the machine is. */
async function until<T>(what: string, look: () => Promise<T>, wanted: (seen: T) => boolean): Promise<T> {
  const giveUpAt = Date.now() + 60_000
  for (;;) {
    const seen = await look()
    if (wanted(seen)) return seen
    if (Date.now() > giveUpAt) assert.fail(`${what}: still ${JSON.stringify(seen).slice(0, 500)}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Presses a key that decides, again where the answer had just been replaced: then the page does not take it. */
async function decide(page: Page, key: string): Promise<void> {
  const from = detectionOf(page)
  const giveUpAt = Date.now() + 60_000
  while (detectionOf(page) === from) {
    assert.ok(Date.now() < giveUpAt, `${key} does not go on from ${from}`)
    // Where nothing fits nothing is selected, and Enter leads to the search.
    if (/^(Enter|e)$/.test(key) && (await page.locator('.decision-bar .primary').isDisabled()))
      await page.keyboard.press('1')
    await page.keyboard.press(key)
    await page
      .waitForFunction((id) => !location.pathname.endsWith(`/${id}`), from, { timeout: 1500 })
      .catch(() => undefined) // pressed again
  }
  await untilShown(page)
}

test('fifty photos by the keyboard alone', { skip, timeout: 600_000 }, async (t) => {
  const { page } = ada
  await page.goto('/review?queue=unidentified')
  await untilShown(page)
  const shownMs: number[] = []
  const began = performance.now()
  for (let i = 0; i < PHOTOS; i++) {
    const from = detectionOf(page)
    // Measured in the page: from the key to a decoded picture of the next animal with its own suggestions.
    await page.evaluate(() => {
      const at = { key: 0, shown: 0 }
      Object.assign(window, { at })
      document.addEventListener(
        'keydown',
        async () => {
          at.key = performance.now()
          const before = location.pathname
          while (at.shown === 0) {
            await new Promise((resolve) => requestAnimationFrame(resolve))
            const picture = document.querySelector<HTMLImageElement>('.photo-sheet.settled img')
            const shown = picture?.complete === true && document.querySelector('.suggestion-list li') !== null
            if (location.pathname !== before && shown) at.shown = performance.now()
          }
        },
        { capture: true, once: true },
      )
    })
    await decide(page, i % 5 === 4 ? 'Shift+Digit1' : 'Enter')
    await page.waitForFunction(() => (window as unknown as { at: { shown: number } }).at.shown > 0) // put there above
    const { key, shown } = await page.evaluate(
      () => (window as unknown as { at: { key: number; shown: number } }).at, // put there above
    )
    shownMs.push(shown - key)
    assert.notEqual(detectionOf(page), from)
  }
  const seconds = (performance.now() - began) / 1000
  const actions = await until(
    'the history of fifty confirmations',
    () => get<{ items: Action[] }>('/api/actions?person=Ada&limit=200'),
    ({ items }) => items.length >= PHOTOS,
  )
  assert.equal(new Set(actions.items.flatMap((action) => action.detectionIds)).size, PHOTOS)
  shownMs.sort((a, b) => a - b)
  const at = (share: number) => Math.round(shownMs[Math.floor(share * (PHOTOS - 1))] ?? 0)
  t.diagnostic(
    `${pictures.kind} photos: ${PHOTOS} in ${seconds.toFixed(1)} s, ${(seconds / PHOTOS).toFixed(2)} s each; key to next photo shown: median ${at(0.5)} ms, p95 ${at(0.95)} ms`,
  )
  await shoot(page, 'review-fifty')
})

test('undo goes many steps, also after a reload, and redo goes forth again', { skip, timeout: 180_000 }, async () => {
  const { page } = ada
  const { items } = await get<{ items: Action[] }>('/api/actions?person=Ada&limit=200')
  const [last, one, two] = items.map((action) => action.detectionIds[0] ?? '')
  assert.ok(last && one && two)
  const undone = async (id: string) => {
    await page.keyboard.press('Control+z')
    await page.waitForURL(`**/review/${id}*`)
    await until(
      'taken back',
      () => detail(id),
      (seen) => seen.taxon === null,
    )
    await untilShown(page)
  }
  await undone(last)
  await undone(one)
  await page.reload()
  await untilShown(page)
  await undone(two)
  for (const id of [two, one]) {
    await page.keyboard.press('Control+Shift+Z')
    await until(
      'done again',
      () => detail(id),
      (seen) => seen.taxon !== null,
    )
    await lessonOf(page).getByText('Redone').waitFor()
    await page.waitForURL(`**/review/${id}*`)
  }
  assert.equal((await detail(last)).taxon, null)
})

test('unknown, not an animal, empty: said in one key, listed nowhere, taken back in one key', {
  skip,
  timeout: 180_000,
}, async () => {
  const { page } = ada
  await page.goto('/review?queue=unidentified')
  for (const [key, mark] of [
    ['u', 'unknown'],
    ['x', 'notAnimal'],
  ] as const) {
    await untilShown(page)
    const id = detectionOf(page)
    await decide(page, key)
    await until(
      `marked ${mark}`,
      () => detail(id),
      (seen) => seen.mark === mark,
    )
  }
  const id = detectionOf(page)
  await decide(page, 'b')
  await until(
    'empty',
    () => detail(id),
    (seen) => seen.media.mark === 'empty',
  )
  const waiting = await get<{ items: Detection[] }>('/api/detections?queue=unidentified&limit=200')
  assert.ok(!waiting.items.some((one) => one.id === id))
  await page.keyboard.press('Control+z')
  await page.waitForURL(`**/review/${id}*`)
  await until(
    'not empty',
    () => detail(id),
    (seen) => seen.media.mark === null,
  )
  await page.keyboard.press('f')
  await until(
    'flagged',
    () => detail(id),
    (seen) => seen.media.favourite,
  )
  await page.getByRole('button', { name: 'Flag', pressed: true }).waitFor()
  await page.keyboard.press('n')
  await page.keyboard.type('x behind the tree')
  await page.keyboard.press('Control+Enter')
  await until(
    'noted',
    () => detail(id),
    (seen) => seen.media.notes === 'x behind the tree',
  )
  assert.equal(detectionOf(page), id)
})

test('a box is drawn, gets suggestions at once, is changed by keys, and is gone after undo', {
  skip,
  timeout: 180_000,
}, async () => {
  const { page } = ada
  const first = detectionOf(page)
  const { media } = await detail(first)
  await page.keyboard.press('z')
  await page.keyboard.press('d')
  const editor = page.getByRole('application', { name: 'Draw a box' })
  const frame = await editor.boundingBox()
  assert.ok(frame)
  const at = (x: number, y: number) => [frame.x + frame.width * x, frame.y + frame.height * y] as const
  await page.mouse.move(...at(0.4, 0.4))
  await page.mouse.down()
  await page.mouse.move(...at(0.6, 0.65), { steps: 5 })
  await shoot(page, 'review-draw')
  await page.mouse.up()
  await untilMoved(page, first)
  const drawn = detectionOf(page)
  const made = await detail(drawn)
  assert.equal(made.media.id, media.id)
  assert.equal(made.source, 'person')
  await shoot(page, 'review-drawn')

  await page.keyboard.press('m')
  await page.getByRole('application', { name: 'Change the box' }).waitFor()
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Enter')
  const wider = await until(
    'the box changed',
    () => detail(drawn),
    (seen) => seen.bbox[0] < made.bbox[0],
  )
  assert.ok(wider.bbox[3] > made.bbox[3])
  await page.getByRole('application').waitFor({ state: 'detached' })

  await page.keyboard.press('ArrowRight')
  await untilMoved(page, drawn)
  await page.keyboard.press('Control+z')
  await until(
    'the box as it was',
    () => detail(drawn),
    (seen) => seen.bbox[0] === made.bbox[0],
  )
  await page.waitForURL(`**/review/${drawn}*`)
  await untilShown(page)
  await page.keyboard.press('Delete')
  await untilMoved(page, drawn)
  await until(
    'the box is gone',
    () => get<{ detections: Detection[] }>(`/api/media/${media.id}`),
    ({ detections }) => !detections.some((one) => one.id === drawn),
  )
  await page.keyboard.press('Control+z')
  await page.waitForURL(`**/review/${drawn}*`)
  await page.keyboard.press('Delete')
  await untilMoved(page, drawn)
})

test('a burst is confirmed in one key and taken back in one', { skip, timeout: 180_000 }, async () => {
  const { page } = ada
  const { items } = await get<{ items: Detection[] }>('/api/detections?limit=200&kind=animal')
  const together = items.filter((one) => items.filter((other) => other.groupKey === one.groupKey).length >= BURST)
  const ids = together.filter((one) => one.groupKey === together[0]?.groupKey).map((one) => one.id)
  assert.ok(ids.length >= BURST, `${ids.length} animals in the burst`)
  for (const id of ids) {
    const { identifications } = await detail(id)
    for (const said of identifications)
      await fetch(`${service.url}/api/identifications/${said.id}`, { method: 'DELETE' })
  }
  await page.goto(`/review/${ids[0]}`)
  await untilShown(page)
  await page.locator('.burst-one').nth(1).waitFor()
  await shoot(page, 'review-burst')
  await decide(page, 'e')
  await until(
    'all identified',
    () => Promise.all(ids.map(detail)),
    (all) => all.every((one) => one.taxon !== null),
  )
  await lessonOf(page).getByText(`${ids.length} photos`).waitFor()
  await page.keyboard.press('Control+z')
  await until(
    'none identified',
    () => Promise.all(ids.map(detail)),
    (all) => all.every((one) => one.taxon === null),
  )
})

test('zoom, light and comparison by keys and by pointer', { skip, timeout: 120_000 }, async () => {
  const { page } = ada
  await untilShown(page)
  const width = async () => (await page.locator('.photo-view .photo-sheet').boundingBox())?.width ?? 0
  const fitted = await width()
  await page.keyboard.press('+')
  await page.waitForFunction(
    (was) => (document.querySelector('.photo-view .photo-sheet')?.clientWidth ?? 0) > was + 1,
    fitted,
  )
  await page.keyboard.press('.')
  await page.waitForFunction(() =>
    document.querySelector<HTMLElement>('.photo-view .photo-sheet img')?.style.filter.includes('1.2'),
  )
  await page.keyboard.press('0')
  await page.waitForFunction(
    () => document.querySelector<HTMLElement>('.photo-view .photo-sheet img')?.style.filter === '',
  )
  assert.equal(await width(), fitted)
  const frame = await page.locator('.photo-view').boundingBox()
  assert.ok(frame)
  await page.mouse.move(frame.x + frame.width / 2, frame.y + frame.height / 2)
  await page.mouse.wheel(0, -400)
  await page.waitForFunction(
    (was) => (document.querySelector('.photo-view .photo-sheet')?.clientWidth ?? 0) > was + 1,
    fitted,
  )
  await page.keyboard.press('0')
  await page.keyboard.press('c')
  await page.locator('.compare-photo').waitFor()
  const known = await page.locator('.compare-photo').getAttribute('src')
  await page.keyboard.press('v')
  await page.waitForFunction((was) => document.querySelector('.compare-photo')?.getAttribute('src') !== was, known)
  await shoot(page, 'review-compared')
  assert.deepEqual(await seriousFindings(page), [])
  await page.keyboard.press('c')
})

test('keys are changed in their sheet, a clash is said, and they come back', { skip, timeout: 120_000 }, async () => {
  const { page } = ada
  await page.keyboard.press('?')
  const sheet = page.getByRole('dialog', { name: 'Keys' })
  await sheet.getByRole('button', { name: /^Compare side by side/ }).click()
  await page.keyboard.press('f')
  await sheet.getByText('F also does “Flag for another look”').waitFor()
  await shoot(page, 'keys-clash')
  assert.deepEqual(await seriousFindings(page), [])
  const clash = sheet.locator('.key-sheet-clash', { hasText: 'F also does “Flag' })
  await clash.getByRole('button', { name: 'Remove it there' }).click()
  await page.keyboard.press('Escape')
  await sheet.waitFor({ state: 'hidden' })
  await page.reload()
  await untilShown(page)
  await page.keyboard.press('f')
  await page.locator('.compare-photo').waitFor()
  await page.keyboard.press('?')
  await sheet.getByRole('button', { name: 'Reset all keys' }).click()
  await page.keyboard.press('Escape')
  await sheet.waitFor({ state: 'hidden' })
  await page.keyboard.press('c')
  await page.locator('.compare').waitFor({ state: 'detached' })
})

test('filters are kept in the address, and an empty queue says what to do', { skip, timeout: 120_000 }, async () => {
  const { page } = ada
  await page.goto('/review?queue=unidentified')
  await untilShown(page)
  await page.getByRole('button', { name: 'Filter', exact: true }).click()
  await page.getByLabel('Camera or place').selectOption({ label: 'The clearing' })
  await page.waitForURL(/deployment=The(\+|%20)clearing/)
  await page.getByLabel('From', { exact: true }).fill('1990-01-01')
  await page.getByLabel('To', { exact: true }).fill('1990-01-02')
  await page.keyboard.press('Tab')
  await page.waitForURL(/to=1990-01-02/)
  await page.keyboard.press('Escape')
  await page.getByRole('heading', { name: 'No animals match these filters' }).waitFor()
  await shoot(page, 'review-empty')
  assert.deepEqual(await seriousFindings(page), [])
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await untilShown(page)
  await page.keyboard.press('q')
  await page.getByRole('menuitemradio', { name: /Conflicting/ }).waitFor()
  await shoot(page, 'review-queues')
  await page.getByRole('menuitemradio', { name: /Recently identified/ }).click()
  await page.waitForURL(/queue=recent/)
  await untilShown(page)
})

test('two people at once: each sees what the other says, and a contradiction is a conflict', {
  skip,
  timeout: 180_000,
}, async (t) => {
  const { page } = ada
  const grace = await visit(browser, service.url, { size: 'desktop', theme: 'dark' }, 'Grace')
  const { items } = await get<{ items: Detection[] }>('/api/detections?queue=unidentified&limit=5')
  const id = items[0]?.id ?? ''
  const answer = await fetch(`${service.url}/api/suggestions?limit=5`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ detectionId: id }),
  })
  const { detections } = (await answer.json()) as Answer // POST /api/suggestions
  assert.ok((detections[0]?.suggestions.length ?? 0) > 1)
  await Promise.all([page.goto(`/review/${id}`), grace.page.goto(`/review/${id}`)])
  await Promise.all([untilShown(page), untilShown(grace.page)])
  await decide(grace.page, 'Enter')
  const saidAt = performance.now()
  await page.locator('.animal-history', { hasText: 'Grace' }).waitFor()
  t.diagnostic(`another browser's confirmation shown after ${Math.round(performance.now() - saidAt)} ms`)
  await shoot(page, 'review-grace')

  // Ada disagrees: the first suggestion that is another species than the one Grace named.
  const said = (await detail(id)).taxon?.name
  const names = await page.locator('.suggestion-list-button .taxon-name-scientific').allTextContents()
  const other = names.findIndex((name) => name !== said)
  assert.ok(other >= 0)
  await page.keyboard.press(String(other + 1))
  await decide(page, 'Enter')
  await until(
    'a conflict',
    () => detail(id),
    (seen) => seen.conflict,
  )
  await grace.page.goto('/review?queue=conflict')
  await grace.page.getByText('People disagree').waitFor()
  await shoot(grace.page, 'review-conflict')
  assert.deepEqual(grace.errors, [])
  await grace.page.context().close()
})

test('the history lists who did what and when, and takes it back', { skip, timeout: 120_000 }, async () => {
  const { page } = ada
  await page.goto('/history')
  const entry = page.locator('.history-entry:not(.undone):not(.step)').first()
  await entry.waitFor()
  await shoot(page, 'history')
  assert.deepEqual(await seriousFindings(page), [])
  const summary = (await entry.locator('.history-entry-what a').textContent()) ?? ''
  await entry.getByRole('button', { name: /^Undo/ }).click()
  const same = page.locator('.history-entry.undone', { hasText: summary }).first()
  await same.getByRole('button', { name: /^Redo/ }).click()
  await page.locator('.history-entry:not(.undone)', { hasText: summary }).first().waitFor()
  await page.getByLabel('Person').selectOption('Grace')
  await page.waitForURL(/person=Grace/)
  await page.locator('.history-entry-person', { hasText: 'Grace' }).first().waitFor()
  assert.equal(await page.locator('.history-entry-person', { hasText: 'Ada' }).count(), 0)
})

test('review and history in the dark and on a phone', { skip, timeout: 180_000 }, async () => {
  for (const look of [
    { size: 'desktop', theme: 'dark' },
    { size: 'phone', theme: 'light' },
    { size: 'phone', theme: 'dark' },
  ] satisfies Look[]) {
    const { page, errors } = await visit(browser, service.url, look, 'Ada')
    for (const [name, path, ready] of [
      ['review', '/review?queue=unidentified', '.suggestion-list li'],
      ['history', '/history', '.history-entry'],
    ] as const) {
      await page.goto(path)
      await page.locator(ready).first().waitFor()
      await shoot(page, `workbench-${name}-${look.size}-${look.theme}`)
      assert.deepEqual(await seriousFindings(page), [], `${name}, ${look.size}, ${look.theme}`)
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      assert.equal(wide, 0, `${name} scrolls sideways by ${wide} px`)
    }
    assert.deepEqual(errors.filter(isFault), [])
    await page.context().close()
  }
})

test('a phone confirms, goes on and draws by touch', { skip, timeout: 120_000 }, async () => {
  const { page, errors } = await visit(browser, service.url, { size: 'phone', theme: 'light' }, 'Ada')
  await page.goto('/review?queue=unidentified')
  await untilShown(page)
  const from = detectionOf(page)
  await page.getByRole('button', { name: 'Skip' }).tap()
  await untilMoved(page, from)
  await page.getByRole('button', { name: 'Draw a box around another animal' }).tap()
  await page.getByRole('application', { name: 'Draw a box' }).waitFor()
  await page.getByRole('button', { name: 'Cancel' }).tap()
  await page.getByRole('application').waitFor({ state: 'detached' })
  assert.deepEqual(errors, [])
  await page.context().close()
})

test('the console stayed clean', { skip }, () => {
  assert.deepEqual(ada.errors.filter(isFault), [])
})
