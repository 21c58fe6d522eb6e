// Signing in through another service, played by a provider on this machine.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { firstAdminLink } from '../../../api/people/first-admin.ts'
import { CLIENT, openProvider } from '../../support/people/oidc-provider.ts'
import { cookieOf, invite, join, type SignedIn, withCookie } from '../../support/people/people.ts'
import { openTestService, type TestService } from '../../support/service.ts'

let provider: Awaited<ReturnType<typeof openProvider>>
let service: TestService
let admin: SignedIn
before(async () => {
  provider = await openProvider()
  const oidc = { issuer: provider.issuer, clientId: CLIENT.id, clientSecret: CLIENT.secret, name: 'the lab' }
  service = await openTestService({ host: '0.0.0.0', oidc })
  admin = await join(service, (await firstAdminLink(service, ''))?.split('#')[1] ?? '', 'Ada')
})
after(async () => {
  await service.close()
  provider.close()
})

async function signIn(wanted: object = {}, change: (back: URL) => void = () => {}) {
  const begun = await service.ask('/api/session/oidc', { json: wanted })
  assert.equal(begun.status, 200)
  const back = provider.visit((await begun.json()).url)
  change(back)
  const Cookie = cookieOf(begun)
  const answer = await service.ask(`${back.pathname}${back.search}`, { headers: { Cookie } })
  assert.equal(answer.status, 302)
  const session = answer.headers.getSetCookie().find((one) => one.startsWith('clavis_session='))
  return { to: answer.headers.get('location'), cookie: session?.split(';')[0] ?? '', back, Cookie }
}

test('the page is told; a stranger is sent back without a session', async () => {
  assert.equal((await service.read<{ oidc: string }>(200, '/api/session')).oidc, 'the lab')
  const { to, cookie } = await signIn()
  assert.deepEqual([to, cookie], ['/?signin=unknown', ''])
})

test('an invitation makes a person of the account, once; then it signs in', async () => {
  const invitation = await invite(admin.ask, 'reviewer')
  const first = await signIn({ invitation })
  assert.equal(first.to, '/')
  const session = await (await withCookie(service, first.cookie)('/api/session')).json()
  assert.deepEqual(session.person, { name: 'Ada of the lab', role: 'reviewer' })
  const again = await signIn()
  assert.equal((await withCookie(service, again.cookie)('/api/taxa')).status, 200)
  // The same answer of the provider works once.
  const replayed = await service.ask(`${first.back.pathname}${first.back.search}`, {
    headers: { Cookie: first.Cookie },
  })
  assert.equal(replayed.headers.get('location'), '/?signin=refused')
  provider.who.subject = 'eve-1'
  assert.equal((await signIn({ invitation })).to, '/?signin=invitation')
  const audit = await (await admin.ask('/api/audit')).json()
  assert.ok(audit.items.some((one: { what: string }) => one.what === 'signed in through the lab'))
})

test('an admin’s link lets a person who is there sign in by the account; shut out is out', async () => {
  provider.who.subject = 'ada-admin'
  const made = await (await admin.ask('/api/invitations', { json: { personId: admin.id } })).json()
  const { cookie } = await signIn({ invitation: made.token })
  assert.equal((await (await withCookie(service, cookie)('/api/session')).json()).person.name, 'Ada')
  provider.who.subject = 'ada-17'
  const { items } = await (await admin.ask('/api/people')).json()
  const other = items.find((one: { name: string }) => one.name === 'Ada of the lab')
  await admin.ask(`/api/people/${other.id}`, { method: 'PATCH', json: { disabled: true } })
  assert.equal((await signIn()).to, '/?signin=unknown')
})

test('another state, another nonce and another browser are refused', async () => {
  provider.who.subject = 'ada-admin'
  const wrong = await signIn({}, (back) => back.searchParams.set('state', 'another'))
  assert.equal(wrong.to, '/?signin=refused')
  provider.who.nonce = 'another'
  assert.equal((await signIn()).to, '/?signin=refused')
  provider.who.nonce = null
  const begun = await service.ask('/api/session/oidc', { json: {} })
  const back = provider.visit((await begun.json()).url)
  const elsewhere = await service.ask(`${back.pathname}${back.search}`)
  assert.equal(elsewhere.headers.get('location'), '/?signin=late')
  assert.equal((await signIn()).to, '/')
})
