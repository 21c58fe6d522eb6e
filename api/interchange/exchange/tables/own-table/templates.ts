// A lab's own names of columns that the installation keeps, and the fields that a column may hold.

import type { Db } from '../../../../../db/connection/connect.ts'
import { getOwnFields, type OwnFields } from '../../../../../db/own-fields.ts'
import { getSetting } from '../../../../../db/settings.ts'
import {
  type ExportTemplateList,
  type ExportTemplates,
  exportTemplatesSchema,
} from '../../../../contract/exchange/templates.ts'
import { EXPORT_COLUMNS } from '../../../columns.ts'

export const TEMPLATES_KEY = 'exportTemplates'

/** What a column may hold: the project's own fields come after what else people observe. */
export function tableFields({ items }: OwnFields): string[] {
  const before = EXPORT_COLUMNS.indexOf('mark')
  return [...EXPORT_COLUMNS.slice(0, before), ...items.map(({ name }) => name), ...EXPORT_COLUMNS.slice(before)]
}

export const listedTemplates = ({ items }: ExportTemplates, fields: string[]): ExportTemplateList => ({
  items: items.sort((a, b) => a.name.localeCompare(b.name)),
  fields,
})

/** Those that were saved, and the fields that a column may hold. */
export async function savedTemplates(db: Db): Promise<ExportTemplateList> {
  const stored = exportTemplatesSchema.safeParse(await getSetting(db, TEMPLATES_KEY))
  return listedTemplates(stored.success ? stored.data : { items: [] }, tableFields(await getOwnFields(db)))
}
