// A labelled library for measuring, from a CSV with the columns path, ranks, group, split and bboxes. Embeddings are
// cached under .cache/ by manifest, photo and box, so a second run starts at once.

import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parse } from 'csv-parse/sync'
import type { Library, Photo } from '../../../classifiers/evaluation/methods.ts'
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

/**
 * A row without boxes is its whole photo; of several boxes the largest counts. Throws UsageError for a CSV of another
 * shape.
 */
export async function readLibrary(
  csv: string,
  models: Models,
  onProgress: (done: number, of: number, note: string) => void,
): Promise<Library> {
  const rows: Row[] = parse(await readFile(csv), { columns: true, skip_empty_lines: true, bom: true })
  if (rows.length === 0 || rows[0]!.path === undefined)
    throw new UsageError(`Expected rows with a column path in ${csv}.`)
  const { taxa, names, taxonOf } = taxaOf(rows)
  // With another manifest the same weights see other crops, or other pixels.
  const manifest = createHash('sha256').update(JSON.stringify(models.embedder.manifest)).digest('hex')
  const folder = join(CACHE, manifest.slice(0, 16))
  await mkdir(folder, { recursive: true })
  const photos: Photo[] = []
  const faults: string[] = []
  for (let start = 0; start < rows.length; start += AT_ONCE) {
    const block = rows.slice(start, start + AT_ONCE).map(async (row): Promise<void> => {
      const taxonId = taxonOf(row)
      if (taxonId === null) return
      try {
        const embedding = await embeddingOf(join(dirname(csv), row.path), boxOf(row.bboxes ?? ''), models, folder)
        const group = row.group || row.path
        photos.push({ path: row.path, taxonId, group, test: row.split === 'test', embedding })
      } catch (error) {
        faults.push(`${row.path}: ${error instanceof Error ? error.message : String(error)}`)
      }
    })
    await Promise.all(block)
    onProgress(Math.min(rows.length, start + AT_ONCE), rows.length, faults.length > 0 ? `${faults.length} failed` : '')
  }
  if (photos.length === 0)
    throw new UsageError(`No photo of ${csv} could be used. The first: ${faults[0] ?? 'no labels'}`)
  const order = new Map(rows.map(({ path }, i) => [path, i]))
  photos.sort((a, b) => order.get(a.path)! - order.get(b.path)!)
  return { taxa, names, photos }
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

function taxaOf(rows: readonly Row[]) {
  const taxa: TaxonNode[] = []
  const names = new Map<number, string>()
  const ids = new Map<string, number>()
  const taxonOf = (row: Row): number | null => {
    let parentId: number | null = null
    let key = ''
    for (const rank of RANKS) {
      const name = row[rank]?.trim()
      if (!name) continue
      key += `/${rank}:${name}`
      let id = ids.get(key)
      if (id === undefined) {
        id = taxa.length + 1
        ids.set(key, id)
        names.set(id, name)
        taxa.push({ id, parentId, rankLevel: RANK_LEVELS[rank] })
      }
      parentId = id
    }
    return parentId
  }
  for (const row of rows) taxonOf(row)
  return { taxa, names, taxonOf }
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
