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

export type Walked = {
  /** Sorted by path. */
  files: WalkedFile[]
  /** In folders, or with names, that belong to a system. */
  ofSystems: string[]
  leftOut: { what: string; why: string }[]
}

/** `isOfSystem` says which names of files and folders belong to the system. Throws where `root` cannot be read. */
export async function walkFolder(root: string, isOfSystem: (name: string) => boolean): Promise<Walked> {
  const walked: Walked = { files: [], ofSystems: [], leftOut: [] }
  const seen = new Set([await realpath(root)])
  const waiting: Folder[] = [{ path: '', at: root, ofSystem: false }]
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const entries = await readdir(folder.at, { withFileTypes: true, encoding: 'buffer' }).catch((error: unknown) => {
      if (folder?.path === '') throw error
      return codeOf(error)
    })
    if (typeof entries === 'string')
      walked.leftOut.push({ what: folder.path, why: `The folder cannot be read (${entries}).` })
    else for (const entry of entries) await look(entry, folder, { walked, seen, waiting }, isOfSystem)
  }
  walked.files.sort((a, b) => (a.path < b.path ? -1 : 1))
  return walked
}

type Folder = WalkedFile & { ofSystem: boolean }

async function look(
  entry: Dirent<Buffer>,
  folder: Folder,
  { walked, seen, waiting }: { walked: Walked; seen: Set<string>; waiting: Folder[] },
  isOfSystem: (name: string) => boolean,
): Promise<void> {
  const name = nameOf(entry.name)
  const path = folder.path === '' ? name : `${folder.path}/${name}`
  const at = joined(folder.at, entry.name, name)
  const leave = (why: string) => walked.leftOut.push({ what: path, why })
  const ofSystem = folder.ofSystem || isOfSystem(name)
  const target = entry.isSymbolicLink() ? await stat(at).catch(codeOf) : entry
  if (typeof target === 'string') return void leave(`It is a link that leads nowhere (${target}).`)
  if (target.isFile()) {
    if (ofSystem) walked.ofSystems.push(path)
    else walked.files.push({ path, at })
  } else if (target.isDirectory()) {
    // Only links lead to a folder a second time.
    if (entry.isSymbolicLink()) {
      const real = await realpath(at)
      if (seen.has(real)) return void leave('It is a link to a folder that is read already.')
      seen.add(real)
    }
    waiting.push({ path, at, ofSystem })
  } else if (!ofSystem) leave('It is neither a file nor a folder.')
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
