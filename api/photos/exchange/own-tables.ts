// Tables of this service among files that a page sends, read as the command reads them.

import { type PhotoFacts, photoFactsSchema } from '../../contract/exchange/import.ts'
import type { Reading } from '../../contract/exchange/reading.ts'
import type { NameCount } from '../../interchange/exchange/photo-facts.ts'
import { type FileSet, folderOf, headOf, nameOfPath } from '../../interchange/exchange/reader.ts'
import {
  ignoredColumns,
  isOwnTable,
  type OwnTableChoices,
  readOwnTable,
} from '../../interchange/exchange/tables/own-table/own-table.ts'
import { type PathIndex, pathIndex, plainPath } from '../../interchange/exchange/tables/own-table/path-index.ts'
import { wordsOf } from '../../interchange/exchange/tables/own-table/row-facts.ts'
import { decodeText } from '../../interchange/plain-text.ts'

type LeftOut = Reading['leftOut'][number]

/** `missing`: none of the photos that the tables name was chosen, so they may be here already. */
export type OwnReading = {
  files: string[]
  counts: Reading['counts']
  names: NameCount[]
  photos: Map<string, PhotoFacts>
  missing: { path: string; facts: PhotoFacts }[]
  leftOut: LeftOut[]
}

const NOT_CHOSEN = 'The table names it, but there is no such photo among those chosen.'

/** `files`: those that no other format took. `photos`: the paths of the photos that may be sent. */
export async function readOwnTables(
  files: FileSet,
  photos: readonly string[],
  choices: OwnTableChoices,
): Promise<OwnReading> {
  const read: OwnReading = {
    files: [],
    counts: { photos: 0, boxes: 0, verified: 0, proposals: 0, empty: 0, events: 0 },
    names: [],
    photos: new Map(),
    missing: [],
    leftOut: [],
  }
  const exact = new Set(photos.map((path) => path.normalize('NFC')))
  let index: PathIndex<string> | null = null
  const finderIn = (folder: string) => (path: string) => {
    const below = (one: string) => (folder === '' ? one : `${folder}/${one}`)
    const same = below(plainPath(path).replace(/^(\.\/)+/, '')).normalize('NFC')
    if (exact.has(same)) return same
    index ??= pathIndex(
      '',
      [...exact].map((one) => ({ path: one, photo: one })),
    )
    return index(path, below)
  }
  for (const path of files.paths) {
    if (!/\.(csv|tsv|txt)$/i.test(path) || !isOwnTable(decodeText(await headOf(files, path)), choices.templates))
      continue
    const folder = folderOf(path)
    const table = await readOwnTable(files.open(path), nameOfPath(path), choices, finderIn(folder))
    read.files.push(path)
    if (table.rows === 0) read.leftOut.push({ what: path, why: 'It names columns, but has no rows that can be read.' })
    // One name that is too long costs what is said of its photo, not the photos that are sent with it.
    const isTaken = (what: string, facts: PhotoFacts) => {
      const { error } = photoFactsSchema.safeParse(facts)
      const [issue] = error?.issues ?? []
      if (issue !== undefined)
        read.leftOut.push({
          what,
          why: `What the table says of it is left out: ${issue.path.join('.')}: ${issue.message}.`,
        })
      return issue === undefined
    }
    for (const { key, facts } of table.photos) if (isTaken(key, facts)) read.photos.set(key, facts)
    for (const { path: named, facts } of table.missing)
      if (isTaken(plainPath(named), facts))
        read.missing.push({ path: folder === '' ? named : `${folder}/${named}`, facts })
    read.leftOut.push(...table.leftOut, ...ignoredColumns(table.ignored).map((why) => ({ what: path, why })))
    table.close()
  }
  if (read.photos.size > 0) {
    for (const { path } of read.missing) read.leftOut.push({ what: plainPath(path), why: NOT_CHOSEN })
    read.missing = []
  }
  count(read, [...read.photos.values(), ...read.missing.map(({ facts }) => facts)])
  return read
}

function count(read: OwnReading, all: PhotoFacts[]): void {
  const names = new Map<string, NameCount>()
  for (const facts of all) {
    read.counts.photos++
    if (facts.empty) read.counts.empty++
    read.counts.boxes += facts.boxes?.length ?? 0
    const found = facts.findings?.found ?? []
    read.counts.boxes += found.filter(({ bbox }) => bbox !== null).length
    const words = wordsOf(facts)
    const said = found.flatMap(({ statements }) => statements.map(({ taxon }) => taxon))
    for (const one of words.label === '' ? said : [...said, words]) {
      read.counts.verified++
      const key = JSON.stringify(one)
      const known = names.get(key)
      if (known === undefined) names.set(key, { words: one, count: 1, verified: true })
      else known.count++
    }
  }
  read.names = [...names.values()].sort((a, b) => b.count - a.count)
}
