// Plans an import of a table of this service. Where none of its photos is there, it may have come after them: then
// photos that were imported before are looked for.

import { createReadStream } from 'node:fs'
import { basename, dirname, extname, isAbsolute, relative, sep } from 'node:path'
import { type DiskList, inParts, openDiskList } from '../../interchange/exchange/spool/disk-list.ts'
import { ignoredColumns, type OwnTable, readOwnTable } from '../../interchange/exchange/tables/own-table/own-table.ts'
import { createFileFinder } from './find-file.ts'
import { type Plan, PlanError, type PlannedPhoto, type PlanOptions } from './planned.ts'

const ASKED_AT_ONCE = 1000

export async function planCsv(csv: string, options: PlanOptions): Promise<Plan> {
  const folder = dirname(csv)
  const findFile = createFileFinder(folder)
  /** To open files whose names are no UTF-8. */
  const places = new Map<string, Buffer>()
  let isOutside = false
  const table = await readOwnTable(createReadStream(csv), basename(csv), options, async (path) => {
    const found = await findFile(path)
    if (found === null) return null
    if (!options.outside && !isInside(folder, found.file)) {
      isOutside = true
      return null
    }
    if (found.at !== undefined) places.set(found.file, found.at)
    return found.file
  })
  const known = openDiskList<PlannedPhoto>(options.scratch)
  const close = async () => {
    table.close()
    known.close()
  }
  try {
    requireRows(csv, table)
    const missing = await missingIn(table, options, known)
    const outside = 'Left out files outside of the folder of the table. With --outside they are imported too.'
    return {
      name: options.name ?? basename(csv, extname(csv)),
      photos: {
        length: table.photos.length + known.length,
        *[Symbol.iterator]() {
          for (const { key, facts } of table.photos) {
            const at = places.get(key)
            yield { file: key, facts, ...(at !== undefined && { at }) }
          }
          yield* known
        },
      },
      missing,
      notes: [...ignoredColumns(table.ignored), ...table.notes, ...(isOutside ? [outside] : [])],
      leftOut: table.leftOut,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Paths of photos that are nowhere. Those that were imported before go to `found`. */
async function missingIn(
  { photos, missing }: OwnTable,
  { known }: PlanOptions,
  found: DiskList<PlannedPhoto>,
): Promise<string[]> {
  if (known === undefined || photos.length > 0) return [...missing].map(({ path }) => path)
  const nowhere: string[] = []
  for (const some of inParts(missing, ASKED_AT_ONCE)) {
    const sha256s = await known(some.map(({ path }) => ({ path: path.replaceAll('\\', '/'), withoutEnding: false })))
    for (const [i, { path, facts }] of some.entries()) {
      const sha256 = sha256s[i] ?? null
      if (sha256 === null) nowhere.push(path)
      else found.push({ file: path, sha256, facts })
    }
  }
  return nowhere
}

function requireRows(csv: string, { header, rows }: OwnTable): void {
  if (header.length === 0) throw new PlanError(`Expected a table in ${csv} but it is empty.`)
  if (!header.includes('path'))
    throw new PlanError(
      `Expected a column path in ${csv} but found ${header.join(', ').slice(0, 500)}. The first line names the columns.`,
    )
  if (rows === 0) throw new PlanError(`Expected rows below the header of ${csv} but found none that can be read.`)
}

function isInside(folder: string, file: string): boolean {
  const way = relative(folder, file)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
