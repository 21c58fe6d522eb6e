import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { OpenAPIHono } from '@hono/zod-openapi'
import pino from 'pino'
import { type Config, readConfig } from '../../../api/config.ts'
import { renderProblem } from '../../../api/http/render-problem.ts'
import type { Env } from '../../../api/http/router.ts'
import { refuseForeign } from '../../../api/http/security.ts'
import { admit } from '../../../api/people/caller.ts'
import { openPeople } from '../../../api/people/deps.ts'
import { sessionRoutes } from '../../../api/people/session.ts'
import { openTestDatabase } from '../../support/database.ts'

const database = await openTestDatabase()
after(() => database.close())
const settings = readConfig({})
const log = pino({ level: 'silent' })

/** An app with nothing in it but the guards. */
function guarded(changes: Partial<Config> = {}) {
  const config = { ...settings, ...changes }
  const people = openPeople({ db: database.db, config, log })
  const app = new OpenAPIHono<Env>()
  app.use(refuseForeign(config))
  app.use(admit(people.callers, database.db))
  app.onError((error, c) => renderProblem(error, c))
  app.route('/', sessionRoutes(people))
  app.get('/healthz', (c) => c.text('ok'))
  app.get('/', (c) => c.text('page'))
  app.all('/api/taxa', (c) => c.text('secret'))
  return async (url: string, headers: Record<string, string> = {}, init: RequestInit = {}) =>
    app.request(url, { ...init, headers })
}

const said = async (answer: Response | Promise<Response>) => {
  const { authenticated, tokenRequired } = await (await answer).json()
  return { authenticated, tokenRequired }
}

test('hosts of this machine are ours, names from elsewhere are not', async () => {
  const ask = guarded()
  for (const host of ['localhost', 'localhost:3000', '127.0.0.1:8080', '[::1]:3000'])
    assert.equal((await ask('/api/taxa', { Host: host })).status, 200, host)
  for (const host of ['evil.example', '10.0.0.7:3000', 'localhost.evil.example', 'localhost@evil.example', ''])
    assert.equal((await ask('http://localhost/api/taxa', { Host: host })).status, host === '' ? 403 : 403, host)
})

test('hosts that the operator allows, and its own name, are ours', async () => {
  const ask = guarded({ host: '192.168.1.5', apiToken: 'a long token', allowedHosts: ['clavis.example'] })
  const token = { Authorization: 'Bearer a long token' }
  for (const host of ['192.168.1.5:3000', 'clavis.example', 'CLAVIS.example:443'])
    assert.equal((await ask('/api/taxa', { Host: host, ...token })).status, 200, host)
  assert.equal((await ask('/api/taxa', { Host: '192.168.1.6', ...token })).status, 403)
})

test('where every interface is served any address is ours, but no foreign name', async () => {
  const ask = guarded({ host: '0.0.0.0', apiToken: 'a long token' })
  const token = { Authorization: 'Bearer a long token' }
  assert.equal((await ask('/api/taxa', { Host: '10.1.2.3:3000', ...token })).status, 200)
  assert.equal((await ask('/api/taxa', { Host: 'rebound.example', ...token })).status, 403)
})

test('only our own page may write', async () => {
  const ask = guarded()
  const own = { Host: 'localhost:3000' }
  assert.equal((await ask('/api/taxa', { ...own, Origin: 'http://localhost:3000' })).status, 200)
  for (const origin of ['http://localhost:4000', 'https://evil.example', 'null'])
    assert.equal((await ask('/api/taxa', { ...own, Origin: origin }, { method: 'POST' })).status, 403, origin)
})

test('a token is asked for, except by the probe, the page and the way to sign in', async () => {
  const ask = guarded({ apiToken: 'correct horse' })
  const refused = await ask('/api/taxa')
  assert.equal(refused.status, 401)
  assert.match(refused.headers.get('www-authenticate') ?? '', /^Bearer/)
  for (const path of ['/healthz', '/', '/api/session']) assert.equal((await ask(path)).status, 200, path)
  for (const wrong of [
    'Bearer wrong',
    'Bearer correct hors',
    'Bearer correct horse2',
    'Basic correct horse',
    'correct horse',
  ])
    assert.equal((await ask('/api/taxa', { Authorization: wrong })).status, 401, wrong)
  assert.equal((await ask('/api/taxa', { Authorization: 'Bearer correct horse' })).status, 200)
  assert.equal((await ask('/api/taxa', { Authorization: 'bearer correct horse' })).status, 200)
})

test('the page exchanges the token for a cookie that says nothing of it', async () => {
  const ask = guarded({ apiToken: 'correct horse' })
  const signIn = (token: string) =>
    ask('/api/session', { 'Content-Type': 'application/json' }, { method: 'POST', body: JSON.stringify({ token }) })
  assert.deepEqual(await said(ask('/api/session')), { authenticated: false, tokenRequired: true })
  assert.equal((await signIn('wrong')).status, 401)
  const answer = await signIn('correct horse')
  assert.deepEqual(await said(answer), { authenticated: true, tokenRequired: true })
  const cookie = answer.headers.get('set-cookie') ?? ''
  assert.match(cookie, /HttpOnly/)
  assert.match(cookie, /SameSite=Strict/)
  assert.ok(!cookie.includes('correct'))
  const value = cookie.split(';')[0]!
  assert.equal((await ask('/api/taxa', { Cookie: value })).status, 200)
  assert.deepEqual(await said(ask('/api/session', { Cookie: value })), {
    authenticated: true,
    tokenRequired: true,
  })
  assert.equal((await ask('/api/taxa', { Cookie: `${value}x` })).status, 401)
  const other = guarded({ apiToken: 'another one' })
  assert.equal((await other('/api/taxa', { Cookie: value })).status, 401, 'a new token ends old sessions')
  const out = await ask('/api/session', { Cookie: value }, { method: 'DELETE' })
  assert.match(out.headers.get('set-cookie') ?? '', /Max-Age=0/)
})

test('without a token nobody is asked for one', async () => {
  const ask = guarded()
  assert.deepEqual(await said(ask('/api/session')), { authenticated: true, tokenRequired: false })
  assert.equal((await ask('/api/taxa')).status, 200)
})
