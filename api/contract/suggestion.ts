// What an animal may be, with the evidence. Probabilities are absolute fractions.

import { z } from '@hono/zod-openapi'
import { bboxSchema } from './bbox.ts'
import { idSchema } from './id.ts'
import { modelReferenceSchema } from './models/model.ts'
import { namedObject } from './named.ts'
import { taxonSchema } from './taxon.ts'

export const probability = z.number().min(0).max(1)

const similarSchema = namedObject('Similar', {
  detectionId: idSchema,
  mediaId: idSchema,
  cropUrl: z.string(),
  similarity: z.number().min(0).max(1).openapi({ description: "Cosine in the tree's metric, clamped to 0..1." }),
})
export type Similar = z.infer<typeof similarSchema>

export const similarExemplarSchema = similarSchema.extend({ taxon: taxonSchema }).openapi('SimilarExemplar')
export type SimilarExemplar = z.infer<typeof similarExemplarSchema>

const pathStepSchema = namedObject('PathStep', {
  taxon: taxonSchema,
  probability,
  novelty: probability.openapi({
    description: 'Probability of an animal of this taxon that is in none of its known children.',
  }),
})

const evidenceSchema = namedObject('Evidence', {
  tree: probability.openapi({ description: 'What the tree alone says.' }),
  neighbours: probability.nullable().openapi({
    description: 'Share of the similarity-weighted vote of the nearest exemplars; null when there are none.',
  }),
  regression: probability.nullable().openapi({
    description:
      'Probability by the flat logistic regression, among the species that it was fitted on; null for any other taxon.',
  }),
  nearest: z.boolean().openapi({ description: 'The most similar known photo shows this taxon.' }),
  examples: z.number().int().openapi({ description: 'Exemplars at or below this taxon.' }),
})

const suggestionSchema = namedObject('Suggestion', {
  taxon: taxonSchema,
  probability,
  evidence: evidenceSchema,
  similar: z.array(similarSchema),
})

const stopSchema = namedObject('Stop', {
  taxon: taxonSchema,
  probability,
  rule: z.enum(['calibrated', 'cautious', 'none']).openapi({
    description:
      'calibrated: the threshold was fitted on held-out answers; cautious: there were too few of them, and the threshold is the asked accuracy itself; none: no accuracy was asked.',
  }),
  measured: z.object({ stops: z.number().int(), right: z.number().int() }).nullable().openapi({
    description:
      'Of the latest animals that people named here, at most 200: for how many the answer had stopped at this accuracy, and how often it was right. null: fewer than 20 stops. Where stops were wrong more often than asked, they need more certainty from then on.',
  }),
})

const noveltySchema = namedObject('Novelty', {
  under: taxonSchema.nullable().openapi({ description: 'null: in no known top taxon.' }),
  probability,
})

export const nearnessSchema = namedObject('Nearness', {
  similarity: z.number().min(0).max(1).openapi({
    description: 'Cosine of the raw embeddings with the most similar known photo, clamped to 0..1.',
  }),
  strange: probability.openapi({
    description:
      'Probability that nothing like it is taught yet. Above 0.5, a client should say so rather than name a taxon.',
  }),
  nothing: probability.openapi({
    description:
      'Probability that there is no animal, because it is like boxes marked notAnimal and boxes of photos marked empty; part of strange. 0 where nothing is marked.',
  }),
})

export const answeredDetectionSchema = namedObject('AnsweredDetection', {
  detectionId: idSchema.optional().openapi({ description: 'Only for stored detections.' }),
  kind: z.enum(['animal', 'person', 'vehicle']),
  bbox: bboxSchema,
  confidence: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .openapi({ description: "The detector's number; null if it made no box." }),
  source: z.enum(['detector', 'wholePhoto', 'imported', 'person']),
  path: z.array(pathStepSchema),
  stop: stopSchema.nullable(),
  novelty: noveltySchema.nullable(),
  nearness: nearnessSchema.nullable().openapi({
    description:
      'null where nothing is taught, or the embedder has no reference that tells how similar photos of one taxon are.',
  }),
  list: z
    .object({
      id: idSchema,
      name: z.string(),
      without: z
        .object({
          taxon: taxonSchema,
          probability,
          listed: z.boolean().openapi({ description: 'false: it is not on the list, so nothing suggests it.' }),
        })
        .openapi({ description: 'What would be suggested first if there were no list.' }),
    })
    .nullable()
    .openapi({ description: 'The species list that the answer keeps to; null: no list holds there.' }),
  place: z
    .object({
      station: z.string(),
      events: z.number().openapi({
        description:
          'Confirmed events at the station, without those of the photo’s burst. One that was only named in bulk counts a quarter.',
      }),
      without: z.object({ taxon: taxonSchema, probability, events: z.number() }).openapi({
        description: 'What would be suggested first if nothing were known of the place, and its events there.',
      }),
    })
    .nullable()
    .openapi({
      description:
        'Suggestions heed what was met at the station; null: they do not, because nobody said where the photo was taken, nothing was confirmed anywhere yet, or it is switched off.',
    }),
  suggestions: z.array(suggestionSchema),
})
export type AnsweredDetection = z.infer<typeof answeredDetectionSchema>

export const trackSchema = namedObject(
  'Track',
  {
    detectionIds: z.array(idSchema).openapi({ description: 'Its boxes, in the order in which they were taken.' }),
    path: z.array(pathStepSchema),
    stop: stopSchema.omit({ measured: true }).nullable(),
    novelty: noveltySchema.nullable(),
    strange: probability.openapi({ description: "Mean of its photos' `nearness.strange`." }),
    odd: z.array(idSchema).openapi({
      description: 'Boxes of which the photo alone says something else by more than 3 nats: perhaps a second animal.',
    }),
  },
  'One animal of a burst, followed from photo to photo and answered as one.',
)
export type Track = z.infer<typeof trackSchema>

export const answerSchema = namedObject('Answer', {
  photo: z.object({
    width: z.number().int().openapi({ description: 'Pixels of the upright photo.' }),
    height: z.number().int(),
    sha256: z.string().openapi({ description: 'Checksum of the received bytes.' }),
  }),
  models: z.object({ detector: modelReferenceSchema, embedder: modelReferenceSchema }),
  treeVersion: z
    .string()
    .openapi({ description: '"V.R": published version . changes learned since; "0.0" when empty.' }),
  detections: z.array(answeredDetectionSchema),
})
export type Answer = z.infer<typeof answerSchema>
