// What photos lack and a person can say: when they were taken, and where their camera stood.

import { z } from '@hono/zod-openapi'
import { actionSchema } from '../action.ts'
import { idSchema, numericId } from '../id.ts'
import { namedObject } from '../named.ts'
import { clockTimeSchema } from './deployment.ts'

const undatedPhoto = z.object({ mediaId: idSchema, filename: z.string() })

export const missingSchema = namedObject('MissingFacts', {
  deployment: z
    .object({ id: idSchema, name: z.string(), revision: z.number().int() })
    .nullable()
    .openapi({ description: 'null: photos outside any deployment.' }),
  undated: z.number().int().openapi({
    description:
      'Photos for which neither EXIF nor the file’s name gives a time; those that could not be read are left out.',
  }),
  first: undatedPhoto.nullable().openapi({ description: 'The first of them by file name; null where there is none.' }),
  last: undatedPhoto.nullable(),
  place: z
    .object({
      photos: z.number().int(),
      latitude: z.number(),
      longitude: z.number(),
      spreadMetres: z.number().openapi({ description: 'How far apart the coordinates lie.' }),
    })
    .nullable()
    .openapi({
      description: 'The median of the coordinates in its photos, where the deployment has none; else null.',
    }),
})
export type MissingFacts = z.infer<typeof missingSchema>

export const toldTimesSchema = z
  .object({
    deploymentId: numericId.nullable().openapi({ description: 'null: photos outside any deployment.' }),
    importId: numericId.optional().openapi({ description: 'Only photos that this import brought.' }),
    mediaId: numericId
      .optional()
      .openapi({ description: 'The photo whose time is known; left out: the first by file name.' }),
    at: clockTimeSchema,
    secondsApart: z
      .number()
      .min(0)
      .max(366 * 86_400)
      .openapi({ description: 'From each photo to the next, in the order of the file names.' }),
  })
  .openapi('ToldTimes')
export type ToldTimes = z.output<typeof toldTimesSchema>

export const toldTimesAnswerSchema = namedObject('ToldTimesAnswer', {
  photos: z.number().int(),
  first: z.string(),
  last: z.string(),
  movedPhotos: z.number().int().openapi({
    description: 'Photos that belong to another deployment of the place now, because its dates fit their time.',
  }),
  action: actionSchema,
})
export type ToldTimesAnswer = z.infer<typeof toldTimesAnswerSchema>
