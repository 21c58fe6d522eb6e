// Finds files that a table names, in the folder of the table.

import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { tidyText } from '../../contract/exchange/text.ts'
import { walkFolder } from '../../interchange/exchange/walk-folder.ts'
import { isSystemName } from '../../photos/labels/made-by-machines.ts'

/** From another computer: a drive, a network share, the root, or an address. */
const ABSOLUTE = /^([a-z]:[\\/]|[\\/]|file:)/i

/**
 * A file as the table has it: with its accents in another Unicode form, with backslashes, in other capitals. A path
 * that begins at the root of another computer is found by its last folders. Null where there is none, or several fit.
 */
export function createFileFinder(folder: string): (path: string) => Promise<string | null> {
  let walking: Promise<Found> | null = null
  return async (path) => {
    const written = path.startsWith('file:') ? decoded(path) : path
    const slashed = written.replaceAll('\\', '/')
    for (const form of new Set([written, slashed]))
      for (const one of new Set([form, form.normalize('NFC'), form.normalize('NFD')])) {
        const file = resolve(folder, one)
        if ((await stat(file).catch(() => null))?.isFile()) return file
      }
    walking ??= findIn(folder)
    const { byFold, byEnd } = await walking
    return (ABSOLUTE.test(written) ? byEnd(slashed) : byFold.get(fold(slashed))) ?? null
  }
}

type Found = { byFold: Map<string, string | null>; byEnd: (path: string) => string | null }

async function findIn(folder: string): Promise<Found> {
  const byFold = new Map<string, string | null>()
  const byName = new Map<string, { parts: string[]; at: string }[]>()
  for await (const walked of walkFolder(folder, isSystemName)) {
    // A name that is no text is in no table.
    if (walked.type !== 'file' || typeof walked.at !== 'string') continue
    const { path, at } = walked
    const key = fold(path)
    byFold.set(key, byFold.has(key) ? null : at)
    const parts = [fold(basename(folder)), ...key.split('/')]
    const name = parts.at(-1) ?? ''
    byName.set(name, [...(byName.get(name) ?? []), { parts, at }])
  }
  /** The file that shares most folders with the end of the path. */
  const byEnd = (path: string): string | null => {
    const wanted = fold(path).split('/').reverse()
    const fitting = (byName.get(wanted[0] ?? '') ?? []).map(({ parts, at }) => {
      const different = parts.toReversed().findIndex((part, i) => part !== wanted[i])
      return { at, shared: different < 0 ? parts.length : different }
    })
    const most = Math.max(...fitting.map(({ shared }) => shared))
    const best = fitting.filter(({ shared }) => shared === most)
    return best.length === 1 ? (best[0]?.at ?? null) : null
  }
  return { byFold, byEnd }
}

const fold = (path: string): string =>
  path
    .split('/')
    .map(tidyText)
    .filter((part) => part !== '' && part !== '.')
    .join('/')
    .toLowerCase()

function decoded(address: string): string {
  const path = address.replace(/^file:(\/\/[^/]*)?(?=\/)/i, '').replace(/^\/(?=[a-z]:)/i, '')
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
