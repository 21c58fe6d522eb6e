// Many animals identified at once.

import { z } from '@hono/zod-openapi'
import { actionSchema, learnedSchema } from './action.ts'
import { idSchema } from './id.ts'
import { basisSchema } from './identification.ts'
import { namedObject } from './named.ts'
import { probability } from './suggestion.ts'
import { taxonSchema } from './taxon.ts'

export const bulkIds = z.array(idSchema).min(1).max(1000)

export const newBulkSchema = namedObject('NewBulkIdentification', {
  detectionIds: bulkIds,
  taxonId: idSchema,
  basis: basisSchema,
})
export type NewBulk = z.infer<typeof newBulkSchema>

export const bulkAnswerSchema = namedObject('BulkAnswer', {
  action: actionSchema.nullable().openapi({ description: 'null: nothing was changed.' }),
  identified: z.array(idSchema),
  unchanged: z.array(idSchema).openapi({ description: 'You had identified these as this taxon before.' }),
  failures: z.array(z.object({ detectionId: idSchema, problem: z.string() })),
  learned: learnedSchema.openapi({ description: 'Seen from the first animal.' }),
})
export type BulkAnswer = z.infer<typeof bulkAnswerSchema>

export const bulkPreviewRequestSchema = namedObject('BulkPreviewRequest', {
  detectionIds: bulkIds,
  taxonId: idSchema
    .optional()
    .openapi({ description: 'The taxon that all are to be identified as. Default: the commonest suggestion.' }),
})

export const bulkPreviewSchema = namedObject('BulkPreview', {
  taxon: taxonSchema.nullable().openapi({ description: 'The taxon that outliers do not fit.' }),
  groups: z
    .array(z.object({ taxon: taxonSchema.nullable(), detectionIds: z.array(idSchema) }))
    .openapi({ description: 'By their own suggestion, largest first.' }),
  odd: z
    .array(
      z.object({
        detectionId: idSchema,
        taxon: taxonSchema.nullable().openapi({ description: 'What it is identified as, or else suggested as.' }),
        probability,
        reason: z.enum(['otherSuggestion', 'alreadyIdentified', 'unlike', 'noAnimal']).openapi({
          description:
            'otherSuggestion: suggested as something else; alreadyIdentified: identified as something else; unlike: far from the others in the metric of the tree; noAnimal: no animal, or not embedded yet.',
        }),
      }),
    )
    .openapi({ description: 'The outliers, least similar to the others first.' }),
})
export type BulkPreview = z.infer<typeof bulkPreviewSchema>
