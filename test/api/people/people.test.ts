// People from the first link to being shut out: joining, signing in, sessions, keys, and what a stolen database is
// worth.

import assert from 'node:assert/strict'
import { randomBytes, scryptSync } from 'node:crypto'
import { after, before, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { createApp } from '../../../api/app.ts'
import { firstAdminLink } from '../../../api/people/first-admin.ts'
import { findCredential, setPassword } from '../../../db/people/people.ts'
import { cookieOf, invite, join, PASSWORD, type SignedIn, withCookie } from '../../support/people/people.ts'
import { openTestService, type TestService } from '../../support/service.ts'

let service: TestService
let admin: SignedIn
let linkToken = ''
before(async () => {
  service = await openTestService({ host: '0.0.0.0' })
  const link = await firstAdminLink(service, 'http://localhost:3000')
  linkToken = link?.split('/join#')[1] ?? ''
})
after(() => service.close())

const signIn = (name: string, password: string, from = service) =>
  from.ask('/api/session', { json: { name, password } })

test('until somebody joins nobody may do anything, whatever name they give', async () => {
  for (const path of ['/api/taxa', '/api/people', '/metrics', '/api/openapi.json'])
    assert.equal((await service.ask(path, { headers: { 'Clavis-Person': 'Ada' } })).status, 401, path)
  assert.deepEqual(await service.read(200, '/api/session'), {
    authenticated: false,
    tokenRequired: false,
    oidc: null,
    signIn: 'password',
    person: null,
  })
})

test('the first link makes one admin, once', async () => {
  assert.match(linkToken, /^i_[\w-]{43}$/)
  admin = await join(service, linkToken, 'Ada')
  assert.equal(
    (await service.ask('/api/people', { json: { invitation: linkToken, name: 'Eve', password: PASSWORD } })).status,
    403,
  )
  const { items } = await (await admin.ask('/api/people')).json()
  assert.deepEqual(
    items.map((one: { name: string; role: string }) => [one.name, one.role]),
    [['Ada', 'admin']],
  )
  assert.equal(await firstAdminLink(service, 'http://localhost:3000'), null, 'there is no second first admin')
})

test('an invitation works once, for its role, and names are taken in any case', async () => {
  const token = await invite(admin.ask, 'reviewer')
  const refused = await service.ask('/api/people', { json: { invitation: token, name: 'aDA', password: PASSWORD } })
  assert.equal(refused.status, 409)
  const short = await service.ask('/api/people', { json: { invitation: token, name: 'Ben', password: 'short' } })
  assert.equal(short.status, 400)
  const ben = await join(service, token, 'Ben')
  const session = await (await ben.ask('/api/session')).json()
  assert.deepEqual(session.person, { name: 'Ben', role: 'reviewer' })
  assert.equal(
    (await service.ask('/api/people', { json: { invitation: token, name: 'Cy', password: PASSWORD } })).status,
    403,
  )
  const taken = await invite(admin.ask, 'viewer')
  const { items } = await (await admin.ask('/api/invitations')).json()
  assert.equal(items.length, 1)
  assert.equal((await admin.ask(`/api/invitations/${items[0].id}`, { method: 'DELETE' })).status, 204)
  assert.equal(
    (await service.ask('/api/people', { json: { invitation: taken, name: 'Cy', password: PASSWORD } })).status,
    403,
  )
})

test('who did something is who is signed in, whatever the header says', async () => {
  const answer = await admin.ask('/api/taxa', {
    json: { name: 'Insecta', rank: 'class', parentId: null },
    headers: { 'Clavis-Person': 'Somebody else' },
  })
  assert.equal(answer.status, 201)
  const { items } = await (await admin.ask('/api/taxonomy/edits')).json()
  assert.equal(items[0].person, 'Ada')
})

test('a wrong password and an unknown name are refused alike; five tries, then a wait', async () => {
  const wrong = await signIn('Ada', 'not the password')
  const unknown = await signIn('Nobody at all', 'not the password')
  assert.deepEqual([wrong.status, unknown.status], [401, 401])
  assert.equal((await wrong.json()).detail, (await unknown.json()).detail)
  for (let i = 0; i < 4; i++) assert.equal((await signIn('Mallory', 'x')).status, 401)
  assert.equal((await signIn('Mallory', 'x')).status, 401)
  const sixth = await signIn('mallory', 'x')
  assert.equal(sixth.status, 429)
  assert.equal(sixth.headers.get('retry-after'), '900')
  const right = await signIn('ada', PASSWORD)
  assert.equal(right.status, 200, 'others are not affected')
  const { items } = await (await admin.ask('/api/audit?limit=200')).json()
  const refused = items.filter((entry: { what: string }) => entry.what === 'sign-in refused')
  assert.equal(refused.length, 7)
})

test('a password that scrypt kept signs in, and argon2id keeps it from then on', async () => {
  const salt = randomBytes(16)
  const key = scryptSync(PASSWORD, salt, 32, { N: 1024, r: 8, p: 1 })
  await setPassword(
    service.db,
    Number(admin.id),
    `scrypt$1024$8$1$${salt.toString('base64')}$${key.toString('base64')}`,
  )
  assert.equal((await signIn('Ada', 'not the password')).status, 401)
  assert.equal((await signIn('Ada', PASSWORD)).status, 200)
  assert.match((await findCredential(service.db, 'Ada'))?.hash ?? '', /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  assert.equal((await signIn('Ada', PASSWORD)).status, 200)
})

test('tries are counted for all processes together', async () => {
  const other: TestService = { ...service, app: createApp(service) }
  other.ask = async (path, { json, ...init } = {}) =>
    await other.app.request(path, {
      method: 'POST',
      ...init,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(json),
    })
  for (let i = 0; i < 5; i++) assert.equal((await signIn('Trudy', 'x', i % 2 ? other : service)).status, 401)
  assert.deepEqual([(await signIn('Trudy', 'x')).status, (await signIn('Trudy', 'x', other)).status], [429, 429])
})

test('a revoked session and a revoked key are refused within a second in every process', async () => {
  // Another process on the same database.
  const other: TestService = { ...service, app: createApp(service) }
  other.ask = async (path, init = {}) => await other.app.request(path, init)
  const cookie = cookieOf(await signIn('Ada', PASSWORD))
  const here = withCookie(service, cookie)
  const there = withCookie(other, cookie)
  const key = await (await here('/api/keys', { json: { name: 'script', scopes: ['read'] } })).json()
  const withKey = { headers: { Authorization: `Bearer ${key.key}` } }
  for (const ask of [here, there]) assert.equal((await ask('/api/taxa')).status, 200)
  for (const one of [service, other]) assert.equal((await one.ask('/api/taxa', withKey)).status, 200)

  const events = (await there('/api/events')).body!.pipeThrough(new TextDecoderStream()).getReader()
  assert.match((await events.read()).value ?? '', /hello/)
  const { items } = await (await here('/api/sessions')).json()
  const current = items.find((one: { current: boolean }) => one.current)
  assert.equal((await here(`/api/keys/${key.id}`, { method: 'DELETE' })).status, 204)
  assert.equal((await here(`/api/sessions/${current.id}`, { method: 'DELETE' })).status, 204)
  assert.equal((await here('/api/taxa')).status, 401)
  assert.equal((await service.ask('/api/taxa', withKey)).status, 401)
  await wait(900)
  assert.equal((await there('/api/taxa')).status, 401)
  assert.equal((await other.ask('/api/taxa', withKey)).status, 401)
  service.events.emit({ name: 'published', data: { treeVersion: '9.9' } })
  assert.deepEqual(await events.read(), { done: true, value: undefined }, 'an open stream says nothing more')
})

test('a key reaches what its scopes and its person reach, and no more', async () => {
  const ask = async (scopes: string[], path: string, init: RequestInit & { json?: unknown } = {}) => {
    const { key } = await (await admin.ask('/api/keys', { json: { name: 'x', scopes } })).json()
    return await service.ask(path, { ...init, headers: { Authorization: `Bearer ${key}` } })
  }
  const taxon = { json: { name: 'Aves', rank: 'class', parentId: null } }
  assert.equal((await ask(['read'], '/api/taxa')).status, 200)
  const refused = await ask(['read', 'identify'], '/api/taxa', taxon)
  assert.equal(refused.status, 403)
  assert.match((await refused.json()).detail, /scope taxonomy/)
  assert.equal((await ask(['taxonomy'], '/api/taxa', taxon)).status, 201)
  assert.equal((await ask(['read'], '/api/people')).status, 403)
  assert.equal((await ask(['read'], '/api/keys', { json: { name: 'y', scopes: ['admin'] } })).status, 403)
  const listed = await (await admin.ask('/api/keys')).json()
  assert.ok(!JSON.stringify(listed).includes('"key"'), 'a key is shown once')
  assert.equal((await service.ask('/api/taxa', { headers: { Authorization: 'Bearer clavis_wrong' } })).status, 401)
})

test('the last admin stays; whoever is shut out is out at once and comes back by a link', async () => {
  assert.equal((await admin.ask(`/api/people/${admin.id}`, { method: 'PATCH', json: { role: 'editor' } })).status, 409)
  assert.equal((await admin.ask(`/api/people/${admin.id}`, { method: 'PATCH', json: { disabled: true } })).status, 409)
  const dora = await join(service, await invite(admin.ask, 'admin'), 'Dora')
  assert.equal((await admin.ask(`/api/people/${dora.id}`, { method: 'PATCH', json: { role: 'viewer' } })).status, 200)
  assert.equal((await dora.ask('/api/people')).status, 403, 'a new role counts at once')
  await admin.ask(`/api/people/${dora.id}`, { method: 'PATCH', json: { disabled: true } })
  assert.equal((await dora.ask('/api/taxa')).status, 401)
  assert.equal((await signIn('Dora', PASSWORD)).status, 401)
  await admin.ask(`/api/people/${dora.id}`, { method: 'PATCH', json: { disabled: false } })
  assert.equal((await dora.ask('/api/taxa')).status, 401, 'sessions of before stay ended')
  const made = await (await admin.ask('/api/invitations', { json: { personId: dora.id } })).json()
  const reset = await service.ask('/api/people', {
    json: { invitation: made.token, password: 'another long password' },
  })
  assert.equal(reset.status, 201)
  assert.equal((await signIn('Dora', PASSWORD)).status, 401)
  assert.equal((await signIn('Dora', 'another long password')).status, 200)
})

test('a new password ends the other sessions', async () => {
  const elsewhere = cookieOf(await signIn('Ben', PASSWORD))
  const here = withCookie(service, cookieOf(await signIn('Ben', PASSWORD)))
  const change = (current: string) =>
    here('/api/session/password', { method: 'PUT', json: { current, next: 'yet another password' } })
  assert.equal((await change('wrong')).status, 401)
  assert.equal((await change(PASSWORD)).status, 204)
  assert.equal((await here('/api/taxa')).status, 200)
  assert.equal((await withCookie(service, elsewhere)('/api/taxa')).status, 401)
  assert.equal((await here('/api/session', { method: 'DELETE' })).status, 204)
  assert.equal((await here('/api/taxa')).status, 401)
})

test('nothing in a stolen database can be used', async () => {
  const secrets: string[] = []
  for (const table of ['person', 'credential', 'session', 'api_key', 'invitation', 'setting', 'audit']) {
    const { rows } = await service.database.pool.query<Record<string, unknown>>(`select * from ${table}`)
    for (const row of rows) for (const value of Object.values(row)) if (typeof value === 'string') secrets.push(value)
  }
  assert.ok(secrets.length > 30)
  const text = secrets.join('\n')
  for (const secret of [PASSWORD, admin.cookie.split('=')[1]!, linkToken]) assert.ok(!text.includes(secret))
  const tried = new Set(secrets.flatMap((one) => [one, `s_${one}`, `clavis_${one}`, `i_${one}`]))
  for (const secret of tried) {
    const value = encodeURIComponent(secret)
    const asCookie = await service.ask('/api/taxa', { headers: { Cookie: `clavis_session=${value}` } })
    assert.equal(asCookie.status, 401)
    const asKey = await service.ask('/api/taxa', { headers: { Authorization: `Bearer ${value}` } })
    assert.equal(asKey.status, 401)
  }
})

test('the audit tells who did what from where, and cannot be changed', async () => {
  const { items } = await (await admin.ask('/api/audit?limit=200')).json()
  const told = items.map((entry: { person: string; what: string }) => `${entry.person}: ${entry.what}`)
  for (const what of [
    'Ada: joined by a link',
    'Ada: invited a person as reviewer',
    'Ada: made Dora viewer',
    'Ada: shut out Dora',
    'Ben: changed the password',
    'Ben: signed out',
    'Ada: POST /api/taxa',
  ])
    assert.ok(told.includes(what), what)
  for (const change of ['update audit set person = $$Eve$$', 'delete from audit'])
    await assert.rejects(service.database.pool.query(change), /only added/)
})
