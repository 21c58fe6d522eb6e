// A taxon: as answers name it, and as the taxonomy stores it.

import { z } from '@hono/zod-openapi'
import { lineSchema } from './exchange/text.ts'
import { idSchema } from './id.ts'
import { namedObject } from './named.ts'

export const rankSchema = z
  .enum(['kingdom', 'phylum', 'class', 'order', 'family', 'genus', 'species', 'subspecies'])
  .openapi('Rank')

export const taxonStepSchema = namedObject('TaxonStep', { id: idSchema, name: z.string(), rank: rankSchema })

export const taxonSchema = namedObject('Taxon', {
  id: idSchema,
  name: z.string().openapi({ description: "Scientific name; a species' name is its binomial." }),
  rank: rankSchema,
  commonName: z.string().nullable(),
  path: z.array(taxonStepSchema).openapi({ description: 'From the top to the parent; empty for a top taxon.' }),
})

export const taxonDetailSchema = taxonSchema
  .extend({
    parentId: idSchema.nullable(),
    childCount: z.number().int(),
    exampleCount: z.number().int().openapi({ description: 'Exemplars at or below this taxon.' }),
    needsPlacing: z
      .boolean()
      .openapi({ description: 'It was made from a folder name, and somebody should say where it belongs.' }),
    active: z.boolean().openapi({ description: 'false: neither it nor any taxon below it is suggested.' }),
    revision: z.number().int().openapi({ description: 'Grows with every change. Send it as `expected` with an edit.' }),
    matched: z.string().nullable().openapi({
      description: 'In a search: the synonym or other common name that matched, where the shown names did not.',
    }),
  })
  .openapi('TaxonDetail')

const nameSchema = lineSchema

export const newTaxonSchema = namedObject('NewTaxon', {
  name: nameSchema,
  rank: rankSchema,
  parentId: idSchema.nullable(),
  commonName: nameSchema.nullable().optional(),
  byBackbone: z.boolean().optional().openapi({
    description:
      'true: without a parent, it is placed where the bundled backbone has it, as an edit of its own; where the backbone does not know it, it stays at the top.',
  }),
})

export const backbonePlaceSchema = namedObject('BackbonePlace', {
  path: z.array(z.object({ name: z.string(), rank: rankSchema, id: idSchema.nullable() })).openapi({
    description: 'From the top to the parent. `id` null: there is no such taxon yet. Empty where nobody knows.',
  }),
  commonName: z.string().nullable().openapi({ description: 'In English.' }),
})

export const taxonChangeSchema = namedObject('TaxonChange', {
  name: nameSchema.optional(),
  parentId: idSchema.nullable().optional(),
  commonName: nameSchema.nullable().optional(),
  needsPlacing: z.boolean().optional(),
})

export type Taxon = z.infer<typeof taxonSchema>
export type TaxonDetail = z.infer<typeof taxonDetailSchema>
