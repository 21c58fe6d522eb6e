// The operations of the OpenAPI document, and values that fit their schemas.

export type Schema = Record<string, unknown>
export type Operation = {
  method: string
  path: string
  parameters: { name: string; in: string; schema: Schema }[]
  body: Schema | null
}
export type Document = {
  paths: Record<string, Record<string, Record<string, unknown>>>
  components: { schemas: Record<string, Schema> }
}

/** They end what the others need, reach other machines, or take minutes. */
const LEFT_OUT =
  /^(get \/api\/events|delete \/api\/session|post \/api\/(models\/.*|models|snapshots|taxonomy\/replay|tree\/publish)|\S+ \/api\/models\/catalogue.*|get \/api\/session\/oidc.*)$/

export function operationsOf(document: Document): Operation[] {
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => {
      const content = (described.requestBody as { content?: Record<string, { schema: Schema }> } | undefined)?.content
      return {
        method,
        path,
        parameters: (described.parameters ?? []) as Operation['parameters'],
        body: content?.['application/json']?.schema ?? null,
      }
    }),
  )
  return all.filter(({ method, path }) => !LEFT_OUT.test(`${method} ${path}`))
}

/** Draws values that fit a schema; `optional` is the share of fields that need not be there but are. */
export function createDraw(document: Document, random: () => number, optional = 0.5) {
  const pick = <T>(some: readonly T[]): T => some[Math.floor(random() * some.length)]!
  const draw = (schema: Schema, depth = 0): unknown => {
    const { $ref, anyOf, oneOf, allOf, enum: values, type } = schema
    if (typeof $ref === 'string')
      return depth > 8 ? null : draw(document.components.schemas[$ref.split('/').at(-1)!] ?? {}, depth + 1)
    const some = (anyOf ?? oneOf) as Schema[] | undefined
    if (some) return draw(pick(some), depth + 1)
    if (Array.isArray(allOf)) return Object.assign({}, ...allOf.map((one) => draw(one, depth + 1)))
    if (Array.isArray(values)) return pick(values)
    const kind = Array.isArray(type) ? pick(type) : type
    const { minimum = 0, maximum = 100, minItems = 0, minLength = 1 } = schema as Record<string, number>
    if (kind === 'integer') return Math.floor(minimum + random() * Math.min(20, maximum - minimum))
    if (kind === 'number') return minimum + random() * Math.min(1, maximum - minimum)
    if (kind === 'boolean') return random() < 0.5
    if (kind === 'array')
      return Array.from({ length: minItems + Math.floor(random() * 3) }, () =>
        draw((schema.items ?? {}) as Schema, depth + 1),
      )
    if (kind === 'object' || schema.properties) {
      const required = (schema.required ?? []) as string[]
      const entries = Object.entries((schema.properties ?? {}) as Record<string, Schema>)
      return Object.fromEntries(
        entries
          .filter(([name]) => required.includes(name) || random() < optional)
          .map(([name, one]) => [name, draw(one, depth + 1)]),
      )
    }
    if (kind === 'string')
      return random() < 0.7 ? String(1 + Math.floor(random() * 12)) : 'abcdefgh'.slice(0, Math.max(minLength, 3))
    return null
  }
  return draw
}

/** Text as a part of an address; half a surrogate pair cannot be one. */
export const encode = (text: string) => encodeURIComponent(text.replace(/[\ud800-\udfff]/g, '\ufffd'))

/** What went wrong on the service's side; null: nothing. Being busy is no fault, breaking off an answer is one. */
export async function faultOf(answer: Response): Promise<string | null> {
  try {
    const text = (await answer.text()).slice(0, 300)
    return answer.status >= 500 && answer.status !== 503 ? text : null
  } catch (error) {
    return `broken off: ${String(error).slice(0, 300)}`
  }
}
