// Which part of the queues is whose.

import { z } from '@hono/zod-openapi'
import { idSchema } from '../id.ts'
import { namedObject } from '../named.ts'

export const assignmentSchema = namedObject('Assignment', {
  id: idSchema,
  personId: idSchema,
  person: z.string(),
  deployment: z.string().nullable().openapi({ description: 'Photos of this camera alone; null: of all.' }),
  taxonId: idSchema.nullable().openapi({ description: 'What is suggested as this or below it; null: everything.' }),
  share: z
    .object({ part: z.number().int().min(1), parts: z.number().int().min(2) })
    .nullable()
    .openapi({ description: 'One of so many equal shares of the photos; null: all.' }),
  createdAt: z.string(),
})

export const newAssignmentsSchema = namedObject('NewAssignments', {
  personIds: z.array(idSchema).min(1).max(100),
  deployment: z.string().min(1).max(200).optional(),
  taxonId: idSchema.optional(),
  share: z
    .boolean()
    .default(false)
    .openapi({ description: 'Each of these people gets an equal share, and no two the same photo.' }),
})

export type Assignment = z.infer<typeof assignmentSchema>
export type NewAssignments = z.input<typeof newAssignmentsSchema>
