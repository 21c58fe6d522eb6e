// What two files say of one photo, as one.

import type { Finding } from '../../contract/exchange/findings.ts'
import type { PhotoFacts } from '../../contract/exchange/import.ts'

/** A box that both have is one, with what both say. */
export function mergeFacts(a: PhotoFacts, b: PhotoFacts): PhotoFacts {
  const found: Finding[] = structuredClone(a.findings?.found ?? [])
  for (const one of b.findings?.found ?? []) {
    const same = found.find((other) => other.kind === one.kind && String(other.bbox) === String(one.bbox))
    if (same === undefined) found.push(one)
    else
      same.statements = [
        ...same.statements,
        ...one.statements.filter((said) => !same.statements.some((other) => sameSaid(other, said))),
      ]
  }
  const searched = (a.findings?.searched ?? false) || (b.findings?.searched ?? false)
  const detector = a.findings?.detector ?? b.findings?.detector ?? null
  const size = a.findings?.size ?? b.findings?.size
  const { empty: _a, ...plainA } = a
  const { empty: _b, ...plainB } = b
  const isEmpty = (a.empty || b.empty) && found.every(({ statements }) => statements.length === 0)
  return {
    ...plainB,
    ...plainA,
    ...((searched || found.length > 0) && { findings: { searched, detector, found, ...(size && { size }) } }),
    ...(isEmpty && { empty: true }),
  }
}

const sameSaid = (a: Finding['statements'][number], b: Finding['statements'][number]) =>
  JSON.stringify(a) === JSON.stringify(b)
