// The grid of animals in real Chromium: selecting by mouse, keyboard and touch, outliers, confirming many at once and
// undo, bursts, the size of crops, dark mode and phone. The database is generated, so the look-alikes are known.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import type { DetectionDetail } from '../../api/contract/media.ts'
import { main as makeBigDatabase } from '../bench/big-database.ts'
import { seriousFindings, shoot, visit } from './support/browser.ts'
import { assertFits, DARK, DARK_PHONE, openWalk, PHONE, skip } from './support/walk.ts'

const WALL = '/grid?queue=unidentified&order=similar'
const SIZE = ['--photos', '900', '--taxa', '12', '--taught', '0.3']

const walk = openWalk({
  person: 'Ada',
  prepare: (dataDir) => makeBigDatabase(['--url', `file:${dataDir}/database`, ...SIZE]),
})

const crops = (page: Page) => page.getByRole('gridcell')
const chosen = (page: Page) => page.locator('.wall-cell[aria-selected=true]')
const idOf = async (page: Page, at: number) =>
  ((await crops(page).nth(at).getAttribute('id')) ?? '').replace('crop-', '')
const named = (label: string | null) => /(?:Perhaps|Probably|Surely) (.+), [\d<>]+ %$/.exec(label ?? '')?.[1]

async function openWall(page: Page, address = WALL): Promise<void> {
  await page.goto(address)
  await crops(page).first().waitFor()
}

/** Waits until every visible picture is loaded. */
const untilSeen = (page: Page) =>
  page.waitForFunction(() =>
    [...document.images].every((image) => image.complete || image.getBoundingClientRect().top > window.innerHeight),
  )

const taxonOf = async (page: Page, id: string) =>
  // What GET /api/detections/{id} answers.
  ((await (await page.request.get(`/api/detections/${id}`)).json()) as DetectionDetail).taxon?.name

test('the wall shows many, makes only those in sight, and fetches more on the way down', { skip }, async () => {
  const { page } = walk.main
  await openWall(page)
  await untilSeen(page)
  await shoot(page, 'grid-desktop-light')
  assert.deepEqual(await seriousFindings(page), [])
  const first = await idOf(page, 0)
  const made = await crops(page).count()
  assert.ok(made > 20 && made < 200, `${made} cells are made`)
  await page.keyboard.press('End')
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight))
  await page.waitForFunction((id) => document.getElementById(`crop-${id}`) === null, first)
  await page.waitForFunction(() => Number(document.querySelector('.wall')?.getAttribute('aria-rowcount')) > 40)
  await page.evaluate(() => window.scrollTo(0, 0))
  await page.locator(`#crop-${first}`).waitFor()
})

test('clicks choose one, more, a range; a second click chooses none', { skip }, async () => {
  const { page } = walk.main
  await openWall(page)
  await crops(page).nth(1).click()
  await crops(page)
    .nth(4)
    .click({ modifiers: ['Shift'] })
  assert.equal(await chosen(page).count(), 4)
  await crops(page)
    .nth(2)
    .click({ modifiers: ['Control'] })
  assert.equal(await chosen(page).count(), 3)
  await page.getByRole('status').getByText('3 selected').waitFor()
  await page.keyboard.press('Escape')
  assert.equal(await chosen(page).count(), 0)
  await crops(page).nth(0).click()
  await crops(page).nth(0).click()
  assert.equal(await chosen(page).count(), 0)
})

test('keys move one focus over the wall, choose and extend', { skip }, async () => {
  const { page } = walk.main
  await openWall(page)
  const columns = Number(await page.getByRole('grid').getAttribute('aria-colcount'))
  await page.keyboard.press('ArrowRight')
  await page.locator('.wall-cell:focus').waitFor()
  const first = await idOf(page, 0)
  const below = await idOf(page, columns)
  const isAt = (id: string) => page.waitForFunction((at) => document.activeElement?.id === `crop-${at}`, id)
  await isAt(first)
  await page.keyboard.press('ArrowDown')
  await isAt(below)
  assert.equal(await page.locator('.wall-cell[tabindex="0"]').count(), 1)
  await page.keyboard.press('Space')
  assert.equal(await chosen(page).count(), 1)
  await page.keyboard.press('Shift+ArrowRight')
  await page.keyboard.press('Shift+ArrowRight')
  await page.waitForFunction(() => document.querySelectorAll('.wall-cell[aria-selected=true]').length === 3)
  await page.keyboard.press('Control+a')
  await page
    .getByRole('status')
    .getByText(/\d{3} selected/)
    .waitFor()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Shift+?')
  await page.getByRole('dialog', { name: 'Keys' }).waitFor()
  await page.keyboard.press('Escape')
})

test('look-alikes are confirmed together without the odd one out, and undone in one step', { skip }, async () => {
  const { page } = walk.main
  await openWall(page)
  const labels = await crops(page).evaluateAll((cells) =>
    cells.map((cell) => cell.querySelector('.unseen')?.textContent ?? null),
  )
  const name = named(labels[0] ?? null)
  const alike = labels.flatMap((label, i) => (named(label) === name ? [i] : [])).slice(0, 5)
  assert.ok(name !== undefined && alike.length === 5, `${labels.slice(0, 8)}`)
  // An animal of another kind is far down the grid: one of the last page is added to the five.
  const ids: string[] = []
  for (const at of alike) {
    ids.push(await idOf(page, at))
    await crops(page)
      .nth(at)
      .click({ modifiers: ['Control'] })
  }
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight))
  const other = crops(page).filter({ hasNotText: name }).last()
  await other.waitFor()
  const odd = ((await other.getAttribute('id')) ?? '').replace('crop-', '')
  await other.click({ modifiers: ['Control'] })
  await page.getByRole('status').getByText('6 selected').waitFor()

  await page.keyboard.press('Enter')
  const sheet = page.getByRole('dialog', { name: 'Confirm 6 at once' })
  await sheet
    .getByRole('region', { name: 'Outliers' })
    .getByText(/1 outlier/)
    .waitFor()
  await sheet.getByText(name, { exact: true }).first().waitFor()
  await untilSeen(page)
  await shoot(page, 'grid-odd-ones')
  assert.deepEqual(await seriousFindings(page), [])
  await sheet.getByRole('button', { name: 'Confirm 5' }).click()
  await page.getByText(`5 animals confirmed as ${name}`).waitFor()
  for (const id of ids) assert.equal(await taxonOf(page, id), name)
  assert.equal(await taxonOf(page, odd), undefined)
  await page.evaluate(() => window.scrollTo(0, 0))
  await page.waitForFunction((gone) => gone.every((id) => document.getElementById(`crop-${id}`) === null), ids)

  await page.keyboard.press('Control+z')
  await page.getByText(/Undone: /).waitFor()
  await page.locator(`#crop-${ids[0]}[aria-selected=true]`).waitFor()
  for (const id of ids) assert.equal(await taxonOf(page, id), undefined)
  await page.keyboard.press('Control+Shift+Z')
  await page.getByText(/Redone: /).waitFor()
  assert.equal(await taxonOf(page, ids[0] ?? ''), name)
  await page.keyboard.press('Control+z')
  await page.locator(`#crop-${ids[0]}[aria-selected=true]`).waitFor()
})

test('the odd ones can be ticked, and all can be confirmed as another taxon', { skip }, async () => {
  const { page } = walk.main
  await openWall(page)
  await crops(page).nth(0).click()
  await crops(page)
    .nth(2)
    .click({ modifiers: ['Shift'] })
  await page.keyboard.press('Enter')
  const sheet = page.getByRole('dialog', { name: 'Confirm 3 at once' })
  await sheet.getByRole('button', { name: 'Another taxon' }).click()
  await sheet.getByPlaceholder('Scientific or common name').fill('Aves')
  await page.getByRole('option', { name: /Aves/ }).first().click()
  await sheet.getByText('Aves', { exact: true }).waitFor()
  const confirm = sheet.getByRole('button', { name: /^Confirm \d/ })
  await confirm.waitFor()
  await sheet.locator('.bulk-sheet-crop').first().waitFor()
  const before = await confirm.textContent()
  await sheet.locator('.bulk-sheet-crop').first().click()
  await page.waitForFunction((was) => document.querySelector('.bulk-sheet-foot .primary')?.textContent !== was, before)
  await sheet.getByRole('button', { name: 'Cancel' }).click()
  await sheet.waitFor({ state: 'hidden' })
})

test('chosen animals are marked together, and undone together; a flag leaves them on the wall', { skip }, async () => {
  const { page } = walk.main
  await openWall(page)
  const ids = await Promise.all([0, 1, 2].map((at) => idOf(page, at)))
  const markOf = async (id: string) =>
    // What GET /api/detections/{id} answers.
    ((await (await page.request.get(`/api/detections/${id}`)).json()) as DetectionDetail).mark
  const gone = () => page.waitForFunction((all) => all.every((id) => !document.getElementById(`crop-${id}`)), ids)
  const choose = async () => {
    await crops(page).nth(0).click()
    await crops(page)
      .nth(2)
      .click({ modifiers: ['Shift'] })
  }
  await choose()
  await shoot(page, 'grid-chosen')
  await page.keyboard.press('x')
  await page.getByText('Marked 3 boxes as no animal').waitFor()
  await gone()
  for (const id of ids) assert.equal(await markOf(id), 'notAnimal')
  await page.keyboard.press('Control+z')
  await page.locator(`#crop-${ids[0]}[aria-selected=true]`).waitFor()
  for (const id of ids) assert.equal(await markOf(id), null)
  await page.getByRole('group', { name: 'Mark as' }).getByRole('button', { name: 'Unknown' }).click()
  await page.getByText('Marked 3 animals as unknown').waitFor()
  await gone()
  // After a reload the grid no longer knows the step, but the history does.
  await openWall(page)
  await page.keyboard.press('Control+z')
  await page.getByText(/Undone: Marked 3 animals as unknown/).waitFor()
  for (const id of ids) assert.equal(await markOf(id), null)

  await openWall(page)
  await choose()
  await page.keyboard.press('f')
  await page.getByText(/^Flagged (a photo|\d photos)$/).waitFor()
  assert.equal(await chosen(page).count(), 3)
  await openWall(page, '/grid?queue=flagged')
  assert.ok((await crops(page).count()) >= 3)
  await page.keyboard.press('Control+a')
  await page.keyboard.press('f')
  await page.getByText(/^Took the flag from/).waitFor()
  await page.getByText('All of these are done').waitFor()
  await page.keyboard.press('Control+z')
  await crops(page).first().waitFor()
  await page.keyboard.press('Control+z')
  await page.getByText(/Undone: Flagged/).waitFor()
})

test('one key takes a whole burst', { skip }, async () => {
  const { page } = walk.main
  await openWall(page)
  const inBurst = page.locator('.wall-cell:has(.crop-tile-burst)').first()
  await inBurst.click()
  await page.keyboard.press('Escape')
  await page.keyboard.press('e')
  const sheet = page.getByRole('dialog', { name: /Confirm \d+ at once/ })
  await sheet.locator('.bulk-sheet-crop').nth(1).waitFor()
  await sheet.getByRole('button', { name: 'Cancel' }).click()
  await sheet.waitFor({ state: 'hidden' })
  await page
    .getByRole('status')
    .getByText(/^([2-9]|\d\d+) selected/)
    .waitFor()
})

test('crops grow and shrink, the address keeps queue, order and filter, and O opens the review', { skip }, async () => {
  const { page } = walk.main
  await openWall(page)
  const columns = async () => Number(await page.getByRole('grid').getAttribute('aria-colcount'))
  const usual = await columns()
  await page.getByLabel('Size of the crops').fill('320')
  await page.waitForFunction((n) => Number(document.querySelector('.wall')?.getAttribute('aria-colcount')) < n, usual)
  await shoot(page, 'grid-large')
  await page.keyboard.press('Escape')
  await page.getByLabel('Size of the crops').fill('72')
  await page.waitForFunction((n) => Number(document.querySelector('.wall')?.getAttribute('aria-colcount')) > n, usual)
  await shoot(page, 'grid-small')
  await page.getByLabel('Size of the crops').fill('148')

  await page.getByLabel('Order').selectOption({ label: 'By confidence' })
  await page.waitForURL(/order=confidence/)
  await page.goto('/grid?queue=recent&min=0.5')
  await crops(page).first().waitFor()
  assert.match((await crops(page).first().textContent()) ?? '', /Identified as|In conflict/)
  await crops(page).nth(1).click()
  const id = await idOf(page, 1)
  await page.keyboard.press('o')
  await page.waitForURL(new RegExp(`/review/${id}\\?queue=recent&min=0.5|/review/${id}\\?min=0.5&queue=recent`))
})

test('in the dark and on a phone, where a tap chooses', { skip, timeout: 180_000 }, async () => {
  for (const look of [DARK, PHONE, DARK_PHONE]) {
    const { page, errors } = await visit(walk.browser, walk.service.url, look, 'Ada')
    await openWall(page)
    if (look.size === 'phone') {
      await crops(page).nth(1).tap()
      await crops(page).nth(3).tap()
      await page.getByRole('status').getByText('2 selected').waitFor()
    }
    await untilSeen(page)
    await shoot(page, `grid-${look.size}-${look.theme}`)
    assert.deepEqual(await seriousFindings(page), [], `${look.size}, ${look.theme}`)
    await assertFits(page, 'the grid')
    if (look.size === 'phone') {
      await page.getByRole('button', { name: /^Confirm 2/ }).tap()
      await page.getByRole('dialog', { name: 'Confirm 2 at once' }).locator('.bulk-sheet-crop').first().waitFor()
      await untilSeen(page)
      await shoot(page, `grid-odd-ones-${look.size}-${look.theme}`)
      assert.deepEqual(await seriousFindings(page), [])
    }
    assert.deepEqual(errors, [])
    await page.context().close()
  }
})

test('the console stayed clean', { skip }, () => {
  assert.deepEqual(walk.main.errors, [])
})
