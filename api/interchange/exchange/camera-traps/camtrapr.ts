// camtrapR's record table: a row for each record of a species at a station, with the photo that it was counted from.

import { isVideo, leftOut, VIDEO_LEFT_OUT } from '../left-out.ts'
import type { FileSet, Reader } from '../reader.ts'
import { type ExchangeRecord, type PhotoRecord, photoRecord } from '../records.ts'
import { openGathering } from '../spool/gathering.ts'
import { recordsOfTable } from '../table-records.ts'
import { cell, decimal, hasCell, hasColumns, type Row } from '../table-rows.ts'

const RECORDS = ['Station', 'Species', 'FileName', 'Directory']
const STATIONS = ['Station', 'Setup_date', 'Retrieval_date']

export const camtrapr: Reader = {
  name: 'camtrapr',
  title: 'camtrapR tables',
  recognises: (head, path) =>
    /\.(csv|txt|tsv)$/i.test(path) && [RECORDS, STATIONS].some((names) => hasColumns(head, names)),
  async *read(files, recognised, { scratch }) {
    yield { type: 'about', version: null, detector: null, threshold: null }
    for (const path of recognised) yield* readTable(files, path, scratch)
  },
}

async function* readTable(files: FileSet, path: string, scratch?: string): AsyncGenerator<ExchangeRecord> {
  const rows = openGathering<Row>(scratch)
  const readRow = (row: Row): ExchangeRecord | null => {
    const file = fileOf(row)
    if (hasCell(row, 'Setup_date')) return stationOf(row)
    if (cell(row, 'FileName') === '') return leftOut(file || 'a row', 'It names no file.')
    if (isVideo(file)) return leftOut(file, VIDEO_LEFT_OUT)
    rows.add(file, row)
    return null
  }
  try {
    yield* recordsOfTable(files, path, readRow)
    for (const { key, rows: ofPhoto } of rows.groups()) yield photoOf(key, ofPhoto)
  } finally {
    rows.close()
  }
}

const fileOf = (row: Row): string =>
  [cell(row, 'Directory').replaceAll('\\', '/'), cell(row, 'FileName')].filter(Boolean).join('/')

function photoOf(file: string, rows: Row[]): PhotoRecord {
  const [first = {}] = rows
  const photo = photoRecord(file, {
    deployment: cell(first, 'Station') || null,
    capturedAt: cell(first, 'DateTimeOriginal') || null,
  })
  for (const row of rows) {
    const label = cell(row, 'Species')
    if (label === '') continue
    const scientific = /^\p{Lu}\p{Ll}+ \p{Ll}/u.test(label)
    photo.statements.push({
      taxon: scientific ? { label, scientificName: label } : { label, commonName: label },
      // As this service writes it; camtrapR's own tables hold what people said.
      verified: cell(row, 'metadata_identified') !== 'machine',
      by: null,
      score: null,
    })
  }
  return photo
}

/** Coordinates are often metres of some grid: only degrees are taken. */
function stationOf(row: Row): ExchangeRecord {
  const degrees = (names: RegExp, most: number) => {
    const column = Object.keys(row).find((name) => names.test(name))
    const value = column === undefined ? null : decimal(row, column)
    return value !== null && Math.abs(value) <= most ? value : null
  }
  const station = cell(row, 'Station')
  return {
    type: 'deployment',
    id: station,
    name: station,
    station: null,
    latitude: degrees(/^(lat|latitude)/i, 90),
    longitude: degrees(/^(lon|lng|longitude)/i, 180),
    start: cell(row, 'Setup_date') || null,
    end: cell(row, 'Retrieval_date') || null,
    camera: cell(row, 'Camera') || null,
  }
}
