// A lab's own columns of the exported table, and templates that keep them.

import { z } from '@hono/zod-openapi'
import { namedObject } from '../named.ts'

export const exportColumnsSchema = z.string().min(1).max(4000).openapi({
  description:
    'Own columns, in this order and with these names: `species=Taxon,count=Number,filename`. GET /api/export/templates lists the fields.',
  example: 'species=Taxon,count=Number,filename',
})

const templateSchema = z.object({ name: z.string().trim().min(1).max(100), columns: exportColumnsSchema })

export const exportTemplatesSchema = namedObject(
  'ExportTemplates',
  { items: z.array(templateSchema).max(100) },
  'All templates of the installation, by name.',
)

export const exportTemplateListSchema = exportTemplatesSchema
  .extend({ fields: z.array(z.string()).openapi({ description: 'What a column may hold.' }) })
  .openapi('ExportTemplateList')

export type ExportTemplates = z.output<typeof exportTemplatesSchema>
export type ExportTemplateList = z.output<typeof exportTemplateListSchema>
