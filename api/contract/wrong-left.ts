// How many suggestions would be wrong if they were all accepted now.

import { z } from '@hono/zod-openapi'
import { namedObject } from './named.ts'

const atRank = namedObject('WrongAtRank', {
  expected: z.number(),
  low: z.number().int(),
  high: z.number().int().openapi({ description: 'Nine times of ten the number lies between `low` and this.' }),
  drawn: z.number().int().openapi({ description: 'Animals drawn at random and named, by which this is checked.' }),
  wrongDrawn: z
    .number()
    .int()
    .openapi({ description: 'How many of those were suggested wrongly before they were named.' }),
})

export const wrongLeftSchema = namedObject('WrongLeft', {
  animals: z.number().int().openapi({ description: 'That wait, without photos in which nothing was found.' }),
  species: atRank.openapi({ description: 'Wrong as suggested, which is mostly a species.' }),
  family: atRank.openapi({ description: 'Wrong even in their family.' }),
  accuracy: z.number(),
  countedAt: z.string().nullable().openapi({
    description:
      'When the animals were counted; null while that is done for the first time, until then there are none.',
  }),
  advice: z.enum(['check', 'stop', 'stopAtFamily', 'goOn']).openapi({
    description:
      'check: too few animals drawn at random are named to say; stop: even `high` is as rare as `accuracy` asks; stopAtFamily: so it is for families alone; goOn: neither.',
  }),
})
export type WrongLeft = z.infer<typeof wrongLeftSchema>
