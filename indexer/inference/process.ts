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
  /**
   * Throws the ModelError or Error that the process answered, or ProcessDied. A process that works on the question for
   * longer than `deadlineMs` is killed.
   */
  ask(question: Question, deadlineMs?: number): Promise<unknown>
  /** Ends the process; kills it where it does not end within some seconds. */
  end(): Promise<void>
}

export class ProcessDied extends Error {
  /** Whether the process was working on this question, not on one before it. */
  readonly running: boolean
  /** It worked on the question for longer than it may, and was killed for that. */
  readonly late: boolean
  constructor(message: string, running: boolean, late = false) {
    super(message)
    this.running = running
    this.late = late
  }
}

type Waiting = { deadlineMs: number; resolve(value: unknown): void; reject(error: unknown): void }

/** How long a process that has nothing to do may take to end. */
const END_MS = 5000
/** The longest that a timer can wait. */
const FOR_EVER_MS = 2 ** 31 - 1

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

  let deadline: NodeJS.Timeout | undefined
  let lateAfterMs: number | null = null
  /** The oldest question is the one that the process works on: its time begins now. */
  function watchOldest() {
    clearTimeout(deadline)
    const [oldest] = waiting.values()
    if (!oldest) return
    deadline = setTimeout(() => {
      lateAfterMs = oldest.deadlineMs
      child.kill('SIGKILL')
    }, oldest.deadlineMs)
  }
  // One that runs a model that never ends hears nothing, and would outlive this process.
  const killAtExit = () => child.kill('SIGKILL')
  process.once('exit', killAtExit)

  const gone = new Promise<void>((resolve) => {
    const over = (how: string) => {
      clearTimeout(deadline)
      process.off('exit', killAtExit)
      const rest = [...waiting.values()]
      waiting.clear()
      for (const [index, { reject }] of rest.entries()) {
        const late = index === 0 && lateAfterMs !== null
        const why = late ? `gave no answer within ${(lateAfterMs! / 1000).toFixed(1)} s and was ended` : how
        reject(new ProcessDied(`the inference process ${why}`, index === 0, late))
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
    watchOldest()
    if (waiting.size === 0) holdOn(false)
  }

  return {
    pid: child.pid ?? null,
    gone,
    ask(question, deadlineMs = FOR_EVER_MS) {
      const id = nextId++
      return new Promise((resolve, reject) => {
        // Rejects only once the process has ended, so that asking again reaches its successor.
        const unreachable = (why: string) => {
          holdOn(true)
          void gone.then(() => reject(new ProcessDied(why, false)))
        }
        if (!child.connected) return unreachable('the inference process is gone')
        waiting.set(id, { deadlineMs, resolve, reject })
        if (waiting.size === 1) watchOldest()
        holdOn(true)
        child.send({ id, ...question }, (error) => {
          if (!error || !waiting.delete(id)) return
          watchOldest()
          unreachable(`the inference process cannot be reached (${error.message})`)
        })
      })
    },
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return
      holdOn(true)
      if (child.connected) child.disconnect()
      const impatience = setTimeout(killAtExit, END_MS)
      await new Promise<void>((resolve) => {
        child.once('exit', () => resolve())
      })
      clearTimeout(impatience)
    },
  }
}
