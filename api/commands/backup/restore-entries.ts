// Takes a backup's files one after the other: rows into an open transaction, other files into the data folder.
// Everything is compared with what the backup says about itself, and the first difference is an error.

import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { holdsPages, type PageFacts, withSelfReferences, writeNumbering } from '../../../db/copy/contents.ts'
import { writePage } from '../../../db/copy/pages.ts'
import type { Table } from '../../../db/copy/tables.ts'
import { sha256OfFile } from '../../../indexer/models/checksum.ts'
import type { Photos } from '../../../indexer/photos/photos.ts'
import { UsageError } from '../usage.ts'
import { type BackupEntry, bytesOf, fileOf, SUMS } from './files.ts'
import { CONTENTS, type Contents, contentsSchema, parseFile } from './format.ts'

export type Destination = {
  client: pg.ClientBase
  tables: Table[]
  photos: Photos
  dataDir: string
  /** Collects the files that were written outside the place of the photos. */
  written: string[]
}

const damaged = (what: string) => new UsageError(`The backup is damaged: ${what}.`)

/** `first` is the entry that the caller has read already. Throws UsageError. */
export async function takeEntries(
  entries: AsyncIterable<BackupEntry>,
  first: { name: string; sha256: string },
  to: Destination,
): Promise<Contents> {
  const sums = createHash('sha256').update(`${first.sha256}  ${first.name}\n`)
  const pages = new Map<string, PageFacts[]>()
  const counts = { photos: 0, crops: 0, models: 0 }
  let contents: Contents | null = null
  let complete = false

  await withSelfReferences(to.client, to.tables, async () => {
    for await (const entry of entries) {
      const { name } = entry
      const [kind = ''] = name.split('/')
      if (name === SUMS) {
        const { sha256 } = await bytesOf(entry)
        if (sha256 !== sums.digest('hex')) throw damaged(`its files are not those of ${SUMS}`)
        complete = true
        break
      }
      let sha256: string
      if (name === CONTENTS) {
        const file = await bytesOf(entry)
        contents = parseFile(contentsSchema, CONTENTS, file.bytes)
        sha256 = file.sha256
      } else if (kind === 'tables') sha256 = await takePage(entry, pages, to)
      else if (kind === 'photos' || kind === 'crops' || kind === 'models') {
        sha256 = await TAKE[kind](entry, to)
        counts[kind]++
      } else throw damaged(`it holds ${name}, which this version does not know`)
      sums.update(`${sha256}  ${name}\n`)
    }
    if (!complete || contents === null) throw damaged('its end is missing')
  })
  // The compiler does not see that the function above assigned it.
  const told = contents as Contents | null
  if (told === null) throw damaged('its end is missing')
  await compare(told, pages, counts, to)
  return told
}

async function takePage(entry: BackupEntry, pages: Map<string, PageFacts[]>, to: Destination): Promise<string> {
  const table = to.tables.find(({ name }) => name === entry.name.split('/')[1])
  if (!table) throw damaged(`it holds ${entry.name}, a table that its version did not have`)
  const { bytes, sha256 } = await bytesOf(entry)
  const rows = await writePage(to.client, table, bytes).catch((cause: unknown) => {
    throw new UsageError(
      `The backup is damaged: ${entry.name} cannot be written (${cause instanceof Error ? cause.message : cause}).`,
      { cause },
    )
  })
  const facts = pages.get(table.name)
  if (facts) facts.push({ rows, sha256 })
  else pages.set(table.name, [{ rows, sha256 }])
  return sha256
}

const TAKE = {
  async photos(entry: BackupEntry, { photos }: Destination): Promise<string> {
    const { bytes, sha256 } = await bytesOf(entry)
    if (!entry.name.endsWith(sha256)) throw damaged(`${entry.name} has other bytes than its name says`)
    await photos.put(sha256, bytes)
    return sha256
  },
  async crops(entry: BackupEntry, { photos }: Destination): Promise<string> {
    const id = Number(/^crops\/\d+\/(\d+)\.jpg$/.exec(entry.name)?.[1])
    if (!Number.isSafeInteger(id)) throw damaged(`it holds ${entry.name}`)
    const { bytes, sha256 } = await bytesOf(entry)
    await photos.putCrop(id, bytes)
    return sha256
  },
  /** A model that exists already must be the same. */
  async models(entry: BackupEntry, { dataDir, written }: Destination): Promise<string> {
    const file = join(dataDir, entry.name)
    if (await stat(file).catch(() => null)) {
      const { sha256 } = await bytesOf(entry)
      if (sha256 === (await sha256OfFile(file))) return sha256
      throw new UsageError(
        `Expected no other ${entry.name} in ${dataDir}, but there is one: move that model away first.`,
      )
    }
    written.push(file)
    return await fileOf(entry, file)
  },
}

async function compare(
  contents: Contents,
  pages: Map<string, PageFacts[]>,
  counts: { photos: number; crops: number; models: number },
  { client, tables }: Destination,
): Promise<void> {
  for (const kind of ['photos', 'crops', 'models'] as const)
    if (counts[kind] !== contents[kind].files)
      throw damaged(`it says that it holds ${contents[kind].files} ${kind} but ${counts[kind]} were found`)
  for (const table of tables) {
    const facts = pages.get(table.name) ?? []
    const rows = facts.reduce((sum, page) => sum + page.rows, 0)
    const told = contents.rows[table.name] ?? 0
    if (rows !== told) throw damaged(`it says that ${table.name} has ${told} rows but ${rows} were found`)
    if (!(await holdsPages(client, table, facts)))
      throw new Error(`Expected the rows of ${table.name} to be as in the backup, but they are not`)
  }
  await writeNumbering(client, tables, contents.numbering)
}
