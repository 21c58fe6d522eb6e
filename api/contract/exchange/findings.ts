// What another program, or a person in it, found in a photo.

import { z } from '@hono/zod-openapi'
import { bboxSchema } from '../bbox.ts'
import { observationSchema } from '../detection.ts'
import { namedObject } from '../named.ts'
import { lineSchema, nameSchema } from './text.ts'

const RANKS = ['kingdom', 'phylum', 'class', 'order', 'family', 'genus', 'species', 'subspecies'] as const

export const taxonWordsSchema = namedObject(
  'TaxonWords',
  {
    kingdom: nameSchema.optional(),
    phylum: nameSchema.optional(),
    class: nameSchema.optional(),
    order: nameSchema.optional(),
    family: nameSchema.optional(),
    genus: nameSchema.optional(),
    species: nameSchema.optional(),
    scientificName: nameSchema.optional(),
    rank: z.enum(RANKS).optional().openapi({ description: 'Of `scientificName`.' }),
    commonName: nameSchema.optional(),
    label: nameSchema.openapi({ description: 'As the file has it.' }),
  },
  'What a file calls an animal.',
)

export const saidSchema = namedObject('Said', {
  taxon: taxonWordsSchema,
  verified: z.boolean().openapi({
    description: 'true: a person said or confirmed it, so it is an identification. false: it is only a proposal.',
  }),
  by: nameSchema.nullable().openapi({ description: 'The person or the model.' }),
  score: z.number().min(0).max(1).nullable(),
})

export const findingSchema = namedObject('Finding', {
  bbox: bboxSchema.nullable().openapi({ description: 'null: the whole photo.' }),
  kind: z.enum(['animal', 'person', 'vehicle']),
  confidence: z.number().min(0).max(1).nullable(),
  statements: z.array(saidSchema).max(50),
  observed: observationSchema
    .extend({ own: z.record(z.string().max(60), z.union([z.number(), lineSchema])).optional() })
    .optional()
    .openapi({ description: 'What people saw besides the taxon; own fields by their names.' }),
  mark: z.enum(['notAnimal', 'unknown', 'person', 'vehicle']).optional().openapi({
    description: 'What a person said instead of a name.',
  }),
})

export const findingsSchema = namedObject('Findings', {
  searched: z.boolean().openapi({
    description: 'The boxes are all that was found, so the detector is not asked, even where there are none.',
  }),
  detector: nameSchema.nullable().openapi({ description: 'What made the boxes; null: a person.' }),
  found: z.array(findingSchema).max(1000),
  size: z.object({ width: z.number().positive(), height: z.number().positive() }).optional().openapi({
    description:
      'The pixels that boxes were measured in. Where the upright photo has another shape, its boxes are left out and their labels are of the whole photo.',
  }),
})

export type TaxonWords = z.infer<typeof taxonWordsSchema>
export type Findings = z.infer<typeof findingsSchema>
export type Finding = z.infer<typeof findingSchema>
