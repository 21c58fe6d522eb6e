// What people saw of an animal besides its taxon. The words are those of Camtrap DP.

import { z } from '@hono/zod-openapi'
import { actionSchema } from '../action.ts'
import { bulkIds } from '../bulk.ts'
import { observationSchema } from '../detection.ts'
import { lineSchema } from '../exchange/text.ts'
import { idSchema } from '../id.ts'
import { namedObject } from '../named.ts'

export const newObservationSchema = namedObject(
  'NewObservation',
  {
    detectionIds: bulkIds,
    ...observationSchema.partial().shape,
    own: z
      .record(z.string().max(20), z.union([z.number(), lineSchema, z.null()]))
      .optional()
      .openapi({ description: 'Of the project’s own fields, by id: those that are left out stay.' }),
  },
  'Fields that are left out stay as they are; null takes one back.',
)

export const observationAnswerSchema = namedObject('ObservationAnswer', {
  action: actionSchema.nullable().openapi({ description: 'null: everything was so already.' }),
  detectionIds: z.array(idSchema),
  missing: z.array(idSchema).openapi({ description: 'Removed, or never there.' }),
})

export type NewObservation = z.output<typeof newObservationSchema>
export type ObservationAnswer = z.infer<typeof observationAnswerSchema>
