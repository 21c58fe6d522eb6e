// Signing in through another service (OpenID Connect): the code flow with PKCE, state and nonce. Nobody becomes a
// person by it alone: the first time it takes an invitation, or an admin's link for somebody who is a person already.

import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import * as client from 'openid-client'
import type { Db } from '../../db/connection/connect.ts'
import { addIdentity, findByIdentity } from '../../db/people/identities.ts'
import { useInvitation } from '../../db/people/invitations.ts'
import { addPerson, anyPerson, getPerson, type Person } from '../../db/people/people.ts'
import { isLoopback } from '../config.ts'
import { newNameSchema } from '../contract/people/person.ts'
import { jsonAnswer, jsonBody } from '../http/json.ts'
import { createGate } from '../http/load/gate.ts'
import { Problem, problems } from '../http/problem.ts'
import { type Env, newRoutes, routesOf } from '../http/router.ts'
import type { PeopleDeps } from './deps.ts'
import { sha256Hex } from './secrets.ts'
import { beginSession } from './session.ts'

const route = routesOf('Session')

const COOKIE = 'clavis_oidc'
const CALLBACK = '/api/session/oidc/callback'
const MINUTES = 10

const beginSchema = z.object({
  invitation: z.string().min(1).max(200).optional().openapi({ description: 'The first time.' }),
  name: newNameSchema.optional().openapi({ description: 'Of a new person; otherwise as the other service says.' }),
})

const beginRoute = route('post /api/session/oidc', 'Begin to sign in through another service', {
  description: 'Where OIDC_ISSUER is set. The browser goes to `url`, and comes back signed in.',
  request: { body: jsonBody(beginSchema) },
  responses: { 200: jsonAnswer('Where to go', z.object({ url: z.string() })), ...problems(400, 404, 413, 503) },
})

const callbackRoute = route('get /api/session/oidc/callback', 'Where the other service sends the browser', {
  responses: { 302: { description: 'Signed in, or back to the page with the reason in `signin`' }, ...problems(404) },
})

/** What one sign-in under way remembers, in a cookie that only its browser has. */
const pendingSchema = beginSchema.extend({ state: z.string(), nonce: z.string(), verifier: z.string() })
type Pending = z.output<typeof pendingSchema>

const ASKING = {
  running: 8,
  waiting: 50,
  retryAfterSeconds: 2,
  refusal: 'Too many people sign in right now. Try again in a moment.',
}
const NO_OIDC = 'No other service to sign in through is set up here (OIDC_ISSUER).'

export function oidcRoutes(deps: PeopleDeps) {
  const gate = createGate(ASKING)
  const configuration = createDiscovery(deps)
  return newRoutes()
    .openapi(beginRoute, async (c) => {
      const { authorizationUrl } = await gate.run(
        async () => await begin(await configuration(), c, c.req.valid('json')),
      )
      return c.json({ url: authorizationUrl }, 200)
    })
    .openapi(callbackRoute, async (c) => {
      const known = await configuration()
      const reason = await gate.run(() => finish(deps, known, c))
      deleteCookie(c, COOKIE, { path: CALLBACK })
      return c.redirect(reason === null ? '/' : `/?signin=${reason}`, 302)
    })
}

/** Asks the other service once what it can do; again where that failed. */
function createDiscovery({ config, log }: PeopleDeps): () => Promise<client.Configuration> {
  const { oidc } = config
  let known: Promise<client.Configuration> | null = null
  return async () => {
    if (oidc === null) throw new Problem(404, NO_OIDC)
    const issuer = new URL(oidc.issuer)
    // Without TLS only on this machine, for tests and trials.
    const execute = issuer.protocol === 'http:' && isLoopback(issuer.hostname) ? [client.allowInsecureRequests] : []
    known ??= client.discovery(issuer, oidc.clientId, oidc.clientSecret, undefined, { execute })
    return await known.catch((cause: unknown) => {
      known = null
      log.warn({ err: cause, issuer: oidc.issuer }, 'OIDC discovery failed')
      throw new Problem(503, `${oidc.name} does not answer. Try again in a moment.`, {
        headers: { 'Retry-After': '10' },
      })
    })
  }
}

/** The address by which the browser came; Host was checked before. */
function ownAddress(c: Context<Env>): URL {
  const secure = c.req.header('x-forwarded-proto') === 'https'
  return new URL(`${secure ? 'https' : 'http'}://${c.req.header('host') ?? new URL(c.req.url).host}`)
}

async function begin(known: client.Configuration, c: Context<Env>, wanted: z.output<typeof beginSchema>) {
  const verifier = client.randomPKCECodeVerifier()
  const pending: Pending = { ...wanted, verifier, state: client.randomState(), nonce: client.randomNonce() }
  const own = ownAddress(c)
  const url = client.buildAuthorizationUrl(known, {
    redirect_uri: new URL(CALLBACK, own).href,
    scope: 'openid profile email',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state: pending.state,
    nonce: pending.nonce,
  })
  // Lax, because the browser comes back from elsewhere.
  setCookie(c, COOKIE, Buffer.from(JSON.stringify(pending)).toString('base64url'), {
    httpOnly: true,
    sameSite: 'Lax',
    secure: own.protocol === 'https:',
    path: CALLBACK,
    maxAge: MINUTES * 60,
  })
  return { authorizationUrl: url.href }
}

/** Null: signed in. Otherwise the reason, one word for the page. */
async function finish(deps: PeopleDeps, known: client.Configuration, c: Context<Env>) {
  const pending = readPending(c)
  if (pending === null) return 'late'
  try {
    const here = new URL(new URL(c.req.url).search, new URL(CALLBACK, ownAddress(c)))
    const tokens = await client.authorizationCodeGrant(known, here, {
      pkceCodeVerifier: pending.verifier,
      expectedState: pending.state,
      expectedNonce: pending.nonce,
      idTokenExpected: true,
    })
    const claims = tokens.claims()
    if (claims === undefined) return 'refused'
    const isKnown = await deps.db.transaction(async (tx) => {
      const identity = { issuer: claims.iss, subject: claims.sub }
      const person = await personOf(tx, identity, nameIn(pending, claims), pending)
      if (person !== null) await beginSession(tx, c, person, `signed in through ${deps.config.oidc?.name}`)
      return person !== null
    })
    deps.callers.forget()
    return isKnown ? null : 'unknown'
  } catch (error) {
    deps.log.warn({ err: error }, 'sign-in through another service refused')
    return error instanceof Problem ? 'invitation' : 'refused'
  }
}

function readPending(c: Context<Env>): Pending | null {
  try {
    const text = Buffer.from(getCookie(c, COOKIE) ?? '', 'base64url').toString()
    return pendingSchema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

function nameIn(pending: Pending, claims: Record<string, unknown>): string | null {
  const said = [pending.name, claims.name, claims.preferred_username].map((one) => newNameSchema.safeParse(one).data)
  return said.find((one) => one !== undefined) ?? null
}

/** Null for a stranger without an invitation, and for somebody who was shut out. Throws a Problem. */
async function personOf(
  tx: Db,
  identity: { issuer: string; subject: string },
  name: string | null,
  { invitation }: Pending,
): Promise<Person | null> {
  const found = await findByIdentity(tx, identity.issuer, identity.subject)
  if (found !== null) return found.disabledAt === null ? found : null
  if (invitation === undefined) return null
  const isFirst = !(await anyPerson(tx))
  const used = await useInvitation(tx, sha256Hex(invitation))
  if (used === null) throw new Problem(403, 'This link was used already, was taken back, or is too old.')
  if (name === null && used.personId === null) throw new Problem(400, 'Expected a name for a new person.')
  const person =
    used.personId === null
      ? await addPerson(tx, { name: name!, email: null, role: isFirst ? 'admin' : used.role, hash: null })
      : await getPerson(tx, used.personId)
  await addIdentity(tx, { ...identity, personId: person.id })
  return person
}
