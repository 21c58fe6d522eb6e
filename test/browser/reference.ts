// The API reference in real Chromium: it lists every operation and schema of the whole document under the service's own
// content security policy, without an error and without a request to any other host. Saves screenshots.

import assert from 'node:assert/strict'
import { test } from 'node:test'
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

test('the API reference opens in every look, and asks nobody else', { skip, timeout: 120_000 }, async () => {
  for (const look of LOOKS) {
    const { page, finish } = await open(look)
    await shoot(page, `api-reference-${look.size}-${look.theme}`)
    await page.getByRole('button', { name: /^GET \/api\/detections\/\{id\} / }).click()
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

  assert.equal(await page.locator('.opblock').count(), operations.length)
  // One of each kind: opening all of them takes Swagger UI 36 s of processor time.
  for (const section of await page.locator('.opblock-tag-section').all()) {
    const operation = section.locator('.opblock').first()
    const control = operation.locator('.opblock-summary-control')
    await control.dispatchEvent('click')
    await operation.getByRole('heading', { name: 'Responses' }).waitFor()
    await control.dispatchEvent('click')
    await operation.getByRole('heading', { name: 'Responses' }).waitFor({ state: 'detached' })
  }

  // Above 100 schemas, Swagger UI draws only those in view.
  const schemas = page.locator('.models article[data-json-schema-level="0"]')
  const expected = Object.keys(described.components.schemas)
  const shown = new Set<string>()
  for (let steps = 0; steps < expected.length && !shown.has(expected.at(-1)!); steps++) {
    const titles = await schemas.evaluateAll((drawn) =>
      drawn.map((schema) => schema.querySelector('.json-schema-2020-12__title')?.textContent ?? ''),
    )
    for (const title of titles) shown.add(title)
    await schemas.last().evaluate((schema) => schema.scrollIntoView())
    await page.waitForTimeout(100)
  }
  assert.deepEqual([...shown], expected)
  await schemas.first().locator('.json-schema-2020-12-accordion').first().dispatchEvent('click')
  await schemas.first().locator('.json-schema-2020-12-property').first().waitFor()
  await finish()
})
