// One animal, person or vehicle found in a photo.

import { z } from '@hono/zod-openapi'
import { bboxSchema } from './bbox.ts'
import { lineSchema } from './exchange/text.ts'
import { idSchema } from './id.ts'
import { namedObject } from './named.ts'
import { probability } from './suggestion.ts'
import { taxonSchema } from './taxon.ts'

/** What a person can say about a detection instead of naming it. */
export const detectionMarkSchema = z.enum(['notAnimal', 'unknown', 'person', 'vehicle']).openapi('DetectionMark', {
  description:
    'notAnimal: a leaf, a stone; unknown: an animal that nobody can name; person, vehicle: its kind is that, and no taxon is suggested for it.',
})
export type DetectionMark = z.infer<typeof detectionMarkSchema>

const word = z.string().trim().min(1).max(200)

/** What people saw of an animal besides its taxon. */
export const observationSchema = namedObject('Observation', {
  count: z.number().int().min(1).max(100_000).nullable().openapi({
    description: 'How many of its taxon are in the photo. Replaces the number of boxes in the results.',
  }),
  sex: z.enum(['female', 'male']).nullable(),
  lifeStage: z.enum(['adult', 'subadult', 'juvenile']).nullable(),
  behaviour: word.nullable(),
  individual: word.nullable().openapi({ description: 'What people call this very animal.' }),
  own: z
    .record(z.string().max(20), z.union([z.number(), lineSchema]))
    .optional()
    .openapi({ description: 'Of the project’s own fields, by id (GET /api/observations/fields).' }),
})

/** A detection as lists and reviews show it. */
export const detectionSchema = namedObject('Detection', {
  id: idSchema,
  mediaId: idSchema,
  kind: z.enum(['animal', 'person', 'vehicle']),
  source: z.enum(['detector', 'wholePhoto', 'imported', 'person']),
  bbox: bboxSchema,
  confidence: z.number().nullable(),
  detector: z.string().nullable().openapi({ description: "The other program's detector that made an imported box." }),
  cropUrl: z.string(),
  taxon: taxonSchema
    .nullable()
    .openapi({ description: 'What this detection teaches now: its current identification.' }),
  conflict: z.boolean(),
  mark: detectionMarkSchema.nullable(),
  setAside: z.boolean().openapi({ description: 'Its photo is marked as empty or unusable, so it is in no queue.' }),
  capturedAt: z.string().nullable().openapi({ description: "The photo's, as in Media." }),
  groupKey: z.string().openapi({ description: 'Photos that count as one (a burst, an individual) have the same key.' }),
  observation: observationSchema.nullable().openapi({ description: 'null: nobody said anything.' }),
  suggestion: z
    .object({
      taxon: taxonSchema.nullable(),
      probability,
      stop: taxonSchema.nullable(),
      novelty: probability,
      ownProbability: probability.nullable().openapi({
        description:
          'Probability of the taxon it is identified as, as if its burst had not been learned; null: unidentified.',
      }),
      disagreement: probability.openapi({
        description:
          'For an identified animal: how much more probable another taxon is than its own. For others: how much the tree and the similar photos disagree.',
      }),
      treeVersion: z.string(),
    })
    .nullable()
    .openapi({ description: 'The last stored summary. POST /api/suggestions gives the present answer.' }),
  unlikely: z
    .object({
      animal: probability.openapi({ description: 'That it is an animal.' }),
      likely: z.enum(['nothing', 'person', 'vehicle']),
    })
    .nullable()
    .optional()
    .openapi({
      description:
        'It waits and is probably no animal, by what people said of other boxes, as last judged; null: it may be one. Lists leave these out with `unlikely=hide`.',
    }),
  question: z
    .object({
      why: z.enum(['typical', 'unsure', 'new', 'random']).openapi({
        description:
          'typical: of animals of which none is identified; unsure: the tree hesitates; new: it fits no known taxon; random: drawn by chance, so that the answers tell how good the rest is.',
      }),
      alike: z.number().int().openapi({ description: 'Waiting animals that look like it, itself among them.' }),
    })
    .nullable()
    .optional()
    .openapi({ description: 'Why it is among those to identify next, as last computed; null: it is not.' }),
  resultsQuestion: z
    .object({
      gain: z.number().openapi({ description: '0..0.5: how much less doubtful a record of the results would be.' }),
      records: z.number().int().openapi({
        description: 'Bursts at the same station in the same week that may be the same taxon, its own counted.',
      }),
    })
    .nullable()
    .optional()
    .openapi({
      description: 'Why its answer changes the results of the season, as last computed; null: others do more.',
    }),
  appraisal: z
    .object({
      uniqueness: probability.openapi({ description: 'How far it is from all animals of other bursts.' }),
      representativeness: probability.openapi({ description: 'How well it stands for many.' }),
      hardness: z.number().openapi({ description: 'Entropy of the answer without its burst, in nats.' }),
      duplicateOf: idSchema.nullable().openapi({ description: 'An animal of another burst that is almost the same.' }),
      duplicateDiffers: z.boolean().openapi({ description: 'The two are identified as different taxa.' }),
      rival: taxonSchema.nullable().openapi({
        description: 'The taxon that is more probable than what it is identified as; null: none is.',
      }),
      doubt: z.number().nullable().openapi({ description: 'log p(rival) - log p(its own), its burst left out.' }),
    })
    .nullable()
    .optional()
    .openapi({
      description: 'How it stands among all animals, as last worked out for a tree version; null: not yet.',
    }),
})
export type Observation = z.infer<typeof observationSchema>
export type Detection = z.infer<typeof detectionSchema>
