// MegaDetector batch results, version 1.0 to 1.6, and their dialects: AddaxAI 5 to 7, Animl, converters of SpeciesNet,
// files after repeat detection elimination. Format: https://lila.science/megadetector-output-format. Read entry by
// entry: files of 500 MB and more exist.

import type { DetectionKind } from '../../../../db/schema.ts'
import { clipBox } from '../boxes.ts'
import { isObject, jsonEntries, listOf, numberOf, objectOf, shareOf, textOf } from '../json-entries.ts'
import { kindOf, saysEmpty } from '../labels.ts'
import { isVideo, leftOut, VIDEO_LEFT_OUT } from '../left-out.ts'
import type { FileSet, Reader } from '../reader.ts'
import { type Box, type ExchangeRecord, loseBox, photoRecord, type Statement, type TaxonWords } from '../records.ts'
import { isSevenTokens, readSevenTokens } from '../seven-tokens.ts'

export const megadetector: Reader = {
  name: 'megadetector',
  title: 'MegaDetector results',
  recognises: (head, path) =>
    /\.json$/i.test(path) &&
    (/"detection_categories"/.test(head) ||
      (/"images"\s*:/.test(head) && /"file"\s*:/.test(head) && /"detections"\s*:|"failure"\s*:/.test(head))),
  async *read(files, recognised) {
    for (const path of recognised) yield* readResults(files, path)
  },
}

/** What the file says besides the images. */
type Header = {
  info: Record<string, unknown>
  kinds: Record<string, unknown>
  classes: Record<string, unknown>
  descriptions: Record<string, unknown>
}

const HEADER_KEYS = [
  'info',
  'detection_categories',
  'classification_categories',
  'classification_category_descriptions',
]

async function* readResults(files: FileSet, path: string): AsyncGenerator<ExchangeRecord> {
  const header = await readHeader(files, path)
  const detector = detectorOf(header.info)
  yield {
    type: 'about',
    version: textOf(header.info.format_version) || null,
    detector,
    threshold: thresholdOf(header.info),
  }
  const model = modelOf(header.info)
  for await (const { key, value } of jsonEntries(files.open(path))) {
    if (key === 'images') yield readImage(objectOf(value), header, detector, model)
  }
}

/**
 * Keys come in any order: where the images come before their categories, the file is read to its end first. `images`
 * after all parts of the header ends the search.
 */
async function readHeader(files: FileSet, path: string): Promise<Header> {
  const found: Record<string, Record<string, unknown>> = {}
  for await (const { key, value } of jsonEntries(files.open(path))) {
    if (HEADER_KEYS.includes(key)) found[key] = objectOf(value)
    else if (key === 'images' && found.info !== undefined && found.detection_categories !== undefined) {
      const classified = listOf(objectOf(value).detections).some(
        (one) => isObject(one) && listOf(one.classifications).length > 0,
      )
      if (found.classification_categories !== undefined || !classified) break
    }
  }
  const empty = {}
  return {
    info: found.info ?? empty,
    kinds: found.detection_categories ?? { 1: 'animal', 2: 'person', 3: 'vehicle' },
    classes: found.classification_categories ?? empty,
    descriptions: found.classification_category_descriptions ?? empty,
  }
}

/** Null: made by a person, or unknown. */
function detectorOf(info: Record<string, unknown>): string | null {
  return textOf(info.detector) || textOf(objectOf(info.addaxai).detection_model) || null
}
function modelOf(info: Record<string, unknown>): string | null {
  return textOf(info.classifier) || textOf(objectOf(info.addaxai).classification_model) || null
}

/** The detector's own, else what its version is known for: 0.8 for version 4, which wrote no name, 0.2 since. */
function thresholdOf(info: Record<string, unknown>): number {
  const own = numberOf(objectOf(info.detector_metadata).typical_detection_threshold)
  if (own !== null) return own
  const named = detectorOf(info)
  return named === null || /md_?v4|megadetector_?v4/i.test(named) ? 0.8 : 0.2
}

function readImage(
  image: Record<string, unknown>,
  header: Header,
  detector: string | null,
  model: string | null,
): ExchangeRecord {
  const file = textOf(image.file)
  if (file === '') return leftOut('an entry of images', 'It names no file.')
  if (isVideo(file)) return leftOut(file, VIDEO_LEFT_OUT)
  const record = photoRecord(file, { detector: detector ?? 'MegaDetector', capturedAt: textOf(image.datetime) || null })
  const failure = typeof image.failure === 'string' ? image.failure : ''
  if (failure !== '') return { ...record, failure }
  record.searched = Array.isArray(image.detections)
  for (const one of listOf(image.detections)) {
    const read = readDetection(objectOf(one), header, image.manually_checked === true, model)
    if (read === null) continue
    if ('bbox' in read) record.boxes.push(read)
    else {
      record.statements.push(...read.statements)
      if (read.isLost) loseBox(record)
    }
  }
  return record
}

/** Null: no detection. Without a box: a statement about the whole photo. `isLost`: the box has no area. */
function readDetection(
  one: Record<string, unknown>,
  { kinds, classes, descriptions }: Header,
  checked: boolean,
  model: string | null,
): Box | { statements: Statement[]; isLost: boolean } | null {
  const category = textOf(one.category)
  const name = typeof kinds[category] === 'string' ? String(kinds[category]).trim() : null
  if (name === null || saysEmpty(name)) return null
  const verified = one.verified === true || checked
  const statements: Statement[] = []
  const by = verified ? null : model
  const ranked = listOf(one.classifications)
    .map((pair) => ({ id: textOf(listOf(pair)[0]), score: shareOf(listOf(pair)[1]) }))
    .sort((a, b) => (b.score ?? 0) - (a.score ?? 0))
  const [top] = ranked
  if (top !== undefined && textOf(classes[top.id]) !== '')
    statements.push({
      taxon: wordsOf(textOf(classes[top.id]), descriptions[top.id]),
      verified,
      by,
      score: verified ? null : top.score,
    })
  // AddaxAI 5 and 6 wrote the class over the category, and kept the detector's.
  const before = textOf(one.prev_category)
  const detected = before === '' ? kindOf(name) : kindOf(textOf(kinds[before]))
  const kind: DetectionKind = detected ?? 'animal'
  if (kindOf(name) === null && statements.length === 0 && !/^unknown$/i.test(name))
    statements.push({
      taxon: { label: name, commonName: name },
      verified,
      by,
      score: verified ? null : shareOf(one.conf),
    })
  const conf = numberOf(one.prev_conf) ?? numberOf(one.conf)
  const bbox = clipBox(listOf(one.bbox).map(numberOf))
  // "unknown" with the whole photo as its box: classified, but nothing was detected.
  const isWhole = /^unknown$/i.test(name)
  if (isWhole || bbox === null) return { statements, isLost: !isWhole }
  const suppressed = conf !== null && conf < 0
  return { bbox, kind, confidence: conf === null ? null : Math.min(1, Math.abs(conf)), suppressed, statements }
}

function wordsOf(label: string, description: unknown): TaxonWords {
  const text = textOf(description)
  if (isSevenTokens(text)) return readSevenTokens(text, label)
  return isSevenTokens(label) ? readSevenTokens(label) : { label, commonName: label }
}
