// From rows to the numbers of a report: every figure counts what people said, and stands beside how many animals nobody
// has named yet.

import type { InsightFilter } from '../../../db/insight/counts.ts'
import {
  countUnreviewed,
  listSightings,
  type SightingRow,
  type SurveyedDeployment,
  surveyedDeployments,
} from '../../../db/insight/sightings.ts'
import type { Results, ResultsQuery } from '../../contract/survey/results.ts'
import { DAY_MS, MINUTE_MS, readClock } from '../../interchange/local-time.ts'
import { taxonLookup } from '../../present/taxa.ts'
import type { Service } from '../../service.ts'
import { type Effort, effortOf } from './effort.ts'
import { type IndependentEvent, independentEvents, type Sighting } from './events.ts'
import { groupedBy } from './grouped.ts'
import { chao2, speciesAccumulation } from './richness.ts'

/** A camera is a station of its own: nothing says yet which cameras stood at one place. */
export type Survey = { stations: SurveyedDeployment[]; efforts: Effort[] }

/** Cameras of the filter with the time that they watched within its days. */
export async function surveyOf(service: Pick<Service, 'db'>, filter: InsightFilter): Promise<Survey> {
  const all = await surveyedDeployments(service.db)
  const stations = all.filter(({ name }) => filter.deployment === null || name === filter.deployment)
  const earliest = filter.from === null ? Number.NEGATIVE_INFINITY : readClock(`${filter.from}T00:00:00`)
  const latest = filter.to === null ? Number.POSITIVE_INFINITY : readClock(`${filter.to}T00:00:00`) + DAY_MS
  const efforts = stations.flatMap(({ id, first, last }) => {
    if (first === null || last === null) return []
    const [firstPhoto, lastPhoto] = [Math.max(readClock(first), earliest), Math.min(readClock(last), latest)]
    return effortOf({ id, stationId: id, start: null, end: null, firstPhoto, lastPhoto, problems: [] }) ?? []
  })
  return { stations, efforts }
}

export const sightingOf = ({ mediaId, deploymentId, taxonId, capturedAt, individuals }: SightingRow): Sighting => ({
  mediaId,
  deploymentId,
  stationId: deploymentId,
  taxonId,
  takenAt: capturedAt === null ? null : readClock(capturedAt),
  individuals,
  counted: null,
})

export async function resultsOf(
  service: Pick<Service, 'db' | 'learning'>,
  filter: InsightFilter,
  { gapMinutes, independence }: Pick<ResultsQuery, 'gapMinutes' | 'independence'>,
): Promise<Results> {
  const { stations, efforts } = await surveyOf(service, filter)
  const sightings = (await listSightings(service.db, filter)).map(sightingOf)
  const events = independentEvents(sightings, { gapMs: gapMinutes * MINUTE_MS, independence })
  const daysOf = new Map(efforts.map(({ stationId, days }) => [stationId, days]))
  const days = efforts.reduce((sum, effort) => sum + effort.days, 0)
  const taxa = await taxaOf(service, events, { days, stations: stations.length })
  const species = taxa.filter(({ taxon }) => taxon.rank === 'species' || taxon.rank === 'subspecies')
  const incidences = species.map((one) => one.stations)
  return {
    events: events.length,
    undatedEvents: events.filter(({ start }) => start === null).length,
    unreviewed: await countUnreviewed(service.db, filter),
    days,
    stations: stations.map(({ id, name, photos, first, last }) => ({
      id: String(id),
      name,
      photos,
      first,
      last,
      days: daysOf.get(id) ?? null,
    })),
    taxa,
    cells: cellsOf(events),
    richness: chao2(incidences, stations.length),
    accumulation: speciesAccumulation(incidences, stations.length),
  }
}

async function taxaOf(
  service: Pick<Service, 'learning'>,
  events: readonly IndependentEvent[],
  effort: { days: number; stations: number },
): Promise<Results['taxa']> {
  const byTaxon = groupedBy(events, ({ taxonId }) => taxonId)
  const lookup = await taxonLookup(service, byTaxon.keys())
  const taxa = [...byTaxon].map(([taxonId, own]) => {
    const stations = new Set(own.flatMap(({ stationId }) => (stationId === null ? [] : [stationId]))).size
    return {
      taxon: lookup.get(taxonId),
      events: own.length,
      individuals: individualsOf(own),
      stations,
      per100Days: effort.days > 0 ? (100 * own.length) / effort.days : null,
      naiveOccupancy: effort.stations > 0 ? stations / effort.stations : null,
    }
  })
  return taxa.sort((a, b) => b.events - a.events || a.taxon.name.localeCompare(b.taxon.name))
}

function cellsOf(events: readonly IndependentEvent[]): Results['cells'] {
  const cells = groupedBy(events, ({ taxonId, stationId }) => `${taxonId} ${stationId}`)
  return [...cells.values()].map((own) => ({
    taxonId: String(own[0]!.taxonId),
    stationId: own[0]!.stationId === null ? null : String(own[0]!.stationId),
    events: own.length,
    individuals: individualsOf(own),
  }))
}

const individualsOf = (events: readonly IndependentEvent[]): number => events.reduce((sum, { count }) => sum + count, 0)
