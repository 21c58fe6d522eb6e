// This service's own table, as the command and the page read it: which photos its rows name, and what they say of them.
// One bad row costs that row, and is listed.

import type { PhotoFacts } from '../../../../contract/exchange/import.ts'
import type { ExportTemplateList } from '../../../../contract/exchange/templates.ts'
import { EXPORT_COLUMNS } from '../../../columns.ts'
import { foldedColumn } from '../../../table-start.ts'
import { type DiskList, openDiskList } from '../../spool/disk-list.ts'
import { openGathering } from '../../spool/gathering.ts'
import { columnsOf, restoreCell, tableRows, unique } from '../../table-rows.ts'
import {
  factsOfRow,
  factsOfRows,
  lostOf,
  NOT_BOXES,
  notesOf,
  type RowChoices,
  type RowFacts,
  restored,
} from './row-facts.ts'
import { ownColumns, templateColumns } from './seen-columns.ts'

export type OwnTableChoices = RowChoices & {
  /** Only rows with one of these values in the column `split`; empty: all rows. */
  splits: readonly string[]
  /** The folder for what does not fit in memory; by default the system's own for such files. */
  scratch?: string
}

export const ignoredColumns = (ignored: readonly string[]): string[] =>
  ignored.length === 0 ? [] : [`Ignored the column${ignored.length === 1 ? '' : 's'} ${ignored.join(', ')}.`]

export type OwnTable = {
  /** What the columns mean; without `path` nothing was read. */
  header: string[]
  /** How many rows could be read. */
  rows: number
  /** Photos that `find` found, by what it answered. */
  photos: DiskList<{ key: string; facts: PhotoFacts }>
  /** By path as the table has it. */
  missing: DiskList<{ path: string; facts: PhotoFacts }>
  leftOut: DiskList<{ what: string; why: string }>
  /** Columns that nothing here reads. */
  ignored: string[]
  notes: string[]
  close(): void
}

/** Columns by their names without regard to capitals, blanks and underscores: `Common name` is commonName. */
const COLUMN_BY_NAME = new Map(EXPORT_COLUMNS.map((name) => [foldedColumn(name), name]))

/** `Scientific name` is the species of a table that has no such column. */
function namedColumns(header: readonly string[], templates?: ExportTemplateList): string[] {
  const plain = header.map(restoreCell)
  const byTemplate = templates && templateColumns(templates, plain)
  const own = new Map((templates ? ownColumns(templates) : []).map((name) => [foldedColumn(name), name]))
  const exact = plain.map((name) => {
    const folded = foldedColumn(name)
    return byTemplate?.get(name) ?? COLUMN_BY_NAME.get(folded) ?? own.get(folded) ?? name
  })
  const named = exact.map((name) =>
    foldedColumn(name) === 'scientificname' && !exact.includes('species') ? 'species' : name,
  )
  // A table without paths may name the files.
  return unique(named.includes('path') ? named : named.map((name) => (name === 'filename' ? 'path' : name)))
}

/** Whether the first bytes of a file are those of such a table. */
export const isOwnTable = (head: string, templates?: ExportTemplateList): boolean =>
  namedColumns(columnsOf(head), templates).includes('path')

/** `name`: of the file, for people. `find`: the photo that a path of the table means; null where there is none. */
export async function readOwnTable(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
  choices: OwnTableChoices,
  find: (path: string) => string | null | Promise<string | null>,
): Promise<OwnTable> {
  const { scratch, splits, templates } = choices
  const notes: string[] = []
  let ignored: string[] = []
  const leftOut = openDiskList<{ what: string; why: string }>(scratch)
  const found = openGathering<RowFacts>(scratch)
  const missing = openGathering<RowFacts>(scratch)
  const leave = (what: string, why: string) => leftOut.push({ what, why })
  let header: string[] = []
  const rows = tableRows(bytes, {
    rename: (names) => {
      header = namedColumns(names, templates)
      const own = templates ? ownColumns(templates) : []
      ignored = header.filter((one) => one !== '' && !EXPORT_COLUMNS.includes(one) && !own.includes(one))
      return header
    },
    onBadRow: (why, line) => leave(`${name}, line ${line}`, `The row cannot be read: ${why}.`),
    onWideRow: (rest, line) => leave(`${name}, line ${line}`, `Beyond the last column, so not read: ${rest}`),
  })
  let count = 0
  let nameless = 0
  for await (const row of rows) {
    if (!header.includes('path')) break
    count++
    if (splits.length > 0 && !splits.includes(row.split ?? '')) continue
    const path = row.path ?? ''
    if (path === '') {
      nameless++
      continue
    }
    const key = await find(path)
    const facts = factsOfRow(restored(row), choices, (why) => {
      if (key === null) return
      if (why === NOT_BOXES && notes.length === 0)
        notes.push(`Left out boxes that are not "x y w h" as fractions of the photo, the first in the row of ${path}.`)
      leave(path, why)
    })
    for (const one of facts) (key === null ? missing : found).add(key ?? path, one)
  }
  if (nameless > 0) leave(name, nameless === 1 ? 'A row names no photo.' : `${nameless} rows name no photo.`)
  const photos: OwnTable['photos'] = openDiskList(scratch)
  for (const { key, rows: ofPhoto } of found.groups()) {
    for (const why of lostOf(ofPhoto)) leave(ofPhoto[0]?.path ?? key, why)
    photos.push({ key, facts: togetherOf(ofPhoto) })
  }
  const unfound: OwnTable['missing'] = openDiskList(scratch)
  for (const { key, rows: ofPhoto } of missing.groups()) unfound.push({ path: key, facts: togetherOf(ofPhoto) })
  for (const one of [found, missing]) one.close()
  const lists = [photos, unfound, leftOut]
  return {
    header,
    rows: count,
    ignored,
    notes,
    leftOut,
    photos,
    missing: unfound,
    close: () => {
      for (const one of lists) one.close()
    },
  }
}

const togetherOf = (rows: RowFacts[]): PhotoFacts => ({ ...factsOfRows(rows), ...notesOf(rows) })
