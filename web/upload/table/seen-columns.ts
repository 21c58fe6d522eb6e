// What a table says of an animal besides its taxon and of its photo, in the columns that an export writes, also under
// a lab's own names of them.

import type { Finding } from '../../../api/contract/exchange/findings.ts'
import type { PhotoFacts } from '../../../api/contract/exchange/import.ts'
import type { ExportTemplateList } from '../../../api/contract/exchange/templates.ts'

export type Templates = ExportTemplateList
export type RowFacts = PhotoFacts & { seen?: Pick<Finding, 'observed' | 'mark'> }
type Row = Record<string, string>
type Observed = NonNullable<Finding['observed']>

/** Exports write an apostrophe before what a spreadsheet would take for a formula. */
export const restored = (cell: string): string => (/^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell)

/** Keys of the columns; a template counts where the table has all of its columns. */
export function namedColumns(header: readonly string[], templates: Templates | null): string[] {
  const plain = header.map((name) => restored(name.trim()))
  const pairs = (templates?.items ?? [])
    .map(({ columns }) => columns.split(',').map((part) => part.split('=').map((word) => word.trim())))
    .filter((columns) => columns.every(([key = '', name = key]) => plain.includes(name)))
    .sort((a, b) => b.length - a.length)[0]
  const keys = new Map(pairs?.map(([key = '', name = key]) => [name, key]))
  const byFold = new Map(templates?.fields.map((field) => [folded(field), field]))
  const named = plain.map((name) => keys.get(name) ?? byFold.get(folded(name)) ?? name)
  const isMeant = (name: string, key: string) =>
    (key === 'path' && name === 'filename') || (key === 'species' && folded(name) === 'scientificname')
  const complete = (['path', 'species'] as const).reduce(
    (names, key) => (names.includes(key) ? names : names.map((name) => (isMeant(name, key) ? key : name))),
    named,
  )
  // The first of several columns of one name is read.
  return complete.map((name, i) => (complete.indexOf(name) === i ? name : `${name} (${i})`))
}

/** Without regard to capitals, blanks and underscores: `Common name` is commonName. */
const folded = (name: string): string => name.toLowerCase().replace(/[\s\p{Cf}_-]/gu, '')

/** The project's own fields stand between what else people observe and the mark. */
export const ownColumns = (templates: Templates | null): string[] =>
  templates?.fields.slice(templates.fields.indexOf('individual') + 1, templates.fields.indexOf('mark')) ?? []

const oneOf = <T extends string>(values: readonly T[], text: string | undefined): T | null =>
  values.find((value) => value === text?.toLowerCase()) ?? null

/** Cells that say something else are left out, as the service would. */
export function seenOf(row: Row, fields: readonly string[]): Pick<RowFacts, 'seen'> {
  const own = Object.fromEntries(fields.flatMap((name) => (row[name] ? [[name, row[name]]] : [])))
  const count = Number(row.count)
  const observed: Observed = {
    count: Number.isInteger(count) && count >= 1 && count <= 100_000 ? count : null,
    sex: oneOf(['female', 'male'], row.sex),
    lifeStage: oneOf(['adult', 'subadult', 'juvenile'], row.lifeStage),
    behaviour: row.behaviour || null,
    individual: row.individual || null,
    ...(Object.keys(own).length > 0 && { own }),
  }
  const mark = (['notAnimal', 'unknown', 'person', 'vehicle'] as const).find((one) => one === row.mark)
  const isSeen = Object.values(observed).some((value) => value !== null)
  if (!isSeen && mark === undefined) return {}
  return { seen: { ...(isSeen && { observed }), ...(mark && { mark }) } }
}

export const photoSaid = (row: Row): PhotoFacts => ({
  ...(row.photoMark === 'empty' && { empty: true }),
  ...(row.photoMark === 'unusable' && { unusable: true }),
  ...(row.notes && { notes: row.notes }),
  ...(row.flagged?.toLowerCase() === 'true' && { flagged: true }),
})

/** What a row says of the photo, not of one animal in it. */
export function ofPhoto(row: RowFacts): PhotoFacts {
  const keys = ['group', 'deployment', 'empty', 'unusable', 'notes', 'flagged'] as const
  return Object.fromEntries(keys.flatMap((key) => (row[key] === undefined ? [] : [[key, row[key]]])))
}
