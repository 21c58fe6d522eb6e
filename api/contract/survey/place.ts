// What was met at which station, and whether suggestions heed it.

import { z } from '@hono/zod-openapi'
import { namedObject } from '../named.ts'

const heeded = z.boolean().openapi({
  description: 'Suggestions heed what was met at the station. What is taught does not change by it.',
})

export const placesSchema = namedObject('Places', {
  heeded,
  stations: z
    .array(
      z.object({
        station: z.string(),
        events: z.number().openapi({
          description: 'Confirmed events; one that was only named in bulk counts a quarter.',
        }),
        taxa: z.number().int().openapi({ description: 'How many taxa these name.' }),
      }),
    )
    .openapi({ description: 'Stations with confirmed events, by name.' }),
})
export type Places = z.infer<typeof placesSchema>

export const heedSchema = z.object({ heeded })
export type Heed = z.infer<typeof heedSchema>
