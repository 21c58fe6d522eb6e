// Whom a request names as its person, where nobody has to sign in, and what belongs to somebody else.

import type { Context } from 'hono'
import { personSchema } from '../contract/identification.ts'
import { Problem } from './problem.ts'
import type { Env } from './router.ts'

/** The header Clavis-Person, `local` without one. Throws a Problem for a name that cannot be one. */
export function namedPerson(c: Context<Env>): string {
  const person = personSchema.safeParse(decode(c.req.header('clavis-person') ?? 'local'))
  if (!person.success) throw new Problem(400, 'Expected 1 to 100 characters for the header Clavis-Person.')
  if (person.data.startsWith('import:'))
    throw new Problem(400, 'Expected a name that does not begin with import: for the header Clavis-Person.')
  return person.data
}

/** Headers are ASCII: other names come percent-encoded. What is no valid encoding is meant as it stands. */
function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

/** Reviewers take back their own steps; those above them anybody's. Throws a Problem. */
export function requireOwn(c: Context<Env>, owner: string): void {
  if (c.var.caller.role === 'reviewer' && owner !== c.var.person)
    throw new Problem(403, `Expected one of your own steps, but this is ${owner}'s. Editors can take it back.`)
}
