// The process in which models run, seen from the process that starts it.

import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ModelError } from '../errors.ts'
import type { Reply, Request } from './worker.ts'

/** A request without its id. */
export type Question = Request extends infer R ? (R extends Request ? Omit<R, 'id'> : never) : never
export type InferenceProcess = {
  pid: number | null
  /** Resolves once the process has ended, for whatever reason. */
  gone: Promise<void>
  /** Throws the ModelError or Error that the process answered, or ProcessDied. */
  ask(question: Question): Promise<unknown>
  /** Ends the process, once it has finished what it runs. */
  end(): Promise<void>
}

export class ProcessDied extends Error {
  /** Whether the process was working on this question, not on one before it. */
  readonly running: boolean
  constructor(message: string, running: boolean) {
    super(message)
    this.running = running
  }
}

type Waiting = { resolve(value: unknown): void; reject(error: unknown): void }

export function startInferenceProcess(): InferenceProcess {
  const child = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)), [], {
    // An absolute address, because the service may be started in any folder, by tsx or by node with tsx imported.
    execArgv: ['--import', import.meta.resolve('tsx')],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  /** Oldest first, which is the order in which the process works on them. */
  const waiting = new Map<number, Waiting>()
  let nextId = 1
  // Unanswered questions keep the asking process alive, and nothing else does.
  const holdOn = (hold: boolean) => {
    for (const handle of [child, child.channel]) hold ? handle?.ref() : handle?.unref()
  }
  holdOn(false)

  const gone = new Promise<void>((resolve) => {
    const over = (how: string) => {
      const rest = [...waiting.values()]
      waiting.clear()
      for (const [index, { reject }] of rest.entries()) {
        reject(new ProcessDied(`the inference process ${how}`, index === 0))
      }
      resolve()
    }
    child.once('error', (error) => over(`cannot be started (${error.message})`))
    child.once('exit', (code, signal) => {
      const how = signal ? `was ended by ${signal}` : `ended with code ${code}`
      // Answers that were sent before the end are read before `disconnect`.
      if (child.connected) child.once('disconnect', () => over(how))
      else over(how)
    })
  })

  child.on('message', (reply: Reply) => {
    const asker = waiting.get(reply.id)
    forget(reply.id)
    if ('value' in reply) asker?.resolve(reply.value)
    else asker?.reject(reply.error.known ? new ModelError(reply.error.message) : new Error(reply.error.message))
  })

  function forget(id: number) {
    waiting.delete(id)
    if (waiting.size === 0) holdOn(false)
  }

  return {
    pid: child.pid ?? null,
    gone,
    ask(question) {
      const id = nextId++
      return new Promise((resolve, reject) => {
        // Rejects only once the process has ended, so that asking again reaches its successor.
        const unreachable = (why: string) => {
          holdOn(true)
          void gone.then(() => reject(new ProcessDied(why, false)))
        }
        if (!child.connected) return unreachable('the inference process is gone')
        waiting.set(id, { resolve, reject })
        holdOn(true)
        child.send({ id, ...question }, (error) => {
          if (error && waiting.delete(id)) unreachable(`the inference process cannot be reached (${error.message})`)
        })
      })
    },
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return
      holdOn(true)
      if (child.connected) child.disconnect()
      await new Promise<void>((resolve) => {
        child.once('exit', () => resolve())
      })
    },
  }
}
