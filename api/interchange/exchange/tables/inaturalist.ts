// iNaturalist's CSV of observations. The photos are not in it: they are found by the number in `image_url`, or a file
// named after it.

import { leftOut } from '../left-out.ts'
import type { Reader } from '../reader.ts'
import { type ExchangeRecord, photoRecord, type TaxonWords } from '../records.ts'
import { recordsOfTable } from '../table-records.ts'
import { cell, decimal, hasColumns, type Row } from '../table-rows.ts'

export const inaturalist: Reader = {
  name: 'inaturalist',
  title: 'iNaturalist observations',
  recognises: (head, path) =>
    /\.(csv|tsv|txt)$/i.test(path) &&
    [['quality_grade'], ['observed_on', 'image_url']].some((names) => hasColumns(head, ['scientific_name', ...names])),
  async *read(files, recognised) {
    yield { type: 'about', version: null, detector: null, threshold: null }
    for (const path of recognised) yield* recordsOfTable(files, path, readObservation)
  },
}

function readObservation(row: Row): ExchangeRecord {
  const address = cell(row, 'image_url')
  const photo = /\/photos\/(\d+)\//.exec(address)?.[1]
  if (address === '') return leftOut(`observation ${cell(row, 'id')}`, 'It has no photo.')
  const obscured = /^(true|1|yes)$/i.test(cell(row, 'coordinates_obscured'))
  const name = cell(row, 'scientific_name')
  return photoRecord(photo ?? address, {
    withoutEnding: photo !== undefined,
    capturedAt: cell(row, 'time_observed_at') || cell(row, 'observed_on') || null,
    // Obscured coordinates are a random place in a cell of 0.2 degrees.
    latitude: obscured ? null : decimal(row, 'latitude'),
    longitude: obscured ? null : decimal(row, 'longitude'),
    statements: name === '' ? [] : [{ taxon: wordsOf(row, name), verified: true, by: whoSays(row), score: null }],
  })
}

/** Research grade is what a community agreed on; else it is one person's opinion. */
const whoSays = (row: Row): string | null =>
  cell(row, 'quality_grade') === 'research' ? 'iNaturalist community' : cell(row, 'user_login') || null

function wordsOf(row: Row, name: string): TaxonWords {
  const words: TaxonWords = { label: name, scientificName: name }
  for (const rank of ['kingdom', 'phylum', 'class', 'order', 'family', 'genus', 'species'] as const) {
    const text = cell(row, `taxon_${rank}_name`)
    if (text !== '') words[rank] = text
    if (text === name) words.rank = rank
  }
  const common = cell(row, 'common_name')
  return common === '' ? words : { ...words, commonName: common }
}
