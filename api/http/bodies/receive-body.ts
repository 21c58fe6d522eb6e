// Bodies are read before a request takes a place in the gate (http/load-shedding.ts), so a slow or silent connection
// keeps nobody waiting. Reading stops at the limit of the address, when no byte has come for a while, and when all
// bodies together take too much memory. Uploads of photos are the exception: they go to the disk as they arrive
// (api/photos/upload.ts).

import type { Context, MiddlewareHandler } from 'hono'
import { socketOf } from '../client-address.ts'
import { Problem } from '../problem.ts'
import type { Env } from '../router.ts'
import { refuseBrokenAddress, refuseBrokenText } from './broken-text.ts'
import { mediaTypeOf } from './photo-body.ts'

export type BodyLimits = {
  /** Limit of a JSON body. The largest useful one names 100,000 detections, in about 1 MB. */
  jsonBytes: number
  /** Limit of a request to sign in, which strangers may send. */
  signInBytes: number
  /** Limit of all bodies that are held at the same moment. */
  heldBytes: number
  /** A connection that sends nothing for so long in the middle of a body is closed. */
  idleMs: number
  /** A body must be complete after so long. */
  wholeMs: number
}

export const BODY_LIMITS: BodyLimits = {
  jsonBytes: 8_000_000,
  signInBytes: 64_000,
  heldBytes: 512_000_000,
  idleMs: 30_000,
  wholeMs: 300_000,
}

/** Around one file in a multipart body: boundaries, headers and short fields. */
const MULTIPART_BYTES = 100_000

/** What strangers may send. */
const SIGN_IN = new Set(['POST /api/session', 'POST /api/session/oidc', 'POST /api/people'])

type Files = {
  /**
   * The largest file that a route takes in a body of its own, in bytes, by `METHOD /path`. Other routes take JSON
   * alone.
   */
  files: Record<string, number>
  /** `METHOD /path` of routes that read their body themselves. */
  streamed: string[]
}

/** Handlers then read `c.req.json()` or `c.req.arrayBuffer()` without waiting. */
export function receiveBodies({ files, streamed }: Files, limits = BODY_LIMITS): MiddlewareHandler<Env> {
  const isStreamed = new Set(streamed)
  let held = 0
  return async (c, next) => {
    const address = `${c.req.method} ${c.req.path}`
    refuseBrokenAddress(c.req.url)
    if (isStreamed.has(address) || !hasBody(c)) return await next()
    const isJson = mediaTypeOf(c.req.header('content-type') ?? null).endsWith('json')
    const file = files[address]
    const maxBytes = SIGN_IN.has(address)
      ? limits.signInBytes
      : file === undefined || isJson
        ? limits.jsonBytes
        : file + MULTIPART_BYTES
    let own = 0
    const hold = (bytes: number) => {
      if (held + bytes > limits.heldBytes && held > 0)
        throw new Problem(503, 'Too much data is being sent at once. Try again in a moment.', {
          headers: { 'Retry-After': '2' },
        })
      own += bytes
      held += bytes
    }
    try {
      const bytes = await readBody(c, maxBytes, limits, hold)
      const text = isJson ? new TextDecoder().decode(bytes) : null
      if (text !== null) refuseBrokenText(text)
      // hono keeps promises there, although its type says that they are values.
      Object.assign(
        c.req.bodyCache,
        text === null ? { arrayBuffer: Promise.resolve(bytes) } : { text: Promise.resolve(text) },
      )
      await next()
    } finally {
      held -= own
    }
  }
}

function hasBody(c: Context<Env>): boolean {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return false
  const length = c.req.header('content-length')
  if (length !== undefined) return Number(length) > 0
  return c.req.header('transfer-encoding') !== undefined || (socketOf(c) === null && c.req.raw.body !== null)
}

/** `hold` is called with the size of bytes before they are kept, and throws when there is no room for them. */
async function readBody(
  c: Context<Env>,
  maxBytes: number,
  { idleMs, wholeMs }: BodyLimits,
  hold: (bytes: number) => void,
): Promise<ArrayBuffer> {
  const tooBig = () => new Problem(413, `Expected a body of at most ${maxBytes} bytes.`)
  const length = c.req.header('content-length')
  if (length !== undefined && Number(length) > maxBytes) throw tooBig()
  // The server closes a connection that is silent for the time that is set here: nobody listens to its timeout.
  const socket = socketOf(c)
  socket?.setTimeout(idleMs)
  const late = setTimeout(() => socket?.destroy(), wholeMs)
  try {
    // No more than the stated length can come, so it is read in one piece: that takes half the time for a camera's
    // photo.
    if (length !== undefined && socket !== null) {
      hold(Number(length))
      return await c.req.raw.arrayBuffer().catch(brokenOff)
    }
    return await readPieces(c.req.raw, maxBytes, tooBig, hold)
  } finally {
    clearTimeout(late)
    socket?.setTimeout(0)
  }
}

async function readPieces(
  request: Request,
  maxBytes: number,
  tooBig: () => Problem,
  hold: (bytes: number) => void,
): Promise<ArrayBuffer> {
  const reader = request.body?.getReader()
  const pieces: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  for (;;) {
    const { done = true, value } = (await reader?.read().catch(brokenOff)) ?? {}
    if (done || value === undefined) return await new Blob(pieces).arrayBuffer()
    size += value.length
    if (size > maxBytes) {
      await reader?.cancel().catch(() => {})
      throw tooBig()
    }
    hold(value.length)
    pieces.push(value)
  }
}

function brokenOff(cause: unknown): never {
  throw new Problem(400, 'The request ended before its body was complete.', { cause })
}
