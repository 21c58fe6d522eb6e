// Prints the test files whose outcome may depend on the database or the queue, one a line: those that reach what opens
// one through their imports, that start processes, or that read the addresses of servers. All others show the same
// beside any server, so `.ci/run` runs them once.

import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const OPENS_SERVERS =
  /^(db\/connection\/connect|indexer\/queue\/bullmq|test\/support\/(database|processes|bucket))\.ts$/
const NAMES_SERVERS = /TEST_(DATABASE|QUEUE|S3|POSTGRES|REDIS)|\b(spawn|execFile|fork)\b/
/** A statement up to its path, also over several lines; one that imports types alone is erased. */
const IMPORT = /^(?:import|export)\s+(?!type\b)[^;]*?from\s+'(\.[^']+)'|import\(\s*'(\.[^']+)'\)|^import '(\.[^']+)'/gm

const imported = new Map<string, Promise<string[]>>()
function importsOf(path: string): Promise<string[]> {
  const known = imported.get(path) ?? readImports(path)
  imported.set(path, known)
  return known
}

async function readImports(path: string): Promise<string[]> {
  const text = /\.tsx?$/.test(path) ? await readFile(join(root, path), 'utf8').catch(() => '') : ''
  return [...text.matchAll(IMPORT)].map(([, a, b, c]) => normalize(join(dirname(path), a ?? b ?? c ?? '')))
}

async function needsServers(test: string): Promise<boolean> {
  const seen = new Set([test])
  for (const path of seen) {
    if (OPENS_SERVERS.test(path)) return true
    for (const target of await importsOf(path)) seen.add(target)
  }
  return NAMES_SERVERS.test(await readFile(join(root, test), 'utf8'))
}

/** The files of `npm test`. */
export async function serverFiles(): Promise<{ all: string[]; needing: string[] }> {
  const entries = await readdir(join(root, 'test'), { recursive: true, withFileTypes: true })
  const all = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => [3, 4].includes(path.split('/').length))
    .sort()
  const needing: string[] = []
  for (const path of all) if (await needsServers(path)) needing.push(path)
  return { all, needing }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log((await serverFiles()).needing.join('\n'))
