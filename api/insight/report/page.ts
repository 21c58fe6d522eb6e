// A report as one HTML page that needs nothing else: it can be printed, mailed and kept.

import type { CameraHealth, Results, ResultsQuery } from '../../contract/survey/results.ts'
import { type Figure, factsOf, figureOf, htmlPage, sectionOf } from './html.ts'
import { healthTable, speciesTable, stationTable } from './tables.ts'

export type ReportContent = {
  query: ResultsQuery
  results: Results
  health: CameraHealth
  figures: readonly Figure[]
  /** When it was made, and from which tree. */
  madeAt: string
  treeVersion: string
}

export function reportPage(content: ReportContent): string {
  const { results, health, figures, query, madeAt, treeVersion } = content
  const facts: [string, string][] = [
    ['Filter', filterText(query)],
    ['Events', `${results.events}, of which ${results.undatedEvents} undated`],
    ['Stations', String(results.stations.length)],
    ['Camera-days', results.days.toFixed(1)],
    ['Not reviewed', `${results.unreviewed} animals: they are in no figure`],
  ]
  return htmlPage('Survey results', `Made by Clavis on ${madeAt}, tree ${treeVersion}.`, [
    factsOf(facts),
    ...figures.map(figureOf),
    sectionOf('Species', speciesTable(results)),
    sectionOf('Stations', stationTable(results)),
    sectionOf('Camera health', healthTable(health)),
  ])
}

export function methodOf({ gapMinutes, independence }: ResultsQuery, { days, stations }: Results): string {
  const from = independence === 'lastRecord' ? 'the record before it' : 'the first record of the event'
  const sources = new Set(stations.map(({ effortFrom }) => effortFrom))
  const effort =
    sources.has('photos') || sources.has('both')
      ? 'Effort comes from recorded dates where there are any, else from the first to the last photo, which is 10 to 16 % too short.'
      : 'Effort comes from recorded dates.'
  return `Only what people stated counts. A record ${gapMinutes} minutes or more after ${from} is a new event of its species at its station. Individuals: the most in one photo of each event, or a person’s count. Rates are events per 100 of ${days.toFixed(1)} camera-days, problem periods taken out. ${effort} Naive occupancy: share of stations with a record.`
}

function filterText({ taxon, deployment, site, from, to, importId }: ResultsQuery): string {
  const parts = [
    taxon && `taxon ${taxon}`,
    site && `station ${site}`,
    deployment && `camera ${deployment}`,
    from && `from ${from}`,
    to && `to ${to}`,
    importId && `import ${importId}`,
  ]
  return parts.filter((part) => part !== undefined).join(', ') || 'everything'
}
