// Builds the page for the browser walks, unless web/dist is newer than every source. Several walks share it.

import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url))
const WEB = join(PROJECT, 'web')

async function youngest(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const sources = entries.filter((entry) => entry.isFile() && !entry.parentPath.startsWith(join(WEB, 'dist')))
  const times = await Promise.all(
    sources.map(async (entry) => (await stat(join(entry.parentPath, entry.name))).mtimeMs),
  )
  return Math.max(0, ...times)
}

export async function buildPage(): Promise<void> {
  const built = await stat(join(WEB, 'dist', 'index.html')).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )
  const changed = Math.max(await youngest(WEB), (await stat(join(PROJECT, 'package-lock.json'))).mtimeMs)
  if (built > changed) return
  await build({ root: WEB, logLevel: 'error' })
}
