// Fields that a project adds to what people observe of animals.

import { z } from '@hono/zod-openapi'
import { actionSchema } from '../action.ts'
import { lineSchema } from '../exchange/text.ts'
import { namedObject } from '../named.ts'

/** Tables, templates of columns and tags divide at these. */
const name = lineSchema
  .max(60)
  .refine((text) => !/[,=:|]/.test(text), 'Expected a name without comma, equals sign, colon and upright stroke')

const fieldShape = {
  name: name.openapi({ description: 'Also its column in tables.', example: 'Coat' }),
  kind: z.enum(['text', 'number', 'choice']).openapi({ description: 'It stays: for another kind, add a field.' }),
  choices: z.array(lineSchema).max(100).default([]).openapi({ description: 'Of a choice; empty for other kinds.' }),
}

export const ownFieldSchema = namedObject('OwnField', { id: z.string(), ...fieldShape })

const revision = z.number().int().min(0).openapi({ description: 'Grows with each change.' })

export const ownFieldsSchema = namedObject(
  'OwnFields',
  { items: z.array(ownFieldSchema), revision },
  'In the order in which they are shown.',
)

export const newOwnFieldsSchema = namedObject(
  'NewOwnFields',
  { items: z.array(z.object({ id: z.string().max(20).optional(), ...fieldShape })).max(30), revision },
  'All fields; one without an `id` is new. What animals have in removed fields comes back with undo.',
)

export const ownFieldsAnswerSchema = ownFieldsSchema
  .extend({ action: actionSchema.nullable().openapi({ description: 'null: nothing changed.' }) })
  .openapi('OwnFieldsAnswer')

export type OwnField = z.infer<typeof ownFieldSchema>
export type OwnFields = z.infer<typeof ownFieldsSchema>
export type NewOwnFields = z.output<typeof newOwnFieldsSchema>
export type OwnFieldsAnswer = z.infer<typeof ownFieldsAnswerSchema>
