// Requests that no client sends: every route of the OpenAPI document with values that fit it, and with one of them
// replaced by something hostile. Whatever comes, the service may refuse it, and may be busy; it never fails.

import { random as seeded } from '../../../classifiers/seeded-random.ts'
import type { TestService } from '../service.ts'
import { createDraw, type Document, encode, faultOf, operationsOf } from './operations.ts'

export type Failure = { request: string; status: number; detail: string }

/** Text that breaks programs: NUL, half a surrogate pair, right-to-left, beyond Unicode's first plane, SQL, HTML. */
const HOSTILE = [
  '\0',
  'a\0b',
  '\ud800',
  'x\udfff',
  '\u202eabc',
  '\u0627\u0644',
  '\u{1f98b}'.repeat(50),
  "'; drop table taxon; --",
  '<img src=x onerror=alert(1)>',
  '../../etc/passwd',
  '%00',
  '',
  ' ',
  '9'.repeat(40),
  '-1',
  '1e309',
  'NaN',
  'null',
  '\ufeff',
]
const STRANGE: unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  2 ** 53,
  -(2 ** 63),
  1e308,
  [],
  {},
  [[]],
  { a: { b: [] } },
  ...HOSTILE,
]

export async function fuzz(
  service: Pick<TestService, 'ask'>,
  options: { requests: number; seed: number; largeEvery: number },
): Promise<{ sent: number; statuses: Map<number, number>; failures: Failure[] }> {
  const random = seeded(options.seed)
  const pick = <T>(some: readonly T[]): T => some[Math.floor(random() * some.length)]!
  const document: Document = await (await service.ask('/api/openapi.json')).json()
  const operations = operationsOf(document)
  const large = 'A'.repeat(1_000_000)
  const hostile = (sent: number) => (sent % options.largeEvery === 0 ? large : pick(STRANGE))
  const drawn = createDraw(document, random)

  const statuses = new Map<number, number>()
  const failures: Failure[] = []
  for (let sent = 1; sent <= options.requests; sent++) {
    const operation = operations[sent % operations.length]!
    const query = new URLSearchParams()
    const places: Record<string, string> = {}
    for (const { name, in: where, schema } of operation.parameters) {
      const value = random() < 0.3 ? String(hostile(1)) : String(drawn(schema))
      if (where === 'path') places[name] = (value || '1').slice(0, 2000)
      else if (where === 'query' && random() < 0.6) query.set(name, value.slice(0, 4000))
    }
    const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encode(places[name] ?? '1'))
    const address = `${path}${query.size === 0 ? '' : `?${query}`}`
    const body = operation.body && mutated(drawn(operation.body), hostile(sent), random)
    const headers: Record<string, string> =
      random() < 0.2 ? { 'Idempotency-Key': encode(String(pick(HOSTILE))).slice(0, 100) || 'k' } : {}
    const answer = await service.ask(address, {
      method: operation.method.toUpperCase(),
      headers,
      ...(body !== null && { json: body }),
    })
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
    const detail = await faultOf(answer)
    if (detail === null) continue
    const request = `${operation.method} ${address} ${JSON.stringify(body).slice(0, 400)}`
    failures.push({ request, status: answer.status, detail })
  }
  return { sent: options.requests, statuses, failures }
}

/** Half of the time as it is; else one value somewhere in it is replaced. */
function mutated(value: unknown, by: unknown, random: () => number): unknown {
  if (random() < 0.4) return value
  if (value === null || typeof value !== 'object' || random() < 0.05) return by
  const keys = Object.keys(value)
  if (keys.length === 0) return by
  const key = keys[Math.floor(random() * keys.length)]!
  const copy: Record<string, unknown> = { ...value }
  copy[key] = random() < 0.5 ? by : mutated(copy[key], by, random)
  return Array.isArray(value) ? Object.values(copy) : copy
}
