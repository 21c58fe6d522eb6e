// Asks the thread that computes results, so that no request waits for another one's season. It is started by the first
// question and ends with the service.

import type { Worker } from 'node:worker_threads'
import { startTypeScriptThread } from '../../../db/connection/typescript-thread.ts'
import type { Question, Reply } from './questions.ts'
import type { Answered, Asked } from './results-thread.ts'

/** The reply to a question of that kind. */
export type Ask = <Q extends Question>(question: Q) => Promise<Reply[Q['kind']]>

type Waiting = { resolve: (reply: Reply[Question['kind']]) => void; reject: (error: Error) => void }

export function openResultsThread(closing: AbortSignal): Ask {
  const waiting = new Map<number, Waiting>()
  let worker: Worker | null = null
  let last = 0

  const lose = (error: Error) => {
    worker = null
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  const open = (): Worker => {
    const opened = startTypeScriptThread(import.meta.resolve('./results-thread.ts'))
    opened.unref()
    opened.on('message', (answered: Answered) => {
      const asked = waiting.get(answered.id)
      waiting.delete(answered.id)
      if (waiting.size === 0) opened.unref()
      if ('reply' in answered) asked?.resolve(answered.reply)
      else asked?.reject(new Error(answered.error))
    })
    opened.on('error', lose)
    opened.on('exit', () => {
      if (worker === opened) lose(new Error('The thread that computes results has ended.'))
    })
    closing.addEventListener('abort', () => void opened.terminate(), { once: true })
    return opened
  }

  return async <Q extends Question>(question: Q) => {
    worker ??= open()
    const asked: Asked = { id: ++last, question }
    const reply = await new Promise<Reply[Question['kind']]>((resolve, reject) => {
      waiting.set(asked.id, { resolve, reject })
      worker?.ref()
      worker?.postMessage(asked)
    })
    return reply as Reply[Q['kind']] // the thread answers the question that it was asked
  }
}
