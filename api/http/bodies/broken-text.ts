// Text that no database keeps: NUL in an address or a body, and half a surrogate pair, which an address cannot hold.
// JSON writes both only as escapes, so a body without those two escapes, which is nearly every one, is not looked at
// twice.

import { isWholeText } from '../../contract/exchange/text.ts'
import { Problem } from '../problem.ts'

const SUSPICIOUS = /\\u(?:0000|d[89a-f])/i

const refusal = () => new Problem(400, 'Expected text without NUL and without half characters.')

export function refuseBrokenAddress(url: string): void {
  if (url.includes('%00')) throw refusal()
}

/** Throws a Problem where a field or the name of a file in a form holds it, as it is or in JSON. */
export function refuseBrokenField(text: string): void {
  if (!isWholeText(text)) throw refusal()
  refuseBrokenText(text)
}

/** Throws a Problem where a string of this JSON, a key included, holds NUL or half a surrogate pair. */
export function refuseBrokenText(json: string): void {
  if (!SUSPICIOUS.test(json)) return
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    // Whoever reads the body says that it is malformed.
    return
  }
  if (isBroken(value)) throw refusal()
}

function isBroken(value: unknown): boolean {
  if (typeof value === 'string') return !isWholeText(value)
  if (value === null || typeof value !== 'object') return false
  return Object.entries(value).some(([key, inner]) => isBroken(key) || isBroken(inner))
}
