// Pages of lists.

import { z } from '@hono/zod-openapi'
import { numericId } from './id.ts'

export const limitSchema = z.coerce.number().int().min(1).max(200)

/** What asks for a page of a list in the order of ids: where it begins, and how long it may be. */
export const pageQuery = { cursor: numericId.optional(), limit: limitSchema.default(50) }

/** A page of a list: ask again with `cursor=nextCursor` until it is null. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() })
