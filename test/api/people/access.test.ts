// Every route of the OpenAPI document, asked as every role and with every scope, against the one table of access.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { accessOf, isListed, mayAs } from '../../../api/people/access.ts'
import { firstAdminLink } from '../../../api/people/first-admin.ts'
import { boxesOfPeople } from '../../../db/photos/detections.ts'
import { ROLES, SCOPES } from '../../../db/schema.ts'
import { checkAnswers, type Wanted } from '../../support/answers.ts'
import type { Document } from '../../support/hostile/operations.ts'
import { invite, join, type SignedIn } from '../../support/people/people.ts'
import { COLOURS, drawAnimal } from '../../support/photos.ts'
import { form, openTestService, type TestService } from '../../support/service.ts'

let service: TestService
let document: Document
let routes: { method: string; path: string }[] = []
const people = new Map<string, SignedIn>()
const keys = new Map<string, string>()
before(async () => {
  service = await openTestService({ host: '0.0.0.0' })
  const link = await firstAdminLink(service, '')
  const admin = await join(service, link?.split('#')[1] ?? '', 'admin')
  people.set('admin', admin)
  for (const role of ['viewer', 'reviewer', 'editor'])
    people.set(role, await join(service, await invite(admin.ask, role), role))
  for (const scope of SCOPES) {
    const made = await admin.ask('/api/keys', { json: { name: scope, scopes: [scope] } })
    keys.set(scope, (await made.json()).key)
  }
  document = await (await admin.ask('/api/openapi.json')).json()
  routes = Object.entries<Record<string, unknown>>(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => ({ method, path })),
  )
})
after(() => service.close())

/** Changes nothing: there is no such row, and no body. */
const addressOf = (path: string) => path.replace(/\{\w+\}/g, '999999')
const isProbe = (path: string) => !path.startsWith('/api/') && path !== '/metrics'
/** Endless, and what ends the session that asks. */
const isLeftOut = ({ method, path }: { method: string; path: string }) =>
  path === '/api/events' || (method === 'delete' && path === '/api/session')

test('every route is in the table', () => {
  assert.ok(routes.length > 80)
  const missing = routes.filter(({ method, path }) => !isProbe(path) && !isListed(`${method} ${path}`))
  assert.deepEqual(missing, [])
})

test('what is not in the table is for admins alone', () => {
  assert.deepEqual(accessOf('GET', '/api/something/new'), { role: 'admin', scope: 'admin' })
  assert.deepEqual(accessOf('DELETE', '/api/media/1/'), { role: 'admin', scope: 'admin' })
})

test('a stranger reaches nothing but the way in', async () => {
  for (const route of routes.filter((one) => !isProbe(one.path))) {
    const { status } = await service.ask(addressOf(route.path), { method: route.method.toUpperCase() })
    const open = accessOf(route.method, route.path) === null
    assert.equal(status === 401, !open, `${route.method} ${route.path}: ${status}`)
  }
})

for (const role of ROLES)
  test(`every route as ${role}`, async () => {
    for (const route of routes.filter((one) => !isLeftOut(one))) {
      const { method, path } = route
      const answer = await people.get(role)!.ask(addressOf(path), { method: method.toUpperCase() })
      await answer.body?.cancel()
      const access = accessOf(method, path)
      const may = isProbe(path) || access === null || mayAs(role, access.role)
      if (!may) assert.equal(answer.status, 403, `${method} ${path}`)
      else assert.ok(![401, 403].includes(answer.status), `${method} ${path}: ${answer.status}`)
    }
  })

for (const scope of SCOPES)
  test(`every route with an admin's key for ${scope}`, async () => {
    for (const route of routes.filter((one) => !isLeftOut(one))) {
      const { method, path } = route
      const headers = { Authorization: `Bearer ${keys.get(scope)}` }
      const answer = await service.ask(addressOf(path), { method: method.toUpperCase(), headers })
      await answer.body?.cancel()
      const access = accessOf(method, path)
      const may = isProbe(path) || access === null || access.scope === scope
      if (!may) assert.equal(answer.status, 403, `${method} ${path}`)
      else assert.ok(![401, 403].includes(answer.status), `${method} ${path}: ${answer.status}`)
    }
  })

test('reviewers undo their own steps, editors anybody’s', async () => {
  const admin = people.get('admin')!
  await admin.ask('/api/media', { method: 'POST', body: form([await drawAnimal(COLOURS.red)]) })
  let detectionId = ''
  for (let i = 0; i < 200 && detectionId === ''; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    detectionId = (await (await admin.ask('/api/detections')).json()).items[0]?.id ?? ''
  }
  const taxon = await (await admin.ask('/api/taxa', { json: { name: 'Aves', rank: 'class', parentId: null } })).json()
  const say = async (role: string) => {
    const json = { detectionId, taxonId: taxon.id, basis: { kind: 'search' } }
    const answer = await people.get(role)!.ask('/api/identifications', { json })
    assert.equal(answer.status, 201)
    const { items } = await (await admin.ask('/api/actions')).json()
    return { action: items[0].id, identification: (await answer.json()).identification.id }
  }
  const byEditor = await say('editor')
  const reviewer = people.get('reviewer')!
  const undo = (who: SignedIn, id: string) => who.ask(`/api/actions/${id}/undo`, { method: 'POST' })
  assert.equal((await undo(reviewer, byEditor.action)).status, 403)
  const withdrawn = await reviewer.ask(`/api/identifications/${byEditor.identification}`, { method: 'DELETE' })
  assert.equal(withdrawn.status, 403)
  const byReviewer = await say('reviewer')
  assert.equal((await undo(reviewer, byReviewer.action)).status, 200)
  const again = await say('reviewer')
  assert.equal((await undo(people.get('editor')!, again.action)).status, 200)
})

test('a key for some deployments reaches their photos and animals, and nothing else', async () => {
  const admin = people.get('admin')!
  const bring = async (colour: keyof typeof COLOURS, deployment: string, ask = admin.ask) => {
    const body = form([await drawAnimal(COLOURS[colour], { seed: 31 })], { deployment })
    const answer = await ask('/api/media', { method: 'POST', body })
    return { status: answer.status, id: (await answer.json()).items?.[0]?.id as string | undefined }
  }
  const hill = await bring('blue', 'Hill')
  const pond = await bring('green', 'Pond')
  await service.settled().catch(() => {})
  for (let i = 0; i < 200; i++) {
    const { items } = await (await admin.ask('/api/media?status=queued')).json()
    if (items.length === 0) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const wanted = { name: 'camera', scopes: ['read', 'identify', 'import'], deployments: ['Hill'] }
  const made = await (await admin.ask('/api/keys', { json: wanted })).json()
  assert.deepEqual(made.deployments, ['Hill'])
  assert.equal((await admin.ask('/api/keys', { json: { ...wanted, deployments: ['Nowhere'] } })).status, 404)
  const ask: SignedIn['ask'] = (path, init = {}) =>
    service.ask(path, { ...init, headers: { ...init.headers, Authorization: `Bearer ${made.key}` } })
  const detectionIn = async (id: string | undefined) =>
    (await (await admin.ask(`/api/media/${id}`)).json()).detections[0].id as string
  const [here, there] = [await detectionIn(hill.id), await detectionIn(pond.id)]
  const taxonId = (await (await admin.ask('/api/taxa')).json()).items[0].id
  const say = (detectionId: string) =>
    ask('/api/identifications', { json: { detectionId, taxonId, basis: { kind: 'search' } } })
  const expected: [number, string, Promise<{ status: number }>][] = [
    [200, 'its photo', ask(`/api/media/${hill.id}`)],
    [403, 'another photo', ask(`/api/media/${pond.id}`)],
    [403, 'another picture', ask(`/api/media/${pond.id}/image?width=320`)],
    [200, 'its crop', ask(`/api/detections/${here}/crop`)],
    [403, 'another crop', ask(`/api/detections/${there}/crop`)],
    [200, 'its list', ask('/api/detections?deployment=Hill')],
    [403, 'the whole list', ask('/api/detections')],
    [403, 'another list', ask('/api/queues?deployment=Pond')],
    [201, 'its animal', say(here)],
    [403, 'another animal', say(there)],
    [403, 'what tells of all', ask('/api/summary')],
    [403, 'the export', ask('/api/export.csv')],
    [202, 'a photo for it', bring('cyan', 'Hill', ask)],
    [403, 'a photo for another', bring('red', 'Pond', ask)],
    [403, 'a known photo of another', bring('green', 'Hill', ask)],
  ]
  for (const [status, what, answer] of expected) assert.equal((await answer).status, status, what)
  const reached: string[] = []
  for (const { method, path } of routes.filter((one) => !isLeftOut(one) && !isProbe(one.path))) {
    const answer = await ask(addressOf(path), { method: method.toUpperCase() })
    await answer.body?.cancel()
    if (answer.status !== 403) reached.push(`${method} ${path}`)
  }
  const free = [
    'openapi.json',
    'docs',
    'docs/{file}',
    'session',
    'taxa',
    'taxa/{id}',
    'taxonomy/children',
    'tree',
    'agreement',
  ]
  const open = [...free.map((path) => `get /api/${path}`), 'post /api/session', 'post /api/people', 'post /api/media']
  assert.deepEqual(
    reached.filter((route) => !open.includes(route)),
    [],
  )
})

test('viewers see rounded places, no original, and nobody’s face', async () => {
  const admin = people.get('admin')!
  const viewer = people.get('viewer')!
  const { items } = await (await admin.ask('/api/media')).json()
  const [media] = items
  await service.database.pool.query('update media set latitude = 12.3456, longitude = -7.8912 where id = $1', [
    media.id,
  ])
  await service.database.pool.query(
    `insert into detection (media_id, kind, source, x, y, width, height, group_key)
      values ($1, 'person', 'detector', 0.1, 0.1, 0.5, 0.5, 'm:1')`,
    [media.id],
  )
  const place = async (who: SignedIn) => {
    const { latitude, longitude } = await (await who.ask(`/api/media/${media.id}`)).json()
    return [latitude, longitude]
  }
  assert.deepEqual(await place(admin), [12.3456, -7.8912])
  assert.deepEqual(await place(viewer), [12.3, -7.9])
  assert.equal((await boxesOfPeople(service.db, media.id)).length, 1)
  const image = `/api/media/${media.id}/image?width=320`
  const crop = `/api/detections/${media.detections[0].id}/crop`
  const picture = async (who: SignedIn, path: string) => {
    const answer = await who.ask(path)
    assert.equal(answer.status, 200)
    return Buffer.from(await answer.arrayBuffer())
  }
  const seenAlike = async (path: string) => (await picture(viewer, path)).equals(await picture(admin, path))
  // Somebody who stands beside the animal is in its crop too.
  for (const path of [image, crop]) {
    assert.equal(await seenAlike(path), false, path)
    assert.equal((await viewer.ask(path)).headers.get('cache-control'), 'private, no-cache')
  }
  await service.database.pool.query("update detection set x = 0.99, y = 0.99, width = 0.01 where kind = 'person'")
  assert.deepEqual([await seenAlike(image), await seenAlike(crop)], [false, true])
  // Nobody has looked yet who is in a photo that waits.
  await service.database.pool.query("delete from detection where kind = 'person'")
  assert.equal(await seenAlike(image), true)
  await service.database.pool.query("update media set status = 'failed' where id = $1", [media.id])
  assert.deepEqual([await seenAlike(image), await seenAlike(crop)], [false, false])
  await service.database.pool.query("update media set status = 'indexed' where id = $1", [media.id])
  const original = await viewer.ask(`/api/media/${media.id}/image`)
  assert.equal(original.headers.get('content-type'), 'image/jpeg')
  // A sensitive taxon in the photo makes its place coarser still, or secret.
  const taxon = await (
    await admin.ask('/api/taxa', { json: { name: 'Panthera', rank: 'genus', parentId: null } })
  ).json()
  await service.database.pool.query(
    `insert into identification (detection_id, taxon_id, person, basis)
      select min(id), $1, 'admin', '{"kind":"search"}' from detection where media_id = $2`,
    [taxon.id, media.id],
  )
  for (const [placeRule, seen] of [
    ['1', [12, -8]],
    ['hidden', [null, null]],
  ]) {
    const command = { kind: 'setPlaceRule', id: taxon.id, placeRule }
    assert.equal((await admin.ask('/api/taxonomy/edits', { json: { command } })).status, 201)
    assert.deepEqual(await place(viewer), seen)
    assert.deepEqual(await place(admin), [12.3456, -7.8912])
  }
})

/** Nothing computed it yet, no version was published, it asks other machines, or it belongs to a browser. */
const NOT_ASKED = /^\/api\/(insight\/map.*|detectors\/.*|tree\/versions\/.*|models\/catalogue|session\/oidc\/callback)$/

test('what is answered is what the description says, to an admin and to a viewer', async () => {
  const admin = people.get('admin')!
  const first = async (path: string) => (await (await admin.ask(path)).json()).items[0]?.id as string
  const [media, detection] = [await first('/api/media'), await first('/api/detections')]
  const imported = (await (await admin.ask('/api/imports', { json: { name: 'A card', source: 'page' } })).json()).id
  const taxon = await first('/api/taxa?q=Aves')
  const list = { name: 'Park', taxonIds: [taxon], deploymentIds: [] }
  const species = await (await admin.ask('/api/species-lists', { json: list })).json()
  const selection = await (await admin.ask('/api/selections', { json: { detectionIds: [detection] } })).json()
  const wanted: Wanted = {
    id: media,
    detectionId: detection,
    taxon,
    threshold: '0.5',
    '/api/backbone name': 'Vulpes',
    '/api/backbone rank': 'genus',
    '/api/detections/{id} id': detection,
    '/api/detections/{id}/burst id': detection,
    '/api/detections/{id}/alike id': detection,
    '/api/detections/{id}/tracks id': detection,
    '/api/taxa/{id} id': taxon,
    '/api/taxa/{id}/knowledge id': taxon,
    '/api/species-lists/{id}/taxa id': species.id ?? species.list?.id,
    '/api/selections/{id} id': selection.id,
    '/api/taxonomy/children parent': 'none',
    '/api/imports/{id} id': imported,
    '/api/imports/{id}/failures id': imported,
    '/api/imports/{id}/state id': imported,
  }
  const told = await checkAnswers(admin.ask, document, wanted, NOT_ASKED)
  assert.deepEqual(told.wrong, [])
  assert.deepEqual(told.refused, [])
  assert.ok(told.fitting > 60, `${told.fitting}`)
  const viewed = await checkAnswers(people.get('viewer')!.ask, document, wanted, NOT_ASKED)
  assert.deepEqual(viewed.wrong, [])
})
