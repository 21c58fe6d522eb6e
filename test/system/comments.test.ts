// Comments stay readable: at most 120 columns wide, and without a header of inputs and outputs, which types say better.

import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const FOLDERS = ['api', 'classifiers', 'db', 'indexer', 'test', 'web']
const OTHERS = ['.ci/run', 'compose.yaml', 'Dockerfile']
const WIDEST = 120

test('comments are at most 120 columns wide and speak in sentences', async () => {
  const wrong: string[] = []
  let read = 0
  const entries = await Promise.all(
    FOLDERS.map(async (folder) => {
      const below = await readdir(join(root, folder), { recursive: true })
      return below.filter((path) => !path.startsWith('dist/')).map((path) => join(folder, path))
    }),
  )
  const sources = entries.flat().filter((entry) => /\.(tsx?|css|mjs|sh|py)$/.test(entry))
  for (const path of [...sources, ...OTHERS]) {
    const comment = /\.(tsx?|css|mjs)$/.test(path) ? /^\s*\/?\*|(?:^|\s)\/\/ / : /^\s*# |\s{2}# |^"{3}/
    read++
    const lines = (await readFile(join(root, path), 'utf8')).split('\n')
    for (const [index, line] of lines.entries()) {
      if (!comment.test(line)) continue
      if (line.length > WIDEST) wrong.push(`${path}:${index + 1} is ${line.length} columns wide`)
      if (/\bIn: .*\bOut: /.test(line)) wrong.push(`${path}:${index + 1} says "In: … Out: …"`)
    }
  }
  assert.ok(read > 500, `only ${read} files were found`)
  assert.deepEqual(wrong, [])
})
