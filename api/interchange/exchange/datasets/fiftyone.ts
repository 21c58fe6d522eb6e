// FiftyOne's light forms: `labels.json` with a label or a list of boxes for each photo, named without its ending.

import { clipBox } from '../boxes.ts'
import { isObject, jsonEntries, listOf, numberOf, objectOf, shareOf, textOf } from '../json-entries.ts'
import { kindOf, saysEmpty } from '../labels.ts'
import { isVideo, leftOut, VIDEO_LEFT_OUT } from '../left-out.ts'
import { folderOf, type Reader } from '../reader.ts'
import { type ExchangeRecord, loseBox, photoRecord, type Statement } from '../records.ts'

export const fiftyone: Reader = {
  name: 'fiftyone',
  title: 'FiftyOne labels',
  recognises: (head, path) => /\.json$/i.test(path) && /"labels"\s*:\s*\{/.test(head) && /"classes"\s*:/.test(head),
  async *read(files, recognised) {
    yield { type: 'about', version: null, detector: null, threshold: null }
    for (const path of recognised) {
      const classes: string[] = []
      for await (const { key, name, value } of jsonEntries(files.open(path), ['labels'])) {
        if (key === 'classes') classes.push(textOf(value))
        if (key === 'labels' && name !== null) yield readSample(folderOf(path), name, value, classes)
      }
    }
  },
}

function readSample(folder: string, name: string, value: unknown, classes: string[]): ExchangeRecord {
  if (isVideo(name)) return leftOut(name, VIDEO_LEFT_OUT)
  const hasEnding = /\.(jpe?g|png|webp|tiff?|gif|avif|heic)$/i.test(name)
  const at = folder === '' ? `data/${name}` : `${folder}/data/${name}`
  const record = photoRecord(at, { withoutEnding: !hasEnding, searched: Array.isArray(value) })
  /** Labels may be positions in the list of classes. */
  const nameOf = (label: unknown) => (typeof label === 'number' ? (classes[label] ?? '') : textOf(label))
  if (!Array.isArray(value)) {
    const one = isObject(value) ? value : { label: value }
    const label = nameOf(one.label)
    if (saysEmpty(label)) record.empty = { verified: true, by: null }
    else if (label !== '' && kindOf(label) === null) record.statements.push(statementOf(label, shareOf(one.confidence)))
    return record
  }
  for (const one of listOf(value).map(objectOf)) {
    const bbox = clipBox(listOf(one.bounding_box).map(numberOf))
    const label = nameOf(one.label)
    const kind = kindOf(label)
    const confidence = shareOf(one.confidence)
    const statements = label === '' || kind !== null ? [] : [statementOf(label, confidence)]
    // A box without area, or beyond the photo, still says what the photo shows.
    if (bbox === null) {
      loseBox(record)
      record.statements.push(...statements)
    } else record.boxes.push({ bbox, kind: kind ?? 'animal', confidence, suppressed: false, statements })
  }
  return record
}

/** With a confidence it is a model's. */
const statementOf = (label: string, score: number | null): Statement => ({
  taxon: /^\p{Lu}\p{Ll}+( \p{Ll}+)?$/u.test(label) ? { label, scientificName: label } : { label, commonName: label },
  verified: score === null,
  by: null,
  score,
})
