// How much load a server can take. Requests for suggestions, similar photos, review and confirmations come mixed, at
// rates that double until the server is saturated: answers per second, latency, refusals (503), other errors, /healthz,
// delay of the event loop, memory. Then memory after many requests, against that after the first 1,000.

import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openProgress } from '../../../api/commands/progress.ts'
import { UsageError } from '../../../api/commands/usage.ts'
import type { Config } from '../../../api/config.ts'
import { newBenchDatabase } from '../database.ts'
import { type Measured, quantile, readOptions, reportMeasured, startServer } from '../measuring.ts'
import { residentBytes } from '../processes.ts'
import { fillLibrary, type Known } from './animals.ts'
import { type Answered, isError, isRefused, offer, openClient } from './client.ts'

export const BENCH_LOAD_HELP = `npm run bench -- load [--animals N] [--seconds N] [--requests N] [--url postgres://…] [--json FILE]

Asks a server that knows N (2,000) generated animals for suggestions, similar photos and reviews, and confirms, at rates that double
every N seconds (10) until the server is saturated; then goes on until it has answered N requests (100,000). With the embedded
database, or in a new database on a Postgres server.
`

const FIRST_RATE = 10
const MOST_STEPS = 12
/** The share of refused requests from which the server counts as saturated. */
const SATURATED = 0.05
const WARM_UP_MS = 5000
const CLIENTS = 16
const EARLY = 1000

export async function benchLoad(args: string[], config: Config): Promise<number> {
  const values = readOptions(args, {
    animals: '2000',
    seconds: '10',
    requests: '100000',
    url: undefined,
    json: undefined,
  })
  const [animals, seconds, requests] = [values.animals, values.seconds, values.requests].map(Number)
  if (![animals, seconds, requests].every((number) => Number.isInteger(number) && number! > 0))
    throw new UsageError(BENCH_LOAD_HELP)
  const folder = await mkdtemp(join(tmpdir(), 'clavis-bench-'))
  const { url, drop } =
    values.url === undefined
      ? { url: `file:${join(folder, 'database')}`, drop: async () => {} }
      : await newBenchDatabase(values.url)
  try {
    await mkdir(folder, { recursive: true })
    const known = await fillLibrary(url, animals!)
    const server = await startServer({
      DATA_DIR: folder,
      THREADS: String(config.threads),
      ...(values.url === undefined ? {} : { DATABASE_URL: url }),
    })
    try {
      const measured = await measure(server, known, { seconds: seconds!, requests: requests! })
      await reportMeasured('A server under load', { animals: animals!, ...measured }, values.json)
    } finally {
      await server.stop()
    }
  } finally {
    await drop()
    await rm(folder, { recursive: true, force: true })
  }
  return 0
}

/** The delay of the server's event loop since the last call, by its own metrics: its 99th percentile. */
async function eventLoopDelayMs(url: string): Promise<number | null> {
  const text = await (await fetch(new URL('/metrics', url))).text()
  const found = /^clavis_event_loop_delay_seconds\{quantile="0.99"\} (\S+)$/m.exec(text)
  return found ? Number(found[1]) * 1000 : null
}

async function measure(
  { url, pid }: { url: string; pid: number },
  known: Known,
  { seconds, requests }: { seconds: number; requests: number },
): Promise<Measured> {
  const client = openClient(url, known)
  const measured: Measured = {}
  const megabytes = async () => {
    const bytes = await residentBytes(pid)
    return bytes === null ? null : bytes / 1e6
  }
  let asked = 0
  let early: number | null = null
  let errors = 0
  let fault: string | null = null
  const count = async (answer: Promise<Answered>) => {
    const one = await answer
    if (isError(one)) {
      errors++
      fault ??= one.fault ?? null
    }
    if (++asked === EARLY) early = await megabytes()
    return one
  }
  try {
    // A start leaves background work, which must be over first.
    const warm = performance.now() + WARM_UP_MS
    while (performance.now() < warm) await count(client.ask())
    await eventLoopDelayMs(url)
    for (let step = 0, rate = FIRST_RATE; step < MOST_STEPS; step++, rate *= 2) {
      const { answers, health, tookMs } = await offer(client, rate, seconds, count)
      const good = answers.filter((one) => !isRefused(one) && !isError(one))
      const answered = (good.length * 1000) / tookMs
      const refused = answers.filter(isRefused).length / answers.length
      const at = `at ${rate} a second`
      const ms = good.map((one) => one.ms)
      Object.assign(measured, {
        [`${at}: answered a second`]: answered,
        [`${at}: p50 ms`]: quantile(ms, 0.5),
        [`${at}: p95 ms`]: quantile(ms, 0.95),
        [`${at}: refused with 503, share`]: refused,
        [`${at}: other errors`]: answers.filter(isError).length,
        [`${at}: /healthz p99 ms`]: quantile(health, 0.99),
        [`${at}: event loop delay p99 ms`]: await eventLoopDelayMs(url),
        [`${at}: resident memory, MB`]: await megabytes(),
      })
      if (refused > SATURATED) break
    }
    const progress = openProgress(requests, 'requests')
    const ask = async () => {
      while (asked < requests) {
        await count(client.ask())
        progress.update(asked, '')
      }
    }
    await Promise.all(Array.from({ length: CLIENTS }, ask))
    progress.stop()
    return {
      ...measured,
      'requests in all': asked,
      'errors in all, but 503': errors,
      ...(errors > 0 ? { 'the first of them': fault } : {}),
      [`resident memory after ${EARLY.toLocaleString('en-GB')} requests, MB`]: early,
      'resident memory after all, MB': await megabytes(),
    }
  } finally {
    client.close()
  }
}
