// Pictures as answers: the bytes, or 304 for a browser that has them already.

import type { Context } from 'hono'
import type { Env } from './router.ts'

/** Pictures never change, but they may be removed, and only people who are signed in may see them. */
const CACHE = 'private, max-age=86400, immutable'

export type Picture = {
  /** Identifies the content. */
  tag: string
  type: string
  open: () => Promise<Uint8Array>
}

export async function sendPicture(c: Context<Env>, picture: Picture): Promise<Response> {
  const etag = `"${picture.tag}"`
  const headers = { ETag: etag, 'Cache-Control': CACHE }
  const known = (c.req.header('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  if (known.includes(etag)) return c.body(null, 304, headers)
  const bytes = await picture.open()
  return c.body(new Uint8Array(bytes), 200, { ...headers, 'Content-Type': picture.type })
}
