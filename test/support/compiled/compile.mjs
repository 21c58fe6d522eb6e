// The tests and the programs that they start as plain JavaScript, because every process that reads TypeScript through
// tsx spends 2 s of processor time on it before it begins. esbuild bundles all of them at once, with what they share in
// common chunks, into a folder named after the sources' contents, so that unchanged sources are not compiled again.
//
// A bundled file still knows where its source lies: `import.meta.url` becomes the source's address. Only an address of
// a program (`new URL('./worker.ts', import.meta.url)`) becomes that of the compiled program, which needs no tsx.

import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const CACHE = join(ROOT, 'node_modules', '.cache', 'clavis')
const ROOMS = ['api', 'classifiers', 'db', 'indexer', 'web', 'test']
/** What other test runs may still use is kept so long. */
const KEEP_MS = 24 * 3_600_000

const ADDRESS = /new URL\('(\.[^']*\.ts)', import\.meta\.url\)|import\.meta\.resolve\('(\.[^']*\.ts)'\)/g
/** What takes the place of tsx, which compiled programs do not need. */
const TSX = {
  "import.meta.resolve('tsx')": 'data:text/javascript,process.setSourceMapsEnabled(true)',
  "import.meta.resolve('tsx/esm/api')": 'data:text/javascript,export const register = () => {}',
}

async function readSources() {
  const files = await Promise.all(
    ROOMS.map(async (room) => {
      const names = await readdir(join(ROOT, room), { recursive: true })
      return names.filter((name) => /\.tsx?$/.test(name) && !name.startsWith('dist')).map((name) => join(room, name))
    }),
  )
  const paths = files.flat().sort()
  return await Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(ROOT, path), 'utf8') })))
}

/** The source that an address in the file at `path` names. */
const targetOf = (path, match) => join(dirname(path), match[1] ?? match[2])

function isTest(path) {
  return path.endsWith('.test.ts') || /^test\/browser\/[^/]+\.ts$/.test(path)
}

/** Replaces addresses without moving a line. */
function placeAddresses(path, text, compiledAt) {
  const quoted = (url) => JSON.stringify(String(url))
  let placed = text.replace(ADDRESS, (...match) => {
    const url = quoted(pathToFileURL(compiledAt(targetOf(path, match))))
    return match[1] ? `new URL(${url})` : url
  })
  for (const [call, url] of Object.entries(TSX)) placed = placed.replaceAll(call, quoted(url))
  return placed.replaceAll('import.meta.url', quoted(pathToFileURL(join(ROOT, path))))
}

/** @returns {Promise<(path: string) => string>} the compiled file of a test or program; paths are within the project */
export async function compileTests() {
  const sources = await readSources()
  const hash = createHash('sha256').update(await readFile(fileURLToPath(import.meta.url)))
  for (const { path, text } of sources) hash.update(path).update(text)
  const folder = join(CACHE, `compiled-${hash.digest('hex').slice(0, 16)}`)
  const compiledAt = (path) => join(folder, path.replace(/\.ts$/, '.mjs'))
  if (await stat(folder).catch(() => null)) return compiledAt

  const programs = sources.flatMap(({ path, text }) =>
    [...text.matchAll(ADDRESS)].map((match) => targetOf(path, match)),
  )
  const texts = new Map(sources.map(({ path, text }) => [path, text]))
  const entries = new Set([...texts.keys()].filter(isTest).concat(programs))
  const unfinished = `${folder}.${process.pid}`
  await build({
    absWorkingDir: ROOT,
    entryPoints: [...entries],
    outbase: ROOT,
    outdir: unfinished,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'error',
    plugins: [
      {
        name: 'addresses',
        setup: ({ onLoad }) =>
          onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
            const path = relative(ROOT, file)
            return { contents: placeAddresses(path, texts.get(path), compiledAt), loader: 'ts' }
          }),
      },
    ],
  })
  await removeOld()
  await rename(unfinished, folder).catch(async (error) => {
    // Another run has compiled the same meanwhile.
    await rm(unfinished, { recursive: true })
    await stat(folder).catch(() => {
      throw error
    })
  })
  return compiledAt
}

async function removeOld() {
  await mkdir(CACHE, { recursive: true })
  for (const name of await readdir(CACHE)) {
    const path = join(CACHE, name)
    if (!name.startsWith('compiled-') || Date.now() - (await stat(path)).mtimeMs < KEEP_MS) continue
    await rm(path, { recursive: true })
  }
}
