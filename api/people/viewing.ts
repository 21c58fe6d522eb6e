// What viewers do not see: where exactly a photo was taken. Every JSON answer to them is rounded, whichever route gives
// it: to a tenth of a degree, or as the rules of sensitive taxa want it.

import type { MiddlewareHandler } from 'hono'
import { onGrid, type SensitivePlaces, secrecyOfAll, stricter } from '../../db/taxonomy/place-rules.ts'
import { JSON_TYPE } from '../http/json.ts'
import type { Env } from '../http/router.ts'

/** About 11 km. */
const USUAL = { grid: 0.1, hidden: false }

export function roundForViewers(readPlaces: () => Promise<SensitivePlaces>): MiddlewareHandler<Env> {
  return async (c, next) => {
    await next()
    if (c.var.caller?.role !== 'viewer' || !c.res.headers.get('content-type')?.startsWith(JSON_TYPE)) return
    const text = await c.res.text()
    const headers = new Headers(c.res.headers)
    headers.delete('content-length')
    const told = text.includes('"latitude"') ? JSON.stringify(rounded(JSON.parse(text), await readPlaces())) : text
    c.res = new Response(told, { status: c.res.status, headers })
  }
}

function rounded(value: unknown, places: SensitivePlaces): unknown {
  if (Array.isArray(value)) return value.map((one) => rounded(one, places)).filter((one) => one !== undefined)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).map(([key, inner]) => [key, rounded(inner, places)])
  // The entries of an object are an object again.
  const { latitude, longitude, ...rest } = Object.fromEntries(entries) as Record<string, unknown>
  if (typeof latitude !== 'number' || typeof longitude !== 'number') return Object.fromEntries(entries)
  const { grid, hidden } = stricter(secrecyOf(rest, places), USUAL)
  // What is a place and nothing else is not told at all.
  if (hidden && !('id' in rest)) return undefined
  const tell = (degrees: number) => (hidden ? null : onGrid(degrees, grid ?? USUAL.grid))
  return Object.fromEntries(
    entries.map(([key, inner]) =>
      key === 'latitude' ? [key, tell(latitude)] : key === 'longitude' ? [key, tell(longitude)] : [key, inner],
    ),
  )
}

/** Whose place it is: a photo's, a deployment's, or a station's of several deployments. */
function secrecyOf(holder: Record<string, unknown>, { deployments, named, media, undeployed }: SensitivePlaces) {
  const { id, name, deployment, deploymentIds, sha256 } = holder
  if (Array.isArray(deploymentIds)) return secrecyOfAll(deployments, deploymentIds.map(Number))
  if (typeof deployment === 'string') return named.get(deployment)
  if (typeof sha256 === 'string') return media.get(Number(id))
  if (deployment === null) return undeployed ?? undefined
  return typeof name === 'string' ? named.get(name) : undefined
}
