// Taxa whose names are spelt nearly like a text in which somebody mistyped, for when nothing contains the text.

import { and, isNull, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { taxon } from '../schema.ts'
import { getTaxa, type Taxon } from './taxa.ts'

/** Shorter texts are near to too many names. */
const SHORTEST = 4
/** From this length on, two letters may be wrong. */
const TWO_WRONG = 6

/** How many letters may be wrong; null: the text is too short to be near to anything. */
export const mostWrong = (text: string): number | null =>
  text.length < SHORTEST ? null : text.length >= TWO_WRONG ? 2 : 1

/** Nearest first; empty where nothing is near. `whole`: only to whole names, not to one of their words. */
export async function nearNames(db: Db, text: string, limit: number, whole = false): Promise<Taxon[]> {
  const wanted = text.trim().toLowerCase()
  const wrong = mostWrong(wanted)
  if (wrong === null) return []
  const parts = partsOf(wanted, wrong).map((part) => `%${part.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`)
  const containsPart = sql.join(
    parts.map((part) => sql`${taxon.searchText} like folded(${part})`),
    sql` or `,
  )
  const rows = await db
    .select({ id: taxon.id, names: taxon.searchText })
    .from(taxon)
    .where(and(isNull(taxon.mergedIntoId), sql`(${containsPart})`))
  const near = rows
    .map(({ id, names }) => ({ id, away: distanceToNames(wanted, names ?? '', { most: wrong, whole }) }))
    .filter(({ away }) => away <= wrong)
    .sort((a, b) => a.away - b.away || a.id - b.id)
    .slice(0, limit)
  const taxa = new Map(
    (
      await getTaxa(
        db,
        near.map(({ id }) => id),
      )
    ).map((one) => [one.id, one]),
  )
  return near.flatMap(({ id }) => taxa.get(id) ?? [])
}

/** With so many letters wrong, one of these parts is right. */
export function partsOf(text: string, wrong: number): string[] {
  const parts = wrong + 1
  const length = Math.ceil(text.length / parts)
  return Array.from({ length: parts }, (_, i) => text.slice(i * length, (i + 1) * length)).filter((part) => part !== '')
}

/** The least distance to a whole name or to one of its words; one line holds one name. */
function distanceToNames(text: string, names: string, { most, whole }: { most: number; whole: boolean }): number {
  let least = Number.POSITIVE_INFINITY
  for (const name of names.toLowerCase().split('\n'))
    for (const candidate of new Set([name, ...(whole ? [] : name.split(/[\s-]+/))]))
      if (Math.abs(candidate.length - text.length) <= most) least = Math.min(least, distance(text, candidate))
  return least
}

/** How many letters must be added, removed, replaced or swapped with the next one (optimal string alignment). */
export function distance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const differs = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + differs)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, before[j - 2]! + 1)
      row.push(least)
    }
    before = last
    last = row
  }
  return last[b.length]!
}
