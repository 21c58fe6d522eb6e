// package.json is true: every dependency is imported somewhere or is a tool with a reason, whatever is imported is
// declared, versions are exact, and no package's install script goes unnoticed.

import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PRODUCT = ['api', 'classifiers', 'db', 'indexer', 'web']

/** Not imported by any file, and why each is here. */
const TOOLS: Record<string, string> = {
  '@biomejs/biome': 'lints and formats in `npm run check`',
  typescript: 'checks types in `npm run check`',
  tsx: 'runs TypeScript in every command',
  esbuild: 'compiles the tests (test/support/compiled)',
  '@types/node': 'the types of Node.js itself',
}

const versions = z.record(z.string(), z.string())
const packageSchema = z.object({
  scripts: versions,
  dependencies: versions,
  devDependencies: versions,
  allowScripts: z.record(z.string(), z.boolean()),
})
const lockSchema = z.object({
  packages: z.record(z.string(), z.object({ name: z.string().optional(), hasInstallScript: z.boolean().optional() })),
})

const read = (path: string) => readFile(join(ROOT, path), 'utf8')
const { scripts, dependencies, devDependencies, allowScripts } = packageSchema.parse(
  JSON.parse(await read('package.json')),
)
const lock = lockSchema.parse(JSON.parse(await read('package-lock.json')))

/** `@scope/name/file` and `name/file` without the file; null for files of the project, Node.js and icons. */
function packageOf(specifier: string): string | null {
  if (/^(\.|\/|\w+:)/.test(specifier)) return null
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

const IMPORTS = [
  /^import [^'"]*?from '([^']+)'/gm,
  /^export (?:type )?(?:\*|\{[^}]*\}) from '([^']+)'/gm,
  /^import '([^']+)'/gm,
  /\bimport\('([^']+)'\)/g,
]
/** Files that are read from a package: a path, or the start of one. */
const RESOLVED = /\bresolve\(['`]((?:@[\w-]+\/)?[\w-]+\/)/g

async function packagesUsedIn(rooms: readonly string[]) {
  const imported = new Set<string>()
  const resolved = new Set<string>()
  for (const room of rooms)
    for (const file of await readdir(join(ROOT, room), { recursive: true })) {
      if (!/\.tsx?$/.test(file) || /^dist\//.test(file)) continue
      const text = await read(join(room, file))
      const find = (expression: RegExp) => [...text.matchAll(expression)].flatMap((match) => packageOf(match[1]!) ?? [])
      for (const name of IMPORTS.flatMap(find)) imported.add(name)
      for (const name of find(RESOLVED)) resolved.add(name)
    }
  return { imported, resolved }
}

const product = await packagesUsedIn(PRODUCT)
const tests = await packagesUsedIn(['test'])
const all = { ...dependencies, ...devDependencies }

test('every dependency is used', () => {
  const used = new Set([product, tests].flatMap(({ imported, resolved }) => [...imported, ...resolved]))
  const isUsed = (name: string) => used.has(name.replace(/^@types\//, ''))
  assert.deepEqual(
    Object.keys(all).filter((name) => !isUsed(name) && !(name in TOOLS)),
    [],
  )
  assert.deepEqual(
    Object.keys(TOOLS).filter((name) => !(name in all)),
    [],
  )
})

test('whatever is imported is declared, for production too where the product imports it', () => {
  const missing = (imported: Iterable<string>, declared: Record<string, string>) =>
    [...imported].filter((name) => !(name in declared) && !(`@types/${name}` in devDependencies))
  assert.deepEqual(missing(product.imported, dependencies), [])
  assert.deepEqual(missing(product.resolved, dependencies), [])
  assert.deepEqual(missing(tests.imported, all), [])
})

test('versions are exact, and the migrations are made for the installed drizzle-orm', () => {
  assert.deepEqual(
    Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version)),
    [],
  )
  assert.ok(scripts['db:generate']?.includes(` drizzle-orm@${dependencies['drizzle-orm']} `))
})

test('install scripts are known and denied, and telemetry is not installed', async () => {
  const withScript = Object.entries(lock.packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => path.replace(/^.*node_modules\//, ''))
  const denied = Object.entries(allowScripts).filter(([, allowed]) => !allowed)
  assert.deepEqual(new Set(denied.map(([name]) => name)), new Set(withScript))
  assert.match(await read('.npmrc'), /^ignore-scripts=true$/m, 'npm 10 knows no allowScripts')
  assert.equal(lock.packages['node_modules/@scarf/scarf']?.name, 'empty-npm-package')
})
