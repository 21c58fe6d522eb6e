// The API reference in real Chromium: it lists every operation and schema of the whole document under the service's own
// content security policy, without an error and without a request to any other host. Saves screenshots.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { type Look, shoot, visit } from './support/browser.ts'
import { DARK, DESKTOP, openWalk, PHONE, skip } from './support/walk.ts'

const walk = openWalk()

type Described = { paths: Record<string, object>; components: { schemas: object } }

const LOOKS: Look[] = [DESKTOP, DARK, PHONE]

async function open(look: Look) {
  const { page, errors } = await visit(walk.browser, walk.service.url, look)
  const foreign: string[] = []
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url())
    if (protocol.startsWith('http') && origin !== walk.service.url) foreign.push(request.url())
  })
  await page.goto('/api/docs')
  await page.getByRole('heading', { name: 'Schemas' }).waitFor()
  const finish = async () => {
    assert.deepEqual(foreign, [])
    assert.deepEqual(errors, [])
    await page.context().close()
  }
  return { page, finish }
}

/**
 * What is drawn while the page is scrolled down to the end: Swagger UI draws of more than 100 things only those in
 * view. A thing is known by its id or by its title.
 */
async function scrollThrough(
  page: Page,
  things: Locator,
  expected: number,
  look: () => Promise<void> = async () => {},
): Promise<Set<string>> {
  const seen = new Set<string>()
  for (let steps = 0; steps < expected && seen.size < expected; steps++) {
    const drawn = await things.evaluateAll((all) =>
      all.map((one) => one.id || (one.querySelector('.json-schema-2020-12__title')?.textContent ?? '')),
    )
    for (const name of drawn) seen.add(name)
    await look()
    await things.last().evaluate((one) => one.scrollIntoView())
    await page.waitForTimeout(100)
  }
  return seen
}

test('the API reference opens in every look, and asks nobody else', { skip, timeout: 120_000 }, async () => {
  for (const look of LOOKS) {
    const { page, finish } = await open(look)
    await shoot(page, `api-reference-${look.size}-${look.theme}`)
    await page.locator('.opblock-get .opblock-summary-control').first().click()
    await page.getByRole('heading', { name: 'Responses' }).waitFor()
    await shoot(page, `api-reference-operation-${look.size}-${look.theme}`)
    await finish()
  }
})

test('the API reference shows every operation and every schema', { skip, timeout: 300_000 }, async () => {
  const response = await fetch(`${walk.service.url}/api/openapi.json`)
  const described = (await response.json()) as Described // what OpenAPI guarantees of every document
  const operations = Object.values(described.paths).flatMap((path) => Object.keys(path))
  const { page, finish } = await open(DESKTOP)

  // One of each kind: opening all of them takes Swagger UI 36 s of processor time.
  const opened = new Set<string>()
  const ids = await scrollThrough(page, page.locator('.opblock'), operations.length, async () => {
    for (const section of await page.locator('.opblock-tag-section').all()) {
      const name = (await section.locator('h3').getAttribute('data-tag')) ?? ''
      const operation = section.locator('.opblock').first()
      if (opened.has(name) || (await operation.count()) === 0) continue
      opened.add(name)
      const control = operation.locator('.opblock-summary-control')
      await control.dispatchEvent('click')
      await operation.getByRole('heading', { name: 'Responses' }).waitFor()
      await control.dispatchEvent('click')
      await operation.getByRole('heading', { name: 'Responses' }).waitFor({ state: 'detached' })
    }
  })
  assert.equal(ids.size, operations.length)

  const schemas = page.locator('.models article[data-json-schema-level="0"]')
  const expected = Object.keys(described.components.schemas)
  const shown = await scrollThrough(page, schemas, expected.length)
  assert.deepEqual([...shown], expected)
  await schemas.first().locator('.json-schema-2020-12-accordion').first().dispatchEvent('click')
  await schemas.first().locator('.json-schema-2020-12-property').first().waitFor()
  await finish()
})
