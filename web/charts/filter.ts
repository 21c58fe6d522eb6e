// The filter of the charts as the address holds it. Invalid parts of the address are ignored.

import type { InsightFilter } from '../server/insight.ts'

const parts: readonly [name: keyof InsightFilter, inAddress: string, valid: RegExp][] = [
  ['taxon', 'taxon', /^[1-9]\d{0,15}$/],
  ['deployment', 'deployment', /^.{1,200}$/],
  ['site', 'station', /^.{1,200}$/],
  ['from', 'from', /^\d{4}-\d\d-\d\d$/],
  ['to', 'to', /^\d{4}-\d\d-\d\d$/],
  ['importId', 'import', /^[1-9]\d{0,15}$/],
  ['person', 'person', /^.{1,100}$/],
]

type Search = Readonly<Record<string, string | string[] | undefined>>

export function filterOf(search: Search): InsightFilter {
  const filter: InsightFilter = {}
  for (const [name, inAddress, valid] of parts) {
    const text = search[inAddress]
    if (typeof text === 'string' && valid.test(text)) filter[name] = text
  }
  return filter
}

/** The search part of the address; null removes a part. */
export const searchOf = (filter: InsightFilter): Record<string, string | null> =>
  Object.fromEntries(parts.map(([name, inAddress]) => [inAddress, filter[name] ?? null]))

export function addressOf(filter: InsightFilter): string {
  const asked = Object.entries(searchOf(filter)).filter((entry): entry is [string, string] => entry[1] !== null)
  return asked.length === 0 ? '' : `?${new URLSearchParams(asked)}`
}

export const isNarrowed = (filter: InsightFilter): boolean => parts.some(([name]) => filter[name] !== undefined)
