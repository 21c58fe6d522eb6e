// Cards of animals that fit no known taxon, and what people do with them.

import { z } from '@hono/zod-openapi'
import { actionSchema, learnedSchema } from '../action.ts'
import { bulkIds } from '../bulk.ts'
import { detectionSchema } from '../detection.ts'
import { idSchema } from '../id.ts'
import { namedObject } from '../named.ts'
import { probability } from '../suggestion.ts'
import { taxonSchema } from '../taxon.ts'

export const unknownCardSchema = namedObject('UnknownCard', {
  id: idSchema.openapi({ description: 'Stays the same when animals join.' }),
  under: taxonSchema.nullable().openapi({ description: 'The deepest known taxon that they are new in; null: none.' }),
  code: z.string().openapi({ description: 'The name that it gets unless another one is given.' }),
  animals: z.number().int(),
  pinned: z.boolean().openapi({ description: 'A person joined or split it: its animals stay together.' }),
  nearest: z
    .object({ taxon: taxonSchema, similarity: probability })
    .nullable()
    .openapi({ description: 'The taxon of the known photo that is most similar to the most typical animal.' }),
  cameraPurity: probability.nullable().openapi({
    description:
      'The share of its animals from one camera. Where it is larger than lookPurity, the background may have made the card.',
  }),
  lookPurity: probability.openapi({
    description: 'The share of its animals whose most similar unknown animal of another burst is on the card too.',
  }),
  tiles: z.array(detectionSchema).openapi({ description: 'The most typical first, the odd ones last.' }),
})
export type UnknownCard = z.infer<typeof unknownCardSchema>

export const unknownCardsSchema = namedObject('UnknownCards', {
  cards: z.array(unknownCardSchema),
  working: z.boolean().openapi({ description: 'Cards are being worked out.' }),
})
export type UnknownCards = z.infer<typeof unknownCardsSchema>

export const unknownNameSchema = namedObject('UnknownName', {
  name: z.string().trim().min(1).max(200).optional().openapi({ description: 'Default: the code.' }),
  leaveOut: z.array(idSchema).max(1000).default([]).openapi({ description: 'Animals of the card that are not.' }),
})
export type UnknownName = z.infer<typeof unknownNameSchema>

export const cardIdsSchema = namedObject('UnknownJoin', { intoId: idSchema })
export const splitSchema = namedObject('UnknownSplit', { detectionIds: bulkIds })

export const unknownAnswerSchema = namedObject('UnknownAnswer', {
  action: actionSchema.nullable().openapi({ description: 'null: nothing had to change.' }),
  taxon: taxonSchema.nullable().openapi({ description: 'What it was named.' }),
  learned: learnedSchema,
})
export type UnknownAnswer = z.infer<typeof unknownAnswerSchema>
