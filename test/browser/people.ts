// People in real Chromium: the first admin by the printed link, invitations, what a role sees, queues and sessions.
// Then names and notes of every kind that try to run a script: no page runs one.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unzipSync } from 'fflate'
import type { Page } from 'playwright-core'
import { PASSWORD } from '../support/people/people.ts'
import { COLOURS, drawAnimal } from '../support/photos.ts'
import { until } from './support/api.ts'
import { seriousFindings, shoot, visit } from './support/browser.ts'
import { assertFits, DESKTOP, openWalk, PHONE, skip } from './support/walk.ts'

const walk = openWalk({ host: '0.0.0.0' })
/** It closes an attribute and an element, and leaves a mark where it runs or becomes an element. */
const EVIL = '"><img src=x class=evil onerror=window.evil=1><svg onload=window.evil=1>'

async function join(page: Page, path: string, name: string): Promise<void> {
  await page.goto(path)
  await page.getByLabel('Name').fill(name)
  await page.locator('input[type=password]').fill(PASSWORD)
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await page.getByRole('button', { name: `Menu of ${name}` }).waitFor()
}

/** As the page itself asks, with its cookie. */
async function ask<T>(page: Page, path: string, data?: unknown, method = data === undefined ? 'GET' : 'POST') {
  const answer = await page.request.fetch(path, { method, ...(data !== undefined && { data }) })
  assert.ok(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`)
  const text = await answer.text()
  return (text === '' ? null : JSON.parse(text)) as T // the caller names the route's shape
}

async function assertClean(page: Page, what: string): Promise<void> {
  assert.deepEqual(await seriousFindings(page), [], what)
  await assertFits(page, what)
}

/** Everything that carries a name or a note, with EVIL in it; the ids of what has a page of its own. */
async function plant(page: Page) {
  const taxon = await ask<{ id: string }>(page, '/api/taxa', { name: `Evil ${EVIL}`, rank: 'genus', parentId: null })
  const names = [{ kind: 'common', language: 'en', name: EVIL, preferred: true }]
  await ask(page, '/api/taxonomy/edits', { command: { kind: 'setNames', id: taxon.id, names }, why: EVIL })
  const place = { name: EVIL, station: EVIL, camera: EVIL, notes: EVIL, tags: [EVIL], latitude: 50, longitude: 4 }
  const made = await ask<{ deployment: { id: string } }>(page, '/api/deployments', {
    ...place,
    start: '2026-05-01T00:00:00',
    end: '2026-06-01T00:00:00',
  })
  await ask(page, '/api/species-lists', { name: EVIL, taxonIds: [taxon.id], deploymentIds: [] })
  await ask(page, '/api/keys', { name: EVIL, scopes: ['read'] })
  const imported = await ask<{ id: string }>(page, '/api/imports', { name: EVIL, total: 1 })
  const photo = { name: `${EVIL}.jpg`, mimeType: 'image/jpeg', buffer: Buffer.from(await drawAnimal(COLOURS.red)) }
  const sent = await page.request.post('/api/media', { multipart: { importId: imported.id, deployment: EVIL, photo } })
  assert.equal(sent.status(), 202)
  await ask(page, `/api/imports/${imported.id}/close`, undefined, 'POST')
  type Found = { items: { id: string; mediaId: string }[] }
  const { items } = await until(
    'the animal',
    () => ask<Found>(page, '/api/detections'),
    (seen) => seen.items.length > 0,
  )
  const { id, mediaId } = items[0]!
  await ask(page, `/api/media/${mediaId}`, { note: EVIL }, 'PATCH')
  await ask(page, '/api/identifications', { detectionId: id, taxonId: taxon.id, basis: { kind: 'search' } })
  await ask(page, '/api/observations', { detectionIds: [id], behaviour: EVIL, individual: EVIL })
  const { token } = await ask<{ token: string }>(page, '/api/invitations', { role: 'reviewer' })
  const fresh = await walk.browser.newContext({ baseURL: walk.service.url })
  const joined = await fresh.request.post('/api/people', {
    data: { invitation: token, name: EVIL.slice(0, 100), password: PASSWORD },
  })
  assert.equal(joined.status(), 201)
  await fresh.close()
  return { taxonId: taxon.id, deploymentId: made.deployment.id, importId: imported.id, detectionId: id, mediaId }
}

test('people join, see what is theirs, and no name or note runs a script', { skip, timeout: 180_000 }, async () => {
  const { page: ada, errors } = walk.main
  ada.setDefaultTimeout(20_000)
  const link = /http:\/\/\S+?(\/join#\S+)/.exec(walk.service.said())?.[1]
  assert.ok(link, walk.service.said())
  await join(ada, link, 'Ada')
  const planted = await plant(ada)

  await ada.goto('/people')
  await ada.getByLabel('Invite somebody as').selectOption({ index: 0 })
  await ada.getByRole('button', { name: 'Make a link' }).click()
  const secret = ada.getByRole('dialog').locator('input')
  const path = new URL(await secret.inputValue()).pathname + new URL(await secret.inputValue()).hash
  await ada.getByRole('button', { name: 'Done' }).click()
  await assertClean(ada, 'people')
  await shoot(ada, 'people')

  const vera = await visit(walk.browser, walk.service.url, PHONE)
  await vera.page.goto(path)
  await assertClean(vera.page, 'join')
  await join(vera.page, path, 'Vera')
  const nothing = async (address: string, ready: string, names: readonly string[]) => {
    await vera.page.goto(address)
    await vera.page.locator(ready).first().waitFor()
    for (const name of names)
      assert.equal(await vera.page.getByRole('button', { name }).count(), 0, `${name} at ${address}`)
    await assertFits(vera.page, address)
  }
  await nothing(`/review/${planted.detectionId}`, '.decision-bar', ['Unknown', 'No animal', 'Flag', 'Note', 'Confirm'])
  await nothing(`/taxa/${planted.taxonId}`, 'h1', ['New taxon', 'Add a taxon below', 'Actions for'])
  await nothing('/deployments', '.deployments-main', ['Add'])
  await nothing(`/photos/${planted.mediaId}`, '.photo-side', ['Delete this photo…'])
  await nothing('/history', '.history-entry', ['Undo'])
  await nothing(`/imports/${planted.importId}`, '.import-left', ['Try again', 'Confirm'])
  for (const [address, told] of [
    ['/add', 'Only editors and admins add photos'],
    ['/unknowns', 'Only editors and admins name unknown animals'],
    ['/labels', 'Only reviewers, editors and admins judge labels'],
    ['/models', 'Only admins choose models'],
  ] as const) {
    await vera.page.goto(address)
    await vera.page.getByRole('heading', { name: told }).waitFor()
  }
  await vera.page.goto('/')
  await vera.page.getByRole('link', { name: 'Continue reviewing' }).waitFor()
  assert.equal(await vera.page.getByRole('link', { name: 'Add photos' }).count(), 0)

  const { token } = await ask<{ token: string }>(ada, '/api/invitations', { role: 'reviewer' })
  const ben = await visit(walk.browser, walk.service.url, DESKTOP)
  await join(ben.page, `/join#${token}`, 'Ben')
  await ada.goto('/people')
  await ada.getByRole('group', { name: 'Assign to' }).getByLabel('Ben').check()
  await ada.getByLabel('Camera or place').selectOption({ index: 1 })
  await ada.getByRole('button', { name: 'Assign', exact: true }).click()
  await ada.getByRole('region', { name: 'Queues' }).getByText('Ben').waitFor()
  const elsewhere = await walk.browser.newContext({ baseURL: walk.service.url })
  assert.equal(
    (await elsewhere.request.post('/api/session', { data: { name: 'Ben', password: PASSWORD } })).status(),
    200,
  )
  await ben.page.goto('/account')
  await ben.page.getByRole('heading', { name: 'Your queue' }).waitFor()
  await assertClean(ben.page, 'account')
  await shoot(ben.page, 'account')
  await ben.page.getByRole('button', { name: 'Sign out everywhere else' }).click()
  await until(
    'the other session',
    () => elsewhere.request.get('/api/taxa').then((a) => a.status()),
    (code) => code === 401,
  )
  await ben.page.getByRole('link', { name: 'Review what is yours' }).click()
  await ben.page.waitForURL(/mine=true/)
  await ben.page.goto('/history?person=Ben')
  await ben.page.locator('h1').waitFor()

  const { taxonId, deploymentId, importId, detectionId, mediaId } = planted
  for (const address of [
    '/',
    '/add',
    `/review/${detectionId}`,
    '/grid',
    '/photos',
    `/photos/${mediaId}`,
    '/taxa',
    `/taxa/${taxonId}`,
    '/deployments',
    `/deployments?id=${deploymentId}`,
    '/results',
    '/insight',
    '/labels',
    '/unknowns',
    '/history',
    '/people',
    '/account',
    '/models',
    `/imports/${importId}`,
    '/add/false-triggers',
    '/add/repeats',
  ]) {
    await ada.goto(address)
    await ada.locator('h1, h2, .page, main').first().waitFor()
    await ada.waitForTimeout(400)
    await assertHarmless(ada, address)
  }
  const zip = unzipSync(await (await ada.request.get('/api/results/report.zip')).body())
  for (const [name, bytes] of Object.entries(zip))
    if (/\.(html|svg)$/.test(name)) {
      const context = await walk.browser.newContext()
      const page = await context.newPage()
      const type = name.endsWith('svg') ? 'image/svg+xml' : 'text/html'
      await page.goto(`data:${type};base64,${Buffer.from(bytes).toString('base64')}`)
      await assertHarmless(page, name)
      await context.close()
    }
  assert.deepEqual(errors, [])
  for (const { page } of [vera, ben]) await page.context().close()
  await elsewhere.close()
})

async function assertHarmless(page: Page, what: string): Promise<void> {
  const found = await page.evaluate(() => [
    'evil' in window,
    document.querySelectorAll('img.evil, [onerror], [onload]').length,
  ])
  assert.deepEqual(found, [false, 0], what)
}
