// Bodies and answers in the declarations of routes.

import type { z } from '@hono/zod-openapi'

export const JSON_TYPE = 'application/json'

const json = <S extends z.ZodType>(schema: S) => ({ [JSON_TYPE]: { schema } }) as const

/** The body of a request, which must be there. */
export const jsonBody = <S extends z.ZodType>(schema: S) => ({ required: true as const, content: json(schema) })

type Text = { type: 'string'; format?: 'binary'; enum?: string[]; description?: string }

/** A form with files, which must be there. */
export const formBody = (properties: Record<string, Text | { type: 'array'; items: Text }>, required: string[]) => ({
  required: true as const,
  content: { 'multipart/form-data': { schema: { type: 'object' as const, required, properties } } },
})

/** An answer, with a sentence that says what it is. */
export const jsonAnswer = <S extends z.ZodType>(description: string, schema: S) => ({
  description,
  content: json(schema),
})
