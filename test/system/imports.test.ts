// Who may import what: every import of every file, types included, against one table of rooms. A room is a folder or a
// single file; the longest entry that a path begins with is its room.

import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const LAYERS = ['db', 'classifiers', 'indexer', 'api', 'web']

const DATABASE_BASE = ['db', 'db/connection']
/** Ordered: each may import those before it. */
const DATABASE_NOUNS = ['db/trees', 'db/taxonomy', 'db/statements', 'db/photos', 'db/history', 'db/people']
const DATABASE = [...DATABASE_BASE, ...DATABASE_NOUNS, 'db/copy', 'db/insight']
const INDEXER = ['indexer', 'indexer/inference', 'indexer/models', 'indexer/photos', 'indexer/queue']
const PURE = [
  'classifiers',
  'classifiers/surroundings',
  'classifiers/fitting',
  'classifiers/labels',
  'classifiers/asking',
  'classifiers/unknowns',
  'classifiers/boxes',
  'classifiers/bursts',
  'classifiers/evaluation',
]
const BELOW_API = [...DATABASE, ...INDEXER, ...PURE, 'classifiers/map', 'classifiers/live']
/** What each of the API's domains may use; never another domain. */
const DOMAIN = [
  ...BELOW_API,
  'api/contract',
  'api/http',
  'api/present',
  'api/interchange',
  'api/change.ts',
  'api/service.ts',
  'api/config.ts',
]
const DOMAINS = ['api/people', 'api/photos', 'api/review', 'api/taxonomy', 'api/insight', 'api/installation']
const VIEWS = [
  'review',
  'grid',
  'add',
  'taxa',
  'insight',
  'history',
  'identify',
  'overview',
  'photos',
  'results',
  'deployments',
  'people',
  'models',
  'labels',
  'imports',
  'unknowns',
].map((view) => `web/${view}`)
/** What the views share, ordered: each may import those before it. */
const PAGE = ['icons', 'person', 'server', 'keys', 'parts', 'filter', 'charts', 'teaching', 'upload', 'shell'].map(
  (room) => `web/${room}`,
)

/** A room, and the rooms that it may import besides itself. */
const ROOMS: Record<string, readonly string[]> = {
  db: ['db/connection'],
  'db/connection': ['db'],
  'db/copy': DATABASE_BASE,
  'db/insight': DATABASE_BASE,
  ...Object.fromEntries(DATABASE_NOUNS.map((room, i) => [room, [...DATABASE_BASE, ...DATABASE_NOUNS.slice(0, i)]])),
  classifiers: [],
  'classifiers/boxes': ['classifiers', 'classifiers/fitting'],
  'classifiers/bursts': ['classifiers'],
  'classifiers/fitting': ['classifiers'],
  'classifiers/labels': ['classifiers', 'classifiers/fitting'],
  'classifiers/unknowns': ['classifiers', 'classifiers/labels', 'classifiers/asking'],
  'classifiers/asking': ['classifiers', 'classifiers/fitting', 'classifiers/labels'],
  'classifiers/evaluation': [
    'classifiers',
    'classifiers/fitting',
    'classifiers/surroundings',
    'classifiers/asking',
    'classifiers/labels',
  ],
  'classifiers/map': ['classifiers'],
  'classifiers/surroundings': ['classifiers'],
  'classifiers/live': [...PURE, ...DATABASE],
  ...Object.fromEntries(INDEXER.map((room) => [room, [...INDEXER, ...DATABASE]])),
  'api/contract': [],
  'api/http': ['api/contract'],
  'api/present': ['api/contract', ...BELOW_API],
  'api/interchange': ['api/contract', ...BELOW_API],
  ...Object.fromEntries(DOMAINS.map((room) => [room, DOMAIN])),
  // Sentences about settings read like those about requests.
  'api/config.ts': ['api/http', 'indexer/photos'],
  'api/service.ts': ['api/config.ts', 'api/contract', 'api/http', ...BELOW_API],
  'api/change.ts': ['api/contract', 'api/http', 'api/present', 'api/service.ts', ...BELOW_API],
  'api/open-service.ts': [...DOMAIN, ...DOMAINS],
  'api/faults.ts': ['api/http', ...BELOW_API],
  'api/app.ts': [...DOMAIN, ...DOMAINS, 'api/faults.ts'],
  'api/commands': [...DOMAIN, ...DOMAINS, 'api/app.ts', 'api/open-service.ts'],
  'api/main.ts': ['api/commands'],
  ...Object.fromEntries(PAGE.map((room, i) => [room, ['api/contract', 'api/app.ts', ...PAGE.slice(0, i)]])),
  ...Object.fromEntries(VIEWS.map((view) => [view, ['api/contract', 'api/app.ts', ...PAGE]])),
  web: [...VIEWS, ...PAGE],
}

/** Library or global, and the only files or folders that may use it. */
const ONLY: [what: RegExp, where: RegExp][] = [
  [/^onnxruntime-node$/, /^indexer\/inference\/onnx\.ts$/],
  [/^bullmq$|^ioredis$/, /^indexer\/queue\/[\w-]+\.ts$/],
  [/^ml-logistic-regression$/, /^classifiers\/fitting\/[\w-]+\.ts$/],
  [/^@electric-sql\//, /^db\/connection\/[\w-]+\.ts$/],
]

type File = { path: string; text: string; imports: { from: string; typeOnly: boolean }[] }

async function sources(): Promise<File[]> {
  const files: File[] = []
  for (const layer of LAYERS) {
    const entries = await readdir(join(root, layer), { recursive: true })
    for (const entry of entries.filter((name) => /\.tsx?$/.test(name) && !/^dist\//.test(name))) {
      const path = `${layer}/${entry}`
      const text = await readFile(join(root, path), 'utf8')
      const imports = [
        ...text.matchAll(
          /^\s*(import|export)\s+(type\s)?[^'"`;]*?from\s+'([^']+)'|import\('([^']+)'\)|^import\s+'([^']+)'/gm,
        ),
      ]
      files.push({
        path,
        text,
        imports: imports.map((m) => ({ from: (m[3] ?? m[4] ?? m[5])!, typeOnly: m[2] !== undefined })),
      })
    }
  }
  return files
}

/** The file of this project that an import names. */
const targetOf = (path: string, from: string) => normalize(join(dirname(path), from))

const roomOf = (path: string): string | undefined =>
  Object.keys(ROOMS)
    .filter((room) => path === room || path.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0]

const files = await sources()

test('there are files in every layer that has begun, and their imports are seen', () => {
  for (const layer of ['db', 'classifiers', 'indexer', 'api'])
    assert.ok(
      files.some((file) => file.path.startsWith(`${layer}/`)),
      layer,
    )
  const app = files.find((file) => file.path === 'api/app.ts')
  assert.ok(app && app.imports.length > 10)
})

test('every file lies in a room, and every room has files', () => {
  assert.deepEqual(
    files.filter(({ path }) => roomOf(path) === undefined).map(({ path }) => path),
    [],
  )
  const used = new Set(files.map(({ path }) => roomOf(path)))
  assert.deepEqual(
    Object.keys(ROOMS).filter((room) => !used.has(room)),
    [],
  )
})

test('no folder has more than 20 source files', async () => {
  const sizes = new Map<string, number>()
  const tests = (await readdir(join(root, 'test'), { recursive: true })).filter((name) => /\.(tsx?|mjs)$/.test(name))
  for (const path of [...files.map((file) => file.path), ...tests.map((name) => join('test', name))])
    sizes.set(dirname(path), (sizes.get(dirname(path)) ?? 0) + 1)
  assert.deepEqual(
    [...sizes].filter(([, size]) => size > 20),
    [],
  )
})

test('layers import only what lies below them; web imports types alone', () => {
  const faults: string[] = []
  for (const { path, imports } of files) {
    const room = roomOf(path)!
    for (const { from, typeOnly } of imports.filter((one) => one.from.startsWith('.'))) {
      const target = targetOf(path, from)
      const targetRoom = roomOf(target)
      // The page's styles and other files that are not code.
      if (targetRoom === undefined || targetRoom === room) continue
      if (!ROOMS[room]!.includes(targetRoom)) faults.push(`${path} imports ${target}`)
      else if (room.startsWith('web') && targetRoom.startsWith('api') && !typeOnly)
        faults.push(`${path} imports more than types from ${target}`)
    }
  }
  assert.deepEqual(faults, [])
})

test('no file imports itself through others, types included', () => {
  const imports = new Map(
    files.map(({ path, imports }) => [
      path,
      imports.filter(({ from }) => from.startsWith('.')).map(({ from }) => targetOf(path, from)),
    ]),
  )
  const cycles: string[] = []
  const done = new Set<string>()
  const visit = (path: string, above: string[]) => {
    const start = above.indexOf(path)
    if (start >= 0) cycles.push([...above.slice(start), path].join(' > '))
    if (start >= 0 || done.has(path)) return
    for (const target of imports.get(path) ?? []) visit(target, [...above, path])
    done.add(path)
  }
  for (const path of imports.keys()) visit(path, [])
  assert.deepEqual(cycles, [])
})

test('some libraries have one importer', () => {
  const faults = files.flatMap(({ path, imports }) =>
    imports
      .filter(({ from }) => ONLY.some(([what, where]) => what.test(from) && !where.test(path)))
      .map(({ from }) => `${path} imports ${from}`),
  )
  assert.deepEqual(faults, [])
  const importers = (name: string) => files.filter((file) => file.imports.some(({ from }) => from === name))
  for (const name of ['onnxruntime-node', 'bullmq', 'ml-logistic-regression'])
    assert.ok(importers(name).length <= 1, name)
})

test('the environment is read in api/config.ts alone', () => {
  const faults = files
    .filter(({ path, text }) => path !== 'api/config.ts' && /process\.env\b/.test(text))
    .map(({ path }) => path)
  assert.deepEqual(faults, [])
})
