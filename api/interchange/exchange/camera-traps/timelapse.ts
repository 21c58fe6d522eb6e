// Timelapse's CSV: a row for each photo, its columns named by the project's template except for a few.

import { foldedColumn } from '../../table-start.ts'
import { ExchangeError } from '../exchange-error.ts'
import { saysEmpty } from '../labels.ts'
import { isVideo, leftOut, VIDEO_LEFT_OUT } from '../left-out.ts'
import type { FileSet, Reader, ReadOptions } from '../reader.ts'
import { type ExchangeRecord, type PhotoRecord, photoRecord } from '../records.ts'
import { openGathering } from '../spool/gathering.ts'
import { recordsOfTable } from '../table-records.ts'
import { cell, foldedHeader, hasColumns, type Row } from '../table-rows.ts'

export const timelapse: Reader = {
  name: 'timelapse',
  title: 'Timelapse',
  recognises: (head, path) => /\.(csv|tsv|txt)$/i.test(path) && hasColumns(head, ['File', 'RelativePath']),
  async *read(files, recognised, options) {
    yield { type: 'about', version: null, detector: null, threshold: null }
    for (const path of recognised) yield* readTable(files, path, options)
  },
}

async function* readTable(files: FileSet, path: string, options: ReadOptions): AsyncGenerator<ExchangeRecord> {
  let column: string | null = null
  const rename = (header: string[]) => {
    column = speciesColumn(header, options.speciesColumn)
    return foldedHeader(header)
  }
  const rows = openGathering<Row>(options.scratch)
  const readRow = (row: Row): ExchangeRecord | null => {
    const name = cell(row, 'File')
    const folder = cell(row, 'RelativePath').replaceAll('\\', '/')
    const file = folder === '' ? name : `${folder}/${name}`
    if (name === '') return leftOut(file || 'a row', 'It names no file.')
    if (isVideo(file)) return leftOut(file, VIDEO_LEFT_OUT)
    rows.add(file, row)
    return null
  }
  try {
    yield* recordsOfTable(files, path, readRow, { rename })
    if (column === null)
      yield leftOut(path, 'No column seems to name the species; say which with --species-column NAME.')
    for (const { key, rows: ofPhoto } of rows.groups()) yield photoOf(key, ofPhoto, column)
  } finally {
    rows.close()
  }
}

/** Several rows of one photo carry several species. */
function photoOf(file: string, rows: Row[], column: string | null): PhotoRecord {
  const photo = photoRecord(file, { capturedAt: timeOf(rows[0] ?? {}) })
  for (const row of rows) {
    const label = column === null ? '' : cell(row, column)
    if (saysEmpty(label) || (label === '' && /^true$/i.test(cell(row, 'Empty'))))
      photo.empty = { verified: true, by: null }
    else if (label !== '')
      photo.statements.push({ taxon: { label, commonName: label }, verified: true, by: null, score: null })
  }
  return photo
}

function speciesColumn(columns: string[], asked: string | undefined): string | null {
  if (asked === undefined) return columns.find((name) => /^(species|taxon|animal)/.test(foldedColumn(name))) ?? null
  const found =
    columns.find((name) => name === asked) ?? columns.find((name) => foldedColumn(name) === foldedColumn(asked))
  if (found !== undefined) return found
  throw new ExchangeError(`Expected one of the columns ${columns.join(', ')} for the species but received ${asked}.`)
}

const timeOf = (row: Row): string | null =>
  cell(row, 'DateTime') || [cell(row, 'Date'), cell(row, 'Time')].filter(Boolean).join(' ') || null
