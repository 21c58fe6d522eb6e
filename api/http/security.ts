// Host and Origin of a request are checked, so that a web page from elsewhere can neither write here nor read by
// rebinding a name. Who asks is another question (api/people/caller.ts).

import { isIP } from 'node:net'
import { hostname } from 'node:os'
import type { MiddlewareHandler } from 'hono'
import { Problem } from './problem.ts'
import type { Env } from './router.ts'

type Settings = {
  /** The address that the service listens on. */
  host: string
  /** Other names under which the service may be addressed. */
  allowedHosts: string[]
}

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

function parseHost(host: string): URL | null {
  return /^[\w.:[\]-]+$/.test(host) && URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : null
}

function isAddress(name: string): boolean {
  return isIP(name.replace(/^\[|\]$/g, '')) !== 0
}
