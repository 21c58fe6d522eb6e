// Strangers who send slowly, much or half, and what somebody inside notices of them.

import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { newInstallation, serve } from '../../support/processes.ts'
import { residentBytes } from '../import.ts'
import { quantile } from '../measuring.ts'
import { joinFirst } from './join-first.ts'

const BETWEEN_MS = 40
const HUGE = Buffer.alloc(1_000_000, 'a')

export async function meetStrangers(count: number, seconds: number) {
  const server = await serve({ ...(await newInstallation()), HOST: '0.0.0.0', LOG_LEVEL: 'info' })
  const { port } = new URL(server.url)
  const inside = await joinFirst(server)
  const work = async () => {
    const times: number[] = []
    const until = performance.now() + seconds * 1000
    while (performance.now() < until) {
      for (const path of ['/api/taxa', '/api/queues', '/api/detections']) {
        const start = performance.now()
        const answer = await inside(path)
        await answer.arrayBuffer()
        if (answer.status === 200) times.push(performance.now() - start)
      }
      await sleep(BETWEEN_MS)
    }
    return times
  }
  await work()
  const alone = quantile(await work(), 0.95)
  const before = await residentBytes(server.child.pid!)
  const stop = new AbortController()
  const strangers = Array.from({ length: count }, (_, i) => annoy(Number(port), i, stop.signal))
  const crowded = quantile(await work(), 0.95)
  const after = await residentBytes(server.child.pid!)
  stop.abort()
  await Promise.all(strangers)
  await server.stop()
  return {
    strangers: count,
    'p95 alone, ms': alone,
    'p95 with them, ms': crowded,
    'memory before, MB': (before ?? 0) / 1e6,
    'memory with them, MB': (after ?? 0) / 1e6,
  }
}

/** Again and again until the end, whatever becomes of the connection. */
async function annoy(port: number, number: number, end: AbortSignal): Promise<void> {
  const path = ['/api/session', '/api/media', '/api/suggestions', '/api/people'][number % 4]
  const length = number % 3 === 1 ? 400_000_000 : 60_000
  while (!end.aborted) {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`,
    )
    if (number % 3 === 0) void drip(socket, end)
    if (number % 3 === 1) void pour(socket, end)
    await Promise.race([closed, sleep(3000)])
    socket.destroy()
    await sleep(100)
  }
}

async function drip(socket: Socket, end: AbortSignal): Promise<void> {
  while (!socket.destroyed && !end.aborted) {
    socket.write('a')
    await sleep(200)
  }
}

async function pour(socket: Socket, end: AbortSignal): Promise<void> {
  while (!socket.destroyed && !end.aborted) {
    if (!socket.write(HUGE)) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), sleep(1000)])
    await sleep(20)
  }
}
