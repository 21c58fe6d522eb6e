// What a table says of an animal besides its taxon, in the columns that an export writes: what people observed, the
// project's own fields, the mark; and of the photo: its mark, notes and flag. A lab's own names of columns are those of
// the templates that the installation keeps.

import { type Finding, findingSchema } from '../../../../contract/exchange/findings.ts'
import type { PhotoFacts } from '../../../../contract/exchange/import.ts'
import type { ExportTemplateList } from '../../../../contract/exchange/templates.ts'
import { EXPORT_COLUMNS } from '../../../columns.ts'
import type { Row } from '../../table-rows.ts'

export type Seen = Pick<Finding, 'observed' | 'mark'>

const OBSERVED = ['count', 'sex', 'lifeStage', 'behaviour', 'individual'] as const

/** The project's own fields. */
export const ownColumns = ({ fields }: ExportTemplateList): string[] =>
  fields.filter((field) => !EXPORT_COLUMNS.includes(field))

/** Keys of the columns by a lab's names of them, from the template all of whose columns are in the table. */
export function templateColumns({ items }: ExportTemplateList, header: readonly string[]): Map<string, string> {
  const templates = items.map(({ columns }) =>
    columns.split(',').map((part): [name: string, key: string] => {
      const [key = '', ...name] = part.split('=').map((word) => word.trim())
      return [name.join('=') || key, key]
    }),
  )
  const fitting = templates.filter((columns) => columns.every(([name]) => header.includes(name)))
  return new Map(fitting.sort((a, b) => b.length - a.length)[0])
}

/** `leave` is told of a cell that says something that cannot be kept. */
export function seenIn(row: Row, own: readonly string[], leave: (why: string) => void): Seen {
  const { observed: schema } = findingSchema.shape
  const cells: [string, string][] = OBSERVED.flatMap((name) => (row[name] ? [[name, row[name]]] : []))
  const said = cells.flatMap(([name, text]): [string, string | number][] => {
    const value = name === 'count' ? Number(text) : name === 'sex' || name === 'lifeStage' ? text.toLowerCase() : text
    const isKept = schema.safeParse({ ...NOTHING, [name]: value }).success
    if (!isKept) leave(`Its ${name} "${text.slice(0, 100)}" is left out.`)
    return isKept ? [[name, value]] : []
  })
  const ownSaid = own.flatMap((name): [string, string][] => (row[name] ? [[name, row[name]]] : []))
  const mark = findingSchema.shape.mark.safeParse(row.mark || undefined)
  if (!mark.success) leave(`Its mark "${row.mark?.slice(0, 100)}" is left out.`)
  const isSeen = said.length + ownSaid.length > 0
  const observed = {
    ...NOTHING,
    ...Object.fromEntries(said),
    ...(ownSaid.length > 0 && { own: Object.fromEntries(ownSaid) }),
  }
  return { ...(isSeen && { observed }), ...(mark.data !== undefined && { mark: mark.data }) }
}

const NOTHING = { count: null, sex: null, lifeStage: null, behaviour: null, individual: null }

/** What the row says of the whole photo. */
export const photoSaid = (row: Row): Pick<PhotoFacts, 'empty' | 'unusable' | 'notes' | 'flagged'> => ({
  ...(row.photoMark === 'empty' && { empty: true }),
  ...(row.photoMark === 'unusable' && { unusable: true }),
  ...(row.notes && { notes: row.notes }),
  ...(row.flagged?.toLowerCase() === 'true' && { flagged: true }),
})
