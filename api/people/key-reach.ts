// What a key reaches that is limited to some deployments: lists that name one, and photos and animals of theirs.
// Every route that is not listed here is refused, so a new one is closed until somebody decides otherwise.

import type { MiddlewareHandler } from 'hono'
import type { Db } from '../../db/connection/connect.ts'
import { deploymentOf, deploymentsNamed } from '../../db/people/key-reach.ts'
import { Problem } from '../http/problem.ts'
import type { Env } from '../http/router.ts'

/** They tell nothing of photos. */
const FREE = /^get \/api\/(openapi\.json|docs(\/[^/]+)?|session|taxa(\/\d+)?|taxonomy\/children|tree|agreement)$/
const LISTS = /^get \/api\/(detections|queues)$/
const ONES = /^(?:get \/api\/(detections|media)\/(\d+)(?:\/(?:crop|image))?|delete \/api\/(identifications)\/(\d+))$/
/** The upload checks its photos' deployments itself, when it has read them. */
const UPLOAD = 'post /api/media'
const IDENTIFY = 'post /api/identifications'

export function keepToDeployments(db: Db): MiddlewareHandler<Env> {
  return async (c, next) => {
    const allowed = c.var.caller?.deploymentIds ?? null
    if (allowed === null) return await next()
    const method = c.req.method === 'HEAD' ? 'get' : c.req.method.toLowerCase()
    const asked = `${method} ${c.req.path}`
    const one = ONES.exec(asked)
    if (one) await requireOne(db, allowed, one[1] ?? one[3] ?? '', Number(one[2] ?? one[4]))
    else if (asked === IDENTIFY) {
      const body: unknown = await c.req.json().catch(() => null)
      const id = body !== null && typeof body === 'object' && 'detectionId' in body ? Number(body.detectionId) : 0
      await requireOne(db, allowed, 'detections', Number.isSafeInteger(id) ? id : 0)
    } else if (LISTS.test(asked)) await requireNamed(db, allowed, c.req.query('deployment'))
    else if (!FREE.test(asked) && asked !== UPLOAD)
      throw new Problem(403, 'Expected a key without a limit to deployments for this.')
    await next()
  }
}

async function requireOne(db: Db, allowed: number[], noun: string, id: number): Promise<void> {
  const deploymentId = await deploymentOf(db, noun, id)
  if (deploymentId === null || !allowed.includes(deploymentId))
    throw new Problem(403, 'Expected a photo or an animal of a deployment that this key is limited to.')
}

async function requireNamed(db: Db, allowed: number[], name: string | undefined): Promise<void> {
  const names = await deploymentsNamed(db, allowed)
  if (name === undefined || !names.includes(name))
    throw new Problem(403, `Expected deployment= with one that this key is limited to: ${names.join(', ') || 'none'}.`)
}
