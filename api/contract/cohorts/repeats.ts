// Places where a camera's detector finds something again and again.

import { z } from '@hono/zod-openapi'
import { actionSchema } from '../action.ts'
import { bboxSchema } from '../bbox.ts'
import { detectionSchema } from '../detection.ts'
import { idSchema } from '../id.ts'
import { namedObject } from '../named.ts'

export const repeatPlaceSchema = namedObject('RepeatPlace', {
  deployment: z.string(),
  bbox: bboxSchema,
  photos: z.number().int(),
  bursts: z.number().int(),
  days: z.number().int(),
  detectionIds: z.array(idSchema).openapi({ description: 'All boxes there that nobody has judged.' }),
  tiles: z
    .array(detectionSchema)
    .openapi({ description: 'Some of them, those that look least like the others first.' }),
})
export type RepeatPlace = z.infer<typeof repeatPlaceSchema>

export const repeatsSchema = namedObject('Repeats', {
  items: z.array(repeatPlaceSchema),
  places: z.number().int().openapi({ description: 'How many there are in all.' }),
  boxes: z.number().int().openapi({ description: 'How many boxes they hold.' }),
})
export type Repeats = z.infer<typeof repeatsSchema>

export const newRepeatSchema = namedObject('NewRepeat', {
  detectionIds: z.array(idSchema).min(1).max(50_000).openapi({ description: 'Boxes of one camera at one place.' }),
  verdict: z.enum(['nothing', 'animal']).openapi({
    description:
      'nothing: the boxes are marked as no animal, and new ones there too as they are found. animal: they wait as before, and the place is not listed again.',
  }),
})
export type NewRepeat = z.infer<typeof newRepeatSchema>

export const repeatAnswerSchema = namedObject('RepeatAnswer', {
  action: actionSchema.nullable().openapi({ description: 'null: the boxes are gone or judged already.' }),
})
export type RepeatAnswer = z.infer<typeof repeatAnswerSchema>
