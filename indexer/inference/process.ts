// The process in which models run, seen from outside. In: requests. Out: answers in any order, or ProcessDied.

import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ModelError } from '../errors.ts'
import type { Reply, Request } from './worker.ts'

/** A request without the number it is known by. */
export type Question = Request extends infer R ? (R extends Request ? Omit<R, 'id'> : never) : never
export type InferenceProcess = {
  pid: number | null
  /** Resolves once the process is gone, for whatever reason. */
  gone: Promise<void>
  /** Throws ModelError or Error as the process answered, or ProcessDied. */
  ask(question: Question): Promise<unknown>
  /** Lets it finish what it runs. */
  end(): Promise<void>
}

export class ProcessDied extends Error {
  /** Whether the process was working on this question, rather than on one before it. */
  readonly running: boolean
  constructor(message: string, running: boolean) {
    super(message)
    this.running = running
  }
}

type Waiting = { resolve(value: unknown): void; reject(error: unknown): void }

export function startInferenceProcess(): InferenceProcess {
  const child = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)), [], {
    // Absolute: the service may be started in any folder, by tsx or by node with tsx imported.
    execArgv: ['--import', import.meta.resolve('tsx')],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  /** Oldest first; the process works on them in this order. */
  const waiting = new Map<number, Waiting>()
  let nextId = 1
  // Only unanswered questions keep the asking process alive.
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
      // Answers sent before the end are read before `disconnect`.
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
        // Told only once it is gone, so that whoever asks again asks its successor.
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
