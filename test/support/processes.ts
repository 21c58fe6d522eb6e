// The commands as people run them, each in a process of its own. `removeAll` ends them and removes what they kept.

import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { makeTestDatabaseUrl, onPostgres, placeEmbeddedDatabase } from './database.ts'
import { TEST_DETECTOR, TEST_EMBEDDER, writeTestModels } from './test-models.ts'

const MAIN = fileURLToPath(new URL('../../api/main.ts', import.meta.url))
const CLOCK = fileURLToPath(new URL('./faults/settable-clock.cjs', import.meta.url))
const removers: (() => Promise<unknown>)[] = []

/** Leaves something for `removeAll`; what was left last goes first. */
export function removeAtEnd(remove: () => Promise<unknown>): void {
  removers.push(remove)
}

/** For `after`: ends every process, then removes every folder and database. */
export async function removeAll(): Promise<void> {
  for (let remove = removers.pop(); remove !== undefined; remove = removers.pop()) await remove()
}

export type Environment = Record<string, string>

export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'clavis-processes-'))
  removers.push(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/**
 * Settings of an empty installation with the test models; `embedded` even where tests run on Postgres. Its database has
 * its tables, unless it was `neverStarted`.
 */
export async function newInstallation(
  options: { embedded?: boolean; neverStarted?: boolean } = {},
): Promise<Environment> {
  const dataDir = await newFolder()
  await writeTestModels(join(dataDir, 'models'))
  const database: Environment = {}
  if (onPostgres && !options.embedded) {
    const { url, remove } = await makeTestDatabaseUrl()
    removers.push(remove)
    database.DATABASE_URL = url
  } else if (!options.neverStarted) await placeEmbeddedDatabase(join(dataDir, 'database'))
  return {
    DATA_DIR: dataDir,
    PORT: '0',
    DETECTOR: TEST_DETECTOR,
    EMBEDDER: TEST_EMBEDDER,
    THREADS: '1',
    LOG_LEVEL: 'warn',
    ...database,
  }
}

/**
 * Settings of a process whose clock the test sets, also while it runs: `set` says how many ms ahead of the true one.
 */
export async function withClock(
  env: Environment,
): Promise<{ env: Environment; set: (aheadMs: number) => Promise<void> }> {
  const file = join(await newFolder(), 'ahead')
  const set = (aheadMs: number) => writeFile(file, String(aheadMs))
  await set(0)
  return { env: { ...env, CLOCK_FILE: file, NODE_OPTIONS: `--require ${CLOCK}` }, set }
}

export type Command = { child: ChildProcess; said: () => string; ended: Promise<number | null> }

/** `main`: the program's first file, another version's for example. */
export function run(args: string[], env: Environment, main = MAIN): Command {
  // Another version of the program is TypeScript, also where this one is compiled.
  const loader = main.endsWith('.ts') ? 'tsx' : import.meta.resolve('tsx')
  const child = spawn(process.execPath, ['--import', loader, main, ...args], {
    env: { PATH: '/usr/bin:/bin', ...env },
    stdio: 'pipe',
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  removers.push(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return { child, said: () => text, ended }
}

/** Runs a command to its end, which must have this exit code; returns what it said. */
export async function finish(args: string[], env: Environment, code = 0): Promise<string> {
  const command = run(args, env)
  assert.equal(await command.ended, code, `${args.join(' ')}: ${command.said()}`)
  return command.said()
}

/** Waits for a condition; if it never comes, the error quotes what the processes said. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  processes: Command[] = [],
): Promise<NonNullable<T>> {
  for (let i = 0; i < 1800; i++) {
    const found = await look()
    if (found) return found
    await sleep(100)
  }
  throw new Error(`waited in vain for ${what}: ${processes.map((one) => one.said()).join('\n')}`)
}

/** For node:test's `skip`: false if this user may mount a small file system. */
export function cannotMount(): string | false {
  try {
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'ignore' })
    return false
  } catch {
    return 'needs a user who may mount'
  }
}

/** Does something that a fault may delay, and reports how long it took. */
export async function timed<T>(t: TestContext, what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now()
  const done = await work()
  t.diagnostic(`${what} after ${((performance.now() - began) / 1000).toFixed(1)} s`)
  return done
}

export type Server = Command & {
  url: string
  ask(path: string, init?: RequestInit & { json?: unknown }): Promise<Response>
  /** The answer's body, when its status is as expected. */
  read<T>(status: number, path: string, init?: RequestInit & { json?: unknown }): Promise<T>
  /** SIGTERM. @returns the exit code */
  stop(): Promise<number | null>
}

export async function serve(env: Environment, main = MAIN): Promise<Server> {
  const server = run(['serve'], env, main)
  const url = await until('the server', () => {
    if (server.child.exitCode !== null) throw new Error(server.said())
    return /ready at (\S+)/.exec(server.said())?.[1]
  }, [server])
  const ask: Server['ask'] = async (path, { json, ...init } = {}) => {
    const headers = new Headers(init.headers)
    if (env.API_TOKEN) headers.set('Authorization', `Bearer ${env.API_TOKEN}`)
    if (json !== undefined) headers.set('Content-Type', 'application/json')
    const body = json === undefined ? {} : { method: 'POST', body: JSON.stringify(json) }
    try {
      return await fetch(url + path, { ...body, ...init, headers })
    } catch (cause) {
      throw new Error(`${path} was not answered (exit code ${server.child.exitCode}): ${server.said()}`, { cause })
    }
  }
  return {
    ...server,
    url,
    ask,
    async read<T>(status: number, path: string, init?: RequestInit & { json?: unknown }) {
      const response = await ask(path, init)
      const text = await response.text()
      assert.equal(response.status, status, `${path}: ${text}`)
      // The caller names the type that the route documents.
      return (text === '' ? null : JSON.parse(text)) as T
    },
    async stop() {
      server.child.kill('SIGTERM')
      return await server.ended
    },
  }
}
