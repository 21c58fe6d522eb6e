// Faults found by zod, as sentences for people: "Expected X for Y but received Z".

import type { z } from 'zod'

type Issue = z.core.$ZodIssue

const PLURAL: Record<string, string> = { string: 'characters', array: 'entries', set: 'entries', file: 'bytes' }

/** One fault as a sentence. `whole` is the value that was parsed, so the sentence can quote what was received. */
export function sentence(issue: Issue, whole: unknown): string {
  const name = issue.path.map(String).join('.') || 'the body'
  if (issue.code === 'custom') return issue.message
  if (issue.code === 'unrecognized_keys') return `Expected no ${issue.keys.join(', ')} in ${name}.`
  const received = show(valueAt(whole, issue.path))
  if (issue.code === 'invalid_format' && issue.message.startsWith('Expected '))
    return `${issue.message} for ${name} but received ${received}.`
  return `Expected ${expectation(issue)} for ${name} but received ${received}.`
}

/** Several sentences as one text. */
export function joinSentences(sentences: string[]): string {
  return [...new Set(sentences)].join('\n')
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return article(issue.expected)
    case 'invalid_value':
      return issue.values.length === 1 ? show(issue.values[0]) : `one of ${issue.values.map(String).join(', ')}`
    case 'too_small':
      return `at least ${amount(issue.minimum, issue.origin)}`
    case 'too_big':
      return `at most ${amount(issue.maximum, issue.origin)}`
    case 'invalid_format':
      return issue.format === 'url' ? `an address like ${urlExample(issue)}` : article(issue.format)
    case 'not_multiple_of':
      return issue.divisor === 1 ? 'a whole number' : `a multiple of ${issue.divisor}`
    case 'invalid_union':
      return 'one of the documented forms'
    default:
      return `something else (${issue.message})`
  }
}

const URL_EXAMPLES: Record<string, string> = {
  QUEUE_URL: 'redis://localhost:6379',
  PHOTOS_URL: 's3://bucket/prefix',
  S3_ENDPOINT: 'http://localhost:9000',
}
const urlExample = (issue: Issue) => URL_EXAMPLES[String(issue.path[0])] ?? 'postgres://user@localhost/clavis'

function amount(limit: number | bigint, origin: string): string {
  const unit = PLURAL[origin]
  return unit === undefined ? String(limit) : `${limit} ${unit}`
}

function article(noun: string): string {
  if (noun === 'int') return 'a whole number'
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`
}

function valueAt(whole: unknown, path: PropertyKey[]): unknown {
  let value = whole
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Reflect.get(value, key)
  }
  return value
}

/** A value as it may stand in a sentence: quoted, and cut when it is long. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return 'an object'
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
