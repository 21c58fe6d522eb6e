// The API reference in real Chromium: it lists every operation and schema of the whole document under the service's own content
// security policy, without an error and without a request to any other host. Saves screenshots.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { CHROMIUM, type Look, openBrowser, shoot, visit } from './support/browser.ts'
import { buildPage } from './support/page.ts'
import { type RunningService, startService } from './support/service.ts'

const skip = existsSync(CHROMIUM) ? false : `${CHROMIUM} is not here`

let service: RunningService
let browser: Browser

before(
  async () => {
    if (skip !== false) return
    await buildPage()
    ;[service, browser] = await Promise.all([startService(), openBrowser()])
  },
  { timeout: 300_000 },
)

after(async () => {
  await browser?.close()
  await service?.close()
})

type Described = { paths: Record<string, object>; components: { schemas: object } }

const LOOKS: Look[] = [
  { size: 'desktop', theme: 'light' },
  { size: 'desktop', theme: 'dark' },
  { size: 'phone', theme: 'light' },
]

async function open(look: Look) {
  const { page, errors } = await visit(browser, service.url, look)
  const foreign: string[] = []
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url())
    if (protocol.startsWith('http') && origin !== service.url) foreign.push(request.url())
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
  const response = await fetch(`${service.url}/api/openapi.json`)
  const described = (await response.json()) as Described // what OpenAPI says of every document
  const operations = Object.values(described.paths).flatMap((path) => Object.keys(path))
  const { page, finish } = await open({ size: 'desktop', theme: 'light' })

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

  const schemas = page.locator('.models article[data-json-schema-level="0"]')
  assert.equal(await schemas.count(), Object.keys(described.components.schemas).length)
  await schemas.first().locator('.json-schema-2020-12-accordion').first().dispatchEvent('click')
  await schemas.first().locator('.json-schema-2020-12-property').first().waitFor()
  await finish()
})
