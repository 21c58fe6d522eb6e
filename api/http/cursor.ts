// Where the next page of a list begins: opaque text outside, values inside.

import type { z } from '@hono/zod-openapi'
import { Problem } from './problem.ts'

/** The values by which a list is ordered, as text. */
export function encodeCursor(values: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url')
}

/** Throws a Problem for text that is no cursor of this list. */
export function decodeCursor<T>(text: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()))
  } catch (cause) {
    throw new Problem(400, 'Expected a cursor as returned by the page before.', { cause })
  }
}

/**
 * A page of a list in the order of ids. The caller reads one row more than `limit`, which shows whether more follow.
 */
export function cutPage<T extends { id: number }>(rows: T[], limit: number): { page: T[]; nextCursor: string | null } {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { page, nextCursor: rows.length > limit && last !== undefined ? String(last.id) : null }
}
