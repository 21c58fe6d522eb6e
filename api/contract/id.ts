// Ids: opaque strings for clients, numbers in the database.

import { z } from '@hono/zod-openapi'

export const idSchema = z
  .string()
  .regex(/^[1-9]\d{0,15}$/, 'Expected an id as returned by this API')
  .openapi({ example: '42' })

/** An id in an address, as the number that it stands for. */
export const numericId = idSchema.transform(Number)

/** The parameter of addresses that end in, or contain, one id. */
export const idParam = z.object({ id: numericId })
