// A labelled library for measuring, from a CSV with columns path, ranks, group, split, bboxes; and photos from unknown
// cameras. Embeddings are kept under .cache/, by manifest, photo and box, so a second run starts at once. They lie in
// memory that threads share.

import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parse } from 'csv-parse/sync'
import type { Library, Photo } from '../../../classifiers/evaluation/methods.ts'
import type { Stranger } from '../../../classifiers/evaluation/strangers.ts'
import type { TaxonNode } from '../../../classifiers/taxonomy.ts'
import { type Bbox, RANK_LEVELS, RANKS } from '../../../db/schema.ts'
import { analyse } from '../../../indexer/analyse.ts'
import type { Models } from '../../../indexer/models/models.ts'
import { readTaxonomyFile } from '../../interchange/taxonomy-files.ts'
import { UsageError } from '../usage.ts'

const CACHE = '.cache/embeddings'
/** Photos embedded at the same time, to fill the models' batches. */
const AT_ONCE = 16

type Row = Record<string, string> & { path: string }

type OnProgress = (done: number, of: number, note: string) => void

/**
 * A row without boxes is its whole photo; of several boxes the largest counts. Throws UsageError for a CSV of another
 * shape.
 */
export async function readLibrary(csv: string, models: Models, onProgress: OnProgress): Promise<Library> {
  const rows = await rowsOf(csv)
  const list = new TaxonList()
  for (const row of rows) list.taxonOf(row)
  const labelled = rows.filter((row) => list.taxonOf(row) !== null)
  const embedded = await embedAll(csv, labelled, ({ bboxes = '' }) => boxOf(bboxes), models, onProgress)
  const photos = embedded.map(({ row, embedding }): Photo => {
    // `!`: rows without a taxon were left out.
    const taxonId = list.taxonOf(row)!
    return { path: row.path, taxonId, group: row.group || row.path, test: row.split === 'test', embedding }
  })
  return { taxa: list.taxa, names: list.names, photos }
}

/**
 * Photos from unknown cameras, with the library's taxa and theirs. Columns path, ranks, kind (an animal or not),
 * domain, source, split (`dev`: the cap was developed on it) and original, the photo a crop was cut from. A crop is
 * embedded whole. Throws UsageError for a CSV of another shape.
 */
export async function readStrangers(
  csv: string,
  library: Library,
  models: Models,
  onProgress: OnProgress,
): Promise<{ taxa: readonly TaxonNode[]; strangers: Stranger[] }> {
  const rows = await rowsOf(csv)
  for (const column of ['kind', 'domain', 'source', 'split'])
    if (rows[0]![column] === undefined) throw new UsageError(`Expected a column ${column} in ${csv}.`)
  const list = new TaxonList(library)
  const isAnimal = ({ kind }: Row): boolean => kind === 'animal'
  for (const row of rows) if (isAnimal(row)) list.taxonOf(row)
  // An animal that nobody could name says nothing about right and wrong.
  const usable = rows.filter((row) => !isAnimal(row) || list.taxonOf(row) !== null)
  const embedded = await embedAll(csv, usable, () => [0, 0, 1, 1], models, onProgress)
  const strangers = embedded.map(({ row, embedding }): Stranger => {
    const source = row.source ?? ''
    return {
      taxonId: isAnimal(row) ? list.taxonOf(row) : null,
      group: `${source} ${row.original || row.path}`,
      embedding,
      source,
      isTrap: row.domain === 'trap',
      isDevelopment: row.split === 'dev',
    }
  })
  return { taxa: list.taxa, strangers }
}

async function rowsOf(csv: string): Promise<Row[]> {
  const rows: Row[] = parse(await readFile(csv), { columns: true, skip_empty_lines: true, bom: true })
  if (rows.length === 0 || rows[0]!.path === undefined)
    throw new UsageError(`Expected rows with a column path in ${csv}.`)
  return rows
}

/** In the order of the rows, without those whose photo cannot be read. */
async function embedAll(
  csv: string,
  rows: readonly Row[],
  bboxOf: (row: Row) => Bbox,
  models: Models,
  onProgress: OnProgress,
): Promise<{ row: Row; embedding: Float32Array }[]> {
  // With another manifest the same weights see other crops, or other pixels.
  const manifest = createHash('sha256').update(JSON.stringify(models.embedder.manifest)).digest('hex')
  const folder = join(CACHE, manifest.slice(0, 16))
  await mkdir(folder, { recursive: true })
  const size = models.embedder.dimensions
  const values = new Float32Array(new SharedArrayBuffer(rows.length * size * Float32Array.BYTES_PER_ELEMENT))
  const done = new Set<number>()
  const faults: string[] = []
  for (let start = 0; start < rows.length; start += AT_ONCE) {
    const block = rows.slice(start, start + AT_ONCE).map(async (row, k): Promise<void> => {
      try {
        values.set(await embeddingOf(join(dirname(csv), row.path), bboxOf(row), models, folder), (start + k) * size)
        done.add(start + k)
      } catch (error) {
        faults.push(`${row.path}: ${error instanceof Error ? error.message : String(error)}`)
      }
    })
    await Promise.all(block)
    onProgress(Math.min(rows.length, start + AT_ONCE), rows.length, faults.length > 0 ? `${faults.length} failed` : '')
  }
  if (done.size === 0) throw new UsageError(`No photo of ${csv} could be used. The first: ${faults[0] ?? 'no labels'}`)
  return rows.flatMap((row, i) => (done.has(i) ? [{ row, embedding: values.subarray(i * size, (i + 1) * size) }] : []))
}

/** Whether a CSV names taxa at all: a list of boxed photos alone is good for measuring a detector. */
export async function namesTaxa(csv: string): Promise<boolean> {
  const [header = []] = parse(await readFile(csv), { bom: true, to_line: 1 }) as string[][]
  return header.some((column) => column in RANK_LEVELS)
}

/**
 * The same library with the taxa of a taxonomy file added. A listed taxon of the same name and rank is the library's
 * own.
 */
export async function withUntaught(library: Library, file: string): Promise<Library> {
  const { listed } = await readTaxonomyFile(await readFile(file), basename(file), 'untaught')
  const taxa = [...library.taxa]
  const nameOf = (rankLevel: number, name: string) => `${rankLevel} ${name.toLowerCase()}`
  const own = new Map(taxa.map(({ id, rankLevel }) => [nameOf(rankLevel, library.names.get(id) ?? ''), id]))
  const byKey = new Map(listed.map((one) => [one.key, one]))
  const ids = new Map<string, number>()
  const place = (key: string): number | null => {
    const one = byKey.get(key)
    if (!one) return null
    const rankLevel = RANK_LEVELS[one.rank]
    let id = ids.get(key) ?? own.get(nameOf(rankLevel, one.name))
    if (id === undefined) {
      const parentId = one.parentKey === null ? null : place(one.parentKey)
      id = taxa.length + 1
      taxa.push({ id, parentId, rankLevel })
    }
    ids.set(key, id)
    return id
  }
  for (const { key } of listed) place(key)
  return { ...library, taxa }
}

/** Taxa numbered in the order in which rows name them, after those of a library. */
class TaxonList {
  readonly taxa: TaxonNode[] = []
  readonly names = new Map<number, string>()
  readonly #ids = new Map<string, number>()

  constructor(library?: Library) {
    for (const taxon of library?.taxa ?? []) this.#add(taxon, library?.names.get(taxon.id) ?? '')
  }

  /** Of the lowest rank that a row names, with all above it; null where it names none. */
  taxonOf(row: Row): number | null {
    let parentId: number | null = null
    for (const rank of RANKS) {
      const name = row[rank]?.trim()
      if (!name) continue
      const taxon: TaxonNode = { id: this.taxa.length + 1, parentId, rankLevel: RANK_LEVELS[rank] }
      parentId = this.#ids.get(this.#keyOf(taxon, name)) ?? this.#add(taxon, name)
    }
    return parentId
  }

  #add(taxon: TaxonNode, name: string): number {
    this.taxa.push(taxon)
    this.names.set(taxon.id, name)
    this.#ids.set(this.#keyOf(taxon, name), taxon.id)
    return taxon.id
  }

  #keyOf({ parentId, rankLevel }: TaxonNode, name: string): string {
    return `${parentId} ${rankLevel} ${name}`
  }
}

function boxOf(text: string): Bbox {
  const boxes = text
    .split(';')
    .map((box) => box.trim().split(/\s+/).map(Number))
    .filter((box) => box.length === 4 && box.every(Number.isFinite))
  boxes.sort((a, b) => b[2]! * b[3]! - a[2]! * a[3]!)
  const [x, y, width, height] = boxes[0] ?? [0, 0, 1, 1]
  return [x!, y!, width!, height!]
}

async function embeddingOf(file: string, box: Bbox, models: Models, folder: string): Promise<Float32Array> {
  const bytes = await readFile(file)
  const cached = join(folder, createHash('sha256').update(bytes).update(box.join(' ')).digest('hex'))
  try {
    const kept = await readFile(cached)
    if (kept.length === models.embedder.dimensions * 4) return new Float32Array(new Uint8Array(kept).buffer)
  } catch {
    // Not cached yet: made below.
  }
  const { detections } = await analyse(bytes, models, { boxes: [box], crops: false })
  const embedding = detections[0]?.embedding
  if (!embedding) throw new Error('no embedding was made')
  await writeFile(cached, new Uint8Array(embedding.buffer, embedding.byteOffset, embedding.byteLength))
  return embedding
}
