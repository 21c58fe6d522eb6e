// A lab's own columns: which fields, in which order, under which names.

import type { Db } from '../../../db/connection/connect.ts'
import { getOwnFields } from '../../../db/own-fields.ts'
import { Problem } from '../../http/problem.ts'
import { tableFields } from '../../interchange/exchange/tables/own-table/templates.ts'

export type OwnColumn = { key: string; header: string }

/** `species=Taxon,count`. Throws Problem for a field that is none, and for a name that comes twice. */
export function columnsOf(text: string, fields: readonly string[]): OwnColumn[] {
  const columns = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part): OwnColumn => {
      const [field = '', ...name] = part.split('=')
      const key = field.trim()
      if (!fields.includes(key))
        throw new Problem(400, `Expected a field of the table for ${key || part}: ${fields.join(', ')}.`)
      return { key, header: name.join('=').trim() || key }
    })
  if (columns.length === 0) throw new Problem(400, 'Expected at least one column, such as species=Taxon.')
  const twice = columns.find(({ header }, k) => columns.findIndex((one) => one.header === header) < k)
  if (twice) throw new Problem(400, `Expected each name of a column once but received ${twice.header} twice.`)
  return columns
}

/** Undefined: every field, under its own name. Throws Problem as columnsOf does. */
export async function chosenColumns(db: Db, text: string | undefined): Promise<OwnColumn[]> {
  const fields = tableFields(await getOwnFields(db))
  return text === undefined ? fields.map((key) => ({ key, header: key })) : columnsOf(text, fields)
}
