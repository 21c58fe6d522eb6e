// Reads a file that lists taxa, whatever its format: a CSV of rank columns, SpeciesNet's label lines, a Darwin Core
// Archive's taxon core, or ColDP. A line that cannot be used is named.

import { parse } from 'csv-parse'
import { RANKS, type Rank } from '../../db/schema.ts'
import { tidyText } from '../contract/exchange/text.ts'
import { pathOf, uncertainIn } from './listed-names.ts'
import { common, Listing, languageOf, synonym, type TaxonomyFile, TaxonomyFileError } from './listing.ts'
import { decodeText } from './plain-text.ts'
import { delimiterOf, fromHeader } from './table-start.ts'
import { mendTable } from './table-text.ts'
import { readArchive } from './taxonomy-archives.ts'

/** `scheme` is that of ids that name none. Throws TaxonomyFileError. */
export async function readTaxonomyFile(bytes: Uint8Array, filename: string, scheme: string): Promise<TaxonomyFile> {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return await readArchive(bytes, scheme)
  const text = decodeText(bytes)
  const start = fromHeader(text).trimStart().slice(0, 4000)
  if (/^[0-9a-f]{8}-[0-9a-f-]{27};/.test(start)) return await readSpeciesNet(text)
  const header = start.split(/\r\n?|\n/, 1)[0] ?? ''
  const columns = header.split(delimiterOf(text)).map((name) => name.replaceAll('"', '').trim().toLowerCase())
  if (RANKS.some((rank) => columns.includes(rank))) return await readRankColumns(text)
  throw new TaxonomyFileError(
    `Expected a CSV with a column per rank (${RANKS.join(', ')}), SpeciesNet label lines, a Darwin Core Archive or a ColDP archive (zip) but ${filename} is none of these.`,
  )
}

async function readRankColumns(text: string): Promise<TaxonomyFile> {
  const listing = new Listing()
  const table = mendTable(text)
  const rows = parse(table.text, { ...table.options, columns: (names: string[]) => names.map((name) => name.trim()) })
  let line = 1
  for await (const row of rows as AsyncIterable<Record<string, string>>) {
    line++
    const field = new Map(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value]))
    const column = (rank: Rank) => tidyText(field.get(rank)).replaceAll('_', ' ')
    const path = pathOf(column)
    const uncertain = uncertainIn(column, path)
    const last = listing.addPath(path)
    if (!last || uncertain !== null) {
      listing.skip(
        uncertain === null ? `Line ${line} names no taxon.` : `Line ${line}: ${uncertain} is no certain name.`,
      )
      continue
    }
    for (const [name, value] of field) {
      const match = /^common ?names?(?::(.+))?$/.exec(name)
      if (!match) continue
      const language = languageOf(match[1])
      for (const [i, one] of listOf(value).entries()) last.names.push(common(one, language, i === 0 && !match[1]))
    }
    for (const one of listOf(field.get('synonyms'))) last.names.push(synonym(one))
    const ids = listOf(field.get('externalids') ?? field.get('externalid'))
    last.externalIds = [...new Set([...last.externalIds, ...ids.filter((id) => /^[^\s:]+:\S/.test(id))])]
  }
  return { format: 'csv', listed: listing.values(), skipped: listing.skipped, problems: listing.problems }
}

/** The values of one field, separated by semicolons or bars. */
const listOf = (text: string | undefined) => (text ?? '').split(/[;|]/).map(tidyText).filter(Boolean)

const SPECIESNET_RANKS = ['class', 'order', 'family', 'genus'] as const

/**
 * `uuid;class;order;family;genus;species;common name` in lower case. Many lines stop at a higher rank, and some are
 * repeated.
 */
async function readSpeciesNet(text: string): Promise<TaxonomyFile> {
  const listing = new Listing()
  const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue
    const [uuid = '', ...fields] = line.split(';').map(tidyText)
    const path: { rank: Rank; name: string }[] = []
    for (const [i, rank] of SPECIESNET_RANKS.entries()) if (fields[i]) path.push({ rank, name: capital(fields[i]) })
    const genus = fields[3]
    const epithets = (fields[4] ?? '').split(' ').filter((word) => word !== '' && !/^\p{L}\.$/u.test(word))
    if (epithets.length > 0 && !genus) {
      listing.skip(`Line ${index + 1} has a species without a genus.`)
      continue
    }
    if (genus && epithets[0]) path.push({ rank: 'species', name: `${capital(genus)} ${epithets[0]}` })
    if (genus && epithets[1]) path.push({ rank: 'subspecies', name: `${capital(genus)} ${epithets.join(' ')}` })
    const last = listing.addPath(path)
    if (!last) {
      // "blank" and "vehicle" are not taxa.
      listing.skip()
      continue
    }
    if (!last.externalIds.includes(`speciesnet:${uuid}`)) last.externalIds.push(`speciesnet:${uuid}`)
    const name = fields[5] ?? ''
    // Where there is no common name the list repeats the scientific one: "passeriformes order".
    const own = last.name.toLowerCase()
    const repeats = name === own || name === `${own} ${last.rank}` || / (species|genus|family|order|class)$/.test(name)
    if (name !== '' && !repeats && !last.names.some((one) => one.name === name)) last.names.push(common(name, 'en'))
  }
  return { format: 'speciesnet', listed: listing.values(), skipped: listing.skipped, problems: listing.problems }
}
