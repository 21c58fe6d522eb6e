// Darwin Core occurrences with multimedia: an archive's folder or unpacked zip with meta.xml, or one table of GBIF's
// "simple" download. https://dwc.tdwg.org/text. A statement about an occurrence with several photos is a proposal for
// each, because it does not say which one shows the animal.

import { RANKS, type Rank } from '../../../../db/schema.ts'
import { ExchangeError } from '../exchange-error.ts'
import { numberOf } from '../json-entries.ts'
import { leftOut } from '../left-out.ts'
import { beside, type FileSet, type Reader } from '../reader.ts'
import { type ExchangeRecord, type PhotoRecord, photoRecord, type Statement, type TaxonWords } from '../records.ts'
import { cell, columnsOf, type Row, tableRows } from '../table-rows.ts'
import { xmlEvents } from '../xml-events.ts'

export const darwinCore: Reader = {
  name: 'dwca',
  title: 'Darwin Core occurrences',
  recognises(head, path) {
    if (/(^|\/)meta\.xml$/i.test(path)) return /terms\/Occurrence"/.test(head)
    const columns = columnsOf(head)
    return (
      /\.(csv|tsv|txt)$/i.test(path) &&
      columns.includes('occurrenceID') &&
      columns.includes('basisOfRecord') &&
      columns.includes('scientificName')
    )
  },
  async *read(files, recognised) {
    yield { type: 'about', version: null, detector: null, threshold: null }
    const metas = recognised.filter((path) => /(^|\/)meta\.xml$/i.test(path))
    if (metas.length === 0) for (const path of recognised) yield* readOccurrences(rowsOfSimple(files, path), new Map())
    for (const path of metas) yield* readArchive(files, path)
  },
}

type Table = {
  isCore: boolean
  rowType: string
  file: string
  delimiter: string
  quote: string
  encoding: string
  skipLines: number
  id: number
  fields: { index: number | null; term: string; value: string | null }[]
}

async function readMeta(files: FileSet, path: string): Promise<Table[]> {
  const tables: Table[] = []
  const sign = (text: string | undefined, fallback: string) =>
    (text ?? fallback).replaceAll('\\t', '\t').replaceAll('\\n', '\n')
  for await (const event of xmlEvents(files.open(path))) {
    const name = event.path.at(-1)
    const { attributes } = event
    if (event.type === 'open' && (name === 'core' || name === 'extension'))
      tables.push({
        isCore: name === 'core',
        rowType: attributes.rowType ?? '',
        file: '',
        delimiter: sign(attributes.fieldsTerminatedBy, ','),
        quote: attributes.fieldsEnclosedBy ?? '"',
        encoding: attributes.encoding ?? 'utf-8',
        skipLines: Number(attributes.ignoreHeaderLines ?? 0) || 0,
        id: 0,
        fields: [],
      })
    const table = tables.at(-1)
    if (table === undefined) continue
    if (event.type === 'open' && (name === 'id' || name === 'coreid')) table.id = Number(attributes.index ?? 0) || 0
    if (event.type === 'open' && name === 'field')
      table.fields.push({
        index: attributes.index === undefined ? null : Number(attributes.index),
        term: (attributes.term ?? '').replace(/^.*[/#]/, ''),
        value: attributes.default ?? null,
      })
    if (event.type === 'close' && name === 'location') table.file = beside(path, event.text)
  }
  return tables
}

const ID = '\0id'

/** Rows with terms as their columns, and the id under a name that no term has. */
async function* rowsOf(files: FileSet, table: Table): AsyncGenerator<Row> {
  const most = Math.max(table.id, ...table.fields.map(({ index }) => index ?? 0))
  const columns = Array.from({ length: most + 1 }, (_, i) => `\0${i}`)
  const { delimiter, quote, skipLines } = table
  const encoding = knownEncoding(table.encoding)
  for await (const row of tableRows(files.open(table.file), { columns, delimiter, quote, skipLines, encoding })) {
    const named: Row = { [ID]: row[`\0${table.id}`] }
    for (const { index, term, value } of table.fields)
      named[term] = (index === null ? undefined : row[`\0${index}`]) || (value ?? undefined)
    yield named
  }
}

function knownEncoding(name: string): string | undefined {
  try {
    return new TextDecoder(name).encoding
  } catch {
    return undefined
  }
}

async function* rowsOfSimple(files: FileSet, path: string): AsyncGenerator<Row> {
  // GBIF's own tables have tabs and no quotes.
  for await (const row of tableRows(files.open(path))) yield { ...row, [ID]: row.occurrenceID || row.id }
}

async function* readArchive(files: FileSet, path: string): AsyncGenerator<ExchangeRecord> {
  const tables = await readMeta(files, path)
  const core = tables.find((table) => table.isCore)
  if (core === undefined || !files.paths.includes(core.file))
    throw new ExchangeError(
      `Expected the table of occurrences that ${path} describes. Give the whole folder, or its zip.`,
    )
  const media = new Map<string, { path: string; at: string }[]>()
  for (const table of tables.filter(
    (one) => !one.isCore && /\/Multimedia$/.test(one.rowType) && files.paths.includes(one.file),
  ))
    for await (const row of rowsOf(files, table)) {
      // Audubon Core's `identifier` is an id, GBIF's own is the address.
      const address = cell(row, 'accessURI') || cell(row, 'identifier')
      const id = cell(row, ID)
      if (address !== '')
        media.set(id, [
          ...(media.get(id) ?? []),
          { path: address, at: cell(row, 'CreateDate') || cell(row, 'created') },
        ])
    }
  yield* readOccurrences(rowsOf(files, core), media)
}

async function* readOccurrences(
  rows: AsyncIterable<Row>,
  media: Map<string, { path: string; at: string }[]>,
): AsyncGenerator<ExchangeRecord> {
  const photos = new Map<string, PhotoRecord>()
  for await (const row of rows) {
    const id = cell(row, ID) || cell(row, 'occurrenceID')
    const said = statementOf(row)
    const own =
      media.get(id) ??
      cell(row, 'associatedMedia')
        .split('|')
        .flatMap((path) => (path.trim() === '' ? [] : [{ path: path.trim(), at: '' }]))
    const count = numberOf(cell(row, 'individualCount')) ?? numberOf(cell(row, 'organismQuantity'))
    const [start = null, end = start] = cell(row, 'eventDate').split('/')
    yield {
      type: 'event',
      id,
      deployment: cell(row, 'locationID') || cell(row, 'locality') || null,
      start,
      end,
      count,
      statements: said === null ? [] : [said],
    }
    if (own.length === 0) yield leftOut(`occurrence ${id}`, 'It has no photo.')
    for (const { path, at } of own) {
      const photo = photos.get(path) ?? photoRecord(path, placeOf(row, at))
      photos.set(path, photo)
      if (said !== null) photo.statements.push(own.length === 1 ? said : { ...said, verified: false })
    }
  }
  yield* photos.values()
}

const placeOf = (row: Row, at: string): Partial<PhotoRecord> => ({
  capturedAt: at || cell(row, 'eventDate').split('/')[0] || null,
  deployment: cell(row, 'locationID') || cell(row, 'locality') || null,
  group: cell(row, 'eventID') || null,
  latitude: numberOf(cell(row, 'decimalLatitude')),
  longitude: numberOf(cell(row, 'decimalLongitude')),
})

function statementOf(row: Row): Statement | null {
  const label = cell(row, 'scientificName')
  if (label === '') return null
  const words: TaxonWords = { label, scientificName: label }
  for (const rank of ['kingdom', 'phylum', 'class', 'order', 'family', 'genus'] as const)
    if (cell(row, rank) !== '') words[rank] = cell(row, rank)
  const rank = cell(row, 'taxonRank').toLowerCase()
  if (isRank(rank)) words.rank = rank
  if (cell(row, 'vernacularName') !== '') words.commonName = cell(row, 'vernacularName')
  const machine = /machine/i.exec(cell(row, 'identificationRemarks')) !== null
  const percent = /(\d+(?:\.\d+)?) ?%/.exec(cell(row, 'identificationRemarks'))?.[1]
  return {
    taxon: words,
    verified: !machine,
    by: cell(row, 'identifiedBy') || null,
    score: machine && percent !== undefined ? Number(percent) / 100 : null,
  }
}

const isRank = (text: string): text is Rank => (RANKS as readonly string[]).includes(text)
