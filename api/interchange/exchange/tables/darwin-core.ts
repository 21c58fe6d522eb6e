// Darwin Core occurrences with multimedia: an archive's folder or unpacked zip with meta.xml, or one table of GBIF's
// "simple" download. https://dwc.tdwg.org/text. A statement about an occurrence with several photos is a proposal for
// each, because it does not say which one shows the animal.

import { RANKS, type Rank } from '../../../../db/schema.ts'
import { ExchangeError } from '../exchange-error.ts'
import { numberOf } from '../json-entries.ts'
import { leftOut } from '../left-out.ts'
import { beside, type FileSet, type Reader } from '../reader.ts'
import { type ExchangeRecord, type PhotoRecord, photoRecord, type Statement, type TaxonWords } from '../records.ts'
import { type Gathering, openGathering } from '../spool/gathering.ts'
import { recordsOfTable } from '../table-records.ts'
import { cell, decimal, hasColumns, type Row } from '../table-rows.ts'
import { xmlEvents } from '../xml-events.ts'

export const darwinCore: Reader = {
  name: 'dwca',
  title: 'Darwin Core occurrences',
  recognises(head, path) {
    if (/(^|\/)meta\.xml$/i.test(path)) return /terms\/Occurrence"/.test(head)
    return /\.(csv|tsv|txt)$/i.test(path) && hasColumns(head, ['occurrenceID', 'basisOfRecord', 'scientificName'])
  },
  async *read(files, recognised, { scratch }) {
    yield { type: 'about', version: null, detector: null, threshold: null }
    for (const path of recognised) {
      const known = openGathering<Part>(scratch)
      const photos = openGathering<Shown>(scratch)
      try {
        if (/(^|\/)meta\.xml$/i.test(path)) yield* readArchive(files, path, known)
        // GBIF's own tables have tabs and no quotes.
        else
          yield* recordsOfTable(files, path, (row) =>
            addOccurrence(known, { ...row, [ID]: cell(row, 'occurrenceID') || cell(row, 'id') }),
          )
        yield* join(known, photos)
      } finally {
        known.close()
        photos.close()
      }
    }
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

/** Reads rows with terms as their columns, and the id under a name that no term has. */
function readTable(
  files: FileSet,
  table: Table,
  read: (row: Row) => ExchangeRecord | null,
): AsyncGenerator<ExchangeRecord> {
  const most = Math.max(table.id, ...table.fields.map(({ index }) => index ?? 0))
  const columns = Array.from({ length: most + 1 }, (_, i) => `\0${i}`)
  const { delimiter, quote, skipLines } = table
  const encoding = knownEncoding(table.encoding)
  const named = (row: Row): Row => {
    const terms: Row = { [ID]: row[`\0${table.id}`] }
    for (const { index, term, value } of table.fields)
      terms[term] = (index === null ? undefined : row[`\0${index}`]) || (value ?? undefined)
    return terms
  }
  return recordsOfTable(files, table.file, (row) => read(named(row)), {
    columns,
    delimiter,
    quote,
    skipLines,
    encoding,
  })
}

function knownEncoding(name: string): string | undefined {
  try {
    return new TextDecoder(name).encoding
  } catch {
    return undefined
  }
}

async function* readArchive(files: FileSet, path: string, known: Known): AsyncGenerator<ExchangeRecord> {
  const tables = await readMeta(files, path)
  const core = tables.find((table) => table.isCore)
  if (core === undefined || !(await files.has(core.file)))
    throw new ExchangeError(
      `Expected the table of occurrences that ${path} describes. Give the whole folder, or its zip.`,
    )
  for (const table of tables)
    if (!table.isCore && /\/Multimedia$/.test(table.rowType) && (await files.has(table.file)))
      yield* readTable(files, table, (row) => addMedia(known, row))
  yield* readTable(files, core, (row) => addOccurrence(known, row))
}

/** What is said under one id. */
type Part = { media: { path: string; at: string } } | { occurrence: Row }
type Known = Gathering<Part>
/** Which photo shows an occurrence. `isAlone`: no other photo does. */
type Shown = { occurrence: Row; at: string; isAlone: boolean }

function addMedia(known: Known, row: Row): null {
  // Audubon Core's `identifier` is an id, GBIF's own is the address.
  const path = cell(row, 'accessURI') || cell(row, 'identifier')
  const at = cell(row, 'CreateDate') || cell(row, 'created')
  if (path !== '') known.add(cell(row, ID), { media: { path, at } })
  return null
}

function addOccurrence(known: Known, row: Row): null {
  known.add(cell(row, ID) || cell(row, 'occurrenceID'), { occurrence: row })
  return null
}

/** Occurrences with their photos, then photos with the occurrences that they show. */
function* join(known: Known, photos: Gathering<Shown>): Generator<ExchangeRecord> {
  for (const { key, rows } of known.groups()) {
    const own = rows.flatMap((part) => ('media' in part ? [part.media] : []))
    for (const part of rows) {
      if (!('occurrence' in part)) continue
      const { occurrence } = part
      yield eventOf(key, occurrence)
      const shown = own.length > 0 ? own : associated(occurrence)
      if (shown.length === 0) yield leftOut(`occurrence ${key}`, 'It has no photo.')
      for (const { path, at } of shown) photos.add(path, { occurrence, at, isAlone: shown.length === 1 })
    }
  }
  for (const { key, rows } of photos.groups()) yield photoOf(key, rows)
}

const associated = (row: Row) =>
  cell(row, 'associatedMedia')
    .split('|')
    .flatMap((path) => (path.trim() === '' ? [] : [{ path: path.trim(), at: '' }]))

function eventOf(id: string, row: Row): ExchangeRecord {
  const said = statementOf(row)
  const [start = null, end = start] = cell(row, 'eventDate').split('/')
  return {
    type: 'event',
    id,
    deployment: cell(row, 'locationID') || cell(row, 'locality') || null,
    start,
    end,
    count: numberOf(cell(row, 'individualCount')) ?? numberOf(cell(row, 'organismQuantity')),
    statements: said === null ? [] : [said],
  }
}

function photoOf(path: string, shown: Shown[]): PhotoRecord {
  const [first] = shown
  const photo = photoRecord(path, first === undefined ? {} : placeOf(first.occurrence, first.at))
  for (const { occurrence, isAlone } of shown) {
    const said = statementOf(occurrence)
    if (said !== null) photo.statements.push(isAlone ? said : { ...said, verified: false })
  }
  return photo
}

const placeOf = (row: Row, at: string): Partial<PhotoRecord> => ({
  capturedAt: at || cell(row, 'eventDate').split('/')[0] || null,
  deployment: cell(row, 'locationID') || cell(row, 'locality') || null,
  group: cell(row, 'eventID') || null,
  latitude: decimal(row, 'decimalLatitude'),
  longitude: decimal(row, 'decimalLongitude'),
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
