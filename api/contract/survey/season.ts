// The season as a list of steps: what is there and what is left of each.

import { z } from '@hono/zod-openapi'
import { modelReferenceSchema } from '../models/model.ts'
import { namedObject } from '../named.ts'

const count = z.number().int()
const capped = count.openapi({ description: 'Counted up to 10,000: there may be more.' })

export const seasonSchema = namedObject('Season', {
  hasPhotos: z.boolean(),
  queued: capped.openapi({ description: 'Photos in which animals are still to be found.' }),
  withoutDeployment: capped.openapi({ description: 'Photos of which nobody knows where the camera stood.' }),
  deployments: count,
  unplaced: count.openapi({ description: 'Deployments without coordinates.' }),
  undated: count.openapi({ description: 'Deployments without a start.' }),
  empty: capped.openapi({ description: 'Photos marked as empty in which nothing was found.' }),
  withoutBox: capped.openapi({ description: 'Photos that wait although nothing was found in them.' }),
  waiting: capped.openapi({ description: 'Animals to identify, photos without a box among them.' }),
  conflicts: capped,
  mislabelled: capped,
  mislabelledAt: z.string().nullable().openapi({
    description: 'When they were counted; null while that is done for the first time, until then there are none.',
  }),
  flagged: capped,
  identified: capped.openapi({ description: 'Animals that a person identified.' }),
  treeVersion: z.string(),
  models: z.object({ detector: modelReferenceSchema, embedder: modelReferenceSchema }),
  refused: z
    .object({
      version: z.number().int(),
      reasons: z.array(z.string()),
      mayAllow: z.boolean().openapi({ description: 'Only single species lose: POST /api/tree/publish says yes.' }),
    })
    .nullable()
    .openapi({ description: 'The newest version of the tree, where it answered worse than the one that answers.' }),
})
export type Season = z.infer<typeof seasonSchema>
