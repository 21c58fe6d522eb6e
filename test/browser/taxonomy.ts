// The taxonomy editor in real Chromium on the real service: merging two taxa and undo, splitting one, dragging a genus
// to another family, and large taxonomies. Saves screenshots.

import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import type { Answer } from '../../api/contract/suggestion.ts'
import type { TaxonDetail } from '../../api/contract/taxon.ts'
import { testLargeTaxonomies } from './stories/large-taxonomies.ts'
import { apiOf } from './support/api.ts'
import { seriousFindings, shoot } from './support/browser.ts'
import { gatherPictures } from './support/pictures.ts'
import { rowOf } from './support/taxa.ts'
import { DARK, openWalk, PHONE, skip, visitViews, type Walk } from './support/walk.ts'

const IMPORT_MS = 180_000

/** The labelled species, by name. */
let species: TaxonDetail[]
const walk = openWalk({ person: 'Ada', timeoutMs: 500_000, fill: bringSpecies })
const { ask } = apiOf(walk)

/** Adds labelled photos, and moves their genera, wherever the backbone placed them, into two families. */
async function bringSpecies({ main: { page } }: Walk): Promise<void> {
  const pictures = await gatherPictures()
  await page.goto('/add')
  await page.getByLabel('Folder of photos').setInputFiles(pictures.labelled)
  await page.getByRole('button', { name: `Add ${pictures.photos} photos` }).click()
  await page.getByRole('heading', { name: 'Import complete' }).waitFor({ timeout: IMPORT_MS })
  const names = (await readdir(pictures.labelled)).map((folder) => folder.split('_')[0] ?? '')
  const items: TaxonDetail[] = []
  for (const name of [...new Set(names)].sort()) {
    const found = await ask<{ items: TaxonDetail[] }>(`/api/taxa?q=${name}`)
    items.push(...found.items.filter((taxon) => taxon.rank === 'genus' && taxon.name === name))
  }
  species = []
  for (const genus of items) {
    species.push(...(await ask<{ items: TaxonDetail[] }>(`/api/taxa?parent=${genus.id}`)).items)
  }
  for (const [i, genus] of items.entries()) {
    const family = await familyOf(i < Math.ceil(items.length / 2) ? 'Firstidae' : 'Secondidae')
    await command({ kind: 'move', id: genus.id, parentId: family })
  }
}

async function command(wanted: Record<string, unknown>): Promise<void> {
  const response = await walk.main.page.request.post(`${walk.service.url}/api/taxonomy/edits`, {
    data: { command: wanted },
  })
  assert.ok(response.ok(), await response.text())
}
const families = new Map<string, string>()
async function familyOf(name: string): Promise<string> {
  const known = families.get(name)
  if (known !== undefined) return known
  await command({ kind: 'add', name, rank: 'family', parentId: null })
  const { items } = await ask<{ items: TaxonDetail[] }>(`/api/taxa?q=${name}`)
  families.set(name, items[0]!.id)
  return items[0]!.id
}
const examplesOf = async (id: string) => (await ask<TaxonDetail>(`/api/taxa/${id}`)).exampleCount
async function menu(page: Page, item: string): Promise<void> {
  await page.getByRole('button', { name: /Actions for/ }).click()
  await page.getByRole('menuitem', { name: item }).click()
}
const tried = (page: Page) => page.locator('.touches-counts').first().waitFor()

test('one taxon: its photos, names, what its classifier knows, and the tree opened to it', { skip }, async () => {
  const { page, errors } = walk.main
  const [one] = species
  await page.goto(`/taxa/${one!.id}`)
  await page.getByRole('heading', { name: new RegExp(one!.name) }).waitFor()
  await page.locator('.taxon-knowledge-fact strong').waitFor()
  await rowOf(page, one!.name).waitFor()
  assert.equal(await rowOf(page, one!.name).getAttribute('aria-selected'), 'true')
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
  const { page } = walk.main
  const [one] = species
  await page.goto(`/taxa/${one!.id}`)
  await menu(page, 'Rename…')
  const dialog = page.getByRole('dialog')
  const commonName = dialog.getByRole('textbox', { name: 'Common name' })
  await commonName.fill('Mine')
  await tried(page)
  const theirs = { kind: 'common', language: 'en', name: 'Theirs', preferred: true }
  const response = await page.request.post(`${walk.service.url}/api/taxonomy/edits`, {
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
    (await ask<{ names: { name: string }[] }>(`/api/taxa/${one!.id}`)).names.map(({ name }) => name)
  assert.deepEqual(await names(), ['Theirs'])
  await dialog.getByRole('button', { name: 'Start again' }).click()
  assert.equal(await commonName.inputValue(), 'Theirs')
  await page.keyboard.press('Escape')

  await menu(page, 'Delete…')
  await dialog.getByText(/do: say which taxon/).waitFor()
  assert.ok(await dialog.getByRole('button', { name: 'Delete' }).isDisabled(), 'what is refused cannot be done')
  await page.keyboard.press('Escape')
})

test('two taxa are merged, with what it touches said first, and undone', { skip }, async () => {
  const { page } = walk.main
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
  const old = await walk.main.page.request.get(`${walk.service.url}/api/taxa/${one!.id}`, { maxRedirects: 0 })
  assert.equal(old.status(), 308)
  const entry = page.locator('.edit-log li').filter({ hasText: 'one animal, two names' })
  await entry.getByRole('button', { name: /Undo/ }).click()
  await entry.getByText('undone').waitFor()
  await shoot(page, 'taxonomy-undone')
  assert.deepEqual([await examplesOf(one!.id), await examplesOf(other!.id)], before)
})

test('one is split by chosen examples and by likeness', { skip }, async () => {
  const { page } = walk.main
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
  const { page } = walk.main
  const [one] = species
  const genus = one!.path.at(-1) ?? (await ask<TaxonDetail>(`/api/taxa/${one!.parentId}`))
  const { items } = await ask<{ items: { id: string }[] }>(`/api/detections?taxon=${one!.id}&state=identified&limit=1`)
  const pathOf = async () => {
    const response = await page.request.post(`${walk.service.url}/api/suggestions`, {
      data: { detectionId: items[0]!.id },
    })
    const answer = (await response.json()) as Answer // POST /api/suggestions
    return answer.detections[0]!.suggestions.map(({ taxon }) =>
      [...taxon.path, taxon].map(({ name }) => name).join(' > '),
    )
  }
  const placed = (paths: string[]) => paths.find((path) => path.includes(one!.name)) ?? ''
  assert.match(placed(await pathOf()), /^Firstidae > /)
  await page.goto(`/taxa/${genus.id}`)
  await rowOf(page, genus.name).waitFor()
  await rowOf(page, genus.name).dragTo(rowOf(page, 'Secondidae'))
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
  await rowOf(page, genus.name).waitFor()
  await tree.focus()
  // The shown taxon is active. It is cut, and taken down the tree to the family that it came from.
  await page.keyboard.press('Shift+X')
  await page.getByText('is picked up').waitFor()
  await page.keyboard.press('Home')
  const active = async () =>
    (await page.locator(`[id="${await tree.getAttribute('aria-activedescendant')}"]`).textContent()) ?? ''
  for (let rows = 0; rows < 50 && !(await active()).includes('Firstidae'); rows++)
    await page.keyboard.press('ArrowDown')
  assert.match(await active(), /Firstidae/)
  await page.keyboard.press('Shift+V')
  await tried(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Move', exact: true }).click()
  await page.locator('.taxon-view-path').getByText('Firstidae').waitFor()
  assert.match(placed(await pathOf()), /^Firstidae > /)
})

testLargeTaxonomies(walk)

test('in the dark and on a phone', { skip, timeout: 120_000 }, async () => {
  const views = [
    ['tree', '/taxa', '.taxon-tree-row'],
    ['taxon', `/taxa/${species[0]!.id}`, '.taxon-knowledge-fact strong'],
  ] as const
  await visitViews(walk, views, { prefix: 'taxonomy-', looks: [DARK, PHONE] })
})
