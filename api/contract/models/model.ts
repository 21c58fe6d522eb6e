// Models: as answers name them, as lists describe them, changing to another one, and fetching one by its name.

import { z } from '@hono/zod-openapi'
import { namedObject } from '../named.ts'

export const modelReferenceSchema = namedObject('ModelReference', { name: z.string(), sha256: z.string() })

export const modelSchema = namedObject('Model', {
  name: z.string(),
  kind: z.enum(['detector', 'embedder']).nullable(),
  description: z.string().nullable(),
  sha256: z.string().nullable(),
  licence: z.string().nullable(),
  source: z.string().nullable(),
  inUse: z.boolean(),
  size: z.number().int().nullable().openapi({ description: 'Side of its input in pixels.' }),
  sizes: z.array(z.number().int()).openapi({ description: 'Other input sides that a detector supports.' }),
  threshold: z.number().nullable().openapi({
    description: 'Least confidence of a detector’s boxes: the one in use, or the manifest’s.',
  }),
  classes: z.array(z.string()).openapi({ description: 'What a detector tells apart.' }),
  storage: z.enum(['float32', 'float16', 'int8', 'other']).nullable().openapi({
    description: 'As what most of its weights are stored.',
  }),
  bytes: z.number().int().nullable().openapi({ description: 'Of its weights.' }),
  dimensions: z.number().int().nullable().openapi({ description: 'Numbers of an embedder’s vector.' }),
  bundled: z.boolean().openapi({ description: 'Comes with Clavis; the others lie in the data folder.' }),
  refused: z.array(z.string()).openapi({
    description: 'Why an embedder did not take over when it was chosen last. Empty: it was not refused.',
  }),
  switching: z
    .object({ embedded: z.number().int(), failed: z.number().int() })
    .nullable()
    .openapi({ description: 'Stored animals embedded so far, while the service changes to this embedder.' }),
  fault: z.string().nullable().openapi({ description: 'Why it cannot be used; null when it can.' }),
})
export type Model = z.infer<typeof modelSchema>

export const modelListSchema = z.object({
  items: z.array(modelSchema),
  nextCursor: z.null(),
  provider: z
    .object({ device: z.enum(['cpu', 'cuda']), deviceId: z.number().int(), threads: z.number().int() })
    .openapi({ description: 'What the models of this process run on.' }),
  decidedBy: z
    .object({ detector: z.enum(['environment', 'choice']), embedder: z.enum(['environment', 'choice']) })
    .openapi({ description: 'Whether DETECTOR or EMBEDDER is set: then the next start uses that one again.' }),
})
export type ModelList = z.infer<typeof modelListSchema>

export const modelUseSchema = z.object({
  name: z.string().min(1).max(200),
  size: z.number().int().min(32).max(8192).optional().openapi({
    description: 'For a detector: side of its input in pixels, one of its `sizes`.',
  }),
  threshold: z.number().min(0.01).max(0.99).optional().openapi({
    description: 'For a detector: least confidence of its boxes. Left out: its manifest’s.',
  }),
  anyway: z.boolean().optional().openapi({
    description: 'For an embedder: it takes over even where it answers worse than the present one.',
  }),
})
export type ModelUse = z.infer<typeof modelUseSchema>

export const modelUseAnswerSchema = z.object({
  name: z.string(),
  from: z.enum(['now', 'background']).openapi({ description: 'When it is used.' }),
})
export type ModelUseAnswer = z.infer<typeof modelUseAnswerSchema>

export const modelCheckSchema = z.object({
  items: z.array(
    z.object({
      part: z.enum(['models', 'device']),
      status: z.enum(['ok', 'warn', 'fail']),
      found: z.string(),
      fix: z.string().nullable().openapi({ description: 'What to do; null where nothing needs to be done.' }),
    }),
  ),
})
export type ModelCheck = z.infer<typeof modelCheckSchema>

export const addedModelSchema = namedObject('AddedModel', {
  name: z.string(),
  kind: z.enum(['detector', 'embedder']),
  classes: z.array(z.object({ name: z.string(), kind: z.string() })),
  guessed: z.boolean().openapi({ description: 'The file does not name its classes, so these are a guess.' }),
})
export type AddedModel = z.infer<typeof addedModelSchema>

export const offeredModelSchema = namedObject('OfferedModel', {
  name: z.string(),
  kind: z.enum(['detector', 'embedder']),
  description: z.string(),
  licence: z.string(),
  source: z.string(),
  sha256: z.string(),
  bytes: z.number().int(),
  tried: z.boolean().openapi({ description: 'Whether the project has run it.' }),
  installed: z.boolean(),
  fetching: z
    .object({
      state: z.enum(['fetching', 'adding', 'failed', 'cancelled']),
      received: z.number().int(),
      total: z.number().int().nullable(),
      problem: z.string().nullable(),
    })
    .nullable(),
})
export type OfferedModel = z.infer<typeof offeredModelSchema>
