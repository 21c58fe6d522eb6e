// The one filter of insight and the numbers of every chart. Counts are of animals unless a description says otherwise;
// an animal counts for the taxon it is identified as, or else for the one that is suggested.

import { z } from '@hono/zod-openapi'
import { soughtSchema } from './exchange/text.ts'
import { idSchema } from './id.ts'
import { personSchema } from './identification.ts'
import { namedObject } from './named.ts'
import { rankSchema, taxonSchema } from './taxon.ts'

const count = z.number().int()
const fraction = z.number().min(0).max(1)
const day = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'Expected a day such as 2024-05-31')
  .refine((text) => {
    const time = Date.parse(`${text}T00:00:00Z`)
    return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
  }, 'Expected a day of the calendar, such as 2024-05-31.')

export const insightFilterSchema = z.object({
  taxon: idSchema.optional().openapi({
    description: 'Identified as this taxon or one below it; an unidentified animal counts for its suggestion.',
  }),
  deployment: soughtSchema.min(1).optional().openapi({ description: 'Photos of this camera, by its name.' }),
  site: soughtSchema.min(1).optional().openapi({ description: 'Photos of all cameras at this station, by its name.' }),
  from: day.optional().openapi({
    description: "First day by the camera's clock; photos without a time are left out.",
    example: '2024-05-01',
  }),
  to: day.optional().openapi({ description: 'Last day, included.', example: '2024-05-31' }),
  importId: idSchema.optional(),
  person: personSchema.optional().openapi({ description: 'Animals that this person has identified.' }),
})
export type InsightFilterQuery = z.infer<typeof insightFilterSchema>

const taxonCountSchema = namedObject('TaxonCount', {
  id: idSchema,
  parentId: idSchema.nullable(),
  name: z.string(),
  commonName: z.string().nullable(),
  rank: rankSchema,
  identified: count.openapi({ description: 'At or below this taxon.' }),
  suggested: count.openapi({ description: 'At or below this taxon, not identified.' }),
  own: count.openapi({ description: 'Identified or suggested as this taxon itself.' }),
})
export type TaxonCount = z.infer<typeof taxonCountSchema>

export const taxaInsightSchema = namedObject('TaxaInsight', {
  animals: count,
  nameless: count.openapi({ description: 'Neither identified nor suggested.' }),
  taxa: z.array(taxonCountSchema).openapi({ description: 'Every taxon with animals at or below it, top first.' }),
  ranks: z.array(
    z.object({
      rank: rankSchema,
      taxa: count.openapi({ description: 'Different taxa of this rank.' }),
      animals: count.openapi({ description: 'Named down to this rank or further.' }),
    }),
  ),
})
export type TaxaInsight = z.infer<typeof taxaInsightSchema>

export const histogramSchema = namedObject('HistogramInsight', {
  animals: count,
  without: count.openapi({ description: 'Animals without this number.' }),
  bins: z.array(z.object({ from: fraction, to: fraction, identified: count, unidentified: count })),
})
export type HistogramInsight = z.infer<typeof histogramSchema>

export const activitySchema = namedObject('ActivityInsight', {
  animals: count,
  untimed: count.openapi({ description: 'Animals on photos without a time.' }),
  hours: z.array(count).length(24).openapi({ description: "By hour of the camera's clock, 0 first." }),
  months: z.array(count).length(12).openapi({ description: 'January first.' }),
  cells: z.array(z.array(count).length(24)).length(12).openapi({ description: 'By month, then hour.' }),
})
export type ActivityInsight = z.infer<typeof activitySchema>

export const deploymentsSchema = namedObject('DeploymentsInsight', {
  photos: count,
  animals: count,
  deployments: z
    .array(
      z.object({
        name: z.string().nullable().openapi({ description: 'null: photos without a camera.' }),
        photos: count,
        animals: count,
        identified: count,
        firstDay: z.string().nullable(),
        lastDay: z.string().nullable(),
      }),
    )
    .openapi({ description: 'Most photos first.' }),
  places: z
    .array(
      z.object({
        latitude: z.number(),
        longitude: z.number(),
        deployment: z.string().nullable(),
        photos: count,
        animals: count,
      }),
    )
    .openapi({ description: 'To a hundredth of a degree; most photos first.' }),
  placesLeftOut: count.openapi({
    description: 'How many more places there are, each with fewer photos than those listed.',
  }),
  unplaced: count.openapi({ description: 'Photos without coordinates.' }),
})
export type DeploymentsInsight = z.infer<typeof deploymentsSchema>

export const confirmedSchema = namedObject('ConfirmedInsight', {
  animals: count,
  byPeople: count.openapi({ description: 'Identified by at least one person.' }),
  byImport: count.openapi({ description: 'Identified only by a label that came with the photo.' }),
  conflict: count.openapi({ description: 'People disagree.' }),
  suggested: count.openapi({ description: 'Not identified; something is suggested.' }),
  open: count.openapi({ description: 'Neither identified nor suggested.' }),
  people: z.array(z.object({ person: z.string(), animals: count })),
})
export type ConfirmedInsight = z.infer<typeof confirmedSchema>

const measured = {
  count,
  right: count,
  low: fraction.openapi({ description: 'Lower end of the 95 % Wilson interval of right / count.' }),
  high: fraction,
}

export const accuracySchema = namedObject('AccuracyInsight', {
  forecasts: count.openapi({
    description:
      'Animals for which the tree had an answer before people named them. That answer is compared with what the animal teaches now.',
  }),
  leftOut: z.boolean().openapi({ description: 'Only the newest forecasts are counted.' }),
  ranks: z.array(
    z.object({
      rank: rankSchema,
      ...measured,
      said: count.openapi({
        description: 'How often the answer reached this rank; an answer that did not is counted as wrong.',
      }),
      calibrationError: fraction.nullable().openapi({
        description:
          'Mean distance between the probability and the share of right answers, over ten bins weighted by count.',
      }),
    }),
  ),
  reliability: z.array(
    z.object({
      rank: rankSchema,
      bins: z.array(z.object({ from: fraction, to: fraction, ...measured, meanProbability: fraction })),
    }),
  ),
})
export type AccuracyInsight = z.infer<typeof accuracySchema>

const step = z.object({ from: count, to: count.nullable(), ...measured })

export const learningInsightSchema = namedObject('LearningInsight', {
  forecasts: count,
  leftOut: z.boolean(),
  enough: z.boolean().openapi({ description: 'false: too few forecasts for a meaningful curve.' }),
  curve: z.array(step).openapi({
    description:
      'Share of right answers by how many examples of the taxon the tree had: `from` to `to`, both included; null: any number above.',
  }),
  taxa: z
    .array(
      z.object({
        taxon: taxonSchema,
        examples: count.openapi({ description: 'Examples that the tree has now.' }),
        ...measured,
        curve: z.array(step),
        next: z.object({ examples: count, accuracyNow: fraction, accuracyThen: fraction }).nullable().openapi({
          description:
            'The accuracy that the common curve shows for so many examples now and for twice as many; null: too few forecasts there.',
        }),
      }),
    )
    .openapi({ description: 'The taxa that people named, most often first.' }),
})
export type LearningInsight = z.infer<typeof learningInsightSchema>

export const selectionSchema = namedObject('Selection', {
  id: idSchema,
  name: z.string(),
  count: count.openapi({ description: 'Animals in the selection.' }),
})

const range = z.object({ from: fraction, to: fraction })
export const newSelectionSchema = z
  .object({
    name: z.string().trim().min(1).max(200).default('Selection'),
    detectionIds: z.array(idSchema).min(1).max(100_000).optional(),
    filter: insightFilterSchema.optional(),
    bucket: z
      .object({
        hour: z.number().int().min(0).max(23).optional(),
        month: z.number().int().min(1).max(12).optional(),
        confidence: range.optional(),
        probability: range.optional(),
        place: z.object({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) }).optional(),
        forecast: z
          .object({
            rank: rankSchema.optional().openapi({ description: 'Without a rank: the named taxon itself.' }),
            right: z.boolean().optional(),
            probability: range.optional(),
            examples: z.object({ from: count.min(0), to: count.nullable() }).optional(),
          })
          .optional()
          .openapi({ description: 'Animals for which the tree had an answer before people named them.' }),
      })
      .optional(),
  })
  .refine(
    ({ detectionIds, filter, bucket }) =>
      (detectionIds === undefined) !== (filter === undefined && bucket === undefined),
    'Expected either detectionIds, or a filter with or without a bucket.',
  )
  .openapi('NewSelection', { description: 'Either ids, or a filter with one bar of a chart.' })
export type NewSelection = z.infer<typeof newSelectionSchema>

export const mapStandingSchema = namedObject('MapStanding', {
  state: z.enum(['none', 'computing', 'ready', 'failed']),
  progress: fraction.nullable(),
  message: z.string().nullable(),
  ready: z
    .object({
      id: idSchema,
      animals: count,
      treeVersion: z.string().openapi({ description: 'The tree in whose metric the animals were compared.' }),
      finishedAt: z.string(),
      newer: count.openapi({ description: 'Animals that are newer than the map and not on it.' }),
    })
    .nullable(),
})
export type MapStanding = z.infer<typeof mapStandingSchema>

export const mapPointsSchema = namedObject('MapPoints', {
  id: idSchema,
  detectionIds: z.array(count).openapi({ description: 'Ids as numbers; the other lists are in the same order.' }),
  x: z.array(count).openapi({ description: '0..65535, the same scale as y.' }),
  y: z.array(count),
  taxon: z.array(count).openapi({ description: 'Position in `taxa`, -1: none.' }),
  identified: z.array(count).openapi({ description: '1: identified; 0: `taxon` is only suggested.' }),
  confidence: z.array(count).openapi({ description: "The detector's, in hundredths; -1: none." }),
  probability: z.array(count).openapi({ description: 'Of the last suggestion, in hundredths; -1: none.' }),
  person: z
    .array(count)
    .openapi({ description: 'Position in `people`, -1: nobody, or only a label that came with the photo.' }),
  taxa: z.array(taxonSchema),
  people: z.array(z.string()),
})
export type MapPoints = z.infer<typeof mapPointsSchema>
