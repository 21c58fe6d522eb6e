// Starts the real service for a walk on a free port with its own data folder; closing it removes the folder.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url))
const MAIN = fileURLToPath(new URL('../../../api/main.ts', import.meta.url))
const START_MS = 120_000

export type RunningService = { url: string; said(): string; close(): Promise<void> }

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('Expected a port but received none.')
  return address.port
}

async function untilReady(url: string, process: ChildProcess, said: readonly string[]): Promise<void> {
  const giveUpAt = Date.now() + START_MS
  for (;;) {
    if (process.exitCode !== null) throw new Error(`The service ended at its start:\n${said.join('\n')}`)
    if (Date.now() > giveUpAt) throw new Error(`The service is not ready after ${START_MS} ms:\n${said.join('\n')}`)
    const ready = await fetch(`${url}/readyz`).then(
      (response) => response.ok,
      () => false,
    )
    if (ready) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/**
 * `token` is required from every client. `prepare` fills the data folder before the service opens it. With a `host`
 * other than this machine's people sign in.
 */
export async function startService(
  token = '',
  prepare: (dataDir: string) => Promise<void> = async () => {},
  host = '127.0.0.1',
): Promise<RunningService> {
  const dataDir = await mkdtemp(join(tmpdir(), 'clavis-walk-'))
  await prepare(dataDir)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const service = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), MAIN, 'serve'], {
    cwd: PROJECT,
    env: {
      ...process.env,
      PORT: String(port),
      HOST: host,
      DATA_DIR: dataDir,
      LOG_LEVEL: 'warn',
      API_TOKEN: token,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said: string[] = []
  for (const stream of [service.stdout, service.stderr])
    createInterface({ input: stream }).on('line', (line) => said.push(line.slice(0, 500)))
  const close = async () => {
    if (service.exitCode === null) {
      service.kill('SIGTERM')
      await once(service, 'exit')
    }
    await rm(dataDir, { recursive: true, force: true })
  }
  try {
    await untilReady(url, service, said)
  } catch (error) {
    await close()
    throw error
  }
  return { url, said: () => said.join('\n'), close }
}
