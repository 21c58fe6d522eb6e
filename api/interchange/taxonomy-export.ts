// The taxonomy as a file: a CSV with a column per rank, or a Darwin Core Archive with taxa, synonyms and vernacular
// names. Both can be imported again.

import { stringify } from 'csv-stringify/sync'
import { strToU8, zipSync } from 'fflate'
import type { Db } from '../../db/connection/connect.ts'
import { RANKS } from '../../db/schema.ts'
import { commonNameOf, readStates, type TaxonState } from '../../db/taxonomy/states.ts'
import { archiveMeta, DWC } from './archive-meta.ts'

export const TAXONOMY_FORMATS = ['csv', 'dwca'] as const
type TaxonomyFormat = (typeof TAXONOMY_FORMATS)[number]

export async function exportTaxonomy(
  db: Db,
  format: TaxonomyFormat,
): Promise<{ bytes: Uint8Array; type: string; filename: string }> {
  const states = (await readStates(db, null)).filter(({ mergedIntoId }) => mergedIntoId === null)
  return format === 'csv'
    ? { bytes: toCsv(states), type: 'text/csv; charset=utf-8', filename: 'taxonomy.csv' }
    : { bytes: toDarwinCore(states), type: 'application/zip', filename: 'taxonomy.zip' }
}

/** From the top to the taxon itself. */
function pathsOf(states: TaxonState[]): (state: TaxonState) => TaxonState[] {
  const byId = new Map(states.map((state) => [state.id, state]))
  return (state) => {
    const path = [state]
    for (let at = state.parentId; at !== null; ) {
      const parent = byId.get(at)
      if (!parent) break
      path.unshift(parent)
      at = parent.parentId
    }
    return path
  }
}

/** Parents before children, so that reading goes from the top. */
function ordered(states: TaxonState[], pathOf: (state: TaxonState) => TaxonState[]) {
  return states
    .map((state) => ({ state, path: pathOf(state), key: '' }))
    .map((row) => ({ ...row, key: row.path.map(({ name }) => name.toLowerCase()).join('\u0000') }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.state.id - b.state.id))
}

function toCsv(states: TaxonState[]): Uint8Array {
  const rows = ordered(states, pathsOf(states))
  const used = RANKS.filter((rank) => states.some((state) => state.rank === rank))
  const languages = [
    ...new Set(states.flatMap(({ names }) => names.flatMap((one) => (one.kind === 'common' ? [one.language] : [])))),
  ].filter((language) => language !== null)
  languages.sort()
  const header = [
    ...used,
    'commonName',
    ...languages.map((language) => `commonNames:${language}`),
    'commonNames',
    'synonyms',
    'externalIds',
    'active',
  ]
  const lines = rows.map(({ state, path }) => {
    const common = (language: string | null) =>
      state.names.flatMap((one) =>
        one.kind === 'common' && one.language === language && !isAlone(one) ? [one.name] : [],
      )
    /** The preferred name has a column of its own. Without a language it needs no other. */
    const isAlone = (one: { preferred: boolean; language: string | null }) => one.preferred && one.language === null
    return [
      ...used.map((rank) => path.find((one) => one.rank === rank)?.name ?? ''),
      isAloneName(state) ?? '',
      ...languages.map((language) => common(language).join('; ')),
      common(null).join('; '),
      state.names.flatMap((one) => (one.kind === 'synonym' ? [one.name] : [])).join('; '),
      state.externalIds.join('; '),
      state.active ? '' : 'no',
    ]
  })
  return strToU8(stringify([header, ...lines]))
}

/** The preferred common name, if its language is not known. With a language it is in the column of that language. */
function isAloneName(state: TaxonState): string | null {
  const preferred = state.names.find((one) => one.preferred)
  return preferred && preferred.language === null ? preferred.name : null
}

const TAXON_TERMS = [
  ...['taxonID', 'parentNameUsageID', 'acceptedNameUsageID', 'scientificName', 'taxonRank', 'taxonomicStatus'].map(
    (term) => `${DWC}${term}`,
  ),
  'http://purl.org/dc/terms/identifier',
]
const NAME_TERMS = [
  `${DWC}vernacularName`,
  'http://purl.org/dc/terms/language',
  'http://rs.gbif.org/terms/1.0/isPreferredName',
]

function toDarwinCore(states: TaxonState[]): Uint8Array {
  const rows = ordered(states, pathsOf(states))
  const id = (of: number | null) => (of === null ? '' : `clavis:${of}`)
  const taxa = rows.flatMap(({ state }) => [
    [id(state.id), id(state.parentId), '', state.name, state.rank, 'accepted', state.externalIds.join('|')],
    ...state.names
      .filter(({ kind }) => kind === 'synonym')
      .map((one, i) => [`${id(state.id)}-${i + 1}`, '', id(state.id), one.name, state.rank, 'synonym', '']),
  ])
  const names = rows.flatMap(({ state }) =>
    state.names.flatMap((one) =>
      one.kind === 'common'
        ? [[id(state.id), one.name, one.language ?? '', String(one.name === commonNameOf(state.names))]]
        : [],
    ),
  )
  const table = (header: string[], lines: string[][]) =>
    strToU8(stringify([header, ...lines], { delimiter: '\t', quoted_match: /["\t\n\r]/ }))
  const short = (term: string) => term.replace(/^.*\//, '')
  return zipSync(
    {
      'meta.xml': strToU8(META),
      'taxon.txt': table(TAXON_TERMS.map(short), taxa),
      'vernacularname.txt': table(['taxonID', ...NAME_TERMS.map(short)], names),
    },
    { level: 6 },
  )
}

const META = archiveMeta(
  '\\t',
  { file: 'taxon.txt', rowType: `${DWC}Taxon`, terms: TAXON_TERMS },
  {
    file: 'vernacularname.txt',
    rowType: 'http://rs.gbif.org/terms/1.0/VernacularName',
    terms: NAME_TERMS,
    first: 1,
  },
)
