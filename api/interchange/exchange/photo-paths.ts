// Finds photos by the paths that other programs wrote: absolute ones, with the slashes of Windows, from another root. A
// bare file name is asked last, because every card has an IMG_0001.JPG.

export type PathAnswer = { path: string } | { none: 'missing' | 'several' }

type Wanted = { path: string; withoutEnding?: boolean }

/**
 * `paths`: of the photos that there are. `commonFolder`: the folder that all wanted photos lie in, as the file has it.
 * In order: the path itself; one path ending in the other; the same after the common folder is taken off; a name that
 * only one photo has. Then all of that again without regard to capitals. Several that fit are none.
 */
export function createPhotoFinder(paths: readonly string[], commonFolder: string): (wanted: Wanted) => PathAnswer {
  const exact = indexOf(paths, (text) => text)
  const folded = indexOf(paths, (text) => text.toLowerCase())
  return ({ path, withoutEnding = false }) => {
    const wanted = path.normalize('NFC')
    const first = findIn(exact, wanted, commonFolder, withoutEnding)
    if ('path' in first || first.none === 'several') return first
    return findIn(folded, wanted.toLowerCase(), commonFolder.toLowerCase(), withoutEnding)
  }
}

/** Made when they are first asked: most files name all their photos by their paths. */
type Index = Record<'whole' | 'stems' | 'byName' | 'byStem', (text: string) => string[]> & {
  keyOf(path: string): string
}

const stemOf = (path: string) => path.replace(/\.[^./]+$/, '')
const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1)

function indexOf(paths: readonly string[], fold: (text: string) => string): Index {
  const keyOf = (path: string) => fold(path.normalize('NFC').replaceAll('\\', '/'))
  const lookUp = (by: (key: string) => string) => {
    let made: Map<string, string | string[]> | null = null
    return (text: string): string[] => {
      made ??= mapBy(paths, (path) => by(keyOf(path)))
      const found = made.get(text) ?? []
      return typeof found === 'string' ? [found] : found
    }
  }
  return {
    keyOf,
    whole: lookUp((key) => key),
    stems: lookUp(stemOf),
    byName: lookUp(nameOf),
    byStem: lookUp((key) => nameOf(stemOf(key))),
  }
}

/** Most keys have one path, which needs no list. */
function mapBy(paths: readonly string[], keyOf: (path: string) => string): Map<string, string | string[]> {
  const map = new Map<string, string | string[]>()
  for (const path of paths) {
    const key = keyOf(path)
    const before = map.get(key)
    if (before === undefined) map.set(key, path)
    else if (typeof before === 'string') map.set(key, [before, path])
    else before.push(path)
  }
  return map
}

function findIn(index: Index, wanted: string, commonFolder: string, withoutEnding: boolean): PathAnswer {
  const same = (withoutEnding ? index.stems : index.whole)(wanted)
  if (same.length > 0) return oneOf(same)
  const named = (withoutEnding ? index.byStem : index.byName)(nameOf(wanted))
  if (named.length === 0) return { none: 'missing' }
  const keyOf = (path: string) => (withoutEnding ? stemOf(index.keyOf(path)) : index.keyOf(path))
  const rest =
    commonFolder !== '' && wanted.startsWith(`${commonFolder}/`) ? wanted.slice(commonFolder.length + 1) : wanted
  for (const asked of new Set([wanted, rest])) {
    const fitting = named.filter((path) => endsIn(keyOf(path), asked) || endsIn(asked, keyOf(path)))
    // A bare name fits every folder: only a path says which.
    if (fitting.length === 1 || (fitting.length > 1 && asked.includes('/'))) return oneOf(fitting)
  }
  return oneOf(named)
}

/** Whole folders: `a/b.jpg` is the end of `x/a/b.jpg`, not of `xa/b.jpg`. */
const endsIn = (long: string, short: string) => long === short || long.endsWith(`/${short.replace(/^\//, '')}`)

const oneOf = (paths: string[]): PathAnswer =>
  paths.length === 1 && paths[0] !== undefined ? { path: paths[0] } : { none: 'several' }

/** The folder that all these paths lie in; grows smaller with each. */
export function commonFolderOf(before: string | null, path: string): string {
  const folders = path.split('/').slice(0, -1)
  if (before === null) return folders.join('/')
  const shared: string[] = []
  for (const [i, part] of before.split('/').entries()) {
    if (folders[i] !== part) break
    shared.push(part)
  }
  return shared.join('/')
}
