// Labels that are probably wrong, in cohorts, and what people say of them.

import { z } from '@hono/zod-openapi'
import { actionSchema, learnedSchema } from '../action.ts'
import { bulkIds } from '../bulk.ts'
import { detectionSchema } from '../detection.ts'
import { idSchema } from '../id.ts'
import { namedObject } from '../named.ts'
import { probability } from '../suggestion.ts'
import { taxonSchema } from '../taxon.ts'

export const labelCohortSchema = namedObject('LabelCohort', {
  label: taxonSchema.openapi({ description: 'What these animals are identified as.' }),
  rival: taxonSchema.openapi({ description: 'What everything else suggests instead.' }),
  animals: z.number().int(),
  doubt: z.number().openapi({ description: 'The mean of 0.7 log p(rival) - log p(label): the order of the cohorts.' }),
  tiles: z.array(detectionSchema).openapi({ description: 'Those that agree least with their label first.' }),
})
export type LabelCohort = z.infer<typeof labelCohortSchema>

export const doubtedLabelsSchema = namedObject('DoubtedLabels', {
  cohorts: z.array(labelCohortSchema),
  doubted: z.number().int().openapi({ description: 'How many labels are doubted in all.' }),
  progress: probability.nullable().openapi({ description: 'How far they are worked out anew; null: they are.' }),
})
export type DoubtedLabels = z.infer<typeof doubtedLabelsSchema>

export const newLabelsSchema = namedObject('NewLabels', {
  detectionIds: bulkIds,
  taxonId: idSchema.openapi({ description: 'What these animals are instead.' }),
})
export type NewLabels = z.infer<typeof newLabelsSchema>

export const keptLabelsSchema = namedObject(
  'KeptLabels',
  { detectionIds: bulkIds },
  'What these animals are identified as is right. It is not doubted again.',
)
export type KeptLabels = z.infer<typeof keptLabelsSchema>

export const labelsAnswerSchema = namedObject('LabelsAnswer', {
  action: actionSchema.nullable().openapi({ description: 'null: nothing had to change.' }),
  changed: z.array(idSchema),
  learned: learnedSchema,
})
export type LabelsAnswer = z.infer<typeof labelsAnswerSchema>
