// What people saw of an animal besides its taxon. The words are those of Camtrap DP.

import { z } from '@hono/zod-openapi'
import { actionSchema } from '../action.ts'
import { bulkIds } from '../bulk.ts'
import { observationSchema } from '../detection.ts'
import { idSchema } from '../id.ts'

export const newObservationSchema = z
  .object({ detectionIds: bulkIds, ...observationSchema.partial().shape })
  .openapi('NewObservation', { description: 'Fields that are left out stay as they are; null takes one back.' })

export const observationAnswerSchema = z
  .object({
    action: actionSchema.nullable().openapi({ description: 'null: everything was so already.' }),
    detectionIds: z.array(idSchema),
    missing: z.array(idSchema).openapi({ description: 'Removed, or never there.' }),
  })
  .openapi('ObservationAnswer')

export type NewObservation = z.output<typeof newObservationSchema>
export type ObservationAnswer = z.infer<typeof observationAnswerSchema>
