// Every string that a request may hold, one after the other, as text that breaks programs: NUL, half a surrogate pair,
// right-to-left, 1 MB. The rest of the request fits the OpenAPI document.

import { random as seeded } from '../../../classifiers/seeded-random.ts'
import type { TestService } from '../service.ts'
import type { Failure } from './fuzz.ts'
import { createDraw, type Document, encode, faultOf, type Operation, operationsOf } from './operations.ts'

const TEXTS = ['a\0b', 'x\ud800', '\u202e\u05d0\u0628', 'A'.repeat(1_000_000)]
/** Node's server takes at most 16 kB of head, so an address is never as long as a body. */
const LONGEST_IN_ADDRESS = 8000
/** So often a body is drawn: an edit of the taxonomy is one of fourteen commands. */
const DRAWS = 40

type Place = { where: 'path' | 'query' | 'body'; keys: (string | number)[]; body: unknown }

/** One of `every` requests is sent, beginning with `from`. */
export async function attackFields(
  { ask }: Pick<TestService, 'ask'>,
  options: { seed: number; every?: number; from?: number },
): Promise<{ fields: number; sent: number; failures: Failure[] }> {
  const document: Document = await (await ask('/api/openapi.json')).json()
  const { every = 1, from = 0 } = options
  const failures: Failure[] = []
  let fields = 0
  let sent = 0
  for (const operation of operationsOf(document)) {
    for (const place of placesOf(operation, document, seeded(options.seed))) {
      fields++
      for (const [i, text] of TEXTS.entries()) {
        if ((fields * TEXTS.length + i + from) % every > 0) continue
        sent++
        const { address, body } = requestOf(operation, place, text)
        const answer = await ask(address, {
          method: operation.method.toUpperCase(),
          ...(operation.body && { json: body }),
        })
        const detail = await faultOf(answer)
        if (detail === null) continue
        const request = `${operation.method} ${address.slice(0, 300)} ${place.keys.join('.')} = text ${i}`
        failures.push({ request, status: answer.status, detail })
      }
    }
  }
  return { fields, sent, failures }
}

/** Places that differ in their keys, or in the fields beside them. */
function placesOf(operation: Operation, document: Document, random: () => number): Place[] {
  const draw = createDraw(document, random, 0.9)
  const places: Place[] = operation.parameters.flatMap(({ name, in: where }) =>
    where === 'path' || where === 'query'
      ? [{ where, keys: [name], body: operation.body && draw(operation.body) }]
      : [],
  )
  const seen = new Set<string>()
  for (let i = 0; operation.body && i < DRAWS; i++) {
    const body = draw(operation.body)
    for (const { keys, beside } of stringsIn(body)) {
      const known = `${keys.map((key) => (typeof key === 'number' ? '*' : key)).join('.')} ${beside}`
      if (seen.has(known)) continue
      seen.add(known)
      places.push({ where: 'body', keys, body })
    }
  }
  return places
}

/** `beside`: the kind of the object that holds it. */
function* stringsIn(
  value: unknown,
  keys: Place['keys'] = [],
  beside = '',
): Generator<{ keys: Place['keys']; beside: string }> {
  if (typeof value === 'string') yield { keys, beside }
  if (value === null || typeof value !== 'object') return
  const kind = 'kind' in value ? String(value.kind) : beside
  for (const [key, inner] of Object.entries(value))
    yield* stringsIn(inner, [...keys, Array.isArray(value) ? Number(key) : key], kind)
}

function requestOf({ path, parameters }: Operation, { where, keys, body }: Place, text: string) {
  const short = text.slice(0, LONGEST_IN_ADDRESS)
  const part = (name: string) => (where === 'path' && keys[0] === name ? encode(short) : '1')
  const query = where === 'query' ? `?${keys[0]}=${encode(short)}` : ''
  const known = new Set(parameters.map(({ name }) => name))
  const address = path.replace(/\{(\w+)\}/g, (whole, name: string) => (known.has(name) ? part(name) : whole)) + query
  return { address, body: where === 'body' ? withText(body, keys, text) : body }
}

function withText(value: unknown, [key, ...rest]: Place['keys'], text: string): unknown {
  if (key === undefined) return text
  if (Array.isArray(value)) return value.map((one, i) => (i === key ? withText(one, rest, text) : one))
  // The keys were found in this very value.
  const held = value as Record<string, unknown>
  return { ...held, [key]: withText(held[key], rest, text) }
}
