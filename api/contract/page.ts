// Pages of lists.

import { z } from '@hono/zod-openapi'

export const limitSchema = z.coerce.number().int().min(1).max(200)

/** A page of a list: ask again with `cursor=nextCursor` until it is null. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() })
