// Who asks: the header Clavis-Person, or `local` without one.

import type { MiddlewareHandler } from 'hono'
import { personSchema } from '../contract/identification.ts'
import { Problem } from './problem.ts'
import type { Env } from './router.ts'

export function identifyPerson(): MiddlewareHandler<Env> {
  return async (c, next) => {
    const person = personSchema.safeParse(decode(c.req.header('clavis-person') ?? 'local'))
    if (!person.success) throw new Problem(400, 'Expected 1 to 100 characters for the header Clavis-Person.')
    if (person.data.startsWith('import:'))
      throw new Problem(400, 'Expected a name that does not begin with import: for the header Clavis-Person.')
    c.set('person', person.data)
    await next()
  }
}

/** Headers are ASCII, so other names come percent-encoded. Text that is no valid encoding is taken literally. */
function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
