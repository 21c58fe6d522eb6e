// Many animals or photos marked at once, and photos without animals set aside by the detector’s confidence.

import { z } from '@hono/zod-openapi'
import { actionSchema, learnedSchema } from './action.ts'
import { bulkIds } from './bulk.ts'
import { detectionMarkSchema, detectionSchema } from './detection.ts'
import { idSchema } from './id.ts'
import { mediaMarkSchema } from './media.ts'
import { namedObject } from './named.ts'
import { probability } from './suggestion.ts'

export const newMarksSchema = namedObject('NewMarks', {
  detectionIds: bulkIds,
  mark: z.enum([...detectionMarkSchema.options, ...mediaMarkSchema.options, 'favourite']).openapi({
    description:
      'notAnimal, unknown, person and vehicle mark the animal. empty, unusable and favourite (a flag, to look at again) mark the whole photo that it is in.',
  }),
  on: z.boolean().default(true).openapi({ description: 'false: remove this mark.' }),
})
export type NewMarks = z.infer<typeof newMarksSchema>

export const marksAnswerSchema = namedObject('MarksAnswer', {
  action: actionSchema.nullable().openapi({ description: 'null: all had the mark already.' }),
  detectionIds: z.array(idSchema).openapi({
    description: 'All animals that it concerns, including the others in a marked photo.',
  }),
  missing: z.array(idSchema).openapi({ description: 'Animals that were asked for but do not exist.' }),
  learned: learnedSchema,
})
export type MarksAnswer = z.infer<typeof marksAnswerSchema>

/** A share that was counted, with its 95 % interval (Wilson). */
const measuredSchema = z.object({
  photos: z.number().int(),
  below: z.number().int().openapi({ description: 'How many of these photos the limit would set aside.' }),
  low: probability,
  high: probability,
})

const sampleSchema = detectionSchema.extend({
  animal: probability.openapi({ description: 'The probability that its photo shows an animal.' }),
})

export const withoutBoxSchema = detectionSchema.extend({
  animal: probability.nullable().openapi({
    description: 'The probability that the photo shows an animal. null: too few photos of its camera are marked empty.',
  }),
})

export const falseTriggersSchema = namedObject('FalseTriggers', {
  threshold: probability,
  total: z.number().int().openapi({ description: 'Photos in which nobody has identified or marked anything.' }),
  setAside: z.number().int().openapi({
    description:
      'How many of these show an animal with a probability below the threshold. It follows from all boxes of a photo: by the detector’s confidence, and by what people said of boxes. Without a box it follows from how much the photo is like those that people marked empty at the same camera; before they marked some, it is 0.',
  }),
  atThresholds: z
    .array(z.object({ threshold: probability, photos: z.number().int() }))
    .openapi({ description: 'How many photos each of 20 thresholds, 0.05 to 1, would set aside.' }),
  samples: z.array(sampleSchema).openapi({
    description: 'Of the photos that would be set aside, those that most probably show an animal, by their surest box.',
  }),
  kept: z.array(sampleSchema).openapi({
    description: 'Of the other photos, those that least probably show an animal, by their surest box.',
  }),
  withoutBox: z.number().int().openapi({
    description: 'Photos in which nothing was found, whether they count here or not: the queue falseTrigger.',
  }),
  withoutBoxJudged: z.number().int().openapi({
    description: 'How many photos without a box are judged by what people marked empty at the same camera.',
  }),
  photoMarks: z.number().int().openapi({ description: 'Photos without a box that people judged, likewise.' }),
  marks: z.number().int().openapi({ description: 'Boxes that people judged, from which this is learned.' }),
  measured: z.object({ withAnimals: measuredSchema, empty: measuredSchema }).nullable().openapi({
    description:
      'What the threshold does to photos that people judged, as far as it concerns such photos. Each is judged without what was said of it and its burst. null: too few were judged.',
  }),
})
export type FalseTriggers = z.infer<typeof falseTriggersSchema>

export const newFalseTriggersSchema = namedObject('NewFalseTriggers', {
  threshold: probability,
  importId: idSchema.optional(),
  deployment: z.string().max(200).optional(),
  withoutBox: z
    .union([z.boolean(), z.literal('judged')])
    .default(true)
    .openapi({
      description:
        'false: photos in which nothing was found are left alone, so that somebody looks through them. judged: of these, only those are meant that are judged by what people marked empty at their camera.',
    }),
})
export type NewFalseTriggers = z.infer<typeof newFalseTriggersSchema>

export const falseTriggersAnswerSchema = namedObject('FalseTriggersAnswer', {
  action: actionSchema.nullable().openapi({ description: 'null: there were no such photos.' }),
  setAside: z.number().int(),
})
export type FalseTriggersAnswer = z.infer<typeof falseTriggersAnswerSchema>
