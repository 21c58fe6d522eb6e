// Measures how good a detector is on photos whose boxes are known, and lists what it finds in a folder where none are.

import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parse } from 'csv-parse/sync'
import type { Bbox } from '../db/schema.ts'
import type { Detector, Found } from './detect.ts'
import type { Corners } from './inference/letterbox.ts'
import { iou } from './inference/yolo.ts'
import { decode } from './photos/image.ts'

/** `boxes`: every animal of the photo, none for a photo that is known to show no animal. */
export type BoxedPhoto = {
  file: string
  boxes: Bbox[]
  /** The CSV's column of that name: photos of one project share it. */
  source?: string
}
export type Judged = { boxes: readonly Bbox[]; found: readonly Pick<Found, 'bbox' | 'confidence'>[] }
export type Agreement = {
  /** A box counts as found when a detected one overlaps it by at least this much. Each detected box counts once. */
  iou: number
  /** Only boxes of at least this confidence count. */
  threshold: number
  precision: number
  recall: number
  falseBoxesPerPhoto: number
}
export type DetectorMeasures = {
  photos: number
  boxes: number
  /** Average precision at IoU 0.5: the area under the curve of precision (made monotone) over recall. */
  ap50: number
  /** Photos with any box, which are not taken for empty, at the manifest's typical threshold. */
  kept: { threshold: number; withAnimals: number; ofWithAnimals: number; empty: number; ofEmpty: number }
  /** At the manifest's typical threshold: IoU 0.5 and 0.75. */
  atDefault: Agreement[]
  /** At the threshold that gives one false box per photo (or the least there is), IoU 0.5. */
  atOneFalseBoxPerPhoto: Agreement
}
export type FolderLook = { file: string; found: Found[]; failure: string | null }

/** Boxes of less confidence are not requested. */
const LEAST_THRESHOLD = 0.001

/** Measures boxes of animals only, one photo after the other. */
export async function measureDetector(detector: Detector, photos: readonly BoxedPhoto[]): Promise<DetectorMeasures> {
  const judged: Judged[] = []
  for (const { file, boxes } of photos) {
    const found = await detector.detect(await decode(await readFile(file)), { threshold: LEAST_THRESHOLD })
    judged.push({ boxes, found: found.filter((one) => one.kind === 'animal') })
  }
  const { typical } = detector.manifest.thresholds
  return {
    photos: photos.length,
    boxes: photos.reduce((sum, photo) => sum + photo.boxes.length, 0),
    ap50: averagePrecision(judged, 0.5),
    kept: keptPhotos(judged, typical),
    atDefault: [0.5, 0.75].map((limit) => agreement(judged, limit, typical)),
    atOneFalseBoxPerPhoto: agreement(judged, 0.5, thresholdForFalseBoxes(judged, 0.5, photos.length)),
  }
}

/**
 * What is found in every photo below a folder, at the typical threshold. A photo that cannot be read has a failure that
 * says why.
 */
export async function lookAtFolder(detector: Detector, folder: string): Promise<FolderLook[]> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => /\.(jpe?g|png|webp|tiff?)$/i.test(name))
  const looks: FolderLook[] = []
  for (const file of names.sort()) {
    try {
      const found = await detector.detect(await decode(await readFile(join(folder, file))))
      looks.push({ file, found, failure: null })
    } catch (error) {
      looks.push({ file, found: [], failure: error instanceof Error ? error.message : String(error) })
    }
  }
  return looks
}

/**
 * The boxed photos of a CSV (columns `path`, `bboxes`: "x y w h" in fractions, ";" between boxes) that a text file
 * lists, one path relative to the CSV per line; all boxed ones without such a file. Where a column `kinds` says what
 * each box is, only animals count; where a column `complete` says 1, a photo without boxes is known to be empty and
 * counts too.
 */
export async function readBoxedPhotos(csv: string, listFile: string | null): Promise<BoxedPhoto[]> {
  const root = dirname(csv)
  // All cells are text, because csv-parse is not told to convert any.
  const rows = parse(await readFile(csv), { columns: true, bom: true }) as Record<string, string>[]
  const listed = listFile ? new Set((await readFile(listFile, 'utf8')).split(/\r?\n/).filter(Boolean)) : null
  return rows.flatMap(({ path = '', bboxes = '', kinds, complete, source }) => {
    if (listed && !listed.has(path)) return []
    const all = bboxes.split(';').filter(Boolean).map(parseBox)
    if (all.length === 0 && complete !== '1') return []
    const kindOf = kinds?.split(/\s+/).filter(Boolean)
    const boxes = all.filter((_, k) => (kindOf?.[k] ?? 'animal') === 'animal')
    return [{ file: join(root, path), boxes, ...(source && { source }) }]
  })
}

function parseBox(text: string): Bbox {
  const [x, y, width, height, ...rest] = text.trim().split(/\s+/).map(Number)
  if (rest.length > 0 || ![x, y, width, height].every(Number.isFinite)) {
    throw new RangeError(`Expected a box "x y width height" but received "${text}"`)
  }
  return [x!, y!, width!, height!]
}

/** Area under precision over recall, precision never rising with recall (PASCAL VOC from 2010 on). */
export function averagePrecision(photos: readonly Judged[], limit: number): number {
  const verdicts = photos.flatMap((photo) => judge(photo, limit)).sort((a, b) => b.confidence - a.confidence)
  const boxes = photos.reduce((sum, photo) => sum + photo.boxes.length, 0)
  let right = 0
  const precisions = verdicts.map((verdict, k) => {
    if (verdict.right) right++
    return { precision: right / (k + 1), right: verdict.right }
  })
  let [area, best] = [0, 0]
  for (const { precision, right } of precisions.reverse()) {
    best = Math.max(best, precision)
    if (right) area += best
  }
  return boxes > 0 ? area / boxes : 0
}

/** How many photos with animals, and how many empty ones, have a box of at least this confidence. */
export function keptPhotos(photos: readonly Judged[], threshold: number): DetectorMeasures['kept'] {
  const isKept = ({ found }: Judged) => found.some(({ confidence }) => confidence >= threshold)
  const withAnimals = photos.filter(({ boxes }) => boxes.length > 0)
  const empty = photos.filter(({ boxes }) => boxes.length === 0)
  return {
    threshold,
    withAnimals: withAnimals.filter(isKept).length,
    ofWithAnimals: withAnimals.length,
    empty: empty.filter(isKept).length,
    ofEmpty: empty.length,
  }
}

/** Precision and recall over all photos together. */
export function agreement(photos: readonly Judged[], limit: number, threshold: number): Agreement {
  const verdicts = photos.flatMap((photo) => judge(photo, limit)).filter(({ confidence }) => confidence >= threshold)
  const right = verdicts.filter((verdict) => verdict.right).length
  const boxes = photos.reduce((sum, photo) => sum + photo.boxes.length, 0)
  return {
    iou: limit,
    threshold,
    precision: verdicts.length > 0 ? right / verdicts.length : 1,
    recall: boxes > 0 ? right / boxes : 1,
    falseBoxesPerPhoto: photos.length > 0 ? (verdicts.length - right) / photos.length : 0,
  }
}

/** The lowest confidence down to which at most `most` boxes are false. */
export function thresholdForFalseBoxes(photos: readonly Judged[], limit: number, most: number): number {
  const verdicts = photos.flatMap((photo) => judge(photo, limit)).sort((a, b) => b.confidence - a.confidence)
  let threshold = 1
  let wrong = 0
  for (const { confidence, right } of verdicts) {
    if (!right && ++wrong > most) break
    threshold = confidence
  }
  return threshold
}

/**
 * The most confident box is matched with the known one that it overlaps most. A second one for the same animal is
 * false. `box`: the known one.
 */
export function judge<One extends Judged['found'][number]>(
  { boxes, found }: { boxes: readonly Bbox[]; found: readonly One[] },
  limit: number,
): { one: One; confidence: number; right: boolean; box: Bbox | null }[] {
  const open = new Set(boxes)
  return [...found]
    .sort((a, b) => b.confidence - a.confidence)
    .map((one) => {
      const { bbox, confidence } = one
      let best: Bbox | null = null
      let overlap = limit
      for (const box of open) {
        const both = iou(corners(box), corners(bbox))
        if (both >= overlap) [best, overlap] = [box, both]
      }
      if (best) open.delete(best)
      return { one, confidence, right: best !== null, box: best }
    })
}

/** The detected boxes that are animals, at IoU 0.5. */
export function rightBoxes<One extends Judged['found'][number]>(of: {
  boxes: readonly Bbox[]
  found: readonly One[]
}): Set<One> {
  return new Set(judge(of, 0.5).flatMap(({ one, right }) => (right ? [one] : [])))
}

export const corners = ([x, y, width, height]: Bbox): Corners => [x, y, x + width, y + height]
