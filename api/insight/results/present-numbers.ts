// The numbers of a survey with names, rates, and what nobody has reviewed yet.

import type { UnreviewedRow } from '../../../db/insight/sightings.ts'
import type { Results } from '../../contract/survey/results.ts'
import type { Taxon } from '../../contract/taxon.ts'
import { taxonLookup } from '../../present/taxa.ts'
import type { Service } from '../../service.ts'
import { chao2, speciesAccumulation } from './richness.ts'
import type { SurveyNumbers } from './survey.ts'

export async function presentNumbers(
  service: Pick<Service, 'learning'>,
  { stations, taxa, cells, ...numbers }: SurveyNumbers,
  unreviewed: readonly UnreviewedRow[],
): Promise<Results> {
  const lookup = await taxonLookup(
    service,
    taxa.map(({ taxonId }) => taxonId),
  )
  const waitingAs = sums(unreviewed, ({ taxonId }) => taxonId)
  const waitingIn = sums(unreviewed, ({ deploymentId }) => deploymentId)
  const shown = taxa.map(({ taxonId, events, rated, individuals, stationIds }) => ({
    taxon: lookup.get(taxonId),
    events,
    individuals,
    stations: stationIds.length,
    per100Days: numbers.days > 0 && rated > 0 ? (100 * rated) / numbers.days : null,
    naiveOccupancy: stations.length > 0 ? stationIds.length / stations.length : null,
    unreviewed: waitingAs.get(taxonId) ?? 0,
  }))
  const incidences = speciesIncidences(taxa.map((one) => ({ ...one, taxon: lookup.get(one.taxonId) })))
  return {
    ...numbers,
    unratedEvents: taxa.reduce((sum, { events, rated }) => sum + events - rated, 0),
    unreviewed: [...waitingIn.values()].reduce((sum, animals) => sum + animals, 0),
    stations: stations.map(({ id, deploymentIds, ...same }) => ({
      ...same,
      id: String(id),
      deploymentIds: deploymentIds.map(String),
      unreviewed: deploymentIds.reduce((sum, one) => sum + (waitingIn.get(one) ?? 0), 0),
    })),
    taxa: shown.sort((a, b) => b.events - a.events || a.taxon.name.localeCompare(b.taxon.name)),
    cells: cells.map(({ taxonId, stationId, ...same }) => ({
      ...same,
      taxonId: String(taxonId),
      stationId: stationId === null ? null : String(stationId),
    })),
    richness: chao2(incidences, stations.length),
    accumulation: speciesAccumulation(incidences, stations.length),
  }
}

/** Animals by a key of their row. */
function sums<K>(rows: readonly UnreviewedRow[], keyOf: (row: UnreviewedRow) => K): Map<K, number> {
  const found = new Map<K, number>()
  for (const row of rows) found.set(keyOf(row), (found.get(keyOf(row)) ?? 0) + row.animals)
  return found
}

/** At how many stations each species was recorded. A subspecies is its species; what is coarser is none. */
function speciesIncidences(taxa: readonly { taxon: Taxon; stationIds: number[] }[]): number[] {
  const stations = new Map<string, Set<number>>()
  for (const { taxon, stationIds } of taxa) {
    const species = [...taxon.path, taxon].find(({ rank }) => rank === 'species')
    if (species === undefined) continue
    const known = stations.get(species.id) ?? new Set()
    for (const id of stationIds) known.add(id)
    stations.set(species.id, known)
  }
  return [...stations.values()].map(({ size }) => size)
}
