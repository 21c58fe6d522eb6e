// Wildlife Insights' download bundle: images*.csv with a row for each photo and taxon, deployments.csv, and tables that
// are not needed.

import { numberOf } from '../json-entries.ts'
import { leftOut } from '../left-out.ts'
import { beside, type FileSet, type Reader } from '../reader.ts'
import { type ExchangeRecord, type PhotoRecord, photoRecord, type TaxonWords } from '../records.ts'
import { cell, columnsOf, type Row, tableRows } from '../table-rows.ts'

export const wildlifeInsights: Reader = {
  name: 'wildlife-insights',
  title: 'Wildlife Insights',
  recognises(head, path) {
    if (!/\.csv$/i.test(path)) return false
    const columns = columnsOf(head)
    return (
      ['deployment_id', 'location', 'identified_by'].every((name) => columns.includes(name)) &&
      columns.includes('wi_taxon_id')
    )
  },
  async *read(files, recognised) {
    yield { type: 'about', version: null, detector: null, threshold: null }
    const folders = new Set(recognised.map((path) => beside(path, 'deployments.csv')))
    const places = new Map<string, ExchangeRecord & { type: 'deployment' }>()
    for (const path of folders)
      if (files.paths.includes(path))
        for await (const place of readDeployments(files, path)) places.set(place.id, place)
    yield* places.values()
    for (const path of recognised) yield* readImages(files, path, places)
  },
}

async function* readDeployments(files: FileSet, path: string) {
  for await (const row of tableRows(files.open(path))) {
    const id = cell(row, 'deployment_id')
    yield {
      type: 'deployment' as const,
      id,
      name: id,
      station: cell(row, 'placename') || null,
      latitude: numberOf(cell(row, 'latitude')),
      longitude: numberOf(cell(row, 'longitude')),
      start: cell(row, 'start_date') || null,
      end: cell(row, 'end_date') || null,
      camera: cell(row, 'camera_id') || null,
    }
  }
}

async function* readImages(
  files: FileSet,
  path: string,
  places: Map<string, { latitude: number | null; longitude: number | null }>,
): AsyncGenerator<ExchangeRecord> {
  const photos = new Map<string, PhotoRecord>()
  const bad: ExchangeRecord[] = []
  const rows = tableRows(files.open(path), {
    onBadRow: (why) => bad.push(leftOut(path, `A row cannot be read: ${why}.`)),
  })
  for await (const row of rows) {
    const location = cell(row, 'location')
    const id = cell(row, 'image_id') || location
    if (location === '' && cell(row, 'filename') === '') {
      yield leftOut(`image ${id}`, 'It names no file.')
      continue
    }
    const photo = photos.get(id) ?? startPhoto(row, location, places)
    photos.set(id, photo)
    const words = wordsOf(row)
    const by = cell(row, 'identified_by') || null
    const verified = by === null || !/computer vision/i.test(by)
    // A taxon contradicts the flag: it is trusted.
    if (words !== null)
      photo.statements.push({
        taxon: words,
        verified,
        by,
        score: verified ? null : numberOf(cell(row, 'cv_confidence')),
      })
    else if (cell(row, 'is_blank') === '1' || /^blank$/i.test(cell(row, 'common_name'))) photo.empty = { verified, by }
  }
  yield* bad
  yield* photos.values()
}

function startPhoto(
  row: Row,
  location: string,
  places: Map<string, { latitude: number | null; longitude: number | null }>,
): PhotoRecord {
  const deployment = cell(row, 'deployment_id') || null
  const place = places.get(deployment ?? '')
  // gs://bucket/deployment/NNN/name: the bucket is nobody's folder.
  const path = location.replace(/^gs:\/\/[^/]+\//, '') || cell(row, 'filename')
  return photoRecord(path, {
    deployment,
    capturedAt: cell(row, 'timestamp') || null,
    latitude: place?.latitude ?? null,
    longitude: place?.longitude ?? null,
  })
}

/** Null where the row names no animal: blank, no answer, people. */
function wordsOf(row: Row): TaxonWords | null {
  const common = cell(row, 'common_name')
  const genus = cell(row, 'genus')
  const epithet = cell(row, 'species')
  const words: TaxonWords = { label: common }
  for (const rank of ['class', 'order', 'family'] as const) if (cell(row, rank) !== '') words[rank] = cell(row, rank)
  if (genus !== '') words.genus = genus
  if (genus !== '' && epithet !== '') words.species = `${genus} ${epithet}`
  const name = words.species ?? words.genus ?? words.family ?? words.order ?? words.class
  if (name === undefined || /^(human|homo sapiens|no cv result|blank)/i.test(common) || /^homo$/i.test(genus))
    return null
  if (words.species !== undefined && common !== '') words.commonName = common
  return { ...words, label: name }
}
