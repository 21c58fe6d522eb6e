// What the pages of all reports share: one HTML file without scripts that prints well.

import { escapeXml } from '../../interchange/exchange/writers/xml-text.ts'
import type { Cell, Table } from './tables.ts'

export type Figure = { name: string; title: string; svg: string; made: string }

const STYLE = `body{font:15px/1.5 "Liberation Sans",Arial,Helvetica,sans-serif;color:#222;max-width:760px;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%;font-size:13px;margin-block:.5rem}th,td{border-bottom:1px solid #ddd;padding:3px 6px;text-align:left}
td.number{text-align:right}figure{margin:1.5rem 0;break-inside:avoid}svg{max-width:100%;height:auto}figcaption,.made{color:#555;font-size:13px}
.scroll{overflow-x:auto}td{overflow-wrap:break-word}tr{break-inside:avoid}h2{break-after:avoid}@page{margin:18mm}@media print{body{margin:0;max-width:none;padding:0}.scroll{overflow:visible}}`

/** `made`: a line below the heading; `parts`: HTML. */
export const htmlPage = (title: string, made: string, parts: readonly string[]): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeXml(title)}</title><style>${STYLE}</style>
<h1>${escapeXml(title)}</h1><p class="made">${escapeXml(made)}</p>
${parts.join('\n')}
</html>
`

export const figureOf = ({ title, svg, made }: Figure): string =>
  `<figure><h2>${escapeXml(title)}</h2>${svg}<figcaption>${escapeXml(made)}</figcaption></figure>`

export function tableOf([head = [], ...rows]: Table): string {
  const cellOf = (cell: Cell) =>
    typeof cell === 'number' ? `<td class="number">${cell}</td>` : `<td>${escapeXml(cell ?? '')}</td>`
  const names = head.map((cell) => `<th>${escapeXml(String(cell ?? '').replaceAll('_', ' '))}</th>`).join('')
  const body = rows.map((row) => `<tr>${row.map(cellOf).join('')}</tr>`).join('\n')
  return `<div class="scroll"><table><thead><tr>${names}</tr></thead><tbody>${body}</tbody></table></div>`
}

/** Names and values. */
export const factsOf = (facts: readonly (readonly [string, string])[]): string => tableOf([['', ''], ...facts])

/** A part under a heading; a sentence where its table has no rows. */
export const sectionOf = (title: string, table: Table, empty = 'Nothing was found.'): string =>
  `<h2>${escapeXml(title)}</h2>${table.length > 1 ? tableOf(table) : `<p>${escapeXml(empty)}</p>`}`
