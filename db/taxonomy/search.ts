// Searches taxa while somebody types. First come names that equal the text, then names that begin with it, then names
// in which a word begins with it, then, from three letters on, names that contain it: scientific names, common names in
// any language and synonyms alike.

import { and, eq, isNull, not, type SQL, sql } from 'drizzle-orm'
import { unionAll } from 'drizzle-orm/pg-core'
import type { Db } from '../connection/connect.ts'
import { taxon } from '../schema.ts'
import { folded, type Taxon, taxonColumns } from './taxa.ts'

/**
 * Where a page ended: the last taxon's kind of match, the name in lower case by which it was ordered (or nothing), and
 * its id.
 */
export type TaxonCursor = { match: number; name: string; id: number }
export type TaxonSearch = {
  q?: string
  /**
   * Only direct children of this taxon; null: only taxa at the top; undefined: anywhere, or, without `q`, at the top.
   */
  parentId?: number | null
  /** Only taxa that wait for a place (true) or that have one (false); without `q` and `parentId`, anywhere. */
  needsPlacing?: boolean
  /** Only taxa that are active themselves (true) or not (false). A taxon may be active below one that is not. */
  active?: boolean
  limit: number
  cursor?: TaxonCursor | null
}

/**
 * Matches that one index answers. `unlike` excludes what better kinds have answered. `order` is the one that the index
 * gives for free. `kind` numbers them; the last query answers two kinds.
 */
type Match = {
  condition: SQL
  unlike: SQL | undefined
  order: 'name' | 'commonName' | 'id' | 'kind'
  kind: SQL<number>
  last: number
}

export async function searchTaxa(
  db: Db,
  search: TaxonSearch,
): Promise<{ items: Taxon[]; nextCursor: TaxonCursor | null }> {
  const text = search.q?.trim() ?? ''
  const anywhere = text !== '' || search.needsPlacing !== undefined || search.active === false
  const parentId = search.parentId === undefined && !anywhere ? null : search.parentId
  const place =
    parentId === undefined ? undefined : parentId === null ? isNull(taxon.parentId) : eq(taxon.parentId, parentId)
  const placing = search.needsPlacing === undefined ? undefined : eq(taxon.needsPlacing, search.needsPlacing)
  const activity = search.active === undefined ? undefined : eq(taxon.active, search.active)

  const from = search.cursor?.match ?? 0
  const [first, second, ...others] = matchesOf(text)
    .filter(({ last }) => last >= from)
    .map(({ condition, unlike, order, kind }, i) => {
      const cursor = i === 0 ? search.cursor : null
      const key = order === 'id' || order === 'kind' ? null : folded(taxon[order])
      const sortedBy = key ? [key, taxon.id] : order === 'kind' ? [kind, byId] : [byId]
      const beyond =
        cursor &&
        (key
          ? sql`(${key}, ${taxon.id}) > (${cursor.name} collate "C", ${cursor.id})`
          : sql`(${kind}, ${taxon.id}) > (${cursor.match}, ${cursor.id})`)
      return db
        .select({ ...taxonColumns, kind: kind.as('kind'), key: (key ?? sql<string>`''`).as('key') })
        .from(taxon)
        .where(and(isNull(taxon.mergedIntoId), place, placing, activity, condition, unlike, beyond ?? undefined))
        .orderBy(...sortedBy)
        .limit(search.limit + 1)
    })
  if (!first) return { items: [], nextCursor: null }
  // One question, whose parts are answered in order and only until there are enough: an Append under a Limit.
  const rows = await (second ? unionAll(first, second, ...others).limit(search.limit + 1) : first)
  const page = rows.slice(0, search.limit)
  const last = page.at(-1)
  return {
    items: page.map(({ kind: _kind, key: _key, ...item }) => item),
    nextCursor: last && rows.length > search.limit ? { match: last.kind, name: last.key, id: last.id } : null,
  }
}

/** Order by id, but not by walking the index of ids: few rows match, and another index or a scan finds them sooner. */
const byId = sql`${taxon.id} + 0`

/** Nearly every name contains a shorter text, which says nothing: then only beginnings of words count. */
const CONTAINED_LENGTH = 3
/** What may stand before a word of a name. Each line is a name; the first one has nothing before it. */
const BEFORE_WORDS = [...'\n -\u2010\u2019\'("/×']

/** In no name. */
const SEPARATOR = '\u001f'

/** True also where there is nothing to compare. */
const isNot = (condition: SQL) => sql`(${condition}) is not true`

/**
 * An index answers all but the last, which reads every name and says which of its two kinds a row is. Of 100,000 taxa
 * on PGlite, a page of beginnings took 7 ms, reading every name 40 to 60 ms of one core (2026-11-25).
 */
function matchesOf(text: string): Match[] {
  if (text === '') return [{ condition: sql`true`, unlike: undefined, order: 'name', ...numbered(0) }]
  const literal = escaped(text)
  const like = (pattern: string) => sql`folded(${pattern})`
  const name = folded(taxon.name)
  const commonName = folded(taxon.commonName)
  const isNamed = (pattern: string) =>
    sql`${taxon.id} in (select taxon_id from taxon_name where folded(name) collate "C" like ${like(pattern)})`
  const anyBegins = sql`chr(10) || ${taxon.searchText} like ${like(`%\n${literal}%`)}`
  const exact = sql`${name} = ${like(text)}`
  const commonExact = sql`${commonName} = ${like(text)}`
  const anyExact = sql`chr(10) || ${taxon.searchText} || chr(10) like ${like(`%\n${literal}\n%`)}`
  const begins = sql`${taxon.searchText} like ${like(`${literal}%`)}`
  const commonBegins = sql`${commonName} like ${like(`${literal}%`)}`
  const inside = insideOf(text)
  return [
    { condition: exact, unlike: undefined, order: 'name', ...numbered(0) },
    { condition: commonExact, unlike: not(exact), order: 'commonName', ...numbered(1) },
    { condition: isNamed(literal), unlike: and(not(exact), isNot(commonExact)), order: 'id', ...numbered(2) },
    { condition: sql`${name} like ${like(`${literal}%`)}`, unlike: not(anyExact), order: 'name', ...numbered(3) },
    {
      condition: commonBegins,
      unlike: and(not(begins), not(anyExact)),
      order: 'commonName',
      ...numbered(4),
    },
    {
      condition: isNamed(`${literal}%`),
      unlike: and(not(begins), isNot(commonBegins), not(anyExact)),
      order: 'id',
      ...numbered(5),
    },
    ...(inside === null ? [] : [{ ...inside, unlike: not(anyBegins), last: 7 }]),
  ]
}

const numbered = (kind: number) => ({ kind: sql<number>`${sql.raw(String(kind))}`, last: kind })
const escaped = (text: string) => text.replace(/[\\%_]/g, (sign) => `\\${sign}`)

/** Names with words that begin as those of the text do (6), or that contain the text (7). */
function insideOf(text: string): Pick<Match, 'condition' | 'kind' | 'order'> | null {
  const contains = (part: string) => sql`${taxon.searchText} like folded(${`%${part}%`})`
  const words = (text.match(/[\p{L}\p{N}]+/gu) ?? []).sort((a, b) => b.length - a.length)
  const isLong = [...text].length >= CONTAINED_LENGTH
  if (words.length === 0) return isLong ? { condition: contains(escaped(text)), ...numbered(7), order: 'id' } : null
  // Whatever contains the text contains its words too, so looking for the words first is enough.
  const containsWords = sql.join(words.map(contains), sql` and `)
  // One text that SQL takes apart again: with a parameter for each pattern, planning took as long as a search among
  // thousands.
  const begins = (word: string) => {
    const patterns = BEFORE_WORDS.map((sign) => `%${sign}${word}%`).join(SEPARATOR)
    return sql`chr(10) || ${taxon.searchText} like any (string_to_array(folded(${patterns}), ${SEPARATOR}))`
  }
  const beginWords = sql.join(words.map(begins), sql` and `)
  if (!isLong) return { condition: sql`${containsWords} and ${beginWords}`, ...numbered(6), order: 'id' }
  const containsText = contains(escaped(text))
  return {
    condition: sql`${containsWords} and (${containsText} or (${beginWords}))`,
    kind: sql`case when ${beginWords} then 6 else 7 end`,
    order: 'kind',
  }
}
