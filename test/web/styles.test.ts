// Every class of the page has one place. web/style holds the classes that all components share. Any other sheet belongs
// to the component of the same name, and its classes begin with that name. A sheet without such a component is shared
// by those that import it.

import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join, normalize } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../web', import.meta.url))
const MOST_LINES = 300

type Sheet = {
  path: string
  name: string
  text: string
  shared: boolean
  compounds: string[][]
  selectors: string[][][]
}
type Component = { path: string; text: string; sheets: string[]; tokens: Set<string> }

const entries = (await readdir(root, { recursive: true })).filter((path) => !path.startsWith('dist/'))
const read = (path: string) => readFile(join(root, path), 'utf8')

/** Each selector as its compounds, each compound as its classes. */
function selectorsOf(css: string): string[][][] {
  const plain = css.replace(/\/\*[\s\S]*?\*\//g, '').replace(/@keyframes[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}/g, '')
  return [...plain.matchAll(/([^{};]+)\{/g)]
    .map(([, head]) => head!.trim())
    .filter((head) => !head.startsWith('@'))
    .flatMap((head) => head.split(/,(?![^(]*\))/))
    .map((selector) =>
      selector
        .trim()
        .split(/(?:\s*[>+~]\s*|\s+)(?![^(]*\))/)
        .map((compound) => [...compound.matchAll(/\.([\w-]+)/g)].map(([, name]) => name!)),
    )
}

async function sheets(): Promise<Sheet[]> {
  const components = new Set(entries.filter((path) => path.endsWith('.tsx')))
  return Promise.all(
    entries
      .filter((path) => path.endsWith('.css'))
      .map(async (path) => {
        const text = await read(path)
        const selectors = selectorsOf(text)
        const shared = !components.has(path.replace(/css$/, 'tsx'))
        return { path, name: basename(path, '.css'), text, shared, selectors, compounds: selectors.flat() }
      }),
  )
}

/** The class names that a component writes; one that ends in a hyphen goes on with a value. */
function tokensOf(text: string): Set<string> {
  const tokens = new Set<string>()
  const add = (words: string) => {
    for (const token of words.replace(/\$\{[^}]*\}/g, '').split(/\s+/)) if (token !== '') tokens.add(token)
  }
  for (const [, plain] of text.matchAll(/\bclass="([^"]*)"/g)) add(plain!)
  for (const [, expression] of text.matchAll(/\bclass=\{((?:[^{}]|\{[^{}]*\})*)\}/g))
    for (const [, quoted, template] of expression!.matchAll(/'([^']*)'|`([^`]*)`/g)) add(quoted ?? template ?? '')
  for (const [, list] of text.matchAll(/\bclassList=\{\{([\s\S]*?)\}\}/g))
    for (const [, quoted, bare] of list!.matchAll(/(?:'([\w-]+)'|(?<=^|[\s,{])(\w+)): /g)) add(quoted ?? bare ?? '')
  return tokens
}

async function components(): Promise<Component[]> {
  return Promise.all(
    entries
      .filter((path) => path.endsWith('.tsx'))
      .map(async (path) => {
        const text = await read(path)
        const imported = [...text.matchAll(/^import '(\.[^']+\.css)'/gm)]
        return {
          path,
          text,
          sheets: imported.map(([, from]) => normalize(join(dirname(path), from!))),
          tokens: tokensOf(text),
        }
      }),
  )
}

const allSheets = await sheets()
const allComponents = await components()
const isStyle = ({ path }: { path: string }) => path.startsWith('style/')
const own = allSheets.filter((sheet) => !isStyle(sheet))
const vocabulary = new Set(allSheets.filter(isStyle).flatMap(({ compounds }) => compounds.flat()))
/** The sheet that a class belongs to by its name: the longest name that it begins with. */
const ownerOf = (token: string) =>
  own
    .filter(({ name }) => token === name || token.startsWith(`${name}-`))
    .sort((a, b) => b.name.length - a.name.length)[0]

test('no two sheets have one name, and none is too long', () => {
  const names = own.map(({ name }) => name)
  assert.deepEqual(
    names.filter((name, i) => names.indexOf(name) !== i),
    [],
  )
  const long = allSheets.filter(({ text }) => text.split('\n').length > MOST_LINES)
  assert.deepEqual(
    long.map(({ path }) => path),
    [],
  )
})

test('a sheet styles its own classes, and what all share inside of them', () => {
  const faults: string[] = []
  for (const sheet of own)
    for (const selector of sheet.selectors) {
      const isOwn = (token: string) => ownerOf(token) === sheet
      const words = () => selector.map((compound) => compound.map((token) => `.${token}`).join('') || '*').join(' ')
      if (!selector.flat().some(isOwn)) faults.push(`${sheet.path}: ${words()} names no class of its own`)
      for (const compound of selector) {
        const foreign = compound.filter((token) => !isOwn(token) && !vocabulary.has(token))
        // A state such as `selected` is always combined with a class of the component.
        if (foreign.length > 0 && !(compound.some(isOwn) && foreign.every((token) => ownerOf(token) === undefined)))
          faults.push(`${sheet.path}: ${foreign.join(', ')} in ${words()}`)
      }
    }
  assert.ok(faults.length === 0, faults.join('\n'))
})

test('a component writes the classes of its own sheets and those that all share', () => {
  const faults: string[] = []
  for (const { path, sheets, tokens } of allComponents) {
    const mine = own.filter((sheet) => sheets.includes(sheet.path))
    for (const sheet of mine)
      if (!sheet.shared && sheet.path !== path.replace(/tsx$/, 'css')) faults.push(`${path} imports ${sheet.path}`)
    const known = mine.flatMap(({ compounds }) => compounds.flat())
    for (const token of tokens) {
      const isKnown = token.endsWith('-') ? known.some((one) => one.startsWith(token)) : known.includes(token)
      if (!isKnown && !vocabulary.has(token)) faults.push(`${path}: ${token}`)
    }
  }
  assert.ok(faults.length === 0, faults.join('\n'))
})

test('every class of a sheet is written somewhere', () => {
  const unused: string[] = []
  for (const sheet of allSheets) {
    const users = allComponents.filter(({ sheets }) => isStyle(sheet) || sheets.includes(sheet.path))
    for (const token of new Set(sheet.compounds.flat())) {
      if (!isStyle(sheet) && vocabulary.has(token)) continue
      const start = token.replace(/\d+$/, '')
      const pattern = new RegExp(`(?<![\\w-])${start}(?![\\w-]|$)${start === token ? '' : '?'}`)
      if (!users.some(({ text }) => pattern.test(text) || text.includes(`${start}\${`)))
        unused.push(`${sheet.path}: ${token}`)
    }
  }
  assert.ok(unused.length === 0, unused.join('\n'))
})

test('what lies above what is said in one scale', () => {
  const raw = allSheets.flatMap(({ path, text }) =>
    [...text.matchAll(/z-index:\s*([^;]+)/g)]
      .filter(([, value]) => !/^var\(--z-[\w-]+\)$/.test(value!))
      .map(() => path),
  )
  assert.deepEqual(raw, [])
})
