// PGlite in its own thread, because a query blocks the thread that it runs in. Each connection has a MessagePort, which
// carries the client's half of the Postgres wire protocol one way and the server's half the other way.

import { constants } from 'node:fs'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import PQueue from 'p-queue'
import { PrivateFiles } from './private-files.ts'

/**
 * `directory` null: in memory. `snapshot`: a file that `dump` made; where there is no database yet, it starts as a copy
 * of that.
 */
export type WorkerOptions = { directory: string | null; snapshot: string | null }
export type Request =
  | { kind: 'connect'; port: MessagePort }
  | { kind: 'dump'; file: string }
  | { kind: 'copy'; from: string; to: string }
  | { kind: 'close' }
export type Report = { kind: 'ready' } | { kind: 'dumped' } | { kind: 'copied' } | { kind: 'failed'; message: string }

const code = (letter: string) => letter.charCodeAt(0)
/** Messages after which a client waits for an answer: Query, Sync, Flush. */
const ANSWERED = new Set([code('Q'), code('S'), code('H')])
const TERMINATE = code('X')

function queryMessage(text: string): Buffer {
  const message = Buffer.alloc(text.length + 6)
  message[0] = code('Q')
  message.writeInt32BE(text.length + 5, 1)
  message.write(text, 5, 'latin1')
  return message
}

function openConnections(database: PGlite): (port: MessagePort) => void {
  // PGlite has one session: the connection that started last owns it, and everything runs one after another.
  let owner: MessagePort | null = null
  const queue = new PQueue({ concurrency: 1 })

  const run = async (message: Buffer, port: MessagePort | null) => {
    const onRawData = (bytes: Uint8Array) => {
      const copy = bytes.slice()
      port?.postMessage(copy, [copy.buffer])
    }
    await database.runExclusive(() => database.execProtocolRawStream(message, { onRawData }))
  }
  const enqueue = (port: MessagePort, job: () => Promise<void>) => {
    // A query that Postgres refuses is answered. An error that is thrown here means that the engine broke: the thread
    // ends, which tells the parent.
    queue.add(job).catch((error: unknown) => {
      port.close()
      setImmediate(() => {
        throw error
      })
    })
  }
  const rollBack = async () => {
    if (database.isInTransaction()) await run(queryMessage('rollback'), null)
  }

  return (port) => {
    let pending: Buffer = Buffer.alloc(0)
    let started = false
    /**
     * Length of the message at `from`; 0 while it is incomplete. `header`: bytes of its type, of which the startup
     * message has none.
     */
    const messageLength = (from: number, header: number) => {
      if (pending.length < from + header + 4) return 0
      const length = header + pending.readInt32BE(from + header)
      return pending.length < from + length ? 0 : length
    }
    const start = (message: Buffer) =>
      enqueue(port, async () => {
        owner = port
        await rollBack()
        await run(queryMessage('discard all'), null)
        await run(message, port)
      })

    port.on('message', (chunk: Uint8Array) => {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
      pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes])
      if (!started) {
        const length = messageLength(0, 0)
        if (length === 0) return
        started = true
        start(pending.subarray(0, length))
        pending = pending.subarray(length)
      }
      let end = 0
      let answered = 0
      for (let length = messageLength(end, 1); length > 0; length = messageLength(end, 1)) {
        const type = pending[end] ?? 0
        if (type === TERMINATE) {
          enqueue(port, async () => {
            if (owner === port) await rollBack()
            port.close()
          })
          return
        }
        end += length
        if (ANSWERED.has(type)) answered = end
      }
      if (answered === 0) return
      const messages = pending.subarray(0, answered)
      pending = pending.subarray(answered)
      enqueue(port, () => run(messages, port))
    })
  }
}

async function serve(options: WorkerOptions, parent: MessagePort): Promise<void> {
  const report = (message: Report) => parent.postMessage(message)
  const database = await PGlite.create({
    ...(options.directory === null ? { dataDir: 'memory://' } : { fs: new PrivateFiles(options.directory) }),
    extensions: { vector },
    ...(options.snapshot === null ? {} : { loadDataDir: new Blob([await readFile(options.snapshot)]) }),
  })
  const connect = openConnections(database)
  parent.on('message', async (request: Request) => {
    if (request.kind === 'connect') connect(request.port)
    else if (request.kind === 'dump') {
      const dump = await database.dumpDataDir('none')
      await writeFile(request.file, Buffer.from(await dump.arrayBuffer()))
      report({ kind: 'dumped' })
    } else if (request.kind === 'copy') {
      // No query runs meanwhile, so the files are as after a sudden end at one moment, from which the database
      // recovers.
      await database
        .runExclusive(() => cp(request.from, request.to, { recursive: true, mode: constants.COPYFILE_FICLONE }))
        .then(
          () => report({ kind: 'copied' }),
          (error: unknown) => report({ kind: 'failed', message: String(error) }),
        )
    } else {
      await database.close()
      process.exit(0)
    }
  })
  report({ kind: 'ready' })
}

if (parentPort) {
  const parent = parentPort
  serve(workerData, parent).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error)
    parent.postMessage({ kind: 'failed', message } satisfies Report)
  })
}
