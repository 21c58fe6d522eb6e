// Signing in and out, one's password and one's sessions.

import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { deleteCookie, setCookie } from 'hono/cookie'
import type { Db } from '../../db/connection/connect.ts'
import { addAudit } from '../../db/people/audit.ts'
import { findCredential, getPerson, setPassword } from '../../db/people/people.ts'
import { addSession, listSessions, revokeSession, revokeSessions } from '../../db/people/sign-ins.ts'
import { idParam } from '../contract/id.ts'
import {
  openSessionSchema,
  passwordSchema,
  type Session,
  sessionSchema,
  signInSchema,
} from '../contract/people/person.ts'
import { addressOf } from '../http/client-address.ts'
import { jsonAnswer, jsonBody } from '../http/json.ts'
import { Problem, problems } from '../http/problem.ts'
import { type Caller, type Env, newRoutes, routesOf } from '../http/router.ts'
import { COOKIE, SESSION_KIND, tokenCookie } from './caller.ts'
import type { PeopleDeps } from './deps.ts'
import { checkPassword, equalTexts, hashPassword, isByScrypt, newToken } from './secrets.ts'

const route = routesOf('Session')

const COOKIE_DAYS = 90

const getRoute = route('get /api/session', 'Who is signed in, and how one does', {
  responses: { 200: jsonAnswer('At this moment', sessionSchema) },
})

const signInRoute = route('post /api/session', 'Sign in: a cookie of this browser', {
  description:
    'With name and password; API_TOKEN works too, and is deprecated. Five tries in 15 minutes for each name and address.',
  request: { body: jsonBody(signInSchema) },
  responses: { 200: jsonAnswer('Signed in', sessionSchema), ...problems(400, 401, 413, 429, 503) },
})

const signOutRoute = route('delete /api/session', 'Sign out: the session ends, the cookie is forgotten', {
  responses: { 204: { description: 'Signed out' } },
})

const passwordRoute = route('put /api/session/password', 'Change one’s password; other sessions end', {
  request: { body: jsonBody(z.object({ current: z.string().min(1).max(1000), next: passwordSchema })) },
  responses: { 204: { description: 'Changed' }, ...problems(400, 401, 403, 429) },
})

const listRoute = route('get /api/sessions', 'One’s own sessions', {
  responses: {
    200: jsonAnswer('Latest first', z.object({ items: z.array(openSessionSchema) })),
    ...problems(401, 403),
  },
})

const endRoute = route('delete /api/sessions/{id}', 'End one of one’s own sessions', {
  request: { params: idParam },
  responses: { 204: { description: 'Ended' }, ...problems(400, 401, 403, 404) },
})

export function sessionRoutes(deps: PeopleDeps) {
  const { db, callers } = deps
  return newRoutes()
    .openapi(getRoute, async (c) => c.json(await describe(deps, c), 200))
    .openapi(signInRoute, async (c) => {
      const body = c.req.valid('json')
      let person: Session['person'] = null
      if ('token' in body) await signInByToken(deps, c, body.token)
      else person = await signInByPassword(deps, c, body.name, body.password)
      return c.json({ ...(await describe(deps, c)), authenticated: true, person }, 200)
    })
    .openapi(signOutRoute, async (c) => {
      const { caller, person } = c.var
      if (caller?.by === 'session' && caller.id !== null && caller.personId !== null) {
        await endSession(db, { id: caller.id, personId: caller.personId, person, caller, what: 'signed out' })
        callers.forget()
      }
      deleteCookie(c, COOKIE, { path: '/' })
      return c.body(null, 204)
    })
    .openapi(passwordRoute, async (c) => {
      const { current, next } = c.req.valid('json')
      await changePassword(deps, c, current, next)
      return c.body(null, 204)
    })
    .openapi(listRoute, async (c) => {
      const sessions = await listSessions(db, requirePerson(c))
      const items = sessions.map(({ id, address, agent, createdAt, seenAt, expiresAt }) => ({
        id: String(id),
        current: c.var.caller.by === 'session' && c.var.caller.id === id,
        address,
        agent,
        createdAt: createdAt.toISOString(),
        seenAt: seenAt.toISOString(),
        expiresAt: expiresAt.toISOString(),
      }))
      return c.json({ items }, 200)
    })
    .openapi(endRoute, async (c) => {
      const { id } = c.req.valid('param')
      const { person, caller } = c.var
      await endSession(db, { id, personId: requirePerson(c), person, caller, what: `ended session ${id}` })
      callers.forget()
      return c.body(null, 204)
    })
}

type Ending = { id: number; personId: number; person: string; caller: Caller; what: string }

async function endSession(db: Db, { id, personId, person, caller, what }: Ending): Promise<void> {
  await db.transaction(async (tx) => {
    await revokeSession(tx, id, personId)
    await addAudit(tx, { person, how: caller.how, what, address: caller.address })
  })
}

/** The id of the person who asks. Throws a Problem where nobody is signed in by name. */
export function requirePerson(c: Context<Env>): number {
  const { personId } = c.var.caller
  if (personId === null) throw new Problem(403, 'Expected a person who is signed in: invite yourself first.')
  return personId
}

async function describe({ callers, config }: PeopleDeps, c: Context<Env>): Promise<Session> {
  const found = await callers.find(c)
  const real = await callers.arePeopleReal()
  return {
    authenticated: found !== null,
    tokenRequired: config.apiToken !== null,
    oidc: config.oidc?.name ?? null,
    signIn: (await callers.isOpen()) ? 'none' : real || config.apiToken === null ? 'password' : 'token',
    person: found?.caller.personId != null || (real && found) ? { name: found!.name, role: found!.caller.role } : null,
  }
}

const WRONG = 'This name and this password do not belong together.'

async function tryPassword(deps: PeopleDeps, c: Context<Env>, name: string, password: string) {
  const { db, tries, checking, log } = deps
  const address = addressOf(c)
  const refuse = async (status: 401 | 429, detail: string) => {
    log.warn({ address, name: name.slice(0, 100), status }, 'sign-in refused')
    const what = status === 429 ? 'sign-in refused: too many tries' : 'sign-in refused'
    if (status === 401) await addAudit(db, { person: name.slice(0, 100), how: 'password', what, address })
    return new Problem(status, detail, { headers: status === 429 ? { 'Retry-After': '900' } : {} })
  }
  if (!(await tries.take(name, address)))
    throw await refuse(
      429,
      'Too many tries for this name from here. Wait 15 minutes, or ask an admin for a new password.',
    )
  const kept = await findCredential(db, name)
  const isRight = await checking.run(() => checkPassword(password, kept?.hash ?? null))
  if (kept === null || !isRight) throw await refuse(401, WRONG)
  await tries.clear(name, address)
  if (isByScrypt(kept.hash)) await setPassword(db, kept.person.id, await checking.run(() => hashPassword(password)))
  return kept.person
}

async function signInByPassword(deps: PeopleDeps, c: Context<Env>, typed: string, password: string) {
  const person = await tryPassword(deps, c, typed, password)
  await beginSession(deps.db, c, person, 'signed in')
  const { name, role } = person
  return { name, role }
}

/** Makes a session, which the audit tells, and gives the browser its cookie. A transaction that fails forgets it. */
export async function beginSession(
  db: Db,
  c: Context<Env>,
  person: { id: number; name: string },
  what: string,
): Promise<void> {
  const { token, tokenHash } = newToken(SESSION_KIND)
  const address = addressOf(c)
  const agent = (c.req.header('user-agent') ?? '').slice(0, 300)
  await db.transaction(async (tx) => {
    const id = await addSession(tx, { personId: person.id, tokenHash, address, agent })
    await addAudit(tx, { person: person.name, how: `session ${id}`, what, address })
  })
  giveCookie(c, token)
}

async function signInByToken({ config, tries, log }: PeopleDeps, c: Context<Env>, token: string): Promise<void> {
  const { apiToken } = config
  if (apiToken === null) {
    log.warn({ address: addressOf(c) }, 'sign-in by token refused')
    return
  }
  const address = addressOf(c)
  if (!(await tries.take('', address))) throw new Problem(429, 'Too many tries from here. Wait 15 minutes.')
  if (!equalTexts(token, apiToken)) {
    log.warn({ address }, 'sign-in by token refused')
    throw new Problem(401, 'This is not the API token of this service.')
  }
  await tries.clear('', address)
  giveCookie(c, tokenCookie(apiToken))
}

function giveCookie(c: Context<Env>, value: string): void {
  setCookie(c, COOKIE, value, {
    httpOnly: true,
    sameSite: 'Strict',
    secure: c.req.header('x-forwarded-proto') === 'https',
    path: '/',
    maxAge: COOKIE_DAYS * 86_400,
  })
}

async function changePassword(deps: PeopleDeps, c: Context<Env>, current: string, next: string): Promise<void> {
  const { db, callers, checking } = deps
  const person = await getPerson(db, requirePerson(c))
  await tryPassword(deps, c, person.name, current)
  const hash = await checking.run(() => hashPassword(next))
  const { by, id, how, address } = c.var.caller
  await db.transaction(async (tx) => {
    await setPassword(tx, person.id, hash)
    await revokeSessions(tx, person.id, by === 'session' ? id : null)
    await addAudit(tx, { person: person.name, how, what: 'changed the password', address })
  })
  callers.forget()
}
