// The taxonomy editor as a specialist meets it, in real Chromium against the real service: merge two taxa and undo, split one, drag a
// genus to another family, import the SpeciesNet labels and find an ocelot; and a taxonomy of 100,000 taxa, with what opening,
// expanding and searching takes in the browser beside the server's own time. Saves screenshots.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import type { Answer } from '../../api/contract/suggestion.ts'
import type { TaxonDetail } from '../../api/contract/taxon.ts'
import type { TaxonNode } from '../../api/contract/taxonomy.ts'
import { shared } from '../support/shared.ts'
import { CHROMIUM, type Look, openBrowser, seriousFindings, shoot, type Visit, visit } from './support/browser.ts'
import { buildPage } from './support/page.ts'
import { gatherPictures, type Pictures } from './support/pictures.ts'
import { type RunningService, startService } from './support/service.ts'

const skip = existsSync(CHROMIUM) ? false : `${CHROMIUM} is not here`
const labels = shared('data/taxonomy/speciesnet_labels_v4.0.0a.txt')
const IMPORT_MS = 180_000

let service: RunningService
let browser: Browser
let pictures: Pictures
let main: Visit
let folder: string
/** The species that were labelled, by name. */
let species: TaxonDetail[]

before(
  async () => {
    if (skip !== false) return
    await buildPage()
    ;[service, browser, pictures] = await Promise.all([startService(), openBrowser(), gatherPictures()])
    folder = await mkdtemp(join(tmpdir(), 'clavis-taxonomy-'))
    main = await visit(browser, service.url, { size: 'desktop', theme: 'light' }, 'Ada')
    const { page } = main
    await page.goto('/add')
    await page.getByLabel('Folder of photos').setInputFiles(pictures.labelled)
    await page.getByRole('button', { name: `Add ${pictures.photos} photos` }).click()
    await page.getByRole('heading', { name: 'Import complete' }).waitFor({ timeout: IMPORT_MS })
    const { items } = await get<{ items: TaxonDetail[] }>('/api/taxa?needsPlacing=true&limit=200')
    species = []
    for (const genus of items) {
      species.push(...(await get<{ items: TaxonDetail[] }>(`/api/taxa?parent=${genus.id}`)).items)
    }
    // Two families to move between.
    for (const [i, genus] of items.entries()) {
      const family = await familyOf(i < Math.ceil(items.length / 2) ? 'Firstidae' : 'Secondidae')
      await command({ kind: 'move', id: genus.id, parentId: family })
    }
  },
  { timeout: 500_000 },
)

after(async () => {
  await browser?.close()
  await service?.close()
  if (folder) await rm(folder, { recursive: true, force: true })
})

async function get<T>(path: string): Promise<T> {
  const response = await main.page.request.get(`${service.url}${path}`)
  assert.ok(response.ok(), `${path}: ${response.status()}`)
  return (await response.json()) as T // the caller names the type that the route documents
}
async function command(wanted: Record<string, unknown>): Promise<void> {
  const response = await main.page.request.post(`${service.url}/api/taxonomy/edits`, { data: { command: wanted } })
  assert.ok(response.ok(), await response.text())
}
const families = new Map<string, string>()
async function familyOf(name: string): Promise<string> {
  const known = families.get(name)
  if (known !== undefined) return known
  await command({ kind: 'add', name, rank: 'family', parentId: null })
  const { items } = await get<{ items: TaxonDetail[] }>(`/api/taxa?q=${name}`)
  families.set(name, items[0]!.id)
  return items[0]!.id
}
const examplesOf = async (id: string) => (await get<TaxonDetail>(`/api/taxa/${id}`)).exampleCount
async function menu(page: Page, item: string): Promise<void> {
  await page.getByRole('button', { name: /Actions for/ }).click()
  await page.getByRole('menuitem', { name: item }).click()
}
const tried = (page: Page) => page.locator('.touches-counts').first().waitFor()
const row = (page: Page, name: string) =>
  page.getByRole('treeitem').filter({ has: page.getByText(name, { exact: true }) })

test('one taxon: its photos, names, what its classifier knows, and the tree opened to it', { skip }, async () => {
  const { page, errors } = main
  const [one] = species
  await page.goto(`/taxa/${one!.id}`)
  await page.getByRole('heading', { name: new RegExp(one!.name) }).waitFor()
  await page.locator('.taxon-knowledge-fact strong').waitFor()
  await row(page, one!.name).waitFor()
  assert.equal(await row(page, one!.name).getAttribute('aria-selected'), 'true')
  await page.locator('.example-crops img').first().waitFor()
  await shoot(page, 'taxonomy-taxon')
  assert.deepEqual(await seriousFindings(page), [])
  await menu(page, 'Names and synonyms…')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Add a name' }).click()
  const last = dialog.locator('.name-taxon-row').last()
  await last.getByLabel('Language').fill('de')
  await last.getByRole('textbox', { name: 'Name', exact: true }).fill('Wandergestalt')
  await tried(page)
  await dialog.getByRole('button', { name: 'Save names' }).click()
  await page.locator('.taxon-names').getByText('Wandergestalt').waitFor()
  await page.getByRole('searchbox').fill('wandergest')
  await page.getByRole('link', { name: one!.name }).waitFor()
  await page.getByRole('searchbox').fill('')
  assert.deepEqual(errors, [])
})

test('of two editors the second learns what the first did, and overwrites nothing', { skip }, async () => {
  const { page } = main
  const [one] = species
  await page.goto(`/taxa/${one!.id}`)
  await menu(page, 'Rename…')
  const dialog = page.getByRole('dialog')
  const commonName = dialog.getByRole('textbox', { name: 'Common name' })
  await commonName.fill('Mine')
  await tried(page)
  const theirs = { kind: 'common', language: 'en', name: 'Theirs', preferred: true }
  const response = await page.request.post(`${service.url}/api/taxonomy/edits`, {
    headers: { 'Clavis-Person': 'Bo' },
    data: { command: { kind: 'setNames', id: one!.id, names: [theirs] } },
  })
  assert.equal(response.status(), 201)
  await dialog.getByText(/Theirs \(Bo,/).waitFor()
  await page.waitForTimeout(300)
  await shoot(page, 'taxonomy-two-editors')
  assert.deepEqual(await seriousFindings(page), [])
  await dialog.getByRole('button', { name: 'Rename' }).click()
  await dialog.getByText('but Bo changed that in the meantime').waitFor()
  const names = async () =>
    (await get<{ names: { name: string }[] }>(`/api/taxa/${one!.id}`)).names.map(({ name }) => name)
  assert.deepEqual(await names(), ['Theirs'])
  await dialog.getByRole('button', { name: 'Start again' }).click()
  assert.equal(await commonName.inputValue(), 'Theirs')
  await page.keyboard.press('Escape')

  await menu(page, 'Delete…')
  await dialog.getByText(/name it: say which taxon/).waitFor()
  assert.ok(await dialog.getByRole('button', { name: 'Delete' }).isDisabled(), 'what is refused cannot be done')
  await page.keyboard.press('Escape')
})

test('two taxa are merged, with what it touches said first, and undone', { skip }, async () => {
  const { page } = main
  const [one, other] = species
  const before = [await examplesOf(one!.id), await examplesOf(other!.id)]
  await page.goto(`/taxa/${one!.id}`)
  await menu(page, 'Merge…')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox').fill(other!.name)
  await page.getByRole('option', { name: other!.name }).first().click()
  await tried(page)
  await dialog.getByText(`${before[0]} name another taxon`).waitFor()
  await page.waitForTimeout(300)
  await shoot(page, 'taxonomy-merge')
  assert.deepEqual(await seriousFindings(page), [])
  await dialog.getByLabel('Why').fill('one animal, two names')
  await dialog.getByRole('button', { name: 'Merge', exact: true }).click()
  await page.waitForURL(`**/taxa/${other!.id}`)
  await page.getByText('Merged into it').waitFor()
  assert.equal(await examplesOf(other!.id), before[0]! + before[1]!)
  const old = await main.page.request.get(`${service.url}/api/taxa/${one!.id}`, { maxRedirects: 0 })
  assert.equal(old.status(), 308)
  const entry = page.locator('.edit-log li').filter({ hasText: 'one animal, two names' })
  await entry.getByRole('button', { name: /Undo/ }).click()
  await entry.getByText('undone').waitFor()
  await shoot(page, 'taxonomy-undone')
  assert.deepEqual([await examplesOf(one!.id), await examplesOf(other!.id)], before)
})

test('one is split by chosen examples and by likeness', { skip }, async () => {
  const { page } = main
  const one = species.at(-1)!
  const before = await examplesOf(one.id)
  await page.goto(`/taxa/${one.id}`)
  await menu(page, 'Split…')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('New species').fill(`${one.name.split(' ')[0]} dividens`)
  await dialog.getByLabel('Example 1', { exact: true }).check()
  await dialog.getByRole('button', { name: /most similar/ }).click()
  await dialog.getByText(`7 of ${before} examples selected`).waitFor()
  await tried(page)
  await page.waitForTimeout(300)
  await shoot(page, 'taxonomy-split')
  assert.deepEqual(await seriousFindings(page), [])
  await dialog.getByRole('button', { name: 'Split', exact: true }).click()
  await page.getByRole('heading', { name: /dividens/ }).waitFor()
  assert.equal(await examplesOf(one.id), before - 7)
  const made = /\/taxa\/(\d+)/.exec(page.url())![1]!
  assert.equal(await examplesOf(made), 7)
})

test('a genus is dragged to another family: its suggestions’ path changes; the keyboard takes it back', {
  skip,
}, async () => {
  const { page } = main
  const [one] = species
  const genus = one!.path.at(-1) ?? (await get<TaxonDetail>(`/api/taxa/${one!.parentId}`))
  const { items } = await get<{ items: { id: string }[] }>(`/api/detections?taxon=${one!.id}&state=identified&limit=1`)
  const pathOf = async () => {
    const response = await page.request.post(`${service.url}/api/suggestions`, { data: { detectionId: items[0]!.id } })
    const answer = (await response.json()) as Answer // POST /api/suggestions
    return answer.detections[0]!.suggestions.map(({ taxon }) =>
      [...taxon.path, taxon].map(({ name }) => name).join(' > '),
    )
  }
  const placed = (paths: string[]) => paths.find((path) => path.includes(one!.name)) ?? ''
  assert.match(placed(await pathOf()), /^Firstidae > /)
  await page.goto(`/taxa/${genus.id}`)
  await row(page, genus.name).waitFor()
  await row(page, genus.name).dragTo(row(page, 'Secondidae'))
  const dialog = page.getByRole('dialog', { name: `Move ${genus.name}` })
  await tried(page)
  await page.waitForTimeout(500)
  await shoot(page, 'taxonomy-move')
  assert.deepEqual(await seriousFindings(page), [])
  await dialog.getByRole('button', { name: 'Move', exact: true }).click()
  await dialog.waitFor({ state: 'hidden' })
  await page.locator('.taxon-view-path').getByText('Secondidae').waitFor()
  assert.match(placed(await pathOf()), /^Secondidae > /)

  const tree = page.getByRole('tree')
  await row(page, genus.name).waitFor()
  await tree.focus()
  // The shown taxon is the active one; it is taken up, and the first row is the family that it came from.
  await page.keyboard.press('Shift+X')
  await page.getByText('is picked up').waitFor()
  await page.keyboard.press('Home')
  await page.keyboard.press('Shift+V')
  await tried(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Move', exact: true }).click()
  await page.locator('.taxon-view-path').getByText('Firstidae').waitFor()
  assert.match(placed(await pathOf()), /^Firstidae > /)
})

/** Milliseconds from a letter typed to the name on the page, and the server's own share of it. */
async function search(page: Page, q: string, name: string): Promise<{ browserMs: number; serverMs: number }> {
  await page.getByRole('searchbox').fill('')
  const answered = page.waitForResponse(
    (response) => response.url().includes('/api/taxa?') && response.url().includes('q='),
  )
  const startedAt = Date.now()
  await page.getByRole('searchbox').fill(q)
  const response = await answered
  await page.locator('.taxon-rows a').filter({ hasText: name }).first().waitFor()
  const browserMs = Date.now() - startedAt
  const { responseStart, requestStart } = response.request().timing()
  return { browserMs, serverMs: responseStart - requestStart }
}
const percentile = (values: number[], share: number) =>
  Math.round([...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))]!)

test('the SpeciesNet labels are compared, taken over, and an ocelot is found by its common name', {
  skip: skip || (existsSync(labels) ? false : `${labels} is not here`),
  timeout: 300_000,
}, async (t) => {
  const { page } = main
  await page.goto('/taxa')
  await page.getByRole('button', { name: 'Import and export' }).click()
  await page.getByRole('menuitem', { name: 'Import a taxonomy…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Import a taxonomy' })
  await dialog.getByLabel('File').setInputFiles(labels)
  await dialog.locator('.import-taxa-row').first().waitFor({ timeout: 60_000 })
  await shoot(page, 'taxonomy-import')
  assert.deepEqual(await seriousFindings(page), [])
  await dialog.getByRole('button', { name: /^Import \d/ }).click()
  await dialog.waitFor({ state: 'hidden', timeout: 120_000 })
  await row(page, 'Mammalia').waitFor()
  const ocelot = await search(page, 'ocelot', 'Leopardus pardalis')
  await shoot(page, 'taxonomy-ocelot')
  assert.deepEqual(await seriousFindings(page), [])
  const times = [ocelot]
  for (const [q, name] of [
    ['margay', 'Leopardus wiedii'],
    ['jaguarundi', 'Herpailurus yagouaroundi'],
    ['grey wolf', 'Canis lupus'],
    ['white-tailed deer', 'Odocoileus virginianus'],
    ['coyote', 'Canis latrans'],
    ['wild boar', 'Sus scrofa'],
    ['red deer', 'Cervus elaphus'],
    ['american black bear', 'Ursus americanus'],
  ] as const)
    times.push(await search(page, q, name))
  const browser = times.map(({ browserMs }) => browserMs)
  const server = times.map(({ serverMs }) => Math.round(serverMs))
  t.diagnostic(
    `"ocelot" found in ${ocelot.browserMs} ms in the browser, ${server[0]} ms of the server (30 ms wait whether more is typed)`,
  )
  t.diagnostic(
    `nine common names: browser p50 ${percentile(browser, 0.5)} ms, p95 ${percentile(browser, 0.95)} ms; server p50 ${percentile(server, 0.5)} ms, p95 ${percentile(server, 0.95)} ms`,
  )
})

test('a taxonomy of 100,000 taxa opens, expands and is searched', { skip, timeout: 600_000 }, async (t) => {
  const { page } = main
  const lines = ['class,order,family,genus,species,commonName']
  for (let i = 0; i < 90_000; i++) {
    const genus = Math.floor(i / 12)
    const family = Math.floor(genus / 12)
    const order = Math.floor(family / 10)
    lines.push(`Classis${order % 8},Ordo${order},Familia${family}idae,Genus${genus},species${i},beast ${i}`)
  }
  const file = join(folder, 'large.csv')
  await writeFile(file, lines.join('\n'))
  await page.goto('/taxa')
  await page.getByRole('button', { name: 'Import and export' }).click()
  await page.getByRole('menuitem', { name: 'Import a taxonomy…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Import a taxonomy' })
  await dialog.getByLabel('File').setInputFiles(file)
  await dialog.locator('.import-taxa-row').first().waitFor({ timeout: 120_000 })
  await dialog.getByRole('button', { name: /^Import \d/ }).click()
  await dialog.waitFor({ state: 'hidden', timeout: 400_000 })

  const opened: number[] = []
  for (let i = 0; i < 5; i++) {
    const startedAt = Date.now()
    await page.goto('/taxa')
    await row(page, 'Classis0').waitFor()
    opened.push(Date.now() - startedAt)
  }
  const expanded: number[] = []
  const served: number[] = []
  for (let k = 0; k < 8; k++) {
    const name = `Classis${k}`
    const heading = row(page, name)
    const answered = page.waitForResponse((response) => response.url().includes('/api/taxonomy/children'))
    const startedAt = Date.now()
    await heading.locator('.taxon-tree-row-twist').click()
    const response = await answered
    const { items } = (await response.json()) as { items: TaxonNode[] } // GET /api/taxonomy/children
    await row(page, items[0]!.name).waitFor()
    expanded.push(Date.now() - startedAt)
    const { responseStart, requestStart } = response.request().timing()
    served.push(responseStart - requestStart)
    await heading.locator('.taxon-tree-row-twist').click()
    await row(page, items[0]!.name).waitFor({ state: 'hidden' })
  }
  await shoot(page, 'taxonomy-large')
  assert.deepEqual(await seriousFindings(page), [])
  const times = []
  for (let i = 0; i < 20; i++)
    times.push(await search(page, `beast ${4321 * (i + 1)}`, `Genus${Math.floor((4321 * (i + 1)) / 12)} `))
  const browser = times.map(({ browserMs }) => browserMs)
  const server = times.map(({ serverMs }) => serverMs)
  t.diagnostic(`100,000 taxa: opening the page p95 ${percentile(opened, 0.95)} ms`)
  t.diagnostic(`expanding: browser p95 ${percentile(expanded, 0.95)} ms, server p95 ${percentile(served, 0.95)} ms`)
  t.diagnostic(
    `searching: browser p95 ${percentile(browser, 0.95)} ms (30 ms of it is waiting whether more is typed), server p95 ${percentile(server, 0.95)} ms`,
  )
})

test('in the dark and on a phone', { skip, timeout: 120_000 }, async () => {
  const [one] = species
  for (const look of [
    { size: 'desktop', theme: 'dark' },
    { size: 'phone', theme: 'light' },
  ] satisfies Look[]) {
    const { page, errors } = await visit(browser, service.url, look, 'Ada')
    for (const [name, path] of [
      ['tree', '/taxa'],
      ['taxon', `/taxa/${one!.id}`],
    ] as const) {
      await page.goto(path)
      await page
        .locator(name === 'tree' ? '.taxon-tree-row' : '.taxon-knowledge-fact strong')
        .first()
        .waitFor()
      await page.waitForTimeout(500)
      await shoot(page, `taxonomy-${name}-${look.size}-${look.theme}`)
      assert.deepEqual(await seriousFindings(page), [], `${name}, ${look.size}, ${look.theme}`)
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      assert.equal(wide, 0, `${name} scrolls sideways by ${wide} px`)
    }
    assert.deepEqual(errors, [])
    await page.context().close()
  }
})
