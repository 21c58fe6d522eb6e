// The review as a specialist uses it, in real Chromium on the real service: fifty photos by keyboard, marks, boxes,
// bursts, undo after a reload, the history, changed keys, and two people at once. Saves screenshots.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Detection } from '../../api/contract/detection.ts'
import type { Answer } from '../../api/contract/suggestion.ts'
import type { Taxon } from '../../api/contract/taxon.ts'
import { BURST, testBoxes, testFiftyPhotos, testMarks } from './stories/deciding.ts'
import { apiOf, posting, until } from './support/api.ts'
import { seriousFindings, shoot, visit } from './support/browser.ts'
import { fill } from './support/fill.ts'
import { gatherPictures, type Pictures } from './support/pictures.ts'
import { decide, detectionOf, untilMoved, untilShown } from './support/review.ts'
import { DARK, DARK_PHONE, openWalk, PHONE, skip, visitViews } from './support/walk.ts'

const PLAIN_EACH = 10

let pictures: Pictures
const walk = openWalk({
  person: 'Ada',
  timeoutMs: 600_000,
  fill: async ({ service }) => {
    pictures = await gatherPictures(PLAIN_EACH)
    await fill(service.url, pictures.labelled, pictures.plain, BURST)
  },
})

/** Requests that were on their way when their box was deleted are answered with 404. */
const isFault = (error: string) =>
  !/404 .*\/api\/(suggestions\?[^)]*|detections\/\d+(\/burst|\/crop(\?v=\d+)?)?)\)$/.test(error)
const { ask, detail } = apiOf(walk)

testFiftyPhotos(walk, () => pictures)
testMarks(walk)
testBoxes(walk)

test('zoom, light and comparison by keys and by pointer', { skip, timeout: 120_000 }, async () => {
  const { page } = walk.main
  // Afresh, because what was taken back before may still lead to another animal.
  await page.goto('/review?queue=unidentified')
  await untilShown(page)
  const width = async () => (await page.locator('.photo-view .photo-sheet').boundingBox())?.width ?? 0
  // The photo may still be on its way, and its place empty until then.
  await page.locator('.photo-view .photo-sheet.settled').waitFor()
  const fitted = await until('the fitted photo', width, (wide) => wide > 0)
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
  const { page } = walk.main
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
  const { page } = walk.main
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
  const { page } = walk.main
  const grace = await visit(walk.browser, walk.service.url, DARK, 'Grace')
  const { items } = await ask<{ items: Detection[] }>('/api/detections?queue=unidentified&limit=5')
  const id = items[0]?.id ?? ''
  const { detections } = await ask<Answer>('/api/suggestions?limit=5', posting({ detectionId: id }))
  assert.ok((detections[0]?.suggestions.length ?? 0) > 1)
  await Promise.all([page.goto(`/review/${id}`), grace.page.goto(`/review/${id}`)])
  await Promise.all([untilShown(page), untilShown(grace.page)])
  await decide(grace.page, 'Enter')
  const saidAt = performance.now()
  await page.locator('.animal-history', { hasText: 'Grace' }).waitFor()
  t.diagnostic(`another browser's confirmation shown after ${Math.round(performance.now() - saidAt)} ms`)
  await shoot(page, 'review-grace')

  // Ada disagrees: she picks the first suggestion that contradicts what Grace chose. A taxon above or below that would
  // not. What Grace said may still change the answer, and the page ignores a key right after that, so Ada presses until
  // her choice shows.
  const said = (await detail(id)).taxon
  assert.ok(said)
  const contradicts = (taxon: Taxon) =>
    taxon.id !== said.id &&
    !taxon.path.some((above) => above.id === said.id) &&
    !said.path.some((above) => above.id === taxon.id)
  const proposed = page.locator('.decision-bar .primary .taxon-name-scientific')
  await until(
    'a choice that contradicts Grace',
    async () => {
      const answer = await ask<Answer>('/api/suggestions?limit=20', posting({ detectionId: id }))
      const suggested = (answer.detections[0]?.suggestions ?? []).map(({ taxon }) => taxon)
      const others = new Set(suggested.filter(contradicts).map(({ name }) => name))
      const names = await page.locator('.suggestion-list-button .taxon-name-scientific').allTextContents()
      const at = names.findIndex((name) => others.has(name))
      if (at >= 0) await page.keyboard.press(String(at + 1))
      const chosen = await proposed.allTextContents()
      return chosen.some((name) => others.has(name))
    },
    (isChosen) => isChosen,
  )
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
  const { page } = walk.main
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
  const views = [
    ['review', '/review?queue=unidentified', '.suggestion-list li'],
    ['history', '/history', '.history-entry'],
  ] as const
  await visitViews(walk, views, { prefix: 'workbench-', looks: [DARK, PHONE, DARK_PHONE], isFault })
})

test('a phone confirms, goes on and draws by touch', { skip, timeout: 120_000 }, async () => {
  const { page, errors } = await visit(walk.browser, walk.service.url, PHONE, 'Ada')
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
  assert.deepEqual(walk.main.errors.filter(isFault), [])
})
