// A client that sends a server mixed requests, one at a time or at a given rate.

import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { random } from '../../../classifiers/seeded-random.ts'
import type { Known } from './animals.ts'

const HEALTH_EVERY_MS = 20

/** `fault`: what was asked and answered where that is an error. */
export type Answered = { status: number; ms: number; fault?: string }
type Ask = () => Promise<Answered>
export type Client = { ask: Ask; health: Ask; close: () => void }

/** The mix: of ten requests four suggestions, three readings for review, two of similar photos, one confirmation. */
export function openClient(url: string, { detectionIds, taxonIds }: Known): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 1024 })
  const next = random(2)
  const any = (ids: string[]) => ids[Math.floor(next() * ids.length)]!
  const send = (method: string, path: string, json?: unknown) =>
    new Promise<Answered>((resolve) => {
      const startedAt = performance.now()
      const body = json === undefined ? undefined : JSON.stringify(json)
      const headers =
        body === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }
      const broken = ({ message }: Error) =>
        resolve({ status: 0, ms: performance.now() - startedAt, fault: `${method} ${path}: ${message}` })
      const sent = request(new URL(path, url), { method, agent, headers }, (answer) => {
        const status = answer.statusCode ?? 0
        let said = ''
        if (status < 400) answer.resume()
        else answer.on('data', (chunk: Buffer) => (said += chunk))
        const fault = () => (status < 400 ? {} : { fault: `${method} ${path}: ${said}` })
        answer.on('end', () => resolve({ status, ms: performance.now() - startedAt, ...fault() }))
        answer.on('error', broken)
      })
      sent.on('error', broken)
      sent.end(body)
    })
  const mix: Ask[] = [
    ...Array.from({ length: 4 }, () => () => send('POST', '/api/suggestions', { detectionId: any(detectionIds) })),
    () => send('GET', '/api/detections?queue=unsure&limit=50'),
    () => send('GET', `/api/detections/${any(detectionIds)}`),
    () => send('GET', `/api/detections/${any(detectionIds)}`),
    ...Array.from({ length: 2 }, () => () => send('GET', `/api/similar?detectionId=${any(detectionIds)}`)),
    () =>
      send('POST', '/api/identifications', {
        detectionId: any(detectionIds),
        taxonId: any(taxonIds),
        basis: { kind: 'search' },
      }),
  ]
  return {
    ask: () => mix[Math.floor(next() * mix.length)]!(),
    health: () => send('GET', '/healthz'),
    close: () => agent.destroy(),
  }
}

export const isRefused = ({ status }: Answered) => status === 503
export const isError = ({ status }: Answered) => status !== 503 && (status < 200 || status > 299)

/** Sends `rate` requests a second, whether or not earlier ones were answered. */
export async function offer(
  { ask, health }: Client,
  rate: number,
  seconds: number,
  count: (answer: Promise<Answered>) => Promise<Answered>,
) {
  const sent: Promise<Answered>[] = []
  const healthMs: number[] = []
  let on = true
  const watching = (async () => {
    while (on) {
      healthMs.push((await health()).ms)
      await sleep(HEALTH_EVERY_MS)
    }
  })()
  const startedAt = performance.now()
  const total = rate * seconds
  while (sent.length < total) {
    const due = Math.min(total, Math.ceil(((performance.now() - startedAt) / 1000) * rate))
    while (sent.length < due) sent.push(count(ask()))
    await sleep(1000 / rate > 5 ? 1000 / rate : 5)
  }
  const answers = await Promise.all(sent)
  const tookMs = performance.now() - startedAt
  on = false
  await watching
  return { answers, health: healthMs, tookMs }
}
