// Species lists: what lives where.

import { z } from '@hono/zod-openapi'
import { actionSchema } from '../action.ts'
import { idSchema } from '../id.ts'
import { namedObject } from '../named.ts'
import { taxonSchema } from '../taxon.ts'

const MOST_TAXA = 50_000
const name = z.string().trim().min(1).max(200)
const taxonIds = z.array(idSchema).max(MOST_TAXA).openapi({
  description: 'Listed taxa, of any rank: all that belongs to them is listed too.',
})
const deploymentIds = z
  .array(idSchema)
  .max(10_000)
  .openapi({ description: 'Where it holds. Empty: wherever no other list does.' })

export const newListSchema = z.object({ name, taxonIds, deploymentIds: deploymentIds.default([]) })
export type NewList = z.output<typeof newListSchema>
export const listChangeSchema = z.object({
  name: name.optional(),
  taxonIds: taxonIds.optional(),
  deploymentIds: deploymentIds.optional(),
  revision: z.number().int().optional().openapi({ description: 'Refused (409) where it was changed since.' }),
})
export type ListChange = z.output<typeof listChangeSchema>

export const speciesListSchema = namedObject('SpeciesList', {
  id: idSchema,
  name: z.string(),
  taxonIds,
  deploymentIds,
  revision: z.number().int(),
})
export type SpeciesList = z.infer<typeof speciesListSchema>

/** `list` null: it was removed. `action` null: nothing had to change. */
export const listAnswerSchema = namedObject('SpeciesListAnswer', {
  list: speciesListSchema.nullable(),
  action: actionSchema.nullable(),
})
export type ListAnswer = z.infer<typeof listAnswerSchema>

export const checklistSchema = namedObject('Checklist', {
  taxa: z.array(taxonSchema).openapi({ description: 'Taxa of the taxonomy that the file names.' }),
  unknown: z
    .array(z.string())
    .openapi({ description: 'Names that the taxonomy does not have, at most the first 1000.' }),
})
export type Checklist = z.infer<typeof checklistSchema>
