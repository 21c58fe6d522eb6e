// Threads that run TypeScript: Node 20 does not pass loaders on to `new Worker`, so the thread registers tsx itself.

import { Worker } from 'node:worker_threads'

/** `module`: the file's URL. */
export function startTypeScriptThread(module: string, workerData?: unknown): Worker {
  const register = `(await import(${JSON.stringify(import.meta.resolve('tsx/esm/api'))})).register()`
  const run = `await import(${JSON.stringify(module)})`
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(`${register};${run}`)}`), { workerData })
}
