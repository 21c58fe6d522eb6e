// A multipart body as it arrives. Files are read one after the other and only as fast as they are taken, so memory does
// not grow with the request.

import { Readable } from 'node:stream'
import busboy from 'busboy'
import PQueue from 'p-queue'
import { Problem } from '../problem.ts'
import { refuseBrokenField } from './broken-text.ts'

export type IncomingFile = {
  field: string
  filename: string
  mimeType: string
  /** Ends early when the file is too big: then `truncated` is true. */
  stream: Readable & { truncated?: boolean }
}

type MultipartLimits = {
  maxFileBytes: number
  maxFiles: number
  /** One text field; `facts` of thousands of photos is the largest. */
  maxFieldBytes: number
}

type Multipart = { contentType: string | null; body: Readable }

/** A request whose body was not read yet. Throws a Problem when there is none. */
export function multipartOfRequest(request: Request): Multipart {
  if (request.body === null) throw new Problem(400, 'Expected a multipart body but received nothing.')
  // Node's and the web's ReadableStream are one class at run time; their types differ.
  const body = Readable.fromWeb(request.body as import('node:stream/web').ReadableStream)
  return { contentType: request.headers.get('content-type'), body }
}

/** A body that was read already. */
export const multipartOf = (contentType: string | null, body: ArrayBuffer): Multipart => ({
  contentType,
  body: Readable.from([Buffer.from(body)]),
})

/** A connection that sends nothing for so long in the middle of a body has ended. */
const IDLE_MS = 60_000

/**
 * Reads a multipart body to its end and returns its text fields. `take` must read its stream, or resume it. Throws a
 * Problem (400 malformed or interrupted, 408 nothing came for `idleMs`, 413 too many parts) or whatever `take` throws;
 * by then no further `take` runs.
 */
export async function readMultipart(
  { contentType, body }: Multipart,
  limits: MultipartLimits,
  take: (file: IncomingFile) => Promise<void>,
  idleMs = IDLE_MS,
): Promise<Record<string, string>> {
  const parser = openParser(contentType, limits)
  const fields: Record<string, string> = {}
  const takes = new PQueue({ concurrency: 1 })
  let over = false
  let idle: NodeJS.Timeout | undefined

  await new Promise<void>((resolve, reject) => {
    const fail = (error: unknown) => {
      over = true
      body.unpipe(parser)
      body.destroy()
      parser.destroy()
      reject(error)
    }
    const check = (text: string) => {
      try {
        refuseBrokenField(text)
      } catch (error) {
        fail(error)
      }
    }
    parser.on('file', (field, stream, info) => {
      check(`${field}${info.filename ?? ''}`)
      // Without a listener an aborted file would end the process; the abort itself is seen on `body` and on the parser.
      stream.on('error', () => {})
      const file = { field, filename: cleanName(info.filename), mimeType: info.mimeType, stream }
      void takes.add(async () => {
        if (!over) await take(file).catch(fail)
      })
    })
    parser.on('field', (name, value, info) => {
      if (info.valueTruncated)
        fail(new Problem(413, `Expected at most ${limits.maxFieldBytes} bytes for the field ${name}.`))
      else fields[name] = value
      check(name)
      check(value)
    })
    parser.on('filesLimit', () => fail(new Problem(413, `Expected at most ${limits.maxFiles} files in one request.`)))
    parser.on('fieldsLimit', () => fail(new Problem(413, 'Expected fewer fields in one request.')))
    parser.on('error', (error) =>
      fail(new Problem(400, 'The multipart body is malformed or incomplete.', { cause: error })),
    )
    parser.on('close', () => {
      if (!over) void takes.onIdle().then(resolve)
    })
    body.on('error', (error) =>
      fail(new Problem(400, 'The request ended before its body was complete.', { cause: error })),
    )
    // A paused body waits for its reader, not for its sender.
    idle = watchIdle(body, idleMs, () =>
      fail(new Problem(408, `Nothing came for ${idleMs / 1000} seconds in the middle of the body. Send it again.`)),
    )
    body.pipe(parser)
  }).finally(() => {
    clearInterval(idle)
    return takes.onIdle()
  })
  return fields
}

/** Calls `end` when no byte has come for `idleMs` although they were waited for. */
function watchIdle(body: Readable, idleMs: number, end: () => void): NodeJS.Timeout {
  let lastMs = performance.now()
  const note = () => {
    lastMs = performance.now()
  }
  body.on('data', note)
  return setInterval(() => {
    if (body.readableEnded || body.isPaused()) note()
    else if (performance.now() - lastMs > idleMs) end()
  }, idleMs / 4)
}

function openParser(contentType: string | null, limits: MultipartLimits): busboy.Busboy {
  try {
    return busboy({
      headers: { 'content-type': contentType ?? '' },
      limits: { fileSize: limits.maxFileBytes, files: limits.maxFiles, fields: 100, fieldSize: limits.maxFieldBytes },
      defParamCharset: 'utf8',
      preservePath: true,
    })
  } catch (error) {
    throw new Problem(400, 'Expected a multipart body with a boundary.', { cause: error })
  }
}

/** The path that the uploader gave. It is only a name, and never used to open anything. */
function cleanName(name: string | undefined): string {
  return (
    (name ?? 'photo')
      .replaceAll('\\', '/')
      .replace(/\p{Cc}/gu, '')
      .slice(0, 1000) || 'photo'
  )
}
