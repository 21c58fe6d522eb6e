// A PostgreSQL and a Redis that a test may kill and start again, on free ports, with the programs that with-servers.sh
// prepared.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

const postgresBin = process.env.TEST_POSTGRES_BIN ?? ''
const redisServer = process.env.TEST_REDIS_SERVER ?? ''
/** For node:test's `skip`. */
export const needsOwnServers =
  postgresBin === '' || redisServer === '' ? 'needs servers to restart: run it by test/support/with-servers.sh' : false

/** PostgreSQL refuses to run as root; the script's own servers run as the same user. */
const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}

export type OwnServer = {
  url: string
  /** Ends it as a lost machine would. */
  kill(): Promise<void>
  /** Starts it again where it was; returns when it answers. */
  start(): Promise<void>
  /** Ends it and removes what it kept. */
  remove(): Promise<void>
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (typeof address !== 'object' || address === null) throw new Error('Expected a port')
  return address.port
}

async function folderOf(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `clavis-${name}-`))
  if (user.uid !== undefined) await chown(folder, user.uid, user.gid)
  return folder
}

async function control(
  folder: string,
  url: string,
  command: string,
  args: string[],
  answers: () => Promise<boolean>,
): Promise<OwnServer> {
  let child: ChildProcess | null = null
  const kill = async () => {
    const running = child
    child = null
    if (!running || running.exitCode !== null || running.signalCode !== null) return
    const ended = once(running, 'exit')
    // Immediate: nothing is written, clients are cut off.
    running.kill('SIGQUIT')
    await ended
  }
  const start = async () => {
    child = spawn(command, args, { ...user, cwd: folder, stdio: 'ignore' })
    for (let i = 0; i < 600; i++) {
      if (await answers()) return
      if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}`)
      await sleep(100)
    }
    throw new Error(`${command} does not answer`)
  }
  await start()
  return {
    url,
    kill,
    start,
    async remove() {
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export async function startPostgres(): Promise<OwnServer> {
  const folder = await folderOf('postgres')
  const data = join(folder, 'data')
  const args = ['-D', data, '-U', 'clavis', '-A', 'trust', '--encoding=UTF8', '--locale=C']
  execFileSync(join(postgresBin, 'initdb'), args, { ...user, cwd: folder, stdio: 'ignore' })
  const port = await freePort()
  const url = `postgres://clavis@127.0.0.1:${port}/postgres`
  const options = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'max_connections=60']
  return await control(
    folder,
    url,
    join(postgresBin, 'postgres'),
    ['-D', data, '-p', String(port), ...options.flatMap((option) => ['-c', option])],
    async () => {
      const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 })
      client.on('error', () => {})
      return await client
        .connect()
        .then(() => client.query('select 1'))
        .then(
          () => true,
          () => false,
        )
        .finally(() => client.end().catch(() => {}))
    },
  )
}

export async function startRedis(): Promise<OwnServer> {
  const folder = await folderOf('redis')
  const port = await freePort()
  return await control(
    folder,
    `redis://127.0.0.1:${port}`,
    redisServer,
    ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no', '--dir', folder],
    () =>
      new Promise((resolve) => {
        const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
        const done = (answers: boolean) => {
          socket.destroy()
          resolve(answers)
        }
        socket.on('data', (bytes) => done(bytes.toString().startsWith('+PONG')))
        socket.on('error', () => done(false))
      }),
  )
}
