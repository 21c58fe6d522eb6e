// COCO detection and COCO Camera Traps: https://lila.science/coco-camera-traps. Ids are text; lists of categories have
// gaps and begin anywhere. Annotations may come before their images and their categories.

import { clipBox, clipPixels } from '../boxes.ts'
import { jsonEntries, listOf, numberOf, objectOf, shareOf, textOf } from '../json-entries.ts'
import { kindOf, saysEmpty } from '../labels.ts'
import { isVideo, leftOut, VIDEO_LEFT_OUT } from '../left-out.ts'
import type { FileSet, Reader } from '../reader.ts'
import { type ExchangeRecord, type PhotoRecord, photoRecord, type Statement, type TaxonWords } from '../records.ts'
import { readSevenTokens } from '../seven-tokens.ts'
import { openGathering } from '../spool/gathering.ts'

export const coco: Reader = {
  name: 'coco',
  title: 'COCO',
  recognises: (head, path) =>
    /\.json$/i.test(path) &&
    !/"detection_categories"/.test(head) &&
    (/"file_name"\s*:/.test(head) || (/"annotations"\s*:/.test(head) && /"category_id"\s*:/.test(head))),
  async *read(files, recognised, { scratch }) {
    for (const path of recognised) yield* readCoco(files, path, scratch)
  },
}

/** By the id of the image. */
type Part = { image: PhotoRecord } | { categoryId: string; raw: Record<string, unknown> }

async function* readCoco(files: FileSet, path: string, scratch?: string): AsyncGenerator<ExchangeRecord> {
  const categories = new Map<string, TaxonWords>()
  const parts = openGathering<Part>(scratch)
  yield { type: 'about', version: null, detector: null, threshold: null }
  try {
    for await (const { key, value } of jsonEntries(files.open(path))) {
      const entry = objectOf(value)
      if (key === 'images') {
        const name = textOf(entry.file_name)
        if (name === '') yield leftOut('an entry of images', 'It names no file.')
        else if (isVideo(name)) yield leftOut(name, VIDEO_LEFT_OUT)
        else parts.add(textOf(entry.id), { image: readImage(name, entry) })
      } else if (key === 'categories') categories.set(textOf(entry.id), readCategory(entry))
      else if (key === 'annotations')
        parts.add(textOf(entry.image_id), { categoryId: textOf(entry.category_id), raw: kept(entry) })
    }
    for (const { key, rows } of parts.groups()) yield* photoOf(key, rows, categories)
  } finally {
    parts.close()
  }
}

function* photoOf(id: string, parts: Part[], categories: Map<string, TaxonWords>): Generator<ExchangeRecord> {
  // Of several images with one id, the last one has the annotations.
  const image = parts.findLast((part) => 'image' in part)?.image
  for (const part of parts) {
    if ('image' in part) {
      if (part.image !== image) yield leftOut(part.image.path, 'Another image of the file has the same id.')
      continue
    }
    const words = categories.get(part.categoryId)
    if (image === undefined) yield leftOut(`annotation of image ${id}`, 'The file lists no such image.')
    else if (words === undefined) yield leftOut(image.path, `Its category ${part.categoryId} is not in the file.`)
    else {
      const why = annotate(image, part.raw, words)
      if (why !== null) yield leftOut(image.path, why)
    }
  }
  if (image !== undefined) yield image
}

/** What is needed of an annotation: outlines of shapes would fill the memory. */
const kept = ({ bbox, bbox_relative, score, sequence_level_annotation, wi_extra_info }: Record<string, unknown>) => ({
  bbox,
  bbox_relative,
  score,
  sequence_level_annotation,
  wi_extra_info,
})

function readImage(name: string, entry: Record<string, unknown>): PhotoRecord {
  const width = numberOf(entry.width)
  const height = numberOf(entry.height)
  return photoRecord(name, {
    size: width !== null && height !== null && width > 0 && height > 0 ? { width, height } : null,
    capturedAt: textOf(entry.datetime) || null,
    deployment: textOf(entry.location) || null,
    group: textOf(entry.seq_id) || null,
  })
}

function readCategory(entry: Record<string, unknown>): TaxonWords {
  const label = textOf(entry.name)
  const path = textOf(entry.taxonomy_string)
  if (path.includes(';')) return { ...readSevenTokens(path, label), commonName: label }
  return /^\p{Lu}\p{Ll}+ \p{Ll}/u.test(label) ? { label, scientificName: label } : { label, commonName: label }
}

/** Returns what cannot be used, as a sentence. */
function annotate(image: PhotoRecord, raw: Record<string, unknown>, words: TaxonWords): string | null {
  const score = shareOf(raw.score)
  const verified = score === null
  if (saysEmpty(words.label)) {
    image.empty ??= { verified, by: null }
    return null
  }
  const kind = kindOf(words.label)
  const by = textOf(objectOf(raw.wi_extra_info).identified_by) || null
  // What a label says about a sequence may not be in each of its photos.
  const teaches = verified && raw.sequence_level_annotation !== true
  const statements: Statement[] = kind === null ? [{ taxon: words, verified: teaches, by, score }] : []
  const relative = Array.isArray(raw.bbox_relative)
  if (!relative && !Array.isArray(raw.bbox)) {
    image.statements.push(...statements)
    return null
  }
  const numbers = listOf(relative ? raw.bbox_relative : raw.bbox).map(numberOf)
  const bbox = relative ? clipBox(numbers) : image.size === null ? null : clipPixels(numbers, image.size)
  image.searched = true
  if (bbox === null) {
    image.statements.push(...statements)
    return image.size === null && !relative
      ? 'Its box is in pixels, but the file does not say how large the photo is. The label was kept without its box.'
      : 'A box without area, or outside the photo, was left out.'
  }
  image.boxes.push({ bbox, kind: kind ?? 'animal', confidence: score, suppressed: false, statements })
  return null
}
