// A person's statement of what an animal is.

import { z } from '@hono/zod-openapi'
import { learnedSchema } from './action.ts'
import { idSchema } from './id.ts'
import { namedObject } from './named.ts'
import { taxonSchema } from './taxon.ts'

export const personSchema = z.string().trim().min(1).max(100)

export const basisSchema = namedObject('Basis', {
  kind: z.enum(['suggestion', 'search', 'similar', 'bulk', 'import']),
  treeVersion: z.string().optional(),
  model: z.string().max(300).optional().openapi({ description: 'The model of another program that proposed it.' }),
  score: z.number().min(0).max(1).optional().openapi({ description: 'How sure that model was.' }),
  rank: z.string().max(20).optional().openapi({ description: 'The rank at which a suggestion was confirmed.' }),
})

export const identificationSchema = namedObject('Identification', {
  id: idSchema,
  detectionId: idSchema,
  taxon: taxonSchema,
  person: z.string(),
  basis: basisSchema,
  proposal: z.boolean().openapi({
    description: 'A label that may mean this animal or another one in the same photo. It is shown but teaches nothing.',
  }),
  replacesId: idSchema.nullable().openapi({ description: 'The identification that this one corrects.' }),
  createdAt: z.string(),
  withdrawnAt: z.string().nullable(),
  withdrawnBy: z.string().nullable(),
})
export type Identification = z.infer<typeof identificationSchema>

export const newIdentificationSchema = namedObject('NewIdentification', {
  detectionId: idSchema,
  taxonId: idSchema,
  basis: basisSchema,
  replacesId: idSchema.optional().openapi({ description: 'An identification that this one corrects.' }),
})
export type NewIdentification = z.infer<typeof newIdentificationSchema>

export const identificationAnswerSchema = namedObject('IdentificationAnswer', {
  identification: identificationSchema,
  learned: learnedSchema,
})
export type IdentificationAnswer = z.infer<typeof identificationAnswerSchema>
