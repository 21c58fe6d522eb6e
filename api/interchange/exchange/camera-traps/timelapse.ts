// Timelapse's CSV: a row for each photo, its columns named by the project's template except for a few.

import { ExchangeError } from '../exchange-error.ts'
import { saysEmpty } from '../labels.ts'
import { isVideo, leftOut, VIDEO_LEFT_OUT } from '../left-out.ts'
import type { FileSet, Reader, ReadOptions } from '../reader.ts'
import { type ExchangeRecord, type PhotoRecord, photoRecord } from '../records.ts'
import { cell, columnsOf, type Row, tableRows } from '../table-rows.ts'

export const timelapse: Reader = {
  name: 'timelapse',
  title: 'Timelapse',
  recognises(head, path) {
    const columns = columnsOf(head)
    return /\.csv$/i.test(path) && columns.includes('File') && columns.includes('RelativePath')
  },
  async *read(files, recognised, options) {
    yield { type: 'about', version: null, detector: null, threshold: null }
    for (const path of recognised) yield* readTable(files, path, options)
  },
}

async function* readTable(files: FileSet, path: string, options: ReadOptions): AsyncGenerator<ExchangeRecord> {
  let column: string | null | undefined
  const photos = new Map<string, PhotoRecord>()
  const bad: ExchangeRecord[] = []
  for await (const row of tableRows(files.open(path), {
    onBadRow: (why) => bad.push(leftOut(path, `A row cannot be read: ${why}.`)),
  })) {
    column ??= speciesColumn(Object.keys(row), options.speciesColumn)
    if (column === null && photos.size === 0)
      yield leftOut(path, 'No column seems to name the species; say which with --species-column NAME.')
    const name = cell(row, 'File')
    const folder = cell(row, 'RelativePath').replaceAll('\\', '/')
    const file = folder === '' ? name : `${folder}/${name}`
    if (name === '' || isVideo(file)) {
      yield leftOut(file || 'a row', name === '' ? 'It names no file.' : VIDEO_LEFT_OUT)
      continue
    }
    // Several rows of one photo carry several species.
    const photo = photos.get(file) ?? photoRecord(file, { capturedAt: timeOf(row) })
    photos.set(file, photo)
    const label = column == null ? '' : cell(row, column)
    if (saysEmpty(label) || (label === '' && /^true$/i.test(cell(row, 'Empty'))))
      photo.empty = { verified: true, by: null }
    else if (label !== '')
      photo.statements.push({ taxon: { label, commonName: label }, verified: true, by: null, score: null })
  }
  yield* bad
  yield* photos.values()
}

function speciesColumn(columns: string[], asked: string | undefined): string | null {
  if (asked === undefined) return columns.find((name) => /^(species|taxon|animal)/i.test(name)) ?? null
  if (columns.includes(asked)) return asked
  throw new ExchangeError(`Expected one of the columns ${columns.join(', ')} for the species but received ${asked}.`)
}

const timeOf = (row: Row): string | null =>
  cell(row, 'DateTime') || [cell(row, 'Date'), cell(row, 'Time')].filter(Boolean).join(' ') || null
