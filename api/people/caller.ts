// Who asks, and whether they may. A session's or a key's row is read again at least twice a second, so one that is
// revoked is refused within half a second in every process.

import { createHmac } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import type { Db } from '../../db/connection/connect.ts'
import { addAudit } from '../../db/people/audit.ts'
import { anyPerson } from '../../db/people/people.ts'
import { findKey, findSession, type SignedIn } from '../../db/people/sign-ins.ts'
import { type Config, isLoopback } from '../config.ts'
import { addressOf } from '../http/client-address.ts'
import { namedPerson } from '../http/person.ts'
import { Problem } from '../http/problem.ts'
import type { Caller, Env } from '../http/router.ts'
import { type Access, accessOf, mayAs } from './access.ts'
import { equalTexts, sha256Hex } from './secrets.ts'

export const COOKIE = 'clavis_session'
export const SESSION_KIND = 's_'
export const KEY_KIND = 'clavis_'
/** What history calls whoever shows API_TOKEN where people are real. */
const TOKEN_NAME = 'API_TOKEN'

const FRESH_MS = 500
const MOST_KEPT = 1000

type Settings = Pick<Config, 'host' | 'apiToken'>
type Known = { caller: Caller; name: string }

export type Callers = {
  /** Null for a stranger. */
  find(c: Context<Env>): Promise<Known | null>
  /** Whether there are people: then names in headers count no longer. */
  arePeopleReal(): Promise<boolean>
  /** Whether anybody may do anything: on this machine, without API_TOKEN and without people. */
  isOpen(): Promise<boolean>
  /** Something was changed in this process: rows are read again. */
  forget(): void
}

/**
 * The page's cookie for API_TOKEN is derived from it, so browsers do not keep the token, and a new one ends all
 * sessions.
 */
export const tokenCookie = (apiToken: string): string =>
  createHmac('sha256', apiToken).update('clavis session').digest('base64url')

export function createCallers({ db, config }: { db: Db; config: Settings }): Callers {
  const { apiToken, host } = config
  const kept = new Map<string, { until: number; found: Promise<Omit<Known, 'address'> | null> }>()
  let people: { until: number; real: Promise<boolean> } | null = null

  const arePeopleReal = async () => {
    if (people === null || people.until < performance.now()) {
      const real = anyPerson(db)
      const asked = { until: performance.now() + FRESH_MS, real }
      people = asked
      // People stay: once there are some, there always are.
      real.then(
        (yes) => {
          if (yes) asked.until = Number.POSITIVE_INFINITY
        },
        () => {
          asked.until = 0
        },
      )
    }
    return await people.real
  }

  const lookUp = async (token: string): Promise<Known | null> => {
    const until = performance.now() + FRESH_MS
    const before = kept.get(token)
    if (before !== undefined && before.until > performance.now()) return await before.found
    kept.delete(token)
    const found = readRow(db, token)
    kept.set(token, { until, found })
    if (kept.size > MOST_KEPT) for (const oldest of kept.keys()) if (kept.delete(oldest)) break
    found.catch(() => kept.delete(token))
    return await found
  }

  const admin = async (c: Context<Env>, by: 'none' | 'token'): Promise<Known> => {
    const name = (await arePeopleReal()) ? TOKEN_NAME : namedPerson(c)
    return {
      name,
      caller: {
        by,
        role: 'admin',
        scopes: null,
        deploymentIds: null,
        personId: null,
        id: null,
        how: by === 'token' ? TOKEN_NAME : 'open',
        address: '',
      },
    }
  }

  const isOpen = async () => apiToken === null && isLoopback(host) && !(await arePeopleReal())

  const find = async (c: Context<Env>): Promise<Known | null> => {
    const bearer = /^Bearer\s+(.+)$/i.exec(c.req.header('authorization') ?? '')?.[1]?.trim()
    if (bearer !== undefined) {
      if (apiToken !== null && equalTexts(bearer, apiToken)) return await admin(c, 'token')
      if (bearer.startsWith(KEY_KIND)) return await lookUp(bearer)
      return (await isOpen()) ? await admin(c, 'none') : null
    }
    const cookie = getCookie(c, COOKIE)
    if (cookie !== undefined && apiToken !== null && equalTexts(cookie, tokenCookie(apiToken)))
      return await admin(c, 'token')
    if (cookie?.startsWith(SESSION_KIND)) {
      const known = await lookUp(cookie)
      if (known !== null) return known
    }
    return (await isOpen()) ? await admin(c, 'none') : null
  }

  const forget = () => {
    kept.clear()
    people = null
  }
  return { find, arePeopleReal, isOpen, forget }
}

async function readRow(db: Db, token: string): Promise<Known | null> {
  const tokenHash = sha256Hex(token)
  if (token.startsWith(KEY_KIND)) {
    const key = await findKey(db, tokenHash)
    return key && known(key, 'key', `key ${key.prefix}`, key)
  }
  const session = await findSession(db, tokenHash)
  return session && known(session, 'session', `session ${session.id}`, { scopes: null, deploymentIds: null })
}

function known(
  row: SignedIn,
  by: 'session' | 'key',
  how: string,
  { scopes, deploymentIds }: Pick<Caller, 'scopes' | 'deploymentIds'>,
): Known {
  const { id, personId, name, role } = row
  return { name, caller: { by, role, scopes, deploymentIds, personId, id, how, address: '' } }
}

/** What is done to people is in the audit already, in words, by the transaction that did it. */
const AUDITED = /^\/api\/(people|invitations)/

/** Paths outside /api that are not for everybody. */
const GUARDED = new Set(['/metrics'])

/**
 * Puts the caller on the request. Refuses strangers with 401, and with 403 what a caller's role or key does not reach.
 */
export function admit(callers: Callers, db: Db): MiddlewareHandler<Env> {
  return async (c, next) => {
    const { path, method } = c.req
    if (!path.startsWith('/api/') && !GUARDED.has(path)) return await next()
    const access = accessOf(method, path)
    const found = await callers.find(c)
    if (found !== null) {
      c.set('person', found.name)
      c.set('caller', { ...found.caller, address: addressOf(c) })
    }
    if (access === null) return await next()
    if (found === null)
      throw new Problem(401, 'Expected a signed-in person, or an API key as `Authorization: Bearer KEY`.', {
        headers: { 'WWW-Authenticate': 'Bearer realm="Clavis"' },
      })
    refuse(found.caller, access)
    c.set('isStillAdmitted', async () => {
      const now = await callers.find(c)
      return now !== null && mayAs(now.caller.role, access.role)
    })
    const isWrite = method !== 'GET' && method !== 'HEAD' && mayAs(access.role, 'editor') && !AUDITED.test(path)
    if (!isWrite || !(await callers.arePeopleReal())) return await next()
    const { how, address } = c.var.caller
    const entry = { person: found.name, how, what: `${method} ${path}`.slice(0, 300), address }
    // Before it happens: if the process dies in between, the audit tells too much and never too little.
    await addAudit(db, entry)
    await next()
    if (c.res.status >= 400) await addAudit(db, { ...entry, what: `${entry.what}: refused with ${c.res.status}` })
  }
}

function refuse({ role, scopes }: Caller, access: Access): void {
  if (!mayAs(role, access.role))
    throw new Problem(403, `Expected the role ${access.role} for this, but yours is ${role}. Ask an admin.`)
  if (scopes !== null && !scopes.includes(access.scope))
    throw new Problem(
      403,
      `Expected a key with the scope ${access.scope}, but this one has ${scopes.join(', ') || 'none'}.`,
    )
}
