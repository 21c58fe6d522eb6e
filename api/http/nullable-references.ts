// References that may be null. The generator writes one as `allOf` of the reference and a type that allows null, which
// null never satisfies, because the reference does not allow it.

type Node = Record<string, unknown>

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The same document, in which null fits wherever it is said that it does. */
export function withNullableReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNullableReferences)
  if (!isNode(value)) return value
  return (
    nullable(value) ?? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withNullableReferences(one)]))
  )
}

function nullable({ allOf, ...beside }: Node): Node | null {
  if (!Array.isArray(allOf)) return null
  const [reference, told, ...more] = allOf
  if (more.length > 0 || !isNode(reference) || !isNode(told) || reference.$ref === undefined) return null
  const { type, ...rest } = told
  if (!Array.isArray(type) || !type.includes('null')) return null
  return { ...beside, ...rest, anyOf: [reference, { type: 'null' }] }
}
