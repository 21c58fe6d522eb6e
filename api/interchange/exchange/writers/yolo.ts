// YOLO as Ultralytics reads it: labels/{train,val}/… and data.yaml. A sequence stays in one split. It holds animals
// that people named, people and vehicles, because what a machine says is not truth.

import { stringify } from 'yaml'
import { hash } from '../../../../classifiers/fitting/folds.ts'
import type { Bbox } from '../../../../db/schema.ts'
import {
  type ExportSource,
  leadingOf,
  nameOf,
  pathWithoutEnding,
  textOf,
  type WrittenFile,
  type WrittenPhoto,
  zipOf,
} from './writer.ts'

/** One sequence in so many is for validation. */
const VALIDATION_SHARE = 5

export const yoloWriter = zipOf('yolo', 'YOLO', write)

async function* write(source: ExportSource): AsyncGenerator<WrittenFile> {
  yield* writeYoloSet(namedPhotos(source))
}

async function* namedPhotos(source: ExportSource): AsyncGenerator<YoloPhoto> {
  for await (const photo of source.photos()) {
    const { id, path } = photo
    const boxes = namedBoxes(photo)
    if (boxes.length === 0 && !photo.isEmpty) continue
    const split = hash(photo.sequence ?? photo.id) % VALIDATION_SHARE === 0 ? 'val' : 'train'
    const { photoBytes } = source
    yield { id, path, boxes, split, bytes: photoBytes && (() => photoBytes(photo)) }
  }
}

export type YoloPhoto = Pick<WrittenPhoto, 'id' | 'path'> & {
  split: 'train' | 'val'
  /** None: an empty photo. */
  boxes: { name: string; bbox: Bbox }[]
  /** Null: only labels are written. */
  bytes: (() => Promise<Uint8Array | null>) | null
}

/** Classes are numbered in the order in which they are met, after those of `known`. */
export async function* writeYoloSet(
  photos: AsyncIterable<YoloPhoto>,
  known: readonly string[] = [],
): AsyncGenerator<WrittenFile> {
  const names = new Map(known.map((name, id) => [name, id]))
  const paths = new Set<string>()
  for await (const photo of photos) {
    const { split } = photo
    const lines = photo.boxes.map((box) => lineOf(box, names))
    // Two imports may hold photos of the same path.
    const own = pathWithoutEnding(photo.path)
    const path = paths.has(own) ? `${own}-${photo.id}` : own
    paths.add(path)
    yield { path: `labels/${split}/${path}.txt`, content: textOf(lines.map((line) => `${line}\n`).join('')) }
    const ending = /\.[^./]+$/.exec(photo.path)?.[0] ?? '.jpg'
    if (photo.bytes !== null) yield { path: `images/${split}/${path}${ending}`, content: photo.bytes() }
  }
  const list = new Map([...names].map(([name, id]) => [id, name]))
  yield {
    path: 'data.yaml',
    content: textOf(stringify({ path: '.', train: 'images/train', val: 'images/val', names: list })),
  }
}

function namedBoxes(photo: WrittenPhoto): YoloPhoto['boxes'] {
  return photo.boxes.flatMap((box) => {
    const said = leadingOf(box)
    const name = box.kind === 'animal' ? (said?.verified ? nameOf(said) : null) : box.kind
    return name === null || box.isWhole ? [] : [{ name, bbox: box.bbox }]
  })
}

function lineOf({ name, bbox: [x, y, width, height] }: YoloPhoto['boxes'][number], names: Map<string, number>): string {
  const id = names.get(name) ?? names.size
  names.set(name, id)
  return [id, ...[x + width / 2, y + height / 2, width, height].map((value) => value.toFixed(6))].join(' ')
}
