// Boxes that people draw, change and mark.

import { z } from '@hono/zod-openapi'
import { actionSchema, learnedSchema } from './action.ts'
import { bboxSchema } from './bbox.ts'
import { detectionMarkSchema, detectionSchema } from './detection.ts'
import { idSchema } from './id.ts'
import { answeredDetectionSchema } from './suggestion.ts'

export const newDetectionSchema = z.object({ mediaId: idSchema, bbox: bboxSchema }).openapi('NewDetection')

export const detectionChangeSchema = z
  .object({ bbox: bboxSchema.optional(), mark: detectionMarkSchema.nullable().optional() })
  .openapi('DetectionChange')

export const detectionAnswerSchema = z
  .object({
    detection: detectionSchema,
    suggested: answeredDetectionSchema
      .nullable()
      .openapi({ description: 'What it may be, as POST /api/suggestions answers; null: unchanged.' }),
    action: actionSchema.nullable().openapi({ description: 'null: nothing was changed.' }),
    learned: learnedSchema,
  })
  .openapi('DetectionAnswer')
export type DetectionAnswer = z.infer<typeof detectionAnswerSchema>
