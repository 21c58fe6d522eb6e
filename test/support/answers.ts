// Whether what a service answers is what its OpenAPI document promises: every GET route that answers JSON.

import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Document } from './hostile/operations.ts'

type Ask = (path: string) => Promise<Response>

/** Parameters that a route cannot do without, by name; in the path as in the query. */
export type Wanted = Record<string, string>

/**
 * What does not fit, a sentence each, and the routes that did not answer 200. `wanted` may give a parameter for one
 * route: `/api/taxa/{id} id`.
 */
export async function checkAnswers(ask: Ask, document: Document, wanted: Wanted, leftOut: RegExp) {
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema(document, 'document')
  const wrong: string[] = []
  const refused: string[] = []
  let fitting = 0
  for (const [path, { get }] of Object.entries(document.paths)) {
    // This is how OpenAPI describes answers.
    const described = get as { responses: Record<string, { content?: Record<string, unknown> }> } | undefined
    if (described?.responses['200']?.content?.['application/json'] === undefined || leftOut.test(path)) continue
    const address = fill(path, get?.parameters, wanted)
    const answer = await ask(address)
    const text = await answer.text()
    if (answer.status !== 200) {
      refused.push(`${address}: ${answer.status}`)
      continue
    }
    const pointer = ['paths', path, 'get', 'responses', '200', 'content', 'application/json', 'schema']
    const check = ajv.compile({ $ref: `document#/${pointer.map(escaped).join('/')}` })
    if (check(JSON.parse(text))) fitting++
    else wrong.push(`${address}: ${ajv.errorsText(check.errors)} in ${text.slice(0, 200)}`)
  }
  return { fitting, wrong, refused }
}

function fill(path: string, parameters: unknown, wanted: Wanted): string {
  const value = (name: string) => wanted[`${path} ${name}`] ?? wanted[name]
  // This is how OpenAPI describes parameters.
  const described = (parameters ?? []) as { name: string; in: string; required?: boolean }[]
  const query = new URLSearchParams()
  for (const { name, in: where, required } of described) {
    const asked = wanted[`${path} ${name}`] ?? (required ? wanted[name] : undefined)
    if (where === 'query' && asked !== undefined) query.set(name, asked)
  }
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(value(name) ?? '1'))
  return query.size === 0 ? filled : `${filled}?${query}`
}

/** A step of a JSON pointer in an address. */
const escaped = (step: string) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))
