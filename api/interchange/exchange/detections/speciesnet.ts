// SpeciesNet's predictions, in both forms: one answer for each photo (to 5.0.5), or for each box (since 5.0.6).

import { clipBox } from '../boxes.ts'
import { jsonEntries, listOf, numberOf, objectOf, shareOf, textOf } from '../json-entries.ts'
import { kindOf } from '../labels.ts'
import { isVideo, leftOut, VIDEO_LEFT_OUT } from '../left-out.ts'
import type { FileSet, Reader } from '../reader.ts'
import { type Box, type ExchangeRecord, loseBox, type PhotoRecord, photoRecord, type Statement } from '../records.ts'
import { readSevenTokens } from '../seven-tokens.ts'

/** SpeciesNet's detector is MegaDetector, whose boxes below this are noise. */
const THRESHOLD = 0.2

export const speciesnet: Reader = {
  name: 'speciesnet',
  title: 'SpeciesNet predictions',
  recognises: (head, path) => /\.json$/i.test(path) && /"predictions"\s*:/.test(head) && /"filepath"\s*:/.test(head),
  async *read(files, recognised) {
    for (const path of recognised) yield* readPredictions(files, path)
  },
}

async function* readPredictions(files: FileSet, path: string): AsyncGenerator<ExchangeRecord> {
  let version: string | null = null
  let told = false
  for await (const { key, value } of jsonEntries(files.open(path))) {
    if (key === 'info') version = textOf(objectOf(value).format_version) || null
    if (key !== 'predictions') continue
    if (!told) yield { type: 'about', version, detector: 'MegaDetector (SpeciesNet)', threshold: THRESHOLD }
    told = true
    yield readPrediction(objectOf(value))
  }
}

function readPrediction(prediction: Record<string, unknown>): ExchangeRecord {
  const file = textOf(prediction.filepath)
  if (file === '') return leftOut('an entry of predictions', 'It names no file.')
  if (isVideo(file)) return leftOut(file, VIDEO_LEFT_OUT)
  const failures = listOf(prediction.failures).map(textOf)
  const version = textOf(prediction.model_version)
  const by = version === '' ? 'SpeciesNet' : `SpeciesNet ${version}`
  const record = photoRecord(file, {
    detector: 'MegaDetector (SpeciesNet)',
    searched: Array.isArray(prediction.detections),
  })
  for (const one of listOf(prediction.detections)) {
    addBox(record, objectOf(one), by)
  }
  const statement = ofWholePhoto(prediction, by)
  if (statement !== null) {
    // The answer is for the photo: it is given to the surest animal.
    const animals = record.boxes.filter((box) => box.kind === 'animal')
    const best = animals.reduce<Box | null>(
      (a, b) => (a !== null && (a.confidence ?? 0) >= (b.confidence ?? 0) ? a : b),
      null,
    )
    if (best !== null) best.statements.push(statement)
    else record.statements.push(statement)
  }
  // Without a place the rest is valid.
  const fatal = failures.filter((failure) => failure !== 'GEOLOCATION')
  if (fatal.length > 0 && record.boxes.length === 0 && statement === null) record.failure = fatal.join(', ')
  return record
}

function addBox(record: PhotoRecord, one: Record<string, unknown>, by: string): void {
  const kind = kindOf(textOf(one.label))
  // The whole photo, as the model of whole photos sees it.
  if (kind === null) return
  const bbox = clipBox(listOf(one.bbox).map(numberOf))
  const processed = objectOf(one.processed_classification)
  const named = textOf(processed.class)
  const statements = named === '' ? [] : [statementOf(named, processed.score, by)]
  if (bbox !== null) record.boxes.push({ bbox, kind, confidence: shareOf(one.conf), suppressed: false, statements })
  else {
    loseBox(record)
    if (kind === 'animal') record.statements.push(...statements)
  }
}

function ofWholePhoto(prediction: Record<string, unknown>, by: string): Statement | null {
  const final = textOf(prediction.prediction)
  if (final !== '') return statementOf(final, prediction.prediction_score, by)
  const { classes, scores } = objectOf(prediction.classifications)
  const best = listOf(classes)
    .map((name, i) => ({ name: textOf(name), score: shareOf(listOf(scores)[i]) ?? 0 }))
    .sort((a, b) => b.score - a.score)[0]
  return best === undefined || best.name === '' ? null : statementOf(best.name, best.score, by)
}

const statementOf = (tokens: string, score: unknown, by: string): Statement => ({
  taxon: readSevenTokens(tokens),
  verified: false,
  by,
  score: shareOf(score),
})
