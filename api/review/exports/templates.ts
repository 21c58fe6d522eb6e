// Templates of the exported table, which everybody of the installation shares.

import { getOwnFields } from '../../../db/own-fields.ts'
import { setSetting } from '../../../db/settings.ts'
import { exportTemplateListSchema, exportTemplatesSchema } from '../../contract/exchange/templates.ts'
import { jsonAnswer, jsonBody } from '../../http/json.ts'
import { problems } from '../../http/problem.ts'
import { newRoutes, routesOf } from '../../http/router.ts'
import {
  listedTemplates,
  savedTemplates,
  TEMPLATES_KEY,
  tableFields,
} from '../../interchange/exchange/tables/own-table/templates.ts'
import type { Service } from '../../service.ts'
import { columnsOf } from './own-columns.ts'

const route = routesOf('Export')

const listRoute = route('get /api/export/templates', 'Own columns of the table that were saved', {
  responses: { 200: jsonAnswer('Templates, and the fields that a column may hold', exportTemplateListSchema) },
})
const saveRoute = route('put /api/export/templates', 'Save own columns of the table', {
  description: 'Replaces all templates.',
  request: { body: jsonBody(exportTemplatesSchema) },
  responses: { 200: jsonAnswer('Saved', exportTemplateListSchema), ...problems(400) },
})

export function templateRoutes({ db }: Pick<Service, 'db'>) {
  return newRoutes()
    .openapi(listRoute, async (c) => c.json(await savedTemplates(db), 200))
    .openapi(saveRoute, async (c) => {
      const { items } = c.req.valid('json')
      const fields = tableFields(await getOwnFields(db))
      for (const { columns } of items) columnsOf(columns, fields)
      // The last one of a name counts.
      const templates = { items: [...new Map(items.map((one) => [one.name, one])).values()] }
      await setSetting(db, TEMPLATES_KEY, templates)
      return c.json(listedTemplates(templates, fields), 200)
    })
}
