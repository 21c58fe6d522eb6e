// Keys of programs. A key acts as its person within its scopes; it is shown once, and only its sha256 is kept.

import { z } from '@hono/zod-openapi'
import { NotFound } from '../../db/errors.ts'
import { addAudit } from '../../db/people/audit.ts'
import { addKey, type ApiKey as KeyRow, listKeys, revokeKey } from '../../db/people/sign-ins.ts'
import { listDeployments } from '../../db/photos/deployments.ts'
import { idParam } from '../contract/id.ts'
import { type ApiKey, keySchema, newKeySchema, scopeSchema } from '../contract/people/person.ts'
import { jsonAnswer, jsonBody } from '../http/json.ts'
import { problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import { KEY_KIND } from './caller.ts'
import type { PeopleDeps } from './deps.ts'
import { newToken } from './secrets.ts'
import { requirePerson } from './session.ts'

const route = routesOf('Keys')

/** As many characters of a key as people see of it later. */
const PREFIX = KEY_KIND.length + 6

const wantedSchema = z.object({
  name: z.string().trim().min(1).max(100).openapi({ description: 'What it is for.' }),
  scopes: z.array(scopeSchema).min(1).max(5),
  deployments: z.array(z.string().min(1).max(200)).min(1).max(100).optional().openapi({
    description:
      'Limits the key to photos and animals of these cameras’ places: it lists them by `deployment`, reads, identifies and uploads them, and reaches nothing else.',
  }),
  days: z.number().int().min(1).max(3650).nullable().default(365).openapi({ description: 'null: it never expires.' }),
})

const listRoute = route('get /api/keys', 'One’s own keys; those of everybody for an admin', {
  responses: { 200: jsonAnswer('Latest first', z.object({ items: z.array(keySchema) })), ...problems(401, 403) },
})

const makeRoute = route('post /api/keys', 'Make a key', {
  request: { body: jsonBody(wantedSchema) },
  responses: { 201: jsonAnswer('The key, shown this once', newKeySchema), ...problems(400, 401, 403, 404) },
})

const revokeRoute = route('delete /api/keys/{id}', 'Revoke a key', {
  request: { params: idParam },
  responses: { 204: { description: 'It is refused within a second' }, ...problems(400, 401, 403, 404) },
})

export function keyRoutes({ db, callers }: PeopleDeps) {
  return newRoutes()
    .openapi(listRoute, async (c) => {
      const { role, personId } = c.var.caller
      const rows = await listKeys(db, role === 'admin' ? null : personId)
      const names = await deploymentNames(db)
      return c.json({ items: rows.map((row) => presentKey(row, row.person, names)) }, 200)
    })
    .openapi(makeRoute, async (c) => {
      const { name, scopes, deployments, days } = c.req.valid('json')
      const names = await deploymentNames(db)
      const deploymentIds = deployments?.map((wanted) => idOf(names, wanted)) ?? null
      const personId = requirePerson(c)
      const { token, tokenHash } = newToken(KEY_KIND)
      const prefix = token.slice(0, PREFIX)
      const expiresAt = days === null ? null : new Date(Date.now() + days * 86_400_000)
      const { how, address } = c.var.caller
      const row = await db.transaction(async (tx) => {
        const where = deployments === undefined ? '' : ` in ${deployments.join(', ')}`
        const what = `made the key ${prefix} (${name}) for ${scopes.join(', ')}${where}`.slice(0, 300)
        await addAudit(tx, { person: c.var.person, how, what, address })
        return await addKey(tx, {
          personId,
          name,
          prefix,
          tokenHash,
          scopes: [...new Set(scopes)],
          deploymentIds,
          expiresAt,
        })
      })
      return c.json({ ...presentKey(row, c.var.person, names), key: token }, 201)
    })
    .openapi(revokeRoute, async (c) => {
      const { role, personId, how, address } = c.var.caller
      await db.transaction(async (tx) => {
        const row = await revokeKey(tx, c.req.valid('param').id, role === 'admin' ? null : (personId ?? -1))
        await addAudit(tx, { person: c.var.person, how, what: `revoked the key ${row.prefix} (${row.name})`, address })
      })
      callers.forget()
      return c.body(null, 204)
    })
}

const deploymentNames = async (db: PeopleDeps['db']) =>
  new Map((await listDeployments(db)).map(({ id, name }) => [id, name]))

function idOf(names: Map<number, string>, wanted: string): number {
  for (const [id, name] of names) if (name === wanted) return id
  throw new NotFound('deployment', wanted)
}

const presentKey = (
  { id, name, prefix, scopes, deploymentIds, createdAt, expiresAt, usedAt }: KeyRow,
  person: string,
  names: Map<number, string>,
): ApiKey => ({
  id: String(id),
  person,
  name,
  prefix,
  scopes,
  deployments: deploymentIds?.flatMap((one) => names.get(one) ?? []) ?? null,
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt?.toISOString() ?? null,
  usedAt: usedAt?.toISOString() ?? null,
})
