// People, the invitations by which they come, and the audit.

import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Db } from '../../db/connection/connect.ts'
import { addAudit, listAudit } from '../../db/people/audit.ts'
import {
  addInvitation,
  listInvitations,
  revokeInvitation,
  takeFirstLink,
  useInvitation,
} from '../../db/people/invitations.ts'
import {
  addPerson,
  anyPerson,
  changePerson,
  getPerson,
  listPeople,
  type Person,
  setPassword,
} from '../../db/people/people.ts'
import { revokeSessions } from '../../db/people/sign-ins.ts'
import type { Role } from '../../db/schema.ts'
import { lockAgreement, refreshTaughtOfAll } from '../../db/trees/taught.ts'
import { idParam, idSchema } from '../contract/id.ts'
import { pageOf, pageQuery } from '../contract/page.ts'
import {
  type Account,
  accountSchema,
  auditEntrySchema,
  type Invitation,
  invitationSchema,
  joinSchema,
  newInvitationSchema,
  roleSchema,
} from '../contract/people/person.ts'
import { addressOf } from '../http/client-address.ts'
import { cutPage } from '../http/cursor.ts'
import { jsonAnswer, jsonBody } from '../http/json.ts'
import { Problem, problems } from '../http/problem.ts'
import { type Env, newRoutes, routesOf } from '../http/router.ts'
import type { PeopleDeps } from './deps.ts'
import { hashPassword, newToken, sha256Hex } from './secrets.ts'
import { beginSession } from './session.ts'

const route = routesOf('People')

const listRoute = route('get /api/people', 'Whoever may sign in, and who was shut out', {
  responses: {
    200: jsonAnswer('In the order in which they came', z.object({ items: z.array(accountSchema) })),
    ...problems(401, 403),
  },
})

const joinRoute = route('post /api/people', 'Join by an invitation, or set a new password by one', {
  description: 'For whoever has the link. The first person becomes an admin; from then on everybody has to sign in.',
  request: { body: jsonBody(joinSchema) },
  responses: { 201: jsonAnswer('Joined and signed in', accountSchema), ...problems(400, 403, 409, 413, 429, 503) },
})

const changeSchema = z.object({
  role: roleSchema.optional(),
  disabled: z.boolean().optional(),
  expert: z.boolean().optional(),
})

const changeRoute = route('patch /api/people/{id}', 'Change a role, shut somebody out or let them in again', {
  description: 'Takes effect within a second in every process. The last admin stays one.',
  request: { params: idParam, body: jsonBody(changeSchema) },
  responses: { 200: jsonAnswer('As it is now', accountSchema), ...problems(400, 401, 403, 404, 409) },
})

const invitationsRoute = route('get /api/invitations', 'Invitations that were not used yet', {
  responses: { 200: jsonAnswer('Latest first', z.object({ items: z.array(invitationSchema) })), ...problems(401, 403) },
})

const inviteSchema = z.object({
  role: roleSchema.optional().openapi({ description: 'Of a new person.' }),
  personId: idSchema.optional().openapi({ description: 'Who is to get a new password, instead of a new person.' }),
})

const inviteRoute = route('post /api/invitations', 'Make a link that works once, within seven days', {
  request: { body: jsonBody(inviteSchema) },
  responses: { 201: jsonAnswer('The link', newInvitationSchema), ...problems(400, 401, 403, 404, 422) },
})

const revokeRoute = route('delete /api/invitations/{id}', 'Take an invitation back', {
  request: { params: idParam },
  responses: { 204: { description: 'Its link works no longer' }, ...problems(400, 401, 403, 404) },
})

const auditRoute = route('get /api/audit', 'Who did what to people, keys and the installation', {
  request: { query: z.object(pageQuery) },
  responses: { 200: jsonAnswer('Newest first', pageOf(auditEntrySchema)), ...problems(400, 401, 403) },
})

export function peopleRoutes(deps: PeopleDeps) {
  const { db } = deps
  return newRoutes()
    .openapi(listRoute, async (c) => c.json({ items: (await listPeople(db)).map(presentPerson) }, 200))
    .openapi(joinRoute, async (c) => c.json(presentPerson(await join(deps, c, c.req.valid('json'))), 201))
    .openapi(changeRoute, async (c) => c.json(await alter(deps, c, c.req.valid('param').id, c.req.valid('json')), 200))
    .openapi(invitationsRoute, async (c) => c.json({ items: await openInvitations(deps) }, 200))
    .openapi(inviteRoute, async (c) => c.json(await invite(deps, c, c.req.valid('json')), 201))
    .openapi(revokeRoute, async (c) => {
      const { id } = c.req.valid('param')
      await db.transaction(async (tx) => {
        await revokeInvitation(tx, id)
        await note(tx, c, `took invitation ${id} back`)
      })
      return c.body(null, 204)
    })
    .openapi(auditRoute, async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const { page, nextCursor } = cutPage(await listAudit(db, { cursor, limit: limit + 1 }), limit)
      return c.json(
        { items: page.map((row) => ({ ...row, id: String(row.id), at: row.at.toISOString() })), nextCursor },
        200,
      )
    })
}

async function note(db: Db, c: Context<Env>, what: string): Promise<void> {
  const { how, address } = c.var.caller
  await addAudit(db, { person: c.var.person, how, what, address })
}

const presentPerson = ({ id, name, email, role, expert, createdAt, disabledAt }: Person): Account => ({
  id: String(id),
  name,
  email,
  role,
  expert,
  createdAt: createdAt.toISOString(),
  disabledAt: disabledAt?.toISOString() ?? null,
})

async function openInvitations({ db }: PeopleDeps): Promise<Invitation[]> {
  const people = new Map((await listPeople(db)).map(({ id, name }) => [id, name]))
  return (await listInvitations(db)).map(({ id, role, personId, invitedBy, createdAt, expiresAt }) => ({
    id: String(id),
    role,
    person: personId === null ? null : (people.get(personId) ?? null),
    invitedBy,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  }))
}

const INVITATION_KIND = 'i_'

async function invite(deps: PeopleDeps, c: Context<Env>, wanted: z.output<typeof inviteSchema>) {
  const { db } = deps
  const person = wanted.personId === undefined ? null : await getPerson(db, Number(wanted.personId))
  const role = person?.role ?? wanted.role
  if (role === undefined) throw new Problem(422, 'Expected a role for a new person, or a personId.')
  if (role !== 'admin' && !(await anyPerson(db)))
    throw new Problem(
      422,
      'Expected the role admin: the first person must be one, because nobody else could invite others.',
    )
  const { token, tokenHash } = newToken(INVITATION_KIND)
  const made = await db.transaction(async (tx) => {
    await note(tx, c, person ? `made a link for a new password of ${person.name}` : `invited a person as ${role}`)
    return await addInvitation(tx, { tokenHash, role, personId: person?.id ?? null, invitedBy: c.var.person })
  })
  const { id, invitedBy, createdAt, expiresAt } = made
  return {
    id: String(id),
    role,
    person: person?.name ?? null,
    invitedBy,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    token,
  }
}

const NO_INVITATION =
  'This link was used already, was taken back, or is older than seven days. Ask an admin for a new one.'

async function join(deps: PeopleDeps, c: Context<Env>, wanted: z.output<typeof joinSchema>): Promise<Person> {
  const { db, tries, checking, callers } = deps
  const address = addressOf(c)
  if (!(await tries.take('join', address))) throw new Problem(429, 'Too many tries from here. Wait 15 minutes.')
  const hash = await checking.run(() => hashPassword(wanted.password))
  const tokenHash = sha256Hex(wanted.invitation)
  const { name, email = null } = wanted
  const joining = async (tx: Db): Promise<Person> => {
    const isFirst = !(await anyPerson(tx))
    if (isFirst && (await takeFirstLink(tx, tokenHash)))
      return await addPerson(tx, { name: requireName(name), email, role: 'admin', hash })
    const invitation = await useInvitation(tx, tokenHash)
    if (invitation === null) throw new Problem(403, NO_INVITATION)
    if (invitation.personId === null) {
      const role: Role = isFirst ? 'admin' : invitation.role
      return await addPerson(tx, { name: requireName(name), email, role, hash })
    }
    await setPassword(tx, invitation.personId, hash)
    await revokeSessions(tx, invitation.personId)
    return await getPerson(tx, invitation.personId)
  }
  const person = await db.transaction(async (tx) => {
    const joined = await joining(tx)
    await beginSession(tx, c, joined, 'joined by a link')
    return joined
  })
  await tries.clear('join', address)
  callers.forget()
  return person
}

function requireName(name: string | undefined): string {
  if (name === undefined) throw new Problem(400, 'Expected a name for a new person but received none.')
  return name
}

async function alter(
  deps: PeopleDeps,
  c: Context<Env>,
  id: number,
  change: z.output<typeof changeSchema>,
): Promise<Account> {
  const { db, callers } = deps
  const { how, address } = c.var.caller
  const row = await db.transaction(async (tx) => {
    if (change.expert !== undefined) await lockAgreement(tx)
    const changed = await changePerson(tx, id, change)
    if (change.expert !== undefined) await refreshTaughtOfAll(tx, changed.name)
    if (change.disabled) await revokeSessions(tx, id)
    const what = [
      change.role && `made ${changed.name} ${change.role}`,
      change.disabled !== undefined && `${change.disabled ? 'shut out' : 'let in'} ${changed.name}`,
      change.expert !== undefined &&
        `${change.expert ? 'made' : 'no longer took'} ${changed.name} ${change.expert ? '' : 'as '}an expert`,
    ].filter((part) => typeof part === 'string')
    await addAudit(tx, { person: c.var.person, how, what: what.join(', ') || 'changed nothing', address })
    return changed
  })
  callers.forget()
  if (change.expert !== undefined) await deps.learn()
  return presentPerson(row)
}
