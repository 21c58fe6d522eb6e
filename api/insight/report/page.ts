// A report as one HTML page that needs nothing else: it can be printed, mailed and kept.

import type { CameraHealth, Results, ResultsQuery } from '../../contract/survey/results.ts'
import { escapeXml } from '../../interchange/exchange/writers/xml-text.ts'
import { type Cell, healthTable, speciesTable, stationTable, type Table } from './tables.ts'

export type Figure = { name: string; title: string; svg: string; made: string }

export type ReportContent = {
  query: ResultsQuery
  results: Results
  health: CameraHealth
  figures: readonly Figure[]
  /** When it was made, and from which tree. */
  madeAt: string
  treeVersion: string
}

const STYLE = `body{font:15px/1.5 "Liberation Sans",Arial,Helvetica,sans-serif;color:#222;max-width:760px;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%;font-size:13px;margin-block:.5rem}th,td{border-bottom:1px solid #ddd;padding:3px 6px;text-align:left}
td.number{text-align:right}figure{margin:1.5rem 0;break-inside:avoid}svg{max-width:100%;height:auto}figcaption,.made{color:#555;font-size:13px}
.scroll{overflow-x:auto}`

export function reportPage(content: ReportContent): string {
  const { results, health, figures, query, madeAt, treeVersion } = content
  const facts: [string, string][] = [
    ['Filter', filterText(query)],
    ['Events', `${results.events}, of which ${results.undatedEvents} undated`],
    ['Stations', String(results.stations.length)],
    ['Camera-days', results.days.toFixed(1)],
    ['Not reviewed', `${results.unreviewed} animals: they are in no figure`],
  ]
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Survey results</title><style>${STYLE}</style>
<h1>Survey results</h1><p class="made">Made by Clavis on ${escapeXml(madeAt)}, tree ${escapeXml(treeVersion)}.</p>
${tableOf([['', ''], ...facts])}
${figures.map(figureOf).join('\n')}
<h2>Species</h2>${tableOf(speciesTable(results))}
<h2>Stations</h2>${tableOf(stationTable(results))}
<h2>Camera health</h2>${health.stations.length === 0 ? '<p>Nothing was found.</p>' : tableOf(healthTable(health))}
</html>
`
}

const figureOf = ({ title, svg, made }: Figure) =>
  `<figure><h2>${escapeXml(title)}</h2>${svg}<figcaption>${escapeXml(made)}</figcaption></figure>`

function tableOf([head = [], ...rows]: Table): string {
  const cellOf = (cell: Cell) =>
    typeof cell === 'number' ? `<td class="number">${cell}</td>` : `<td>${escapeXml(cell ?? '')}</td>`
  const names = head.map((cell) => `<th>${escapeXml(String(cell ?? '').replaceAll('_', ' '))}</th>`).join('')
  const body = rows.map((row) => `<tr>${row.map(cellOf).join('')}</tr>`).join('\n')
  return `<div class="scroll"><table><thead><tr>${names}</tr></thead><tbody>${body}</tbody></table></div>`
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
