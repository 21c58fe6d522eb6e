// Editing the taxonomy: commands, edits and what they touch; and what is known about one taxon.

import { z } from '@hono/zod-openapi'
import { lineSchema } from './exchange/text.ts'
import { idSchema } from './id.ts'
import { namedObject } from './named.ts'
import { rankSchema, taxonDetailSchema, taxonSchema, taxonStepSchema } from './taxon.ts'

const nameSchema = lineSchema
const ids = (most: number) => z.array(idSchema).max(most)

const taxonNameSchema = namedObject('TaxonName', {
  kind: z.enum(['common', 'synonym']),
  language: z
    .string()
    .trim()
    .min(2)
    .max(35)
    .nullable()
    .openapi({ description: 'BCP 47; null: not known.', example: 'en' }),
  name: nameSchema,
  preferred: z.boolean().openapi({ description: 'The common name that is shown; at most one.' }),
})
export type TaxonNameWire = z.infer<typeof taxonNameSchema>

const externalIdSchema = z
  .string()
  .trim()
  .max(300)
  .regex(/^[^\s:]+:\S.*$/, 'Expected scheme:id')
  .openapi({ example: 'gbif:2433651' })

export const placeRuleSchema = z.enum(['0.001', '0.01', '0.1', '1', 'hidden']).openapi('PlaceRule', {
  description:
    'How exactly exports and viewers may know where a taxon and those below it were seen: coordinates rounded to so many degrees, or none at all. Of several rules the strictest counts.',
})
export type PlaceRule = z.infer<typeof placeRuleSchema>

const namesSchema = z.array(taxonNameSchema).max(200)

const commandSchema = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('add'),
      name: nameSchema,
      rank: rankSchema,
      parentId: idSchema.nullable(),
      names: namesSchema.optional(),
      externalIds: z.array(externalIdSchema).max(50).optional(),
    }),
    z.object({ kind: z.literal('rename'), id: idSchema, name: nameSchema }),
    z.object({ kind: z.literal('setNames'), id: idSchema, names: namesSchema }),
    z.object({ kind: z.literal('setExternalIds'), id: idSchema, externalIds: z.array(externalIdSchema).max(50) }),
    z.object({ kind: z.literal('move'), id: idSchema, parentId: idSchema.nullable(), rank: rankSchema.optional() }),
    z.object({ kind: z.literal('setPlacing'), id: idSchema, needsPlacing: z.boolean() }),
    z.object({ kind: z.literal('setPlaceRule'), id: idSchema, placeRule: placeRuleSchema.nullable() }),
    z.object({ kind: z.literal('merge'), id: idSchema, intoId: idSchema }),
    z.object({
      kind: z.literal('split'),
      id: idSchema,
      into: z.object({
        name: nameSchema,
        rank: rankSchema.optional(),
        parentId: idSchema.nullable().optional(),
        names: namesSchema.optional(),
      }),
      detectionIds: ids(10_000),
      childIds: ids(1000).optional(),
    }),
    z.object({ kind: z.literal('deactivate'), id: idSchema }),
    z.object({ kind: z.literal('activate'), id: idSchema }),
    z.object({ kind: z.literal('delete'), id: idSchema, moveTo: idSchema.optional() }),
  ])
  .openapi('TaxonomyCommand', {
    description:
      'add; rename; setNames: all its common names and synonyms; setExternalIds; move: to another parent (null: to the top) with everything below, or to another rank; setPlacing; setPlaceRule: how exactly others may know where it was seen (null: exactly); merge: the other taxon takes over everything it has, and its id leads there; split: chosen examples and children become a new taxon; deactivate, activate: whether it and the taxa below may be suggested; delete: refused where something depends on it, unless moveTo names the taxon that takes that over.',
  })
export type WireCommand = z.infer<typeof commandSchema>

export const editRequestSchema = namedObject('TaxonomyEditRequest', {
  command: commandSchema,
  why: z.string().trim().max(1000).optional(),
  expected: z
    .record(z.string(), z.number().int())
    .optional()
    .openapi({
      description: 'The revisions that you saw, by taxon id. Answers 409 with `changed` where they differ now.',
      example: { '42': 3 },
    }),
})
export type EditRequest = z.infer<typeof editRequestSchema>

const trialSaidSchema = z.object({ taxon: taxonSchema, probability: z.number().min(0).max(1) }).nullable()

const touchesSchema = namedObject('Touches', {
  photos: z.number().int().openapi({ description: 'Photos identified as a taxon of the edit, or as one below it.' }),
  identifications: z.number().int().openapi({ description: 'Identifications that count and name one of these taxa.' }),
  moved: z.number().int().openapi({ description: 'Identifications that name another taxon afterwards.' }),
  children: z.number().int().openapi({ description: 'Taxa below those of the edit.' }),
  taxa: z.number().int().openapi({ description: 'Taxa whose row or names change.' }),
  suggestions: z
    .object({
      looked: z.number().int().openapi({ description: 'Animals that were answered before and after, at most 40.' }),
      changed: z
        .number()
        .int()
        .openapi({ description: 'How many of these get another taxon, place or name as the suggestion.' }),
      items: z.array(
        z.object({ detectionId: idSchema, cropUrl: z.string(), before: trialSaidSchema, after: trialSaidSchema }),
      ),
    })
    .nullable()
    .openapi({ description: 'null: not compared (the edit is done, or too large to try).' }),
})
export type Touched = z.infer<typeof touchesSchema>

export const editSchema = namedObject('TaxonomyEdit', {
  id: idSchema,
  person: z.string(),
  at: z.string(),
  why: z.string().nullable(),
  kind: z.string(),
  summary: z.string().openapi({ description: 'What was done, in words.' }),
  taxa: z.array(taxonStepSchema).openapi({ description: 'The first of the taxa whose row or names it changed.' }),
  taxaCount: z.number().int(),
  command: z
    .record(z.string(), z.unknown())
    .openapi({ description: 'The command as it was given; long lists are cut.' }),
  undoes: idSchema.nullable().openapi({ description: 'The edit that this one undid.' }),
  undoneBy: idSchema.nullable().openapi({ description: 'The edit that undid this one, unless that was undone too.' }),
})
export type Edit = z.infer<typeof editSchema>

export const editResultSchema = namedObject('TaxonomyEditResult', {
  edit: editSchema.nullable().openapi({ description: 'null: the edit was only tried.' }),
  touches: touchesSchema,
  treeVersion: z.string(),
})
export type EditResult = z.infer<typeof editResultSchema>

export const taxonFullSchema = taxonDetailSchema
  .extend({
    names: namesSchema,
    externalIds: z.array(z.string()),
    photoCount: z.number().int().openapi({ description: 'Photos identified as it or as a taxon below it.' }),
    placeRule: placeRuleSchema.nullable().openapi({ description: 'Its own; null: none.' }),
    placeRuleAbove: placeRuleSchema.nullable().openapi({ description: 'The strictest of the taxa above.' }),
    inactiveAbove: taxonStepSchema
      .nullable()
      .openapi({ description: 'The inactive taxon above, because of which this one is not suggested.' }),
    mergedFrom: z
      .array(taxonStepSchema)
      .openapi({ description: 'Taxa that were merged into it: their ids lead here.' }),
  })
  .openapi('TaxonFull')
export type TaxonFull = z.infer<typeof taxonFullSchema>

export const taxonNodeSchema = namedObject('TaxonNode', {
  id: idSchema,
  name: z.string(),
  rank: rankSchema,
  commonName: z.string().nullable(),
  childCount: z.number().int(),
  exampleCount: z.number().int(),
  active: z.boolean(),
  needsPlacing: z.boolean(),
  revision: z.number().int(),
})
export type TaxonNode = z.infer<typeof taxonNodeSchema>

export const knowledgeSchema = namedObject('TaxonKnowledge', {
  examples: z.number().int(),
  looked: z.number().int().openapi({
    description: 'Examples that the tree answered, each as if its own burst had not been taught; at most 120.',
  }),
  right: z.number().int().openapi({ description: 'How many of these answers led through this taxon.' }),
  accuracy: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .openapi({ description: 'right / looked; null where no example was answered.' }),
  confusedWith: z
    .array(z.object({ taxon: taxonSchema, count: z.number().int() }))
    .openapi({ description: 'What the tree took the others for, at this rank, most often first.' }),
  taughtBy: z
    .array(z.object({ person: z.string(), examples: z.number().int() }))
    .openapi({ description: 'Who identified the examples, most examples first.' }),
  best: z.array(z.object({ detectionId: idSchema, cropUrl: z.string(), probability: z.number() })).openapi({
    description: 'The examples of which the tree is most certain, given the others.',
  }),
  doubtful: z.array(z.object({ detectionId: idSchema, cropUrl: z.string(), probability: z.number() })).openapi({
    description: 'The examples of which the tree is least certain, given the others.',
  }),
  treeVersion: z.string(),
})
export type Knowledge = z.infer<typeof knowledgeSchema>
