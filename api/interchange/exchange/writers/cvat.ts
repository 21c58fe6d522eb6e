// CVAT 1.1 for images. Boxes that nobody named have `source="auto"`.

import { type ExportSource, leadingOf, nameOf, oneFile, type WrittenBox, type WrittenPhoto } from './writer.ts'
import { escapeXml } from './xml-text.ts'

export const cvatWriter = oneFile('cvat', 'CVAT 1.1', 'xml', 'annotations.xml', write)

async function* write(source: ExportSource): AsyncGenerator<string> {
  yield '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n'
  let id = 0
  for await (const photo of source.photos()) yield imageOf(photo, id++)
  yield '</annotations>\n'
}

function imageOf(photo: WrittenPhoto, id: number): string {
  const boxes = photo.boxes.map((box) => (box.isWhole ? tagOf(box) : boxOf(box, photo))).join('')
  const empty = photo.isEmpty ? '    <tag label="empty" source="manual"></tag>\n' : ''
  return `  <image id="${id}" name="${escapeXml(photo.path)}" width="${photo.width}" height="${photo.height}">\n${empty}${boxes}  </image>\n`
}

function boxOf(box: WrittenBox, { width, height }: WrittenPhoto): string {
  const said = leadingOf(box)
  const [x, y, w, h] = box.bbox
  const sides = { xtl: x * width, ytl: y * height, xbr: (x + w) * width, ybr: (y + h) * height }
  const numbers = Object.entries(sides).map(([name, value]) => `${name}="${value.toFixed(2)}"`)
  const label = said === undefined ? box.kind : nameOf(said)
  const source = said?.verified || box.confidence === null ? 'manual' : 'auto'
  return `    <box label="${escapeXml(label)}" source="${source}" occluded="0" ${numbers.join(' ')} z_order="0"></box>\n`
}

function tagOf(box: WrittenBox): string {
  const said = leadingOf(box)
  return said?.verified ? `    <tag label="${escapeXml(nameOf(said))}" source="manual"></tag>\n` : ''
}
