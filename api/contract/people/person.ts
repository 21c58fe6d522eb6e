// People, how they sign in, and the keys of their programs.

import { z } from '@hono/zod-openapi'
import { idSchema } from '../id.ts'
import { personSchema } from '../identification.ts'
import { namedObject } from '../named.ts'

export const roleSchema = z.enum(['viewer', 'reviewer', 'editor', 'admin']).openapi('Role', {
  description:
    'Each may do what those before it may. viewer: look, with rounded coordinates and people blurred; reviewer: identify, undo own steps; editor: taxonomy, bulk, imports; admin: people, keys, models, deleting photos.',
})
export type Role = z.infer<typeof roleSchema>
export const scopeSchema = z.enum(['read', 'identify', 'import', 'taxonomy', 'admin'])
export type Scope = z.infer<typeof scopeSchema>

/** The name under which history shows somebody. */
export const newNameSchema = personSchema
  .refine((name) => !/\p{C}/u.test(name), 'Expected a name of visible characters.')
  .refine((name) => !name.startsWith('import:'), 'Expected a name that does not begin with import:')
  .overwrite((name) => name.normalize('NFC'))

export const passwordSchema = z.string().min(10).max(200)

export const sessionSchema = namedObject('Session', {
  authenticated: z.boolean(),
  tokenRequired: z.boolean().openapi({ description: 'API_TOKEN is set: requests need it, or a person.' }),
  signIn: z.enum(['none', 'token', 'password']).openapi({
    description: 'none: nobody has to; token: API_TOKEN; password: a person, by name and password.',
  }),
  oidc: z
    .string()
    .nullable()
    .openapi({ description: 'What the other service is called through which people may sign in; null: none.' }),
  person: z.object({ name: z.string(), role: roleSchema }).nullable().openapi({
    description: 'Who is signed in; null for nobody, and where nobody has to.',
  }),
})
export type Session = z.infer<typeof sessionSchema>

export const signInSchema = z.union([
  z.object({ name: z.string().min(1).max(200), password: z.string().min(1).max(1000) }),
  z.object({ token: z.string().min(1).max(1000) }),
])

export const joinSchema = namedObject('Join', {
  invitation: z.string().min(1).max(200),
  name: newNameSchema.optional().openapi({ description: 'Not for a link that gives a new password.' }),
  email: z.email().max(300).optional(),
  password: passwordSchema,
})

export const accountSchema = namedObject('Person', {
  id: idSchema,
  name: z.string(),
  email: z.string().nullable(),
  role: roleSchema,
  expert: z.boolean().openapi({ description: 'Their statements settle what an animal is, where an expert must sign.' }),
  createdAt: z.string(),
  disabledAt: z.string().nullable(),
})
export type Account = z.infer<typeof accountSchema>

export const invitationSchema = namedObject('Invitation', {
  id: idSchema,
  role: roleSchema,
  person: z.string().nullable().openapi({ description: 'Who gets a new password; null: a new person.' }),
  invitedBy: z.string(),
  createdAt: z.string(),
  expiresAt: z.string(),
})
export type Invitation = z.infer<typeof invitationSchema>

export const newInvitationSchema = invitationSchema.extend({
  token: z.string().openapi({ description: 'Shown once: /join#TOKEN is the link.' }),
})

export const openSessionSchema = namedObject('OpenSession', {
  id: idSchema,
  current: z.boolean(),
  address: z.string(),
  agent: z.string(),
  createdAt: z.string(),
  seenAt: z.string(),
  expiresAt: z.string(),
})
export type OpenSession = z.infer<typeof openSessionSchema>

export const keySchema = namedObject('ApiKey', {
  id: idSchema,
  person: z.string(),
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(scopeSchema),
  deployments: z.array(z.string()).nullable().openapi({ description: 'What it is limited to; null: everything.' }),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  usedAt: z.string().nullable(),
})
export type ApiKey = z.infer<typeof keySchema>

export const newKeySchema = keySchema.extend({ key: z.string().openapi({ description: 'Shown once.' }) })

export const auditEntrySchema = namedObject('AuditEntry', {
  id: idSchema,
  at: z.string(),
  person: z.string(),
  how: z.string(),
  what: z.string(),
  address: z.string(),
})
export type AuditEntry = z.infer<typeof auditEntrySchema>
