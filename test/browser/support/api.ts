// Asks the service directly, without the page, and waits until its state is as expected.

import assert from 'node:assert/strict'
import type { DetectionDetail } from '../../../api/contract/media.ts'
import type { Walk } from './walk.ts'

export async function askAt<T>(url: string, init?: RequestInit): Promise<T> {
  const response = await fetch(url, init)
  if (!response.ok)
    throw new Error(`${init?.method ?? 'GET'} ${url} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as T // the caller names the route's shape
}

/** A POST of `body` as JSON, in the name of a person. */
export const posting = (body: unknown, person?: string): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json', ...(person !== undefined && { 'Clavis-Person': person }) },
  body: JSON.stringify(body),
})

/** May be called before the service is open: the address is read at each request. */
export function apiOf(walk: Walk) {
  const ask = <T>(path: string, init?: RequestInit): Promise<T> => askAt(`${walk.service.url}${path}`, init)
  return { ask, detail: (id: string) => ask<DetectionDetail>(`/api/detections/${id}`) }
}

/** Repeats `look` until its result is wanted. */
export async function until<T>(
  what: string,
  look: () => Promise<T>,
  wanted: (seen: T) => boolean,
  longestMs = 60_000,
): Promise<T> {
  const giveUpAt = Date.now() + longestMs
  for (;;) {
    const seen = await look()
    if (wanted(seen)) return seen
    if (Date.now() > giveUpAt) assert.fail(`${what}: still ${JSON.stringify(seen).slice(0, 500)}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
