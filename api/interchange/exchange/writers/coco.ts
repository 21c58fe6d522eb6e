// COCO detection, and COCO Camera Traps with places, times and sequences. Categories begin at 1; 0 is `empty`.

import {
  type ExportSource,
  leadingOf,
  nameOf,
  oneFile,
  rounded,
  type Writer,
  type WrittenBox,
  type WrittenPhoto,
} from './writer.ts'

export const cocoWriter: Writer = writerOf('coco', 'COCO', false)
export const cocoCameraTrapsWriter: Writer = writerOf('coco-camera-traps', 'COCO Camera Traps', true)

function writerOf(name: string, title: string, cameraTraps: boolean): Writer {
  return oneFile(name, title, 'json', `${name}.json`, (source) => write(source, cameraTraps))
}

/** The photos are read twice, for images and annotations are two lists of one file. */
async function* write(source: ExportSource, cameraTraps: boolean): AsyncGenerator<string> {
  const info = {
    description: 'Written by Clavis',
    version: source.treeVersion,
    date_created: source.createdAt.toISOString(),
  }
  yield `{\n "info": ${JSON.stringify(info)},\n "licenses": [],\n "images": [`
  let first = true
  const comma = () => {
    const sign = first ? '' : ','
    first = false
    return sign
  }
  for await (const photo of source.photos()) yield `${comma()}\n  ${JSON.stringify(imageOf(photo, cameraTraps))}`
  yield '\n ],\n "annotations": ['
  first = true
  const categories = new Map<string, { id: number; supercategory: string }>()
  let id = 1
  for await (const photo of source.photos())
    for (const annotation of annotationsOf(photo, categories, cameraTraps))
      yield `${comma()}\n  ${JSON.stringify({ id: id++, ...annotation })}`
  const listed = [...categories].map(([name, category]) => ({ name, ...category })).sort((a, b) => a.id - b.id)
  yield `\n ],\n "categories": ${JSON.stringify([{ id: 0, name: 'empty', supercategory: '' }, ...listed])}\n}\n`
}

const imageOf = (photo: WrittenPhoto, cameraTraps: boolean) => ({
  id: Number(photo.id),
  file_name: photo.path,
  width: photo.width,
  height: photo.height,
  ...(photo.capturedAt !== null && { date_captured: photo.capturedAt }),
  ...(cameraTraps && {
    location: photo.deployment ?? 'unknown',
    ...(photo.capturedAt !== null && { datetime: photo.capturedAt.replace('T', ' ') }),
    ...(photo.sequence !== null && { seq_id: photo.sequence }),
  }),
})

function annotationsOf(
  photo: WrittenPhoto,
  categories: Map<string, { id: number; supercategory: string }>,
  cameraTraps: boolean,
) {
  const idOf = (name: string, supercategory: string) => {
    const known = categories.get(name) ?? { id: categories.size + 1, supercategory }
    categories.set(name, known)
    return known.id
  }
  if (photo.isEmpty) return [{ image_id: Number(photo.id), category_id: 0, ...(!cameraTraps && emptyBox) }]
  return photo.boxes.flatMap((box) => {
    const said = leadingOf(box)
    if (box.isWhole && !said?.verified) return []
    const name = said === undefined ? box.kind : nameOf(said)
    const annotation = {
      image_id: Number(photo.id),
      category_id: idOf(name, said?.taxon.class ?? box.kind),
      ...scoreOf(box),
    }
    return box.isWhole && cameraTraps ? [annotation] : [{ ...annotation, ...pixelsOf(box, photo) }]
  })
}

const emptyBox = { bbox: [0, 0, 0, 0], area: 0, iscrowd: 0 }

/** A machine's word: the tree's where it named the animal, else the detector's. */
function scoreOf(box: WrittenBox) {
  const said = leadingOf(box)
  if (said?.verified) return {}
  const score = said?.score ?? box.confidence
  return score === null ? {} : { score: rounded(score) }
}

function pixelsOf({ bbox }: WrittenBox, { width, height }: WrittenPhoto) {
  const pixels = [bbox[0] * width, bbox[1] * height, bbox[2] * width, bbox[3] * height].map((value) =>
    rounded(value, 2),
  )
  return { bbox: pixels, area: rounded(pixels[2]! * pixels[3]!, 2), iscrowd: 0 }
}
