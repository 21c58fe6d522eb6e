// Fetches a model file whose sha256 is known. The file appears under its name only when it is complete and verified.
// Until then a second file holds what was received, so that a later call continues where this one stopped.

import { createWriteStream } from 'node:fs'
import { mkdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { ModelError } from '../errors.ts'
import { sha256OfFile } from './checksum.ts'

export type FetchOptions = {
  url: string
  /** 64 hexadecimal digits. */
  sha256: string
  /** The folder for the file, which is named SHA256.onnx. */
  folder: string
  signal?: AbortSignal
  /** Called with the bytes received so far, and with how many there are where the server says so. */
  onProgress?: (received: number, total: number | null) => void
  /** How often one call reopens a broken connection, and how long it waits before each attempt. */
  retries?: number
  retryMs?: number
}

/** Returns the file's path. Throws ModelError, or the signal's reason. */
export async function fetchModelFile(options: FetchOptions): Promise<string> {
  const { url, folder, signal } = options
  const sha256 = options.sha256.toLowerCase()
  if (!/^[0-9a-f]{64}$/.test(sha256))
    throw new ModelError(`Expected a sha256 of 64 hexadecimal digits but received ${options.sha256}.`)
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new ModelError(`Expected an address that begins with https:// or http:// but received ${url}.`)
  const target = join(folder, `${sha256}.onnx`)
  if ((await checksumOf(target)) === sha256) return target
  await mkdir(folder, { recursive: true })
  const part = openPart(join(folder, sha256), url)
  for (let tries = 0; ; tries++) {
    try {
      await receive(part, options)
      break
    } catch (error) {
      if (signal?.aborted || error instanceof ModelError) throw error
      if (isUnreachable(error) && (await part.received()).bytes === 0) throw cannotReach(url, error)
      if (tries >= (options.retries ?? 5))
        throw new ModelError(
          `${url} could not be fetched: ${reasonOf(error)}. Run the same command again: it continues where it stopped.`,
          'open',
          { cause: error },
        )
      await wait((options.retryMs ?? 1000) * 2 ** tries, undefined, { signal })
    }
  }
  const found = await checksumOf(part.file)
  if (found !== sha256) {
    await part.remove()
    throw new ModelError(`${url} is not the expected file: expected sha256 ${sha256} but received ${found}.`)
  }
  await rename(part.file, target)
  await part.remove()
  return target
}

const notesSchema = z.object({ url: z.string(), etag: z.string().nullable() })

/** What was received so far, from which address, and of which version. */
function openPart(path: string, url: string) {
  const file = `${path}.part`
  const notes = `${path}.part.json`
  return {
    file,
    /** Zero bytes where there is nothing to continue. */
    async received(): Promise<{ bytes: number; etag: string | null }> {
      const text = await readFile(notes, 'utf8').catch(() => 'null')
      const known = notesSchema.safeParse(JSON.parse(text)).data
      const facts = await stat(file).catch(() => null)
      if (!facts || known?.url !== url) return { bytes: 0, etag: null }
      return { bytes: facts.size, etag: known.etag }
    },
    begin: async (etag: string | null) => {
      await writeFile(file, '')
      await writeFile(notes, JSON.stringify({ url, etag }))
    },
    async remove() {
      await rm(file, { force: true })
      await rm(notes, { force: true })
    },
  }
}

/** Receives the rest. Throws ModelError where trying again would not help, other errors where it may. */
async function receive(part: ReturnType<typeof openPart>, { url, signal, onProgress }: FetchOptions): Promise<void> {
  const { bytes: have, etag } = await part.received()
  const headers: Record<string, string> = {}
  if (have > 0) headers.Range = `bytes=${have}-`
  // Without it, a file that changed meanwhile would be joined to the beginning of its former version.
  if (have > 0 && etag !== null) headers['If-Range'] = etag
  const response = await fetch(url, { headers, signal: signal ?? null })
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '')
  let from = 0
  if (response.status === 206 && Number(range?.[1]) === have) from = have
  else if (response.status === 416 && have > 0) {
    await response.body?.cancel()
    // Either all of it was received, or the file became shorter; the checksum shows which.
    if (/^bytes \*\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1] === String(have)) return
    await truncate(part.file, 0)
    throw new Error('it changed at the server')
  } else if (response.status !== 200) {
    await response.body?.cancel()
    const text = `${url} answered ${response.status} ${response.statusText}`.trim()
    if (response.status >= 500 || response.status === 429) throw new Error(text)
    throw new ModelError(`${text}: check the address.`)
  }
  if (response.body === null) throw new Error('the answer was empty')
  if (from === 0) await part.begin(response.headers.get('etag'))
  const length = response.headers.get('content-length')
  const total = length === null ? null : from + Number(length)
  let received = from
  // Node's and the web's ReadableStream are one class at run time, with different types.
  const body = Readable.fromWeb(response.body as import('node:stream/web').ReadableStream)
  body.on('data', (chunk: Uint8Array) => {
    received += chunk.length
    onProgress?.(received, total)
  })
  await pipeline(body, createWriteStream(part.file, { flags: 'a' }))
  if (total !== null && received < total) throw new Error(`the connection ended after ${received} of ${total} bytes`)
}

/** The machine has no network, or no way to that host. */
const UNREACHABLE = ['ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT']

function codeOf(error: unknown): string | null {
  const { cause } = error instanceof Error ? error : { cause: null }
  return cause instanceof Error && 'code' in cause ? String(cause.code) : null
}

const isUnreachable = (error: unknown) => UNREACHABLE.includes(codeOf(error) ?? '')

/** What to do where the host of an address does not answer. */
export const cannotReach = (url: string, cause: unknown): ModelError =>
  new ModelError(
    `This machine cannot reach ${new URL(url).host} (${codeOf(cause) ?? reasonOf(cause)}). Connect it to the network, or download the file on another machine and add it here.`,
    'open',
    { cause },
  )

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  return cause instanceof Error && cause.message !== '' ? `${error.message} (${cause.message})` : error.message
}

/** Null where there is no such file. */
async function checksumOf(file: string): Promise<string | null> {
  return await sha256OfFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
}
