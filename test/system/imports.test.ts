// Who may import what. In: every import of every file. Out: a fault where a layer reaches up, or a second file reaches for a
// library, or for the environment, that one file stands for.

import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const LAYERS: Record<string, string[]> = {
  db: [],
  classifiers: [],
  // Speaks JSON ids still: the next step takes api out of this line.
  'classifiers/live': ['classifiers', 'db', 'api'],
  indexer: ['db', 'classifiers'],
  api: ['db', 'classifiers', 'classifiers/live', 'indexer'],
  web: ['api'],
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
  for (const layer of Object.keys(LAYERS).filter((name) => !name.includes('/'))) {
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

const layerOf = (path: string) => (path.startsWith('classifiers/live/') ? 'classifiers/live' : path.split('/')[0]!)

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

test('layers import only what lies below them; web imports types alone', () => {
  const faults: string[] = []
  for (const { path, imports } of files) {
    const layer = layerOf(path)
    for (const { from, typeOnly } of imports.filter((one) => one.from.startsWith('.'))) {
      const target = layerOf(normalize(join(dirname(path), from)))
      if (target === layer || !(target in LAYERS)) continue
      if (!LAYERS[layer]!.includes(target)) faults.push(`${path} imports ${from}`)
      else if (layer === 'web' && !typeOnly) faults.push(`${path} imports more than types from ${from}`)
    }
  }
  assert.deepEqual(faults, [])
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
