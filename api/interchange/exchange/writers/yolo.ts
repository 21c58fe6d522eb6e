// YOLO as Ultralytics reads it: labels/{train,val}/… and data.yaml. A sequence stays in one split. It holds animals
// that people named, people and vehicles, because what a machine says is not truth.

import { stringify } from 'yaml'
import { hash } from '../../../../classifiers/fitting/folds.ts'
import {
  type ExportSource,
  leadingOf,
  nameOf,
  pathWithoutEnding,
  textOf,
  type Writer,
  type WrittenFile,
  type WrittenPhoto,
} from './writer.ts'

/** One sequence in so many is for validation. */
const VALIDATION_SHARE = 5

export const yoloWriter: Writer = { name: 'yolo', title: 'YOLO', kind: 'zip', files: write }

async function* write(source: ExportSource): AsyncGenerator<WrittenFile> {
  const names = new Map<string, number>()
  const paths = new Set<string>()
  for await (const photo of source.photos()) {
    const lines = linesOf(photo, names)
    if (lines.length === 0 && !photo.isEmpty) continue
    const split = hash(photo.sequence ?? photo.id) % VALIDATION_SHARE === 0 ? 'val' : 'train'
    // Two imports may hold photos of the same path.
    const own = pathWithoutEnding(photo.path)
    const path = paths.has(own) ? `${own}-${photo.id}` : own
    paths.add(path)
    yield { path: `labels/${split}/${path}.txt`, content: textOf(lines.map((line) => `${line}\n`).join('')) }
    const ending = /\.[^./]+$/.exec(photo.path)?.[0] ?? '.jpg'
    if (source.photoBytes !== null)
      yield { path: `images/${split}/${path}${ending}`, content: source.photoBytes(photo) }
  }
  const list = new Map([...names].map(([name, id]) => [id, name]))
  yield {
    path: 'data.yaml',
    content: textOf(stringify({ path: '.', train: 'images/train', val: 'images/val', names: list })),
  }
}

function linesOf(photo: WrittenPhoto, names: Map<string, number>): string[] {
  return photo.boxes.flatMap((box) => {
    const said = leadingOf(box)
    const name = box.kind === 'animal' ? (said?.verified ? nameOf(said) : null) : box.kind
    if (name === null || box.isWhole) return []
    const id = names.get(name) ?? names.size
    names.set(name, id)
    const [x, y, width, height] = box.bbox
    return [[id, ...[x + width / 2, y + height / 2, width, height].map((value) => value.toFixed(6))].join(' ')]
  })
}
