// Brings photos that there are and photos that files name together, part by part: whatever is asked of their paths, two
// that mean one photo have one file name, apart from its ending and its capitals.

import type { PhotoFacts } from '../../contract/exchange/import.ts'
import { mergeFacts } from './merge-facts.ts'
import { createPhotoFinder } from './photo-paths.ts'
import { type Batch, openSpool, partOf, type Spool } from './spool/spool.ts'

/** A photo as a file names it, and what the file says. */
export type FoundPhoto = { path: string; withoutEnding: boolean; facts: PhotoFacts }

type OnDisk<T> = Iterable<T> & { readonly length: number }

export type Matched = {
  /** All that there are, in the order in which they were given; `facts`: null where no file is about it. */
  photos: OnDisk<{ path: string; facts: PhotoFacts | null }>
  /** How many of them files are about. */
  here: number
  /** In the files, but not there, in the order of the files. */
  missing: OnDisk<FoundPhoto>
}

export type Matching = {
  add(photo: FoundPhoto): void
  /** When all are added. `commonFolder`: that all of them lie in, as the files have it. */
  match(commonFolder: string, leave: (what: string, why: string) => void): Matched
  /** Gives the room of everything back. */
  close(): void
}

/** A text of the spool: what it is, a path, and what is said of it as JSON. */
type Line = { kind: string; path: string; facts: string }

const THERE = 't'
const WANTED = 'w'
const WANTED_WITHOUT_ENDING = 'e'

const lineOf = ({ kind, path, facts }: Line) => `${kind}${path.length} ${path}${facts}`
function readLine(text: string): Line {
  const start = text.indexOf(' ') + 1
  const end = start + Number(text.slice(1, start - 1))
  return { kind: text.slice(0, 1), path: text.slice(start, end), facts: text.slice(end) }
}
// `add` and `match` put them there.
const factsIn = (json: string) => JSON.parse(json) as PhotoFacts

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1)
const stemOf = (name: string) => name.replace(/\.[^.]+$/, '')
const slashed = (path: string) => path.normalize('NFC').replaceAll('\\', '/')

export function openMatching(photos: Iterable<string>, scratch?: string): Matching {
  const all = openSpool(scratch)
  const there = openSpool(scratch)
  const missing = openSpool(scratch)
  for (const path of photos)
    all.put(partOf(stemOf(nameOf(slashed(path))).toLowerCase()), lineOf({ kind: THERE, path, facts: '' }))
  return {
    add({ path, withoutEnding, facts }) {
      const name = nameOf(path.normalize('NFC'))
      const kind = withoutEnding ? WANTED_WITHOUT_ENDING : WANTED
      const part = partOf((withoutEnding ? name : stemOf(name)).toLowerCase())
      all.put(part, lineOf({ kind, path, facts: JSON.stringify(facts) }))
    },
    match(commonFolder, leave) {
      let here = 0
      for (const batch of all.batches()) here += matchBatch(batch, { commonFolder, leave, there, missing })
      all.close()
      return {
        here,
        photos: readAs(there, ({ path, facts }) => ({ path, facts: facts === '' ? null : factsIn(facts) })),
        missing: readAs(missing, ({ kind, path, facts }) => ({
          path,
          withoutEnding: kind === WANTED_WITHOUT_ENDING,
          facts: factsIn(facts),
        })),
      }
    },
    close() {
      all.close()
      there.close()
      missing.close()
    },
  }
}

const readAs = <T>(spool: Spool, make: (line: Line) => T): OnDisk<T> => ({
  length: spool.length,
  *[Symbol.iterator]() {
    for (const { text } of spool) yield make(readLine(text))
  },
})

type Place = { commonFolder: string; leave: (what: string, why: string) => void; there: Spool; missing: Spool }

/** Returns how many photos of the batch files are about. */
function matchBatch({ part, entries }: Batch, { commonFolder, leave, there, missing }: Place): number {
  const photos: { order: number; path: string }[] = []
  const wanted: (Line & { order: number })[] = []
  for (const { order, text } of entries) {
    const line = readLine(text)
    if (line.kind === THERE) photos.push({ order, path: line.path })
    else wanted.push({ order, ...line })
  }
  const find = createPhotoFinder(
    photos.map(({ path }) => path),
    commonFolder,
  )
  /** By the photo that is there: under which path a file has it, because two paths must not become one photo. */
  const said = new Map<string, { by: string; facts: string }>()
  for (const { order, ...line } of wanted) {
    const answer = find({ path: line.path, withoutEnding: line.kind === WANTED_WITHOUT_ENDING })
    if ('none' in answer) {
      if (answer.none === 'missing') missing.put(part, lineOf(line), order)
      else leave(line.path, 'Several photos have this name, and the path does not say which is meant.')
      continue
    }
    const before = said.get(answer.path)
    if (before === undefined) said.set(answer.path, { by: line.path, facts: line.facts })
    else if (before.by === line.path)
      before.facts = JSON.stringify(mergeFacts(factsIn(before.facts), factsIn(line.facts)))
    else leave(line.path, `The photo ${answer.path} was found for ${before.by} already.`)
  }
  for (const { order, path } of photos)
    there.put(part, lineOf({ kind: THERE, path, facts: said.get(path)?.facts ?? '' }), order)
  return said.size
}
