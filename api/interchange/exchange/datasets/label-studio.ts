// Label Studio's JSON export: a list of tasks. `annotations` are by people, `predictions` by models. Boxes are in
// percent of the upright picture. Two people's answers to one task are both kept.

import { boxAround, clipBox } from '../boxes.ts'
import { isObject, jsonEntries, listOf, numberOf, objectOf, shareOf, textOf } from '../json-entries.ts'
import { kindOf, saysEmpty } from '../labels.ts'
import { leftOut } from '../left-out.ts'
import type { FileSet, Reader } from '../reader.ts'
import { type Box, type ExchangeRecord, loseBox, type PhotoRecord, photoRecord, type Statement } from '../records.ts'

export const labelStudio: Reader = {
  name: 'label-studio',
  title: 'Label Studio',
  recognises: (head, path) =>
    /\.json$/i.test(path) &&
    /^\uFEFF?\s*\[/.test(head) &&
    /"(annotations|predictions)"\s*:/.test(head) &&
    /"(data|completed_by|result)"\s*:/.test(head),
  async *read(files, recognised) {
    yield { type: 'about', version: null, detector: null, threshold: null }
    for (const path of recognised) yield* readTasks(files, path)
  },
}

async function* readTasks(files: FileSet, path: string): AsyncGenerator<ExchangeRecord> {
  for await (const { value } of jsonEntries(files.open(path))) {
    const task = objectOf(value)
    const address = Object.values(objectOf(task.data)).find(
      (text) => typeof text === 'string' && /\.\w{3,4}($|\?)|\/|d=/.test(text),
    )
    if (typeof address !== 'string') {
      yield leftOut(`task ${textOf(task.id)}`, 'It names no picture.')
      continue
    }
    const photo = photoRecord(pathOf(address))
    const gathered: Gathered = { photo, regions: new Map(), others: new Map() }
    for (const annotation of listOf(task.annotations).filter(isObject)) {
      if (annotation.was_cancelled === true) continue
      const by = personOf(annotation.completed_by)
      addResults(gathered, listOf(annotation.result), { verified: true, by, score: null })
    }
    for (const prediction of listOf(task.predictions).filter(isObject)) {
      const by = textOf(prediction.model_version) || null
      addResults(gathered, listOf(prediction.result), { verified: false, by, score: shareOf(prediction.score) })
    }
    for (const [shape, count] of gathered.others)
      yield leftOut(photo.path, `${count} of the kind ${shape} are left out: only boxes and choices are read.`)
    yield photo
  }
}

/** A person's address or number. */
function personOf(completedBy: unknown): string | null {
  if (isObject(completedBy)) return textOf(completedBy.email) || textOf(completedBy.id) || null
  const id = textOf(completedBy)
  return id === '' ? null : `user ${id}`
}

/** Uploads get eight digits and a dash before their name; files of the server have their path in `d=`. */
function pathOf(address: string): string {
  const local = /[?&]d=([^&]*)/.exec(address)?.[1]
  const path = local ?? address.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*\//i, '').replace(/\?.*$/, '')
  let decoded = path
  try {
    decoded = decodeURIComponent(path)
  } catch {
    // A name with a percent sign of its own.
  }
  return /^\/?data\/upload\//.test(decoded)
    ? decoded.replace(/^\/?data\/upload\/(\d+\/)?([0-9a-f]{8}-)?/, '')
    : decoded.replace(/^\//, '')
}

type Said = Pick<Statement, 'verified' | 'by' | 'score'>

type Gathered = { photo: PhotoRecord; regions: Map<string, Box>; others: Map<string, number> }

function addResults({ photo, regions, others }: Gathered, results: unknown[], said: Said): void {
  const boxes = new Map<string, Box>()
  const names: { region: string; label: string }[] = []
  for (const result of results.filter(isObject)) {
    const value = objectOf(result.value)
    const region = textOf(result.id)
    const type = textOf(result.type)
    const labels = labelsOf(value, type)
    if (type === 'rectanglelabels' || type === 'rectangle') {
      photo.searched = true
      const made = boxOf(value, result, said)
      if (made === null) {
        loseBox(photo)
        for (const label of labels) addToPhoto(photo, label, said)
        continue
      }
      // One region that several people looked at, as it came to them, is one box.
      const same = region === '' ? undefined : regions.get(region)
      const box = same !== undefined && String(same.bbox) === String(made.bbox) ? same : made
      boxes.set(region, box)
      regions.set(region, box)
      if (box === made) photo.boxes.push(box)
      for (const label of labels) addLabel(box, label, said)
    } else if (type === 'choices' || type === 'taxonomy' || type === 'labels')
      names.push(
        ...labels.map((label) => ({
          region: boxes.has(textOf(result.parentID)) ? textOf(result.parentID) : region,
          label,
        })),
      )
    else if (type !== '') others.set(type, (others.get(type) ?? 0) + 1)
  }
  for (const { region, label } of names) {
    const box = boxes.get(region)
    if (box !== undefined) addLabel(box, label, said)
    else addToPhoto(photo, label, said)
  }
}

function addToPhoto(photo: PhotoRecord, label: string, said: Said): void {
  if (saysEmpty(label)) photo.empty = { verified: said.verified, by: said.by }
  else if (kindOf(label) === null) photo.statements.push({ taxon: { label, commonName: label }, ...said })
}

function labelsOf(value: Record<string, unknown>, type: string): string[] {
  const labels = listOf(value[type])
  // A path of choices: its deepest one.
  return labels.map((label) => textOf(Array.isArray(label) ? label.at(-1) : label)).filter(Boolean)
}

function addLabel(box: Box, label: string, said: Said): void {
  const kind = kindOf(label)
  if (kind !== null) box.kind = kind
  else box.statements.push({ taxon: { label, commonName: label }, ...said })
}

function boxOf(value: Record<string, unknown>, result: Record<string, unknown>, said: Said): Box | null {
  const [x, y, width, height] = [value.x, value.y, value.width, value.height].map(numberOf)
  if (x == null || y == null || width == null || height == null) return null
  // Turned about the corner at its top left, in pixels.
  const angle = ((numberOf(value.rotation) ?? 0) * Math.PI) / 180
  const across = numberOf(result.original_width) || 1
  const down = numberOf(result.original_height) || 1
  const corner = (dx: number, dy: number): [number, number] => {
    const [px, py] = [(dx / 100) * across, (dy / 100) * down]
    return [
      x / 100 + (px * Math.cos(angle) - py * Math.sin(angle)) / across,
      y / 100 + (px * Math.sin(angle) + py * Math.cos(angle)) / down,
    ]
  }
  const bbox = clipBox(boxAround([corner(0, 0), corner(width, 0), corner(0, height), corner(width, height)]))
  return (
    bbox && { bbox, kind: 'animal', confidence: said.verified ? null : said.score, suppressed: false, statements: [] }
  )
}
