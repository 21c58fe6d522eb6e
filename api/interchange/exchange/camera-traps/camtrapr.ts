// camtrapR's record table: a row for each record of a species at a station, with the photo that it was counted from.

import { numberOf } from '../json-entries.ts'
import { isVideo, leftOut, VIDEO_LEFT_OUT } from '../left-out.ts'
import type { FileSet, Reader } from '../reader.ts'
import { type ExchangeRecord, type PhotoRecord, photoRecord } from '../records.ts'
import { cell, columnsOf, type Row, tableRows } from '../table-rows.ts'

const isRecordTable = (columns: string[]) =>
  ['Station', 'Species', 'FileName', 'Directory'].every((name) => columns.includes(name))
const isStationTable = (columns: string[]) =>
  ['Station', 'Setup_date', 'Retrieval_date'].every((name) => columns.includes(name))

export const camtrapr: Reader = {
  name: 'camtrapr',
  title: 'camtrapR tables',
  recognises(head, path) {
    const columns = columnsOf(head)
    return /\.(csv|txt|tsv)$/i.test(path) && (isRecordTable(columns) || isStationTable(columns))
  },
  async *read(files, recognised) {
    yield { type: 'about', version: null, detector: null, threshold: null }
    for (const path of recognised) yield* readTable(files, path)
  },
}

async function* readTable(files: FileSet, path: string): AsyncGenerator<ExchangeRecord> {
  const photos = new Map<string, PhotoRecord>()
  for await (const row of tableRows(files.open(path))) {
    if ('Setup_date' in row) {
      yield stationOf(row)
      continue
    }
    const folder = cell(row, 'Directory').replaceAll('\\', '/')
    const file = [folder, cell(row, 'FileName')].filter(Boolean).join('/')
    const label = cell(row, 'Species')
    if (cell(row, 'FileName') === '' || isVideo(file)) {
      yield leftOut(file || 'a row', isVideo(file) ? VIDEO_LEFT_OUT : 'It names no file.')
      continue
    }
    const known = { deployment: cell(row, 'Station') || null, capturedAt: cell(row, 'DateTimeOriginal') || null }
    const photo = photos.get(file) ?? photoRecord(file, known)
    photos.set(file, photo)
    const scientific = /^\p{Lu}\p{Ll}+ \p{Ll}/u.test(label)
    if (label !== '')
      photo.statements.push({
        taxon: scientific ? { label, scientificName: label } : { label, commonName: label },
        // As this service writes it; camtrapR's own tables hold what people said.
        verified: cell(row, 'metadata_identified') !== 'machine',
        by: null,
        score: null,
      })
  }
  yield* photos.values()
}

/** Coordinates are often metres of some grid: only degrees are taken. */
function stationOf(row: Row): ExchangeRecord {
  const degrees = (names: RegExp, most: number) => {
    const column = Object.keys(row).find((name) => names.test(name))
    const value = column === undefined ? null : numberOf(cell(row, column))
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
