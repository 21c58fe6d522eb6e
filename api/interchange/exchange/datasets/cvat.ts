// CVAT 1.1 for images: https://docs.cvat.ai/docs/manual/advanced/xml_format. One XML file for all photos.

import { clipPixels } from '../boxes.ts'
import { ExchangeError } from '../exchange-error.ts'
import { kindOf, saysEmpty } from '../labels.ts'
import { isVideo, leftOut, VIDEO_LEFT_OUT } from '../left-out.ts'
import type { FileSet, Reader } from '../reader.ts'
import { type ExchangeRecord, loseBox, type PhotoRecord, photoRecord } from '../records.ts'
import { xmlEvents } from '../xml-events.ts'

export const cvat: Reader = {
  name: 'cvat',
  title: 'CVAT',
  recognises: (head, path) =>
    /\.xml$/i.test(path) && /<annotations[\s>]/.test(head) && /<(meta|image|version|track)[\s>]/.test(head),
  async *read(files, recognised) {
    for (const path of recognised) yield* readAnnotations(files, path)
  },
}

async function* readAnnotations(files: FileSet, path: string): AsyncGenerator<ExchangeRecord> {
  let photo: PhotoRecord | null = null
  let version: string | null = null
  let told = false
  const otherShapes = new Map<string, number>()
  for await (const event of xmlEvents(files.open(path))) {
    const name = event.path.at(-1) ?? ''
    if (name === 'version' && event.type === 'close' && event.path.length === 2) version = event.text
    if (name === 'track')
      throw new ExchangeError(
        'Expected a CVAT export "for images" but this one is of a video (with tracks). Export it as "CVAT for images 1.1".',
      )
    if (event.path.length === 2 && name === 'image') {
      if (!told) yield { type: 'about', version, detector: null, threshold: null }
      told = true
      if (event.type === 'open') photo = imageOf(event.attributes)
      else if (photo !== null) {
        yield isVideo(photo.path) ? leftOut(photo.path, VIDEO_LEFT_OUT) : photo
        photo = null
      }
    }
    if (event.path.length !== 3 || photo === null || event.type !== 'open') continue
    if (name === 'box') addBox(photo, event.attributes)
    else if (name === 'tag') addTag(photo, event.attributes)
    else otherShapes.set(name, (otherShapes.get(name) ?? 0) + 1)
  }
  for (const [shape, count] of otherShapes)
    yield leftOut(`${count} of the shape ${shape}`, 'Only boxes and tags are read.')
}

function imageOf(attributes: Record<string, string>): PhotoRecord {
  const { name = '', subset } = attributes
  const size = { width: Number(attributes.width), height: Number(attributes.height) }
  const path = subset ? `${subset}/${name}` : name
  return photoRecord(path, { searched: true, size: size.width > 0 && size.height > 0 ? size : null })
}

function addBox(photo: PhotoRecord, attributes: Record<string, string>): void {
  const [left, top, right, bottom] = ['xtl', 'ytl', 'xbr', 'ybr'].map((side) =>
    Number.parseFloat(attributes[side] ?? ''),
  )
  const turned = outerBox([left!, top!, right!, bottom!], Number.parseFloat(attributes.rotation ?? '0') || 0)
  const bbox = photo.size === null ? null : clipPixels(turned, photo.size)
  const label = attributes.label ?? ''
  const kind = kindOf(label)
  const verified = attributes.source !== 'auto'
  const statements =
    label === '' || kind !== null ? [] : [{ taxon: { label, commonName: label }, verified, by: null, score: null }]
  // A box without area, or beyond the photo, still says what the photo shows.
  if (bbox === null) {
    loseBox(photo)
    photo.statements.push(...statements)
  } else photo.boxes.push({ bbox, kind: kind ?? 'animal', confidence: null, suppressed: false, statements })
}

function addTag(photo: PhotoRecord, attributes: Record<string, string>): void {
  const label = attributes.label ?? ''
  const verified = attributes.source !== 'auto'
  if (saysEmpty(label)) photo.empty = { verified, by: null }
  else if (label !== '' && kindOf(label) === null)
    photo.statements.push({ taxon: { label, commonName: label }, verified, by: null, score: null })
}

/** x, y, width and height of the upright box around one that is turned by so many degrees about its middle. */
function outerBox([left, top, right, bottom]: [number, number, number, number], degrees: number) {
  const angle = (degrees * Math.PI) / 180
  const width = right - left
  const height = bottom - top
  const outerWidth = Math.abs(width * Math.cos(angle)) + Math.abs(height * Math.sin(angle))
  const outerHeight = Math.abs(width * Math.sin(angle)) + Math.abs(height * Math.cos(angle))
  return [(left + right - outerWidth) / 2, (top + bottom - outerHeight) / 2, outerWidth, outerHeight]
}
