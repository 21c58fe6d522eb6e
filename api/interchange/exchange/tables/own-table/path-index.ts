// The photo that a path in a table means, among photos below the table's folder: with its accents in another Unicode
// form, with backslashes, in other capitals. A path that begins at the root of another computer is found by its last
// folders.

import { tidyText } from '../../../../contract/exchange/text.ts'

/** From another computer: a drive, a network share, the root, or an address. */
const ABSOLUTE = /^([a-z]:[\\/]|[\\/]|file:)/i

/** Null where no photo fits, or several do. `below`: where a path lies that begins at the table's folder. */
export type PathIndex<T> = (path: string, below?: (path: string) => string) => T | null

/** `folder`: the name of the table's folder. `photos`: their paths below it, with `/`. */
export function pathIndex<T>(folder: string, photos: Iterable<{ path: string; photo: T }>): PathIndex<T> {
  const byFold = new Map<string, T | null>()
  const byName = new Map<string, { parts: string[]; photo: T }[]>()
  for (const { path, photo } of photos) {
    const key = foldedPath(path)
    byFold.set(key, byFold.has(key) ? null : photo)
    const parts = [foldedPath(folder), ...key.split('/')]
    const name = parts.at(-1) ?? ''
    const same = byName.get(name)
    if (same === undefined) byName.set(name, [{ parts, photo }])
    else same.push({ parts, photo })
  }
  /** The photo that shares most folders with the end of the path. */
  const byEnd = (path: string): T | null => {
    const wanted = foldedPath(path).split('/').reverse()
    const fitting = (byName.get(wanted[0] ?? '') ?? []).map(({ parts, photo }) => {
      const different = parts.toReversed().findIndex((part, i) => part !== wanted[i])
      return { photo, shared: different < 0 ? parts.length : different }
    })
    const most = Math.max(...fitting.map(({ shared }) => shared))
    const best = fitting.filter(({ shared }) => shared === most)
    return best.length === 1 ? (best[0]?.photo ?? null) : null
  }
  return (path, below = (one) => one) => {
    const written = plainPath(path)
    return (ABSOLUTE.test(path) ? byEnd(written) : byFold.get(foldedPath(below(written)))) ?? null
  }
}

/** With `/`; of an address of a file, its path. */
export function plainPath(path: string): string {
  if (!path.startsWith('file:')) return path.replaceAll('\\', '/')
  const way = path.replace(/^file:(\/\/[^/]*)?(?=\/)/i, '').replace(/^\/(?=[a-z]:)/i, '')
  try {
    return decodeURIComponent(way)
  } catch {
    return way
  }
}

function foldedPath(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/').map(tidyText)) {
    if (part === '' || part === '.') continue
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else parts.push(part)
  }
  return parts.join('/').toLowerCase()
}
