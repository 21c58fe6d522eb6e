// Models: as answers name them, as lists describe them, and changing to another one.

import { z } from '@hono/zod-openapi'

export const modelReferenceSchema = z.object({ name: z.string(), sha256: z.string() }).openapi('ModelReference')

export const modelSchema = z
  .object({
    name: z.string(),
    kind: z.enum(['detector', 'embedder']).nullable(),
    sha256: z.string().nullable(),
    licence: z.string().nullable(),
    source: z.string().nullable(),
    inUse: z.boolean(),
    size: z.number().int().nullable().openapi({ description: 'Side of its input in pixels.' }),
    sizes: z.array(z.number().int()).openapi({ description: 'Other input sides that a detector supports.' }),
    switching: z
      .object({ embedded: z.number().int(), failed: z.number().int() })
      .nullable()
      .openapi({ description: 'Stored animals embedded so far, while the service changes to this embedder.' }),
    fault: z.string().nullable().openapi({ description: 'Why it cannot be used; null when it can.' }),
  })
  .openapi('Model')
export type Model = z.infer<typeof modelSchema>

export const modelUseSchema = z.object({
  name: z.string().min(1).max(200),
  size: z.number().int().min(32).max(8192).optional().openapi({
    description: 'For a detector: side of its input in pixels, one of its `sizes`.',
  }),
})
export type ModelUse = z.infer<typeof modelUseSchema>

export const modelUseAnswerSchema = z.object({
  name: z.string(),
  from: z.enum(['now', 'background', 'nextStart']).openapi({ description: 'When it is used.' }),
})
export type ModelUseAnswer = z.infer<typeof modelUseAnswerSchema>
