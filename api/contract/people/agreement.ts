// How several people settle what an animal is.

import { z } from '@hono/zod-openapi'
import { namedObject } from '../named.ts'

export const agreementSchema = namedObject('Agreement', {
  rule: z.enum(['one', 'two', 'expert']).openapi({
    description:
      'one: one statement is enough; two: two people must agree, and everybody who accepted the suggestion counts as one; expert: an expert’s statement settles it. Labels that came with photos count until a person contradicts them.',
  }),
})

export const accuracySchema = namedObject('PersonAccuracy', {
  person: z.string(),
  identified: z.number().int().openapi({ description: 'Animals that the person identified.' }),
  checked: z
    .number()
    .int()
    .openapi({ description: 'Of these, those that somebody else identified too, and that are settled.' }),
  agreed: z.number().int().openapi({ description: 'Of these, those where both fit.' }),
  accuracy: z.number().min(0).max(1).openapi({
    description: 'The share of `checked`, drawn towards 0.95 as long as little is known.',
  }),
})

export type AgreementRule = z.infer<typeof agreementSchema>
export type PersonAccuracy = z.infer<typeof accuracySchema>
