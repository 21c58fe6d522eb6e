// What is left of an import, and accepting its sure suggestions at once.

import { z } from '@hono/zod-openapi'
import { actionSchema } from '../action.ts'
import { detectionSchema } from '../detection.ts'
import { idSchema } from '../id.ts'
import { namedObject } from '../named.ts'
import { taxonSchema } from '../taxon.ts'

const count = z.number().int()

/** What counts as sure: at least this probable, and the answer goes down to the suggested taxon. */
export const sureLimit = z.coerce.number().min(0.5).max(1)

export const importStateSchema = namedObject('ImportState', {
  withoutBox: count.openapi({ description: 'Photos that wait although the detector found nothing in them.' }),
  people: count,
  vehicles: count,
  identified: count.openapi({ description: 'Animals that people or labels named.' }),
  waiting: count.openapi({ description: 'Animals in a box that wait, the sure ones among them.' }),
  sure: count.openapi({ description: 'Of these, how many have a suggestion at or above the limit.' }),
  expectedWrong: z.number().openapi({
    description: 'How many of the sure suggestions are wrong, by their own probabilities.',
  }),
  sample: z.array(detectionSchema).openapi({ description: 'Sure ones drawn at random, to look at first.' }),
})
export type ImportState = z.infer<typeof importStateSchema>

export const newAcceptSchema = namedObject('NewAccept', {
  limit: sureLimit,
  but: z
    .array(idSchema)
    .max(1000)
    .default([])
    .openapi({ description: 'Detections that are left as they are: those that a look showed to be wrong.' }),
})
export type NewAccept = z.infer<typeof newAcceptSchema>

export const acceptAnswerSchema = namedObject('AcceptAnswer', {
  action: actionSchema.nullable().openapi({ description: 'null: nothing was sure.' }),
  identified: count,
  taxa: z.array(z.object({ taxon: taxonSchema, animals: count })).openapi({ description: 'Most animals first.' }),
})
export type AcceptAnswer = z.infer<typeof acceptAnswerSchema>
