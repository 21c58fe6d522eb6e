// Many animals or photos marked at once, and photos without animals set aside by the detector’s confidence.

import { z } from '@hono/zod-openapi'
import { actionSchema, learnedSchema } from './action.ts'
import { bulkIds } from './bulk.ts'
import { detectionMarkSchema, detectionSchema } from './detection.ts'
import { idSchema } from './id.ts'
import { mediaMarkSchema } from './media.ts'
import { probability } from './suggestion.ts'

export const newMarksSchema = z
  .object({
    detectionIds: bulkIds,
    mark: z.enum([...detectionMarkSchema.options, ...mediaMarkSchema.options, 'favourite']).openapi({
      description:
        'Of each animal: notAnimal, unknown. Of the whole photo that it is in: empty, unusable, favourite (a flag, to look at again).',
    }),
    on: z.boolean().default(true).openapi({ description: 'false: take this mark away where it is.' }),
  })
  .openapi('NewMarks')

export const marksAnswerSchema = z
  .object({
    action: actionSchema.nullable().openapi({ description: 'null: all were so already.' }),
    detectionIds: z.array(idSchema).openapi({
      description: 'All animals that it concerns: of a marked photo, the others in it too.',
    }),
    missing: z.array(idSchema).openapi({ description: 'Asked for, but removed or never there.' }),
    learned: learnedSchema,
  })
  .openapi('MarksAnswer')

export const falseTriggersSchema = z
  .object({
    threshold: probability,
    total: z.number().int().openapi({ description: 'Photos that nobody has identified or marked.' }),
    setAside: z.number().int().openapi({ description: 'Of these, photos without a detection at or above it.' }),
    atThresholds: z
      .array(z.object({ threshold: probability, photos: z.number().int() }))
      .openapi({ description: 'What 20 thresholds, 0.05 to 1, would set aside.' }),
    samples: z.array(detectionSchema).openapi({ description: 'The surest detections that would be lost.' }),
  })
  .openapi('FalseTriggers')

export const newFalseTriggersSchema = z
  .object({
    threshold: probability,
    importId: idSchema.optional(),
    deployment: z.string().max(200).optional(),
  })
  .openapi('NewFalseTriggers')

export const falseTriggersAnswerSchema = z
  .object({
    action: actionSchema.nullable().openapi({ description: 'null: there was no such photo.' }),
    setAside: z.number().int(),
  })
  .openapi('FalseTriggersAnswer')

export type MarksAnswer = z.infer<typeof marksAnswerSchema>
export type FalseTriggers = z.infer<typeof falseTriggersSchema>
export type FalseTriggersAnswer = z.infer<typeof falseTriggersAnswerSchema>
export type NewMarks = z.infer<typeof newMarksSchema>
export type NewFalseTriggers = z.infer<typeof newFalseTriggersSchema>
