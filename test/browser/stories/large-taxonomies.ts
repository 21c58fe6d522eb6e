// Large taxonomies: importing the SpeciesNet labels and finding an ocelot; opening, expanding and searching 100,000
// taxa, with the time that the browser and the server take.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import type { TaxonNode } from '../../../api/contract/taxonomy.ts'
import { shared } from '../../support/shared.ts'
import { seriousFindings, shoot } from '../support/browser.ts'
import { chooseTaxonomy, rowOf } from '../support/taxa.ts'
import { skip, type Walk } from '../support/walk.ts'

const labels = shared('data/taxonomy/speciesnet_labels_v4.0.0a.txt')

/** The time from typing to the name on the page, and how much of it the server took. */
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

/** Imports both taxonomies into the installation of the walk, and searches them. */
export function testLargeTaxonomies(walk: Walk): void {
  test('the SpeciesNet labels are compared, taken over, and an ocelot is found by its common name', {
    skip: skip || (existsSync(labels) ? false : `${labels} is not here`),
    timeout: 300_000,
  }, async (t) => {
    const { page } = walk.main
    const dialog = await chooseTaxonomy(page, labels)
    await shoot(page, 'taxonomy-import')
    assert.deepEqual(await seriousFindings(page), [])
    await dialog.getByRole('button', { name: /^Import \d/ }).click()
    await dialog.waitFor({ state: 'hidden', timeout: 120_000 })
    await rowOf(page, 'Mammalia').waitFor()
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
    const { page } = walk.main
    const lines = ['class,order,family,genus,species,commonName']
    for (let i = 0; i < 90_000; i++) {
      const genus = Math.floor(i / 12)
      const family = Math.floor(genus / 12)
      const order = Math.floor(family / 10)
      lines.push(`Classis${order % 8},Ordo${order},Familia${family}idae,Genus${genus},species${i},beast ${i}`)
    }
    const folder = await mkdtemp(join(tmpdir(), 'clavis-taxonomy-'))
    t.after(() => rm(folder, { recursive: true }))
    const file = join(folder, 'large.csv')
    await writeFile(file, lines.join('\n'))
    const dialog = await chooseTaxonomy(page, file)
    await dialog.getByRole('button', { name: /^Import \d/ }).click()
    await dialog.waitFor({ state: 'hidden', timeout: 400_000 })

    const opened: number[] = []
    for (let i = 0; i < 5; i++) {
      const startedAt = Date.now()
      await page.goto('/taxa')
      await rowOf(page, 'Classis0').waitFor()
      opened.push(Date.now() - startedAt)
    }
    const expanded: number[] = []
    const served: number[] = []
    for (let k = 0; k < 8; k++) {
      const name = `Classis${k}`
      const heading = rowOf(page, name)
      const answered = page.waitForResponse((response) => response.url().includes('/api/taxonomy/children'))
      const startedAt = Date.now()
      await heading.locator('.taxon-tree-row-twist').click()
      const response = await answered
      const { items } = (await response.json()) as { items: TaxonNode[] } // GET /api/taxonomy/children
      await rowOf(page, items[0]!.name).waitFor()
      expanded.push(Date.now() - startedAt)
      const { responseStart, requestStart } = response.request().timing()
      served.push(responseStart - requestStart)
      await heading.locator('.taxon-tree-row-twist').click()
      await rowOf(page, items[0]!.name).waitFor({ state: 'hidden' })
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
}
