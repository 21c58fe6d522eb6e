// Estimates statistics in a process of its own, so that nobody waits for it.

import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { EstimateReply, EstimateRequest } from '../estimate-worker.ts'

export type Estimated = Exclude<EstimateReply, { error: string }>

export function estimateInProcess(request: EstimateRequest, signal: AbortSignal): Promise<Estimated> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('../estimate-worker.ts', import.meta.url)), [], {
      execArgv: ['--import', import.meta.resolve('tsx')],
      serialization: 'advanced',
      signal,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    child.once('message', (reply: EstimateReply) => {
      if ('statistics' in reply) resolve(reply)
      else reject(new Error(`The statistics of the tree could not be estimated: ${reply.error}`))
    })
    child.once('error', reject)
    child.once('exit', (code, signal) =>
      reject(new Error(`The estimation process ended (${signal ?? code}) without an answer`)),
    )
    child.send(request, (error) => {
      if (error) reject(error)
    })
  })
}
