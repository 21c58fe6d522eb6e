// Reads a checklist that people bring, and finds its names in the taxonomy.

import { parse } from 'csv-parse/sync'
import { findByName } from '../../db/taxonomy/paths.ts'
import type { Taxon } from '../../db/taxonomy/taxa.ts'
import { tidyText } from '../contract/exchange/text.ts'
import type { Checklist } from '../contract/survey/species-list.ts'
import { Problem } from '../http/problem.ts'
import { decodeText, delimiterOf } from '../interchange/plain-text.ts'
import { stepsOfName } from '../interchange/scientific-name.ts'
import { taxonLookup } from '../present/taxa.ts'
import type { Service } from '../service.ts'

export const CHECKLIST_BYTES = 5_000_000
const MOST_NAMES = 20_000
const MOST_UNKNOWN = 1000
/** What a column of names is called, in Darwin Core, eBird, GBIF and by hand. */
const NAME_COLUMN = /^(scientific[ _]?name|species|name|taxon|canonicalname|binomial)$/i

/** A name that two taxa bear means neither. Throws a Problem where nothing can be read. */
export async function readChecklist(service: Service, body: ArrayBuffer): Promise<Checklist> {
  const names = namesIn(new Uint8Array(body))
  const found = new Set<number>()
  const unknown: string[] = []
  for (const name of names) {
    const [taxon, another] = await meantBy(service, name)
    if (taxon && !another) found.add(taxon.id)
    else unknown.push(name)
  }
  await service.learning.sync()
  const taxa = await taxonLookup(service, found)
  return { taxa: [...found].map((id) => taxa.get(id)), unknown: unknown.slice(0, MOST_UNKNOWN) }
}

/** Taxa of the name as it is written, or of what it says for certain without authors and doubts. */
async function meantBy({ db }: Service, name: string): Promise<Taxon[]> {
  const written = await findByName(db, tidyText(name))
  const read = stepsOfName(name).at(-1)?.name
  return written.length > 0 || read === undefined ? written : await findByName(db, read)
}

function namesIn(bytes: Uint8Array): string[] {
  if (bytes.length > CHECKLIST_BYTES)
    throw new Problem(413, `Expected a checklist of at most ${CHECKLIST_BYTES} bytes.`)
  const text = decodeText(bytes)
  const options = { delimiter: delimiterOf(text), relax_column_count: true, relax_quotes: true, skip_empty_lines: true }
  const rows: string[][] = parse(text, { ...options, trim: true })
  const header = rows[0]?.findIndex((cell) => NAME_COLUMN.test(cell)) ?? -1
  const column = Math.max(0, header)
  const names = rows.slice(header < 0 ? 0 : 1).flatMap((row) => row[column] || [])
  if (names.length === 0) throw new Problem(422, 'Expected a name a line, but received no names.')
  if (names.length > MOST_NAMES)
    throw new Problem(422, `Expected at most ${MOST_NAMES} names but received ${names.length}.`)
  return [...new Set(names)]
}
