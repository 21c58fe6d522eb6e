// JSON in the declarations of routes.

import type { z } from '@hono/zod-openapi'

export const JSON_TYPE = 'application/json'

const json = <S extends z.ZodType>(schema: S) => ({ [JSON_TYPE]: { schema } }) as const

/** The body of a request, which must be there. */
export const jsonBody = <S extends z.ZodType>(schema: S) => ({ required: true as const, content: json(schema) })

/** An answer, with a sentence that says what it is. */
export const jsonAnswer = <S extends z.ZodType>(description: string, schema: S) => ({
  description,
  content: json(schema),
})
