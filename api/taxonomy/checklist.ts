// Reads a checklist that people bring, and finds its names in the taxonomy.

import { parse } from 'csv-parse/sync'
import { findByName } from '../../db/taxonomy/paths.ts'
import type { Taxon } from '../../db/taxonomy/taxa.ts'
import { tidyText } from '../contract/exchange/text.ts'
import type { Checklist } from '../contract/survey/species-list.ts'
import { Problem } from '../http/problem.ts'
import { decodeText } from '../interchange/plain-text.ts'
import { looksScientific, namesNoTaxon, stepsOfName } from '../interchange/scientific-name.ts'
import { mendTable } from '../interchange/table-text.ts'
import { taxonLookup } from '../present/taxa.ts'
import type { Service } from '../service.ts'

export const CHECKLIST_BYTES = 5_000_000
const MOST_NAMES = 20_000
const MOST_UNKNOWN = 1000
/** What a column of names is called, in Darwin Core, eBird, GBIF and by hand. */
const NAME_COLUMN =
  /^((accepted|current|latin|full)[ _]?)?(scientific[ _-]?names?|species([ _]names?)?|names?|taxon([ _]names?)?|taxa|canonical[ _]?names?|binomial|latin[ _]?names?|art|arten|esp[eè]ces?|especies?|nom([ _]scientifique)?|nombre([ _]cient[ií]fico)?|wissenschaftlicher[ _]name|nome[ _]scientifico)( \(.*\))?$/i

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
  const table = mendTable(decodeText(bytes))
  const rows: string[][] = parse(table.text, table.options)
  const [header = []] = rows
  const column = header.findIndex((cell) => NAME_COLUMN.test(cell))
  const parts = ['genus', 'species'].map((name) => header.findIndex((cell) => cell.toLowerCase() === name))
  // A species beside its genus may be the epithet alone.
  const nameOf = (row: string[]) =>
    parts.includes(-1) || /\s/.test(row[parts[1]!] ?? '')
      ? row[column]
      : parts
          .map((at) => row[at] ?? '')
          .join(' ')
          .trim()
  const names =
    column >= 0 ? rows.slice(1).map(nameOf) : rows.map((row) => row[columnOfNames(rows)]?.replace(LIST_MARK, ''))
  const said = names.flatMap((name) => (name && !namesNoTaxon(name) ? [name] : []))
  if (said.length === 0) throw new Problem(422, 'Expected a name a line, but received no names.')
  if (said.length > MOST_NAMES)
    throw new Problem(422, `Expected at most ${MOST_NAMES} names but received ${said.length}.`)
  return [...new Set(said)]
}

/** "1. ", "- ", "• " before the lines of a list. */
const LIST_MARK = /^(\d+[.)]|[-*•·–—])\s+/

/** The column that holds most scientific names, in a table without a header; else the first. */
function columnOfNames(rows: string[][]): number {
  const sample = rows.slice(0, 100)
  const counts = (rows[0] ?? []).map((_, at) => sample.filter((row) => looksScientific(row[at] ?? '')).length)
  return Math.max(0, counts.indexOf(Math.max(1, ...counts)))
}
