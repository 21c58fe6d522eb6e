// Boxes that people draw, change and mark.

import type { z } from '@hono/zod-openapi'
import { actionSchema, learnedSchema } from './action.ts'
import { bboxSchema } from './bbox.ts'
import { detectionMarkSchema, detectionSchema } from './detection.ts'
import { idSchema } from './id.ts'
import { namedObject } from './named.ts'
import { answeredDetectionSchema } from './suggestion.ts'

export const newDetectionSchema = namedObject('NewDetection', { mediaId: idSchema, bbox: bboxSchema })

export const detectionChangeSchema = namedObject('DetectionChange', {
  bbox: bboxSchema.optional(),
  mark: detectionMarkSchema.nullable().optional(),
})

export const detectionAnswerSchema = namedObject('DetectionAnswer', {
  detection: detectionSchema,
  suggested: answeredDetectionSchema
    .nullable()
    .openapi({ description: 'What it may be, as POST /api/suggestions answers; null: unchanged.' }),
  action: actionSchema.nullable().openapi({ description: 'null: nothing was changed.' }),
  learned: learnedSchema,
})
export type DetectionAnswer = z.infer<typeof detectionAnswerSchema>
