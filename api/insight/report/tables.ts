// The tables of a report as CSV. No cell is a formula for a spreadsheet.

import { stringify } from 'csv-stringify/sync'
import { onGrid, type SensitivePlaces, secrecyOfAll } from '../../../db/taxonomy/place-rules.ts'
import type { CameraHealth, Results } from '../../contract/survey/results.ts'
import { harmlessCell } from '../../interchange/exchange/table-rows.ts'
import type { EventRecord, TaxonReport } from '../results/by-taxon.ts'

export type Cell = string | number | null
export type Table = readonly (readonly Cell[])[]

export const csvOf = (table: Table): string =>
  stringify(table.map((row) => row.map((cell) => (typeof cell === 'string' ? harmlessCell(cell) : cell))))

export const rounded = (value: number | null): number | null =>
  value === null ? null : Math.round(value * 1000) / 1000

export const speciesTable = ({ taxa }: Results): Table => [
  'taxon common_name rank events individuals stations events_per_100_nights naive_occupancy suggested_not_reviewed'.split(
    ' ',
  ),
  ...taxa.map(({ taxon, ...row }) => [
    taxon.name,
    taxon.commonName,
    taxon.rank,
    row.events,
    row.individuals,
    row.stations,
    rounded(row.per100Days),
    rounded(row.naiveOccupancy),
    row.unreviewed,
  ]),
]

export const stationTable = ({ stations }: Results): Table => [
  'station latitude longitude photos first_photo last_photo camera_days effort_from events not_reviewed'.split(' '),
  ...stations.map((one) => [
    one.name,
    one.latitude,
    one.longitude,
    one.photos,
    one.first,
    one.last,
    rounded(one.days),
    one.effortFrom,
    one.events,
    one.unreviewed,
  ]),
]

/** Events of each taxon at each station, a row per taxon. */
function matrixTable({ taxa, stations, cells }: Results): Table {
  const events = new Map(cells.map((cell) => [`${cell.taxonId} ${cell.stationId}`, cell.events]))
  return [
    ['taxon', ...stations.map(({ name }) => name), 'no station'],
    ...taxa.map(({ taxon }) => [
      taxon.name,
      ...[...stations.map(({ id }): string | null => id), null].map((id) => events.get(`${taxon.id} ${id}`) ?? 0),
    ]),
  ]
}

const accumulationTable = ({ accumulation }: Results): Table => [
  ['stations', 'species_expected'],
  ...accumulation.map((species, k) => [k + 1, rounded(species)]),
]

const eventTable = (events: readonly EventRecord[], nameOf: (taxonId: number) => string): Table => [
  ['station', 'taxon', 'start', 'end', 'individuals', 'photos'],
  ...events.map((one) => [one.station, nameOf(one.taxonId), one.start, one.end, one.individuals, one.photos]),
]

/** A row per station: a history's or the effort's. */
export function occasionTable(
  rows: TaxonReport['history'],
  cellsOf: (row: TaxonReport['history'][number]) => readonly (number | null)[],
): Table {
  const occasions = rows[0]?.detected.length ?? 0
  return [
    ['station', ...Array.from({ length: occasions }, (_, k) => `o${k + 1}`)],
    ...rows.map((row) => [row.name, ...cellsOf(row)]),
  ]
}

/** Density per hour by taxon: a column for each that has enough events. */
function activityTable(taxa: readonly { name: string; activity: readonly number[] }[]): Table {
  const steps = taxa[0]?.activity.length ?? 0
  return [
    ['hour', ...taxa.map(({ name }) => name)],
    ...Array.from({ length: steps }, (_, k) => [
      rounded((k * 24) / steps),
      ...taxa.map(({ activity }) => Math.round((activity[k] ?? 0) * 1e6) / 1e6),
    ]),
  ]
}

export const healthTable = ({ stations }: CameraHealth): Table => [
  ['deployment', 'finding', 'count', 'from', 'to'],
  ...stations.flatMap(({ name, findings }) =>
    findings.map(({ fault, count, from, to }) => [name, fault, count, from, to]),
  ),
]

/** Coordinates as the rules of sensitive taxa allow: a report leaves the installation. */
export const tellPlaces = (results: Results, { deployments }: Pick<SensitivePlaces, 'deployments'>): Results => ({
  ...results,
  stations: results.stations.map((one) => {
    const { grid = null, hidden = false } = secrecyOfAll(deployments, one.deploymentIds.map(Number)) ?? {}
    const tell = (degrees: number | null) =>
      degrees === null || hidden ? null : grid === null ? degrees : onGrid(degrees, grid)
    return { ...one, latitude: tell(one.latitude), longitude: tell(one.longitude) }
  }),
})

/** The tables of the whole survey, by the name of their file; each is made when it is asked for. */
export function* surveyTables(survey: {
  results: Results
  /** Taxa with a curve of activity. */
  active: Parameters<typeof activityTable>[0]
  health: CameraHealth
  events: readonly EventRecord[]
  nameOf: (taxonId: number) => string
}): Generator<[name: string, table: Table]> {
  const { results, active, health, events, nameOf } = survey
  yield ['species', speciesTable(results)]
  yield ['stations', stationTable(results)]
  yield ['species-by-station', matrixTable(results)]
  yield ['accumulation', accumulationTable(results)]
  yield ['activity', activityTable(active)]
  yield ['camera-health', healthTable(health)]
  yield ['events', eventTable(events, nameOf)]
}
