// The thread that computes results: it answers questions one after the other.

import { parentPort } from 'node:worker_threads'
import { answer, type Question } from './questions.ts'

export type Asked = { id: number; question: Question }
export type Answered = { id: number } & ({ reply: ReturnType<typeof answer> } | { error: string })

parentPort?.on('message', ({ id, question }: Asked) => parentPort?.postMessage(answered(id, question)))

function answered(id: number, question: Question): Answered {
  try {
    return { id, reply: answer(question) }
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) }
  }
}
