// Archives that list taxa: a zip with Darwin Core's meta.xml and taxon core, or with ColDP's tables (coldp.ts).
// Accepted taxa of the known ranks are listed with their synonyms and vernacular names.

import { parse } from 'csv-parse'
import { strFromU8, type Unzipped, unzipSync } from 'fflate'
import { SaxesParser } from 'saxes'
import { RANK_LEVELS } from '../../db/schema.ts'
import { tidyText } from '../contract/exchange/text.ts'
import { readColdp } from './coldp.ts'
import { pathOf } from './listed-names.ts'
import { type TaxonomyFile, TaxonomyFileError } from './listing.ts'
import { isExternalId, type Row, Usages } from './name-usages.ts'
import { decodeText } from './plain-text.ts'
import { mendTable } from './table-text.ts'

/** A zip of a few kilobytes can unpack to gigabytes. */
const MOST_UNPACKED_BYTES = 1_000_000_000

export async function readArchive(bytes: Uint8Array, scheme: string): Promise<TaxonomyFile> {
  const files = unpack(bytes)
  const meta = Object.keys(files).find((name) => /(^|\/)meta\.xml$/i.test(name))
  if (meta !== undefined) return await readDarwinCore(files, meta, scheme)
  const coldp = await readColdp(files, scheme)
  if (coldp !== null) return coldp
  throw new TaxonomyFileError(
    'Expected a Darwin Core Archive (with meta.xml) or a ColDP archive (with NameUsage, or Name and Taxon) but the zip holds neither.',
  )
}

function unpack(bytes: Uint8Array): Unzipped {
  let total = 0
  try {
    return unzipSync(bytes, {
      filter: (file) => {
        if (!/\.(xml|tsv|csv|txt)$/i.test(file.name)) return false
        total += file.originalSize
        if (total > MOST_UNPACKED_BYTES) {
          throw new TaxonomyFileError(`Expected at most ${MOST_UNPACKED_BYTES} bytes of text in the archive.`)
        }
        return true
      },
    })
  } catch (error) {
    if (error instanceof TaxonomyFileError) throw error
    throw new TaxonomyFileError('Expected a zip that can be read but this one is damaged.', { cause: error })
  }
}

type Table = {
  rowType: string
  file: string
  delimiter: string
  quote: string
  encoding: string
  headerLines: number
  id: number | null
  fields: { index: number; term: string; default: string | null }[]
}

/** Darwin Core's description of its tables: which column is which term. */
function readMeta(xml: string): Table[] {
  const tables: Table[] = []
  let table: Table | null = null
  let inLocation = false
  const sign = (text: string | undefined, fallback: string) =>
    (text ?? fallback).replaceAll('\\t', '\t').replaceAll('\\n', '\n').replaceAll('\\r', '\r')
  const parser = new SaxesParser()
  const local = (name: string) => name.replace(/^.*:/, '')
  parser.on('opentag', ({ name, attributes }) => {
    const tag = local(name)
    const value = (key: string): string | undefined => attributes[key]
    if (tag === 'core' || tag === 'extension') {
      table = {
        rowType: value('rowType') ?? '',
        file: '',
        delimiter: sign(value('fieldsTerminatedBy'), ','),
        quote: sign(value('fieldsEnclosedBy'), '"'),
        encoding: value('encoding') ?? 'UTF-8',
        headerLines: Number(value('ignoreHeaderLines') ?? 0),
        id: null,
        fields: [],
      }
      tables.push(table)
    } else if (table && (tag === 'id' || tag === 'coreid')) table.id = Number(value('index'))
    else if (table && tag === 'field') {
      const index = value('index') === undefined ? -1 : Number(value('index'))
      table.fields.push({
        index,
        term: (value('term') ?? '').replace(/^.*[/#]/, ''),
        default: value('default') ?? null,
      })
    } else if (tag === 'location') inLocation = true
  })
  parser.on('text', (text) => {
    if (inLocation && table) table.file += text.trim()
  })
  parser.on('closetag', ({ name }) => {
    if (local(name) === 'location') inLocation = false
  })
  try {
    parser.write(xml).close()
  } catch (error) {
    throw new TaxonomyFileError('Expected a meta.xml that can be read but this one is malformed.', { cause: error })
  }
  return tables
}

const ID = 'id'

async function* rowsOf(files: Unzipped, folder: string, table: Table): AsyncGenerator<Row> {
  const bytes = files[`${folder}${table.file}`]
  if (!bytes)
    throw new TaxonomyFileError(`Expected ${table.file} in the archive, as meta.xml says, but it is not there.`)
  const text = /^utf-?8$/i.test(table.encoding) ? decodeText(bytes) : new TextDecoder(table.encoding).decode(bytes)
  const mended = mendTable(text, table.delimiter, table.quote)
  const lines = parse(mended.text, {
    ...mended.options,
    quote: table.quote === '' ? false : table.quote,
    from_line: table.headerLines + 1,
  })
  for await (const fields of lines as AsyncIterable<string[]>) {
    const row: Row = new Map()
    for (const { index, term, default: fallback } of table.fields) {
      const value = index >= 0 ? tidyText(fields[index]) : ''
      row.set(term, value === '' ? (fallback ?? '') : value)
    }
    if (table.id !== null) row.set(ID, tidyText(fields[table.id]))
    yield row
  }
}

async function readDarwinCore(files: Unzipped, meta: string, scheme: string): Promise<TaxonomyFile> {
  const folder = meta.replace(/meta\.xml$/i, '')
  const tables = readMeta(strFromU8(files[meta]!))
  const core = tables.find(({ rowType }) => /[/#]Taxon$/.test(rowType))
  if (!core) throw new TaxonomyFileError('Expected a taxon core in the Darwin Core Archive but meta.xml names none.')
  const taxa = new Usages('dwca', scheme)
  for await (const row of rowsOf(files, folder, core)) {
    const id = row.get('taxonID') || row.get(ID) || ''
    const accepted = row.get('acceptedNameUsageID') ?? ''
    const path = pathOf((rank) => row.get(rank) ?? '').filter(({ rank }) => RANK_LEVELS[rank] > RANK_LEVELS.species)
    taxa.take({
      id,
      parentId: row.get('parentNameUsageID') ?? '',
      acceptedId: accepted === id ? '' : accepted,
      name: nameOf(row),
      rank: row.get('taxonRank') ?? '',
      isSynonym: /synonym|misapplied/i.test(row.get('taxonomicStatus') ?? ''),
      path,
      ids: (row.get('identifier') ?? '').split('|').map(tidyText).filter(isExternalId),
    })
  }
  for (const table of tables) {
    if (!/VernacularName$/.test(table.rowType)) continue
    for await (const row of rowsOf(files, folder, table)) {
      const preferred = /^(true|1|yes)$/i.test(row.get('isPreferredName') ?? '')
      taxa.name(row.get(ID) ?? '', row.get('vernacularName') ?? '', row.get('language'), preferred)
    }
  }
  return taxa.finish()
}

/** The name without its author. */
function nameOf(row: Row): string {
  const author = row.get('scientificNameAuthorship') ?? ''
  const name = row.get('canonicalName') || row.get('scientificName') || ''
  return author !== '' && name.endsWith(author) ? name.slice(0, -author.length).trim() : name
}
