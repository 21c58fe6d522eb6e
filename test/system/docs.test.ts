// The documentation is true: whatever README files and model cards name exists, and whatever people use is named.
// Figures are not checked here: the commands beside them measure them again.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { settingsSchema } from '../../api/config.ts'
import { openTestService, type TestService } from '../support/service.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const ROOMS = ['api', 'classifiers', 'db', 'indexer', 'test', 'web']
const ROOMS_WITH_A_PAGE = ['api', 'classifiers', 'db', 'indexer', 'web', 'test/bench']
const VARIABLES = Object.keys(settingsSchema.shape)
const MOST_LINES = 200
/** Variables that other programs read, or that only tests and measurements do. */
const FOREIGN_VARIABLES = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'NVIDIA_TF32_OVERRIDE',
  'POSTGRES_SHARED_BUFFERS',
  'TEST_DATABASE_URL',
  'TEST_QUEUE_URL',
  'TEST_S3_ENDPOINT',
]
/** Placeholders, which the reader replaces. */
const PLACEHOLDERS = ['FROM_URL', 'TO_URL']
/** Paths outside the project, or made by a command. */
const ELSEWHERE = /^(\.\.\/shared|node_modules|web\/dist|DATA_DIR)(\/|$)|\/NAME$/
const TERMS = [
  ...['taxon', 'rank', 'rankLevel', 'taxonomy', 'media', 'detection', 'bbox', 'confidence', 'crop', 'embedding'],
  ...['model', 'identification', 'exemplar', 'prototype', 'neighbour', 'suggestion', 'probability', 'calibration'],
  ...['back off', 'novelty', 'action', 'mark', 'queue', 'forecast', 'selection', 'tree', 'lesson'],
]

type Page = { path: string; text: string }

async function readPages(): Promise<Page[]> {
  const paths = ['README.md']
  for (const room of ROOMS)
    for (const entry of await readdir(join(ROOT, room), { recursive: true }))
      if (/(^|\/)(README|CARD)\.md$/.test(entry)) paths.push(`${room}/${entry}`)
  return await Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(ROOT, path), 'utf8') })))
}

const pages = await readPages()
const readme = pages[0]!.text
const read = (path: string) => readFile(join(ROOT, path), 'utf8')
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(await read('package.json')))

/** What the expression's first group finds on any page and `accept` refuses, with the page's path. */
function faults(expression: RegExp, accept: (found: string, page: Page) => boolean): string[] {
  return pages.flatMap((page) =>
    [...page.text.matchAll(expression)]
      .map((match) => match[1]!)
      .filter((found) => !accept(found, page))
      .map((found) => `${page.path}: ${found}`),
  )
}

/** The anchors that GitHub gives to a page's headings. */
const anchorsOf = (text: string) =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )

const section = (heading: string) => readme.split(`\n## ${heading}\n`)[1]!.split('\n## ')[0]!

let service: TestService
let described: string[]
before(async () => {
  service = await openTestService()
  described = Object.keys((await service.read<{ paths: object }>(200, '/api/openapi.json')).paths)
})
after(() => service.close())

test('the front page is short, and links to the page of every large room', () => {
  assert.ok(readme.trimEnd().split('\n').length <= MOST_LINES)
  for (const room of ROOMS_WITH_A_PAGE) assert.ok(readme.includes(`](${room}/README.md`), room)
})

test('every command that is named exists, and every command for people is named', async () => {
  assert.deepEqual(
    faults(/npm run ([\w:-]+)/g, (name) => name in scripts),
    [],
  )
  for (const name of Object.keys(scripts)) assert.match(readme, new RegExp(`npm (run )?${name}\\b`), name)
  const benches = [...(await read('test/bench/main.ts')).matchAll(/^ {2}(\w+): \(\) =>/gm)].map(([, name]) => name!)
  for (const name of benches) assert.ok(section('Commands').includes(`\`${name}\``), name)
  assert.deepEqual(
    faults(/npm run bench -- ([a-z][\w-]*)/g, (name) => benches.includes(name)),
    [],
  )
})

test('every option that is named with a command is one that some command has', async () => {
  const sources: string[] = []
  for (const folder of ['api/commands', 'test/bench'])
    for (const entry of await readdir(join(ROOT, folder), { recursive: true }))
      if (entry.endsWith('.ts')) sources.push(await read(`${folder}/${entry}`))
  // drizzle-kit's own.
  const known = new Set(['name', ...sources.join().matchAll(/--([a-z][a-z-]+)/g)].map((one) => String(one[1] ?? one)))
  const commands = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/npm run [\w:-]+ -- ([^\n`']*)/g)].map(([, options]) => ({ path, options: options! })),
  )
  for (const { path, options } of commands)
    for (const [, option] of options.matchAll(/--([a-z][a-z-]+)/g))
      assert.ok(known.has(option!), `${path}: --${option}`)
})

test('every setting is described, and no other', () => {
  const rows = [...section('Settings').matchAll(/^\| (`[^|]*`) \|/gm)]
  const told = rows.flatMap(([, names]) => [...names!.matchAll(/[A-Z][A-Z\d_]+/g)].map(([name]) => name))
  assert.deepEqual(told.toSorted(), VARIABLES.toSorted())
  const known = [...VARIABLES, ...FOREIGN_VARIABLES, ...PLACEHOLDERS]
  assert.deepEqual(
    faults(/\b([A-Z][A-Z\d]*_[A-Z\d_]*[A-Z\d])\b(?!\.)/g, (name) => known.includes(name)),
    [],
  )
})

test('every address of the service that is named answers', async () => {
  const unknown: string[] = []
  for (const { path, text } of pages)
    for (const [, address] of text.matchAll(/(?<![\w.~])(\/(?:api\/[\w./{}-]*\w|healthz|readyz|metrics))\b/g)) {
      // A file of the folder `api` is no address.
      if (/\.(ts|md)$/.test(address!) || described.includes(address!)) continue
      const { status, body } = await service.ask(address!)
      await body?.cancel()
      if (status === 404) unknown.push(`${path}: ${address}`)
    }
  assert.deepEqual(unknown, [])
})

test('every view that is named has an address on the page', async () => {
  const routes = [...(await read('web/app.tsx')).matchAll(/<Route path="([^":*]*?)\/?(?::[^"]*)?"/g)].map(
    ([, path]) => path,
  )
  assert.ok(routes.includes('/review') && routes.includes('/add/false-triggers'))
  assert.deepEqual(
    faults(/\(`(\/[\w/-]*)`\)/g, (address) => routes.includes(address === '/' ? '' : address)),
    [],
  )
})

test('every link leads to a file, and to a heading in it', () => {
  assert.deepEqual(
    faults(/(?:\]\(|src=")((?!https?:)[^)"\s]+)/g, (link, { path, text }) => {
      const [to, anchor] = link.split('#')
      const target = to ? join(dirname(path), to) : path
      if (!existsSync(join(ROOT, target))) return false
      const page = pages.find((one) => one.path === target)?.text ?? text
      return anchor === undefined || anchorsOf(page).includes(anchor)
    }),
    [],
  )
})

test('every file and folder that is named is there', async () => {
  const there = ['.ci/run', ...(await readdir(ROOT))]
  for (const room of ROOMS)
    for (const entry of await readdir(join(ROOT, room), { recursive: true })) there.push(`${room}/${entry}`)
  const exists = (named: string, page: Page) => {
    if (ELSEWHERE.test(named)) return true
    const pattern = named.replace(/\/$/, '').replaceAll('.', '\\.').replaceAll('*', '[^/]*')
    // A bare name may be in any folder; a path begins at the project or at the page's folder.
    const from = named.includes('/') ? `(${dirname(page.path)}/)?` : '(.*/)?'
    return there.some((entry) => new RegExp(`^${from}${pattern}$`).test(entry))
  }
  assert.deepEqual(faults(/`(\.?[\w-][\w.*-]*(?:\/[\w.*-]*)+)`/g, exists), [])
  assert.deepEqual(faults(/`([\w-]+\.(?:bin|json|md|py|sh|tsx?|yaml))`/g, exists), [])
})

test('the glossary has its terms', () => {
  const told = [...section('Glossary').matchAll(/\*\*([^*]+)\*\*/g)].map(([, term]) => term)
  for (const term of TERMS) assert.ok(told.includes(term), term)
})
