// ColDP, the Catalogue of Life's format: the table NameUsage, or Name, Taxon and Synonym; and VernacularName.

import { parse } from 'csv-parse'
import type { Unzipped } from 'fflate'
import { RANK_LEVELS } from '../../db/schema.ts'
import { tidyText } from '../contract/exchange/text.ts'
import { pathOf } from './listed-names.ts'
import type { TaxonomyFile } from './listing.ts'
import { isExternalId, type Row, type Usage, Usages } from './name-usages.ts'
import { decodeText } from './plain-text.ts'
import { mendTable } from './table-text.ts'

/** Null when the archive has none of these tables. */
export async function readColdp(files: Unzipped, scheme: string): Promise<TaxonomyFile | null> {
  const taxa = new Usages('coldp', scheme)
  const table = tablesOf(files)
  if (table('nameusage')) {
    for await (const row of rowsOf(table('nameusage'))) taxa.take(usageOf(row))
  } else if (table('name') && table('taxon')) {
    const names = new Map<string, Row>()
    for await (const row of rowsOf(table('name'))) names.set(row.get('id') ?? '', row)
    for await (const row of rowsOf(table('taxon'))) taxa.take(taxonOf(row, names))
    for await (const row of rowsOf(table('synonym'))) taxa.take(synonymOf(row, names))
  } else return null
  for await (const row of rowsOf(table('vernacularname'))) {
    const preferred = /^(true|1|yes)$/i.test(row.get('preferred') ?? '')
    taxa.name(row.get('taxonid') ?? '', row.get('name') ?? '', row.get('language'), preferred)
  }
  return taxa.finish()
}

type Table = { bytes: Uint8Array; isCsv: boolean }

/** Tables by name in lower case: `Name_Usage.tsv` is `nameusage`. */
function tablesOf(files: Unzipped): (name: string) => Table | undefined {
  const found = new Map<string, Table>()
  for (const [path, bytes] of Object.entries(files)) {
    const [, name, ending] = /([a-z_]+)\.(tsv|csv|txt)$/i.exec(path) ?? []
    if (name === undefined || ending === undefined) continue
    found.set(name.toLowerCase().replaceAll('_', ''), { bytes, isCsv: ending.toLowerCase() === 'csv' })
  }
  return (name) => found.get(name)
}

/** Rows by column name, in lower case and without the prefix that ColDP allows. */
async function* rowsOf(table: Table | undefined): AsyncGenerator<Row> {
  if (!table) return
  const mended = mendTable(decodeText(table.bytes), table.isCsv ? ',' : '\t', table.isCsv ? '"' : '')
  const lines = parse(mended.text, {
    ...mended.options,
    quote: table.isCsv ? '"' : false,
    columns: (header: string[]) => header.map((column) => column.replace(/^col:/, '').trim().toLowerCase()),
  })
  for await (const fields of lines as AsyncIterable<Record<string, string>>) {
    yield new Map(Object.entries(fields).map(([column, value]) => [column, tidyText(value)]))
  }
}

function usageOf(row: Row): Usage {
  const isSynonym = /synonym|misapplied/i.test(row.get('status') ?? '')
  const other = row.get('parentid') ?? ''
  return {
    id: row.get('id') ?? '',
    parentId: isSynonym ? '' : other,
    acceptedId: isSynonym ? other : '',
    name: nameOf(row, row.get('genericname')),
    rank: row.get('rank') ?? '',
    isSynonym,
    path: pathIn(row),
    ids: idsIn(row),
  }
}

function taxonOf(row: Row, names: Map<string, Row>): Usage {
  const nameId = row.get('nameid') ?? ''
  const name = names.get(nameId)
  return {
    id: row.get('id') ?? '',
    parentId: row.get('parentid') ?? '',
    acceptedId: '',
    name: name ? nameOf(name, name.get('genus')) : '',
    rank: name?.get('rank') ?? '',
    isSynonym: false,
    path: pathIn(row),
    ids: idsIn(row),
    nameId,
  }
}

/** A synonym may have no id. The id of its name then identifies the taxon that it used to be. */
function synonymOf(row: Row, names: Map<string, Row>): Usage {
  const nameId = row.get('nameid') ?? ''
  const acceptedId = row.get('taxonid') ?? ''
  const name = names.get(nameId)
  return {
    id: row.get('id') || `synonym:${acceptedId}:${nameId}`,
    parentId: '',
    acceptedId,
    name: name ? nameOf(name, name.get('genus')) : '',
    rank: name?.get('rank') ?? '',
    isSynonym: true,
    path: [],
    ids: [],
    nameId,
  }
}

/** The name, or its parts joined. */
function nameOf(row: Row, genus: string | undefined): string {
  const parts = [genus, row.get('specificepithet'), row.get('infraspecificepithet')]
  return row.get('scientificname') || row.get('uninomial') || parts.filter(Boolean).join(' ')
}

const pathIn = (row: Row) =>
  pathOf((rank) => row.get(rank) ?? '').filter(({ rank }) => RANK_LEVELS[rank] > RANK_LEVELS.species)

const idsIn = (row: Row) => (row.get('alternativeid') ?? '').split(',').map(tidyText).filter(isExternalId)
