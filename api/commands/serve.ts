// `npm start` and `npm run work`: a process that works until it is told to stop. Then it says that it is not ready,
// finishes what is under way and ends. What it could not finish stays queued in the database.

import { spawn } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { type ServerType, serve } from '@hono/node-server'
import { createApp, createWorkerApp } from '../app.ts'
import { type Config, PAGE_DIR, PROJECT_DIR } from '../config.ts'
import { openService } from '../open-service.ts'
import { firstAdminLink } from '../people/first-admin.ts'
import type { Service } from '../service.ts'
import { UsageError } from './usage.ts'

export const SERVE_HELP = `npm start

Serves the page and the API. Settings are environment variables: PORT (3000), HOST (127.0.0.1; any other needs people who sign in),
DATA_DIR (./data), API_TOKEN, DATABASE_URL (postgres://…; default: an embedded database in the data folder), QUEUE_URL
(redis://…; default: inside this process), DETECTOR, EMBEDDER, THREADS, DEVICE (cpu, cuda), DEVICE_ID, MAX_PHOTO_BYTES,
ALLOWED_HOSTS, LOG_LEVEL.

On SIGTERM or Ctrl-C, /readyz answers 503 and everything else works as before for DRAIN_SECONDS (0), so that a load balancer sends
nothing more; then requests and photos under way are finished, for at most STOP_SECONDS (30). A second signal ends it at once.
`

export const WORK_HELP = `npm run work

Indexes photos from a shared queue (QUEUE_URL) into a shared database (DATABASE_URL), with the photos in DATA_DIR. Start one per
device: DEVICE (cpu, cuda), DEVICE_ID, THREADS. With WORK_PORT it answers /healthz, /readyz and /metrics there. SIGTERM or Ctrl-C
finishes the photos under way, for at most STOP_SECONDS (30).
`

/**
 * Pixels lie outside the heap but count towards the limit at which it is collected. A heap of 40 MB was collected for
 * two photos in three, at 20 ms each. With a limit of three times the live heap it is collected for one in eight: the
 * p50 of a suggestion fell from 74 to 61 ms, its p95 from 108 to 85 ms (`npm run bench -- suggest`, 2 cores,
 * 2026-11-26).
 */
const HEAP_GROWTH = '--heap-growing-percent=200'

/**
 * A request's headers must be complete within 15 s. Bodies have deadlines of their own (api/http/bodies), for an upload
 * of many photos may take hours.
 */
const CONNECTIONS = { requestTimeout: 0, headersTimeout: 15_000, connectionsCheckingInterval: 5000 }

/** Resolves when the server has stopped. */
export async function serveCommand(_args: string[], config: Config, signal: AbortSignal): Promise<number> {
  setFlagsFromString(HEAP_GROWTH)
  await buildPage()
  const service = await openService(config, { indexing: true })
  return await runUntil(signal, service, async () => {
    const { server, port } = await listen(createApp(service).fetch, config.host, config.port)
    const url = `http://${addressFor(config.host)}:${port}`
    await service.announce(url)
    console.log(`Clavis is ready at ${url} (data in ${config.dataDir}).`)
    const link = await firstAdminLink(service, url)
    if (link !== null)
      console.log(`Nobody can sign in yet. Whoever opens this link first becomes the admin:\n  ${link}`)
    if (config.apiToken !== null)
      console.log('API_TOKEN is deprecated: invite people and make API keys in the page, then start without it.')
    return server
  })
}

/** `npm run work`: indexes photos from the shared queue until it is told to stop. */
export async function workCommand(_args: string[], config: Config, signal: AbortSignal): Promise<number> {
  if (config.queueUrl === null)
    throw new UsageError(
      'Expected QUEUE_URL (and DATABASE_URL): a worker takes photos from a queue that it shares with the server.',
    )
  setFlagsFromString(HEAP_GROWTH)
  const service = await openService(config, { indexing: true })
  return await runUntil(signal, service, async () => {
    const listening =
      config.workPort === null ? null : await listen(createWorkerApp(service).fetch, config.host, config.workPort)
    const where = listening === null ? '' : `, its state at http://${addressFor(config.host)}:${listening.port}`
    const device = config.device === 'cpu' ? `cpu, ${config.threads} threads` : `${config.device} ${config.deviceId}`
    console.log(`A Clavis worker is ready (${device}${where}).`)
    return listening?.server ?? null
  })
}

/** Returns the exit code: 1 when work under way had to be interrupted. */
async function runUntil(
  signal: AbortSignal,
  service: Service,
  start: () => Promise<ServerType | null>,
): Promise<number> {
  const { config, log } = service
  let server: ServerType | null = null
  let inTime = true
  try {
    server = await start()
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    service.beginClosing()
    if (server !== null) await wait(config.drainSeconds * 1000)
  } finally {
    const deadline = AbortSignal.timeout(config.stopSeconds * 1000)
    service.beginClosing()
    if (server !== null) await stop(server, deadline)
    inTime = await before(deadline, service.close())
  }
  if (inTime) return 0
  log.error(`Not everything under way was finished within STOP_SECONDS (${config.stopSeconds}); it stays queued`)
  // Work that did not end would keep the process alive.
  log.flush(() => process.exit(1))
  return 1
}

/** False when the deadline passed first. */
async function before(deadline: AbortSignal, work: Promise<void>): Promise<boolean> {
  const late = new Promise<false>((resolve) => {
    if (deadline.aborted) resolve(false)
    deadline.addEventListener('abort', () => resolve(false))
  })
  return await Promise.race([work.then(() => true), late])
}

async function listen(fetch: Parameters<typeof serve>[0]['fetch'], hostname: string, wanted: number) {
  return await new Promise<{ server: ServerType; port: number }>((resolve, reject) => {
    const server = serve({ fetch, hostname, port: wanted, serverOptions: CONNECTIONS })
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reasons: Record<string, string> = {
        EADDRINUSE: `Port ${wanted} is in use. Set PORT to another one.`,
        EACCES: `Port ${wanted} may not be used by this user. Set PORT to one above 1023.`,
        EADDRNOTAVAIL: `HOST ${hostname} is no address of this machine.`,
      }
      reject(new UsageError(reasons[error.code ?? ''] ?? `Cannot listen on ${hostname}:${wanted}: ${error.message}`))
    })
    server.once('listening', () => {
      const address = server.address()
      resolve({ server, port: typeof address === 'object' && address !== null ? address.port : wanted })
    })
  })
}

/** Accepts no more connections, and waits for those with a request under way. */
async function stop(server: ServerType, deadline: AbortSignal): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  if ('closeIdleConnections' in server) server.closeIdleConnections()
  if (!(await before(deadline, closed)) && 'closeAllConnections' in server) server.closeAllConnections()
  await closed
}
function addressFor(host: string): string {
  if (host === '0.0.0.0' || host === '::' || host === '127.0.0.1') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}

/** `npm ci` runs no scripts, so the first start after it builds the page. */
async function buildPage(): Promise<void> {
  const page = await changedAt(join(PAGE_DIR, 'index.html'))
  if (page > (await changedAt(join(PROJECT_DIR, 'node_modules', '.package-lock.json')))) return
  console.log('Building the page…')
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js')
  const code = await new Promise((resolve) => {
    spawn(process.execPath, [vite, 'build', 'web', '--logLevel', 'warn'], { cwd: PROJECT_DIR, stdio: 'inherit' }).on(
      'exit',
      resolve,
    )
  })
  if (code !== 0) console.error('The page could not be built. The API works without it.')
}

/** In milliseconds; 0 where there is no such file. */
async function changedAt(file: string): Promise<number> {
  return (await stat(file).catch(() => null))?.mtimeMs ?? 0
}
