// YOLO as Ultralytics, Roboflow and Darknet lay it out: a text file of boxes for each photo, and a list of names.
// https://docs.ultralytics.com/datasets/detect. The label of `…/images/a/b.jpg` is `…/labels/a/b.txt`.

import { parse as parseYaml } from 'yaml'
import { boxAround, clipBox } from '../boxes.ts'
import { ExchangeError } from '../exchange-error.ts'
import { listOf, objectOf, textOf } from '../json-entries.ts'
import { kindOf } from '../labels.ts'
import { leftOut } from '../left-out.ts'
import { bytesOf, type FileSet, folderOf, type Reader } from '../reader.ts'
import { type Box, type ExchangeRecord, photoRecord } from '../records.ts'

const LINES = /^(\s*\d+(\s+-?[\d.]+(e-?\d+)?){4,}\s*(\r?\n|$))+/i
const isNames = (path: string) => /(^|\/)(classes\.txt|obj\.names|[^/]*\.names)$/i.test(path)

export const yolo: Reader = {
  name: 'yolo',
  title: 'YOLO labels',
  recognises: (head, path) =>
    isNames(path) ||
    (/\.ya?ml$/i.test(path) && /^\s*names\s*:/m.test(head)) ||
    (/\.txt$/i.test(path) &&
      !isNames(path) &&
      (LINES.test(cutLine(head)) || (head.trim() === '' && /(^|\/)labels\//.test(path)))),
  async *read(files, recognised) {
    const names = await readNames(files, recognised)
    yield { type: 'about', version: null, detector: null, threshold: null }
    let hasLabels = false
    for (const path of recognised) {
      if (!/\.txt$/i.test(path) || isNames(path)) continue
      hasLabels = true
      yield* readLabels(files, path, names)
    }
    if (!hasLabels)
      throw new ExchangeError('Expected label files (one .txt for each photo) but found only the list of names.')
  },
}

/** The last line of the first bytes may be cut. */
const cutLine = (head: string) => (head.length < 60_000 ? head : head.slice(0, head.lastIndexOf('\n') + 1))

/** Names by the folder that their list lies in. */
async function readNames(
  files: FileSet,
  recognised: Iterable<string>,
): Promise<{ folder: string; names: Map<string, string> }[]> {
  const found: { folder: string; names: Map<string, string> }[] = []
  for (const path of recognised) {
    const isYaml = /\.ya?ml$/i.test(path)
    if (!isYaml && !isNames(path)) continue
    const text = (await bytesOf(files, path, 4_000_000)).toString('utf8')
    found.push({
      folder: folderOf(path),
      names: isYaml ? namesOfYaml(text, path) : numbered(text.split(/\r?\n/).filter(Boolean)),
    })
  }
  return found.sort((a, b) => b.folder.length - a.folder.length)
}

function namesOfYaml(text: string, path: string): Map<string, string> {
  let document: unknown
  try {
    document = parseYaml(text, { maxAliasCount: 10 })
  } catch (error) {
    throw new ExchangeError(`Expected YAML in ${path} but it is damaged.`, { cause: error })
  }
  const { names } = objectOf(document)
  if (Array.isArray(names)) return numbered(listOf(names).map(textOf))
  return new Map(Object.entries(objectOf(names)).map(([id, name]) => [id, textOf(name)]))
}

const numbered = (names: string[]) => new Map(names.map((name, i) => [String(i), name.trim()]))

async function* readLabels(
  files: FileSet,
  path: string,
  lists: { folder: string; names: Map<string, string> }[],
): AsyncGenerator<ExchangeRecord> {
  const names = lists.find(({ folder }) => folder === '' || path.startsWith(`${folder}/`))?.names
  const text = (await bytesOf(files, path, 4_000_000)).toString('utf8')
  const record = photoRecord(photoOf(path), { withoutEnding: true, searched: true })
  const seen = new Set<string>()
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '' || seen.has(line)) continue
    seen.add(line)
    const box = readLine(line, names)
    if (box === null)
      yield leftOut(record.path, `Expected "class x y width height" but received "${line.slice(0, 80)}".`)
    else record.boxes.push(box)
  }
  if (record.boxes.length === 0) record.empty = { verified: true, by: null }
  yield record
}

/** Where the photo of a label file lies, without its ending. */
function photoOf(path: string): string {
  const stem = path.replace(/\.txt$/i, '')
  return stem.replace(/^(.*\/)?labels\//, '$1images/')
}

function readLine(line: string, names: Map<string, string> | undefined): Box | null {
  const [id = '', ...rest] = line.trim().split(/\s+/)
  const numbers = rest.map(Number)
  if (!/^\d+$/.test(id) || numbers.length < 4 || numbers.some((n) => !Number.isFinite(n))) return null
  const isPolygon = numbers.length >= 6 && numbers.length % 2 === 0
  const [x = 0, y = 0, width = 0, height = 0, score] = numbers
  const points: [number, number][] = []
  for (let i = 0; i + 1 < numbers.length; i += 2) points.push([numbers[i]!, numbers[i + 1]!])
  const bbox = clipBox(isPolygon ? boxAround(points) : [x - width / 2, y - height / 2, width, height])
  if (bbox === null) return null
  const confidence = !isPolygon && score !== undefined ? Math.min(1, Math.max(0, score)) : null
  const label = names?.get(id) ?? ''
  const kind = kindOf(label)
  const named =
    label === '' || kind !== null
      ? []
      : [{ taxon: wordsOf(label), verified: confidence === null, by: null, score: confidence }]
  return { bbox, kind: kind ?? 'animal', confidence, suppressed: false, statements: named }
}

const wordsOf = (label: string) =>
  /^\p{Lu}\p{Ll}+[ _]\p{Ll}/u.test(label)
    ? { label, scientificName: label.replaceAll('_', ' ') }
    : { label, commonName: label }

/** Beside a photo, for writers: `images/a.jpg` has `labels/a.txt`. */
export const labelPathOf = (photo: string): string =>
  `${photo.replace(/(^|\/)images\//, '$1labels/').replace(/\.[^./]+$/, '')}.txt`
