// Who may ask: a request's Host, Origin, token and session cookie are checked, and a 401 or 403 says what is wrong.
// Host and Origin are checked so that a web page from elsewhere can neither write here nor read by rebinding a name.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { z } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { jsonAnswer, jsonBody } from './json.ts'
import { Problem, problems } from './problem.ts'
import { type Env, newRoutes, routesOf } from './router.ts'

const route = routesOf('Session')

type Settings = {
  /** The address that the service listens on. */
  host: string
  /** null: no token is needed. */
  apiToken: string | null
  /** Other names under which the service may be addressed. */
  allowedHosts: string[]
}

const COOKIE = 'clavis_session'
const COOKIE_DAYS = 90
/** Paths outside /api that need the token too. */
const GUARDED = new Set(['/metrics'])
/** Paths that answer without a token: probes, and signing in. */
const OPEN = new Set(['/healthz', '/readyz', '/api/session'])

/** Refuses a Host that is not this service, and an Origin that is not the page's own. */
export function refuseForeign(settings: Settings): MiddlewareHandler<Env> {
  const names = new Set(['localhost', '127.0.0.1', '[::1]', ...settings.allowedHosts])
  const everywhere = settings.host === '0.0.0.0' || settings.host === '::'
  if (everywhere) names.add(hostname().toLowerCase())
  else names.add(isIP(settings.host) === 6 ? `[${settings.host}]` : settings.host.toLowerCase())

  // Anybody can make a name point here, but not an address: a service on every interface accepts any address.
  const isOurs = (host: URL) =>
    names.has(host.hostname) || names.has(host.host) || (everywhere && isAddress(host.hostname))

  return async (c, next) => {
    const received = c.req.header('host') ?? new URL(c.req.url).host
    const host = parseHost(received)
    if (host === null || !isOurs(host))
      throw new Problem(
        403,
        `Expected a Host of this service but received ${received}. Set ALLOWED_HOSTS to accept others.`,
      )
    const origin = c.req.header('origin')
    if (origin !== undefined) {
      const from = URL.canParse(origin) ? new URL(origin) : null
      if (from === null || (from.host !== host.host && !settings.allowedHosts.includes(from.host)))
        throw new Problem(403, `Expected the Origin of this service's own page but received ${origin}.`)
    }
    await next()
  }
}

/** Where a token is set, asks for it as `Authorization: Bearer` or as the page's session cookie. */
export function requireToken(settings: Settings): MiddlewareHandler<Env> {
  return async (c, next) => {
    const { path } = c.req
    const guarded = (path.startsWith('/api/') && !OPEN.has(path)) || GUARDED.has(path)
    if (guarded && !isAuthenticated(c, settings))
      throw new Problem(401, 'Expected the API token as `Authorization: Bearer TOKEN`.', {
        headers: { 'WWW-Authenticate': 'Bearer realm="Clavis"' },
      })
    await next()
  }
}

const sessionSchema = z
  .object({
    authenticated: z.boolean(),
    tokenRequired: z.boolean().openapi({ description: 'API_TOKEN is set: requests need it.' }),
  })
  .openapi('Session')

const getSessionRoute = route('get /api/session', 'Whether a token is needed and was shown', {
  responses: { 200: jsonAnswer('At this moment', sessionSchema) },
})

const signInRoute = route('post /api/session', 'Exchange the token for a cookie of this browser', {
  request: { body: jsonBody(z.object({ token: z.string().min(1).max(1000) })) },
  responses: { 200: jsonAnswer('Signed in', sessionSchema), ...problems(400, 401) },
})

const signOutRoute = route('delete /api/session', 'Forget the cookie', {
  responses: { 204: { description: 'Signed out' } },
})

/** Signing in and out of the page. */
export function sessionRoutes(settings: Settings) {
  const tokenRequired = settings.apiToken !== null
  return newRoutes()
    .openapi(getSessionRoute, (c) => c.json({ authenticated: isAuthenticated(c, settings), tokenRequired }, 200))
    .openapi(signInRoute, (c) => {
      signIn(c, settings, c.req.valid('json').token)
      return c.json({ authenticated: true, tokenRequired }, 200)
    })
    .openapi(signOutRoute, (c) => {
      deleteCookie(c, COOKIE, { path: '/' })
      return c.body(null, 204)
    })
}

/** Throws a Problem for a wrong token. */
function signIn(c: Context<Env>, { apiToken }: Settings, token: string): void {
  if (apiToken === null) return
  if (!equal(token, apiToken)) throw new Problem(401, 'This is not the API token of this service.')
  setCookie(c, COOKIE, cookieValue(apiToken), {
    httpOnly: true,
    sameSite: 'Strict',
    secure: c.req.header('x-forwarded-proto') === 'https',
    path: '/',
    maxAge: COOKIE_DAYS * 86_400,
  })
}

function isAuthenticated(c: Context<Env>, { apiToken }: Settings): boolean {
  if (apiToken === null) return true
  const bearer = /^Bearer\s+(.+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
  if (bearer !== undefined) return equal(bearer.trim(), apiToken)
  const cookie = getCookie(c, COOKIE)
  return cookie !== undefined && equal(cookie, cookieValue(apiToken))
}

/**
 * The cookie is derived from the token, so the token itself is not kept by browsers and a new token ends all sessions.
 */
function cookieValue(apiToken: string): string {
  return createHmac('sha256', apiToken).update('clavis session').digest('base64url')
}

/** Takes the same time for any two texts, because it compares digests. */
function equal(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

function parseHost(host: string): URL | null {
  return /^[\w.:[\]-]+$/.test(host) && URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : null
}

function isAddress(name: string): boolean {
  return isIP(name.replace(/^\[|\]$/g, '')) !== 0
}
