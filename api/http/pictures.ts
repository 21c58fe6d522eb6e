// Pictures as answers: the bytes, or 304 for a browser that has them already.

import type { Context } from 'hono'
import type { Env } from './router.ts'

/** Most pictures never change, but they may be removed, and only people who are signed in may see them. */
const CACHE = 'private, max-age=86400, immutable'
const ASK_AGAIN = 'private, no-cache'

export type Picture = {
  /** Identifies the content. */
  tag: string
  type: string
  /** What it shows may change: a browser asks each time whether it has the present one. */
  mayChange?: boolean
  open: () => Promise<Uint8Array>
}

export async function sendPicture(c: Context<Env>, picture: Picture): Promise<Response> {
  const etag = `"${picture.tag}"`
  const headers = { ETag: etag, 'Cache-Control': picture.mayChange ? ASK_AGAIN : CACHE }
  const known = (c.req.header('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  if (known.includes(etag)) return c.body(null, 304, headers)
  const bytes = await picture.open()
  return c.body(new Uint8Array(bytes), 200, { ...headers, 'Content-Type': picture.type })
}
