// Templates of the exported table, which everybody of the installation shares.

import { getOwnFields } from '../../../db/own-fields.ts'
import { getSetting, setSetting } from '../../../db/settings.ts'
import {
  type ExportTemplates,
  exportTemplateListSchema,
  exportTemplatesSchema,
} from '../../contract/exchange/templates.ts'
import { jsonAnswer, jsonBody } from '../../http/json.ts'
import { problems } from '../../http/problem.ts'
import { newRoutes, routesOf } from '../../http/router.ts'
import type { Service } from '../../service.ts'
import { columnsOf, tableFields } from './own-columns.ts'

const route = routesOf('Export')
const KEY = 'exportTemplates'

const listRoute = route('get /api/export/templates', 'Own columns of the table that were saved', {
  responses: { 200: jsonAnswer('Templates, and the fields that a column may hold', exportTemplateListSchema) },
})
const saveRoute = route('put /api/export/templates', 'Save own columns of the table', {
  description: 'Replaces all templates.',
  request: { body: jsonBody(exportTemplatesSchema) },
  responses: { 200: jsonAnswer('Saved', exportTemplateListSchema), ...problems(400) },
})

export function templateRoutes({ db }: Pick<Service, 'db'>) {
  const fieldsNow = async () => tableFields(await getOwnFields(db))
  const listed = ({ items }: ExportTemplates, fields: string[]) => ({
    items: items.sort((a, b) => a.name.localeCompare(b.name)),
    fields,
  })
  return newRoutes()
    .openapi(listRoute, async (c) => {
      const stored = exportTemplatesSchema.safeParse(await getSetting(db, KEY))
      return c.json(listed(stored.success ? stored.data : { items: [] }, await fieldsNow()), 200)
    })
    .openapi(saveRoute, async (c) => {
      const { items } = c.req.valid('json')
      const fields = await fieldsNow()
      for (const { columns } of items) columnsOf(columns, fields)
      // The last one of a name counts.
      const templates = { items: [...new Map(items.map((one) => [one.name, one])).values()] }
      await setSetting(db, KEY, templates)
      return c.json(listed(templates, fields), 200)
    })
}
