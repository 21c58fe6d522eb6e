// What every route shares: how it is declared, a router whose validation faults become problems, and the variables that
// middleware puts on a request.

import { createRoute, OpenAPIHono, type RouteConfig } from '@hono/zod-openapi'
import type { Logger } from 'pino'
import type { Role, Scope } from '../contract/people/person.ts'
import { Problem } from './problem.ts'
import { joinSentences, sentence } from './sentences.ts'

/** Who sent a request, as far as that is known. */
export type Caller = {
  /** 'none': nobody has to sign in here. */
  by: 'none' | 'token' | 'session' | 'key'
  role: Role
  /** What a key is limited to; null: nothing. */
  scopes: Scope[] | null
  /** The deployments that a key is limited to; null: everything. */
  deploymentIds: number[] | null
  /** Null where the caller is no person. */
  personId: number | null
  /** Of the session or the key. */
  id: number | null
  /** By which session, key or token, for the audit. */
  how: string
  address: string
}

export type Env = {
  Variables: {
    requestId: string
    /** The name under which history shows what this request does. */
    person: string
    caller: Caller
    /** Whether the caller may still ask this, for an answer that takes long. */
    isStillAdmitted: () => Promise<boolean>
    log: Logger
  }
}

type Method = RouteConfig['method']
type Described = Omit<RouteConfig, 'method' | 'path' | 'tags' | 'summary'>

/** Declares routes of one tag: `const route = routesOf('Tag')`, then `route('get /api/actions', summary, {…})`. */
export const routesOf =
  (tag: string) =>
  <M extends Method, P extends `/${string}`, const D extends Described>(
    address: `${M} ${P}`,
    summary: string,
    described: D,
  ) => {
    const [method, path] = address.split(' ') as [M, P] // the two parts of the type
    return createRoute({ method, path, tags: [tag], summary, ...described })
  }

/** Routes of one noun. */
export function newRoutes() {
  return new OpenAPIHono<Env>({
    defaultHook: (result) => {
      if (result.success) return
      // zod-validator hands the rejected value over as `data`, which the type only promises for accepted ones.
      const received = Reflect.get(result, 'data')
      const sentences = result.error.issues.map((issue) => sentence(issue, received))
      throw new Problem(400, joinSentences(sentences), {
        facts: {
          errors: result.error.issues.map((issue, i) => ({
            in: result.target,
            path: issue.path,
            detail: sentences[i],
          })),
        },
        cause: result.error,
      })
    },
  })
}
