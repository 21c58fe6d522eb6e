// Finds files that a table names, in the folder of the table.

import { stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { type PathIndex, pathIndex, plainPath } from '../../interchange/exchange/tables/own-table/path-index.ts'
import { type WalkedFile, walkFolder } from '../../interchange/exchange/walk-folder.ts'
import { isSystemName } from '../../photos/labels/made-by-machines.ts'

/** `at`: opens it where its name is no UTF-8. */
export type FoundFile = { file: string; at?: Buffer }

/** A file as the table has it, however its path is written (`pathIndex`). Null where there is none, or several fit. */
export function createFileFinder(folder: string): (path: string) => Promise<FoundFile | null> {
  let walking: Promise<PathIndex<WalkedFile>> | null = null
  return async (path) => {
    const written = path.startsWith('file:') ? plainPath(path) : path
    for (const form of new Set([written, plainPath(path)]))
      for (const one of new Set([form, form.normalize('NFC'), form.normalize('NFD')])) {
        const file = resolve(folder, one)
        if ((await stat(file).catch(() => null))?.isFile()) return { file }
      }
    walking ??= filesIn(folder)
    const found = (await walking)(path)
    if (found === null) return null
    return typeof found.at === 'string' ? { file: found.at } : { file: join(folder, found.path), at: found.at }
  }
}

async function filesIn(folder: string): Promise<PathIndex<WalkedFile>> {
  const files: { path: string; photo: WalkedFile }[] = []
  for await (const { type, ...walked } of walkFolder(folder, isSystemName))
    if (type === 'file' && 'at' in walked) files.push({ path: walked.path, photo: walked })
  return pathIndex(basename(folder), files)
}
