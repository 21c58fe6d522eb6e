// Strangers in a process of their own, so that only what they do to the service is measured: each has an address of
// its own and sends slowly, much or half, again and again, until the process is ended.
//
// They run at the lowest priority and share a line of 100 Mbit/s: on one machine, processor time that they take by
// themselves would be counted against the service.

import { connect, type Socket } from 'node:net'
import { setPriority } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

const PATHS = ['/api/session', '/api/media', '/api/suggestions', '/api/people']
const HUGE = Buffer.alloc(100_000, 'a')
const LINE_BYTES_PER_MS = 12_500
const HUGE_LENGTH = 400_000_000
const SLOW_LENGTH = 60_000
const STAY_MS = 3000
const AGAIN_MS = 100

let lineFreeAt = 0

const [port, count] = process.argv.slice(2).map(Number)
if (port === undefined || count === undefined) throw new Error('Expected a port and a number of strangers')
setPriority(19)
await Promise.all(Array.from({ length: count }, (_, i) => annoy(port, i)))

async function annoy(to: number, number: number): Promise<never> {
  const path = PATHS[number % PATHS.length]
  const kind = (['slow', 'huge', 'half'] as const)[number % 3]!
  const length = kind === 'huge' ? HUGE_LENGTH : SLOW_LENGTH
  await sleep(number * 10)
  for (;;) {
    const localAddress = `127.0.${1 + Math.floor(number / 250)}.${1 + (number % 250)}`
    const socket = connect({ port: to, host: '127.0.0.1', localAddress })
    socket.on('error', () => {})
    socket.resume()
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`,
    )
    if (kind === 'slow') void drip(socket)
    if (kind === 'huge') void pour(socket)
    await Promise.race([closed, sleep(STAY_MS)])
    socket.destroy()
    await sleep(AGAIN_MS)
  }
}

async function drip(socket: Socket): Promise<void> {
  while (!socket.destroyed) {
    socket.write('a')
    await sleep(200)
  }
}

async function pour(socket: Socket): Promise<void> {
  while (!socket.destroyed) {
    lineFreeAt = Math.max(lineFreeAt, performance.now()) + HUGE.length / LINE_BYTES_PER_MS
    await sleep(lineFreeAt - performance.now())
    if (!socket.write(HUGE)) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), sleep(1000)])
  }
}
