// Every file below a folder, whatever its name: symbolic links are followed, folders that a loop of links leads to are
// read once, and what cannot be read is listed instead of ending the walk.

import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { openDecoder } from '../plain-text.ts'

export type WalkedFile = {
  /** Below the folder, with `/`, as text in the form that the disk has. */
  path: string
  /** To open it; bytes where the name is no UTF-8. */
  at: string | Buffer
}

/** `leftOut`: what cannot be read. `ofSystem`: in a folder, or with a name, that belongs to a system. */
export type Walked = (WalkedFile & { type: 'file' | 'ofSystem' }) | { type: 'leftOut'; what: string; why: string }

/**
 * In the order of the whole paths. Memory holds the names of one folder, and of those around it. `isOfSystem` says
 * which names of files and folders belong to the system. Throws where `root` cannot be read.
 */
export async function* walkFolder(root: string, isOfSystem: (name: string) => boolean): AsyncGenerator<Walked> {
  const seen = new Set([await realpath(root)])
  yield* filesBelow({ path: '', at: root, ofSystem: false }, seen, isOfSystem)
}

type Folder = WalkedFile & { ofSystem: boolean }

async function* filesBelow(
  folder: Folder,
  seen: Set<string>,
  isOfSystem: (name: string) => boolean,
): AsyncGenerator<Walked> {
  const entries = await readdir(folder.at, { withFileTypes: true, encoding: 'buffer' }).catch((error: unknown) => {
    if (folder.path === '') throw error
    return codeOf(error)
  })
  if (typeof entries === 'string') {
    yield { type: 'leftOut', what: folder.path, why: `The folder cannot be read (${entries}).` }
    return
  }
  const found = await Promise.all(entries.map((entry) => look(entry, folder)))
  for (const { name, path, at, target, isLink } of found.sort((a, b) => (a.key < b.key ? -1 : 1))) {
    const leave = (why: string): Walked => ({ type: 'leftOut', what: path, why })
    const ofSystem = folder.ofSystem || isOfSystem(name)
    if (typeof target === 'string') yield leave(`It is a link that leads nowhere (${target}).`)
    else if (target.isFile()) yield { type: ofSystem ? 'ofSystem' : 'file', path, at }
    else if (!target.isDirectory()) {
      if (!ofSystem) yield leave('It is neither a file nor a folder.')
    } else if (isLink && seen.has(await realpath(at))) yield leave('It is a link to a folder that is read already.')
    else {
      // Only links lead to a folder a second time.
      if (isLink) seen.add(await realpath(at))
      yield* filesBelow({ path, at, ofSystem }, seen, isOfSystem)
    }
  }
}

/** `key`: sorts as the paths do that begin with it. */
async function look(entry: Dirent<Buffer>, folder: Folder) {
  const name = nameOf(entry.name)
  const path = folder.path === '' ? name : `${folder.path}/${name}`
  const at = joined(folder.at, entry.name, name)
  const isLink = entry.isSymbolicLink()
  const target = isLink ? await stat(at).catch(codeOf) : entry
  const key = typeof target !== 'string' && target.isDirectory() ? `${name}/` : name
  return { name, path, at, isLink, target, key }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)

/** Names that are no UTF-8 come from old disks and archives. */
function nameOf(bytes: Buffer): string {
  const decoder = openDecoder('utf-8')
  return decoder.push(bytes) + decoder.end()
}

function joined(folder: string | Buffer, bytes: Buffer, name: string): string | Buffer {
  if (typeof folder === 'string' && Buffer.from(name).equals(bytes)) return `${folder}/${name}`
  return Buffer.concat([Buffer.from(folder), Buffer.from('/'), bytes])
}
