// Pascal VOC: one XML file for each photo, boxes in pixels. Read by the names of elements: writers differ in their
// order.

import { clipPixels } from '../boxes.ts'
import { kindOf } from '../labels.ts'
import { leftOut } from '../left-out.ts'
import { beside, type FileSet, folderOf, nameOfPath, type Reader } from '../reader.ts'
import { type ExchangeRecord, photoRecord } from '../records.ts'
import { xmlEvents } from '../xml-events.ts'

export const voc: Reader = {
  name: 'voc',
  title: 'Pascal VOC',
  recognises: (head, path) =>
    /\.xml$/i.test(path) && /<annotation[\s>]/.test(head) && /<(filename|object|size)[\s>/]/.test(head),
  async *read(files, recognised) {
    yield { type: 'about', version: null, detector: null, threshold: null }
    for (const path of recognised) yield* readPhoto(files, path)
  },
}

async function* readPhoto(files: FileSet, path: string): AsyncGenerator<ExchangeRecord> {
  const found: Record<string, string> = {}
  const objects: Record<string, string>[] = []
  for await (const event of xmlEvents(files.open(path))) {
    const where = event.path.slice(1).join('/')
    if (event.type === 'open') {
      if (where === 'object') objects.push({})
    } else if (event.path[1] === 'object') {
      const object = objects.at(-1)
      if (object) object[where.replace('object/', '')] = event.text
    } else found[where] = event.text
  }
  const name = nameOfPath((found.filename ?? '').replaceAll('\\', '/'))
  if (name === '') {
    yield leftOut(path, 'It names no photo.')
    return
  }
  const folder = folderOf(path).replace(/(^|\/)Annotations(\/|$)/, '$1JPEGImages$2')
  const size = { width: Number(found['size/width']), height: Number(found['size/height']) }
  const record = photoRecord(beside(`${folder}/x`, name), {
    searched: true,
    size: size.width > 0 && size.height > 0 ? size : null,
  })
  for (const object of objects) {
    const [left, top, right, bottom] = ['xmin', 'ymin', 'xmax', 'ymax'].map((side) =>
      Number.parseFloat(object[`bndbox/${side}`] ?? ''),
    )
    const bbox = clipPixels([left, top, right! - left!, bottom! - top!], size)
    if (bbox === null) {
      yield leftOut(record.path, 'A box without area, outside the photo, or of a photo without a size, was left out.')
      continue
    }
    const label = object.name ?? ''
    const kind = kindOf(label)
    const statements =
      label === '' || kind !== null
        ? []
        : [{ taxon: { label, commonName: label }, verified: true, by: null, score: null }]
    record.boxes.push({ bbox, kind: kind ?? 'animal', confidence: null, suppressed: false, statements })
  }
  yield record
}
