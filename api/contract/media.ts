// One photo, and one detection in full with its photo. A photo’s times are what its camera’s clock said.

import { z } from '@hono/zod-openapi'
import { actionSchema } from './action.ts'
import { detectionSchema } from './detection.ts'
import { idSchema } from './id.ts'
import { identificationSchema } from './identification.ts'
import { namedObject } from './named.ts'

const failureSchema = namedObject('Failure', {
  stage: z.enum(['read', 'decode', 'detect', 'embed', 'store']),
  message: z.string(),
})

export const mediaStatusSchema = z.enum(['queued', 'indexed', 'failed'])

export const mediaItemSchema = namedObject('MediaItem', {
  id: idSchema.nullable().openapi({ description: 'null when the bytes could not be stored as a photo.' }),
  filename: z.string(),
  status: mediaStatusSchema,
  failure: failureSchema.optional(),
  keptDeployment: z.string().optional().openapi({
    description: 'The photo was known and belongs to this deployment, which it keeps although another one was given.',
  }),
  leftOut: z.array(z.string()).optional().openapi({
    description: 'What was said of the photo and is not taken over, in sentences.',
  }),
})
export type MediaItem = z.infer<typeof mediaItemSchema>

export const mediaAddedSchema = z.object({
  items: z.array(mediaItemSchema),
  leftOut: z.array(z.string()).optional().openapi({
    description: 'Files in zips that are hidden, or in folders that systems keep for themselves.',
  }),
})
export type MediaAdded = z.infer<typeof mediaAddedSchema>

/** What a person can say about a whole photo instead of naming an animal. */
export const mediaMarkSchema = z
  .enum(['empty', 'unusable'])
  .openapi('MediaMark', { description: 'empty: no animal in it; unusable: nobody could identify an animal in it.' })

export const mediaSchema = namedObject('Media', {
  id: idSchema,
  filename: z.string(),
  sha256: z.string(),
  status: mediaStatusSchema,
  failure: failureSchema.nullable(),
  width: z.number().int().nullable(),
  height: z.number().int().nullable(),
  bytes: z.number().int(),
  capturedAt: z
    .string()
    .nullable()
    .openapi({ description: "The time of the camera's clock, as EXIF has it, without a time zone." }),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
  deployment: z.string().nullable(),
  sequenceId: idSchema
    .nullable()
    .openapi({ description: 'Photos of one deployment that are at most 60 s apart have the same.' }),
  group: z.string().nullable(),
  importId: idSchema.nullable(),
  imageUrl: z.string().openapi({ description: 'Add `?width=N` for a JPEG at most N px wide.' }),
  notes: z.string(),
  favourite: z.boolean(),
  mark: mediaMarkSchema.nullable(),
  detections: z.array(detectionSchema),
  createdAt: z.string(),
})
export type Media = z.infer<typeof mediaSchema>

export const detectionDetailSchema = detectionSchema
  .extend({ media: mediaSchema, identifications: z.array(identificationSchema) })
  .openapi('DetectionDetail')
export type DetectionDetail = z.infer<typeof detectionDetailSchema>

export const mediaChangeSchema = namedObject('MediaChange', {
  notes: z.string().max(10_000).optional(),
  favourite: z.boolean().optional(),
  mark: mediaMarkSchema.nullable().optional(),
})
export type MediaChange = z.infer<typeof mediaChangeSchema>

export const mediaAnswerSchema = namedObject('MediaAnswer', { media: mediaSchema, action: actionSchema.nullable() })
export type MediaAnswer = z.infer<typeof mediaAnswerSchema>
