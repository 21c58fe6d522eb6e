// What every route shares. In: nothing. Out: an empty router whose validation faults become problems, and the variables that
// middleware puts on a request.

import { OpenAPIHono } from '@hono/zod-openapi'
import type { Logger } from 'pino'
import { Problem } from './problem.ts'
import { joinSentences, sentence } from './sentences.ts'

export type Env = {
  Variables: {
    requestId: string
    /** Who is asking: the header Clavis-Person, `local` without one. */
    person: string
    log: Logger
  }
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
