// The embedded database for the ordinary Postgres driver: `stream` is for pg's option of that name, and speaks the wire
// protocol to PGlite in a worker thread (pglite-worker.ts).

import { Duplex } from 'node:stream'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { DatabaseError } from '../errors.ts'
import type { Report, Request, WorkerOptions } from './pglite-worker.ts'
import { startTypeScriptThread } from './typescript-thread.ts'

export type Pglite = {
  /** A new connection. Only one may be in use at a time, so pg gets a pool of one. */
  stream: () => Duplex
  /** Writes the whole database to a file that `snapshot` accepts. */
  dump: (file: string) => Promise<void>
  /** Copies the data folder, as it is at one moment, to a new one. Null for a database in memory. */
  copy: ((directory: string) => Promise<void>) | null
  /** Ends the thread once everything is written. */
  close: () => Promise<void>
}

/** A MessagePort with the methods that pg calls on a socket. */
class PortStream extends Duplex {
  readonly #port: MessagePort
  constructor(port: MessagePort) {
    super({ allowHalfOpen: false })
    this.#port = port
    port.on('message', (bytes: Uint8Array) => this.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)))
    port.on('close', () => this.push(null))
  }
  connect(): this {
    process.nextTick(() => this.emit('connect'))
    return this
  }
  setNoDelay(): this {
    return this
  }
  setKeepAlive(): this {
    return this
  }
  ref(): this {
    this.#port.ref()
    return this
  }
  unref(): this {
    this.#port.unref()
    return this
  }
  override _read(): void {}
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#send(chunk)
    done()
  }
  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#send(Buffer.concat(chunks.map(({ chunk }) => chunk)))
    done()
  }
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#port.close()
    done(error)
  }
  #send(bytes: Buffer): void {
    const copy = Uint8Array.from(bytes)
    this.#port.postMessage(copy, [copy.buffer])
  }
}

/** Starts the thread and opens the database: 0.4 s, 3 to 8 s the first time (initdb), 1 s from a snapshot. */
export async function openPglite(options: WorkerOptions): Promise<Pglite> {
  const worker = startTypeScriptThread(import.meta.resolve('./pglite-worker.ts'), options)
  const from = options.directory
  const streams = new Set<Duplex>()
  let ended: Error | null = null
  const end = (error: Error) => {
    ended ??= error
    for (const stream of streams) stream.destroy(ended)
  }
  worker.on('error', (error) =>
    end(new DatabaseError(`The embedded database stopped: ${error.message}`, { cause: error })),
  )
  worker.on('exit', () => end(new DatabaseError('The embedded database has stopped')))

  const next = (expected: Report['kind']) =>
    new Promise<void>((resolve, reject) => {
      const settle = (error: Error | null) => {
        worker.off('message', onMessage)
        worker.off('error', settle)
        worker.off('exit', onExit)
        if (error) reject(error)
        else resolve()
      }
      const onMessage = (report: Report) => {
        if (report.kind === expected) settle(null)
        else if (report.kind === 'failed')
          settle(
            new DatabaseError(
              `The embedded database failed: ${report.message}. If its files are damaged, restore a backup into an empty DATA_DIR`,
            ),
          )
      }
      const onExit = () => settle(ended ?? new DatabaseError('The embedded database has stopped'))
      worker.on('message', onMessage)
      worker.on('error', settle)
      worker.on('exit', onExit)
    })
  const post = (request: Request, transfer: MessagePort[] = []) => worker.postMessage(request, transfer)

  try {
    await next('ready')
  } catch (error) {
    await worker.terminate()
    throw error
  }
  return {
    stream: () => {
      const { port1, port2 } = new MessageChannel()
      const stream = new PortStream(port1)
      if (ended) {
        stream.destroy(ended)
        return stream
      }
      streams.add(stream)
      stream.on('close', () => streams.delete(stream))
      post({ kind: 'connect', port: port2 }, [port2])
      return stream
    },
    dump: async (file) => {
      const dumped = next('dumped')
      post({ kind: 'dump', file })
      await dumped
    },
    copy:
      from === null
        ? null
        : async (to) => {
            const copied = next('copied')
            post({ kind: 'copy', from, to })
            await copied
          },
    close: () =>
      new Promise<void>((resolve) => {
        if (ended) return resolve()
        worker.once('exit', () => resolve())
        post({ kind: 'close' })
      }),
  }
}
