// Files laid into a folder of their own, for what reads folders.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after } from 'node:test'

/** Below `folder`, which is removed after the tests; `lay` makes another folder there and names it. */
export async function openLaidFiles(): Promise<{
  folder: string
  lay(files: Record<string, string | Uint8Array>): Promise<string>
}> {
  const folder = await mkdtemp(join(tmpdir(), 'clavis-laid-'))
  after(() => rm(folder, { recursive: true }))
  return {
    folder,
    async lay(files) {
      const root = await mkdtemp(join(folder, 'root-'))
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(join(root, path)), { recursive: true })
        await writeFile(join(root, path), content)
      }
      return root
    },
  }
}
