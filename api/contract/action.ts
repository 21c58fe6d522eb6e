// Entries of the history: what a person did in one step, and what that taught the tree.

import { z } from '@hono/zod-openapi'
import { idSchema } from './id.ts'
import { namedObject } from './named.ts'
import { probability } from './suggestion.ts'
import { rankSchema, taxonSchema } from './taxon.ts'

const learnedStepSchema = namedObject(
  'LearnedStep',
  { taxon: taxonSchema, rank: rankSchema, probability },
  "One step of the identified taxon's path, top first, itself last.",
)
export type LearnedStep = z.infer<typeof learnedStepSchema>

export const learnedSchema = namedObject('Learned', {
  before: z.array(learnedStepSchema),
  after: z.array(learnedStepSchema),
  treeVersion: z.string(),
  ms: z.number().openapi({ description: 'Milliseconds from the committed change to a tree that knows it.' }),
})
export type Learned = z.infer<typeof learnedSchema>

const actionKindSchema = z
  .enum(['identify', 'bulk', 'withdraw', 'box', 'note', 'mark', 'deployment', 'observation', 'list'])
  .openapi('ActionKind')

/** One entry of the history: what a person did in one step. */
export const actionSchema = namedObject('Action', {
  id: idSchema,
  person: z.string(),
  at: z.string(),
  kind: actionKindSchema,
  summary: z.string().openapi({ description: 'A sentence for people.' }),
  detectionIds: z.array(idSchema).openapi({ description: 'What it changed, at most the first 100.' }),
  mediaIds: z.array(idSchema),
  deploymentIds: z.array(idSchema),
  subjects: z.number().int().openapi({ description: 'How many detections, photos or deployments it changed.' }),
  undoesId: idSchema.nullable().openapi({ description: 'The entry that this one undid.' }),
  redoesId: idSchema.nullable().openapi({ description: 'The entry that this one redid.' }),
  undone: z.boolean(),
})
export type Action = z.infer<typeof actionSchema>

export const undoableSchema = namedObject(
  'Undoable',
  { undo: actionSchema.nullable(), redo: actionSchema.nullable() },
  'What undo and redo would do next for the person who asks.',
)
export type Undoable = z.infer<typeof undoableSchema>

export const actionAnswerSchema = namedObject('ActionAnswer', { action: actionSchema, learned: learnedSchema })
export type ActionAnswer = z.infer<typeof actionAnswerSchema>
