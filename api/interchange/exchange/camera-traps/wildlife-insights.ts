// Wildlife Insights' download bundle: images*.csv with a row for each photo and taxon, deployments.csv, and tables that
// are not needed.

import { leftOut } from '../left-out.ts'
import { beside, type FileSet, type Reader } from '../reader.ts'
import { type ExchangeRecord, type PhotoRecord, photoRecord, type TaxonWords } from '../records.ts'
import { openGathering } from '../spool/gathering.ts'
import { recordsOfTable } from '../table-records.ts'
import { cell, decimal, decimalShare, hasColumns, type Row } from '../table-rows.ts'

export const wildlifeInsights: Reader = {
  name: 'wildlife-insights',
  title: 'Wildlife Insights',
  recognises: (head, path) =>
    /\.(csv|tsv|txt)$/i.test(path) && hasColumns(head, ['deployment_id', 'location', 'identified_by', 'wi_taxon_id']),
  async *read(files, recognised, { scratch }) {
    yield { type: 'about', version: null, detector: null, threshold: null }
    const places: Places = new Map()
    for (const path of new Set([...recognised].map((one) => beside(one, 'deployments.csv'))))
      if (await files.has(path)) yield* readDeployments(files, path, places)
    for (const path of recognised) yield* readImages(files, path, places, scratch)
  },
}

type Places = Map<string, { latitude: number | null; longitude: number | null }>

function readDeployments(files: FileSet, path: string, places: Places): AsyncGenerator<ExchangeRecord> {
  return recordsOfTable(files, path, (row) => {
    const id = cell(row, 'deployment_id')
    const place = { latitude: decimal(row, 'latitude'), longitude: decimal(row, 'longitude') }
    if (places.has(id)) return null
    places.set(id, place)
    return {
      type: 'deployment',
      id,
      name: id,
      station: cell(row, 'placename') || null,
      ...place,
      start: cell(row, 'start_date') || null,
      end: cell(row, 'end_date') || null,
      camera: cell(row, 'camera_id') || null,
    }
  })
}

async function* readImages(
  files: FileSet,
  path: string,
  places: Places,
  scratch?: string,
): AsyncGenerator<ExchangeRecord> {
  const rows = openGathering<Row>(scratch)
  const readRow = (row: Row): ExchangeRecord | null => {
    const location = cell(row, 'location')
    const id = cell(row, 'image_id') || location
    if (location === '' && cell(row, 'filename') === '') return leftOut(`image ${id}`, 'It names no file.')
    rows.add(id, row)
    return null
  }
  try {
    yield* recordsOfTable(files, path, readRow)
    for (const { rows: ofPhoto } of rows.groups()) yield photoOf(ofPhoto, places)
  } finally {
    rows.close()
  }
}

function photoOf(rows: Row[], places: Places): PhotoRecord {
  const photo = startPhoto(rows[0] ?? {}, places)
  for (const row of rows) {
    const words = wordsOf(row)
    const by = cell(row, 'identified_by') || null
    const verified = by === null || !/computer vision/i.test(by)
    const score = verified ? null : decimalShare(row, 'cv_confidence')
    // A taxon contradicts the flag: it is trusted.
    if (words !== null) photo.statements.push({ taxon: words, verified, by, score })
    else if (cell(row, 'is_blank') === '1' || /^blank$/i.test(cell(row, 'common_name'))) photo.empty = { verified, by }
  }
  return photo
}

function startPhoto(row: Row, places: Places): PhotoRecord {
  const deployment = cell(row, 'deployment_id') || null
  const place = places.get(deployment ?? '')
  // gs://bucket/deployment/NNN/name: the bucket is nobody's folder.
  const path = cell(row, 'location').replace(/^gs:\/\/[^/]+\//, '') || cell(row, 'filename')
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
