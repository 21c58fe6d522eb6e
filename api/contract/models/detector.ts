// Detectors on one's own photos: the data set to train another one, comparisons of two, and what a threshold does.

import { z } from '@hono/zod-openapi'
import { bboxSchema } from '../bbox.ts'
import { namedObject } from '../named.ts'

export const detectorSetSchema = namedObject('DetectorSet', {
  photos: z.number().int().openapi({ description: 'Photos of which people have settled every box.' }),
  boxes: z.number().int().openapi({ description: 'Animals in them.' }),
  empties: z.number().int().openapi({ description: 'Photos marked empty that the set would hold.' }),
  cameras: z.number().int(),
  groups: z.number().int().openapi({ description: 'Bursts and photos that stand alone.' }),
  heldOut: z
    .object({ photos: z.number().int(), boxes: z.number().int() })
    .openapi({ description: 'Kept out of the training, to compare detectors on.' }),
  by: z.enum(['camera', 'group']).openapi({ description: 'What is never in both halves.' }),
  leastHeldOut: z.number().int().openapi({ description: 'Held-out boxes without which no comparison counts.' }),
})
export type DetectorSet = z.infer<typeof detectorSetSchema>

const figuresSchema = namedObject('DetectorFigures', {
  boxes: z.number().int(),
  ap50: z.number().nullable(),
  recall: z
    .array(z.object({ falseBoxesPerPhoto: z.number(), recall: z.number().nullable() }))
    .openapi({ description: 'Share of the boxes found where so many false ones per photo are put up with.' }),
})
export type DetectorFigures = z.infer<typeof figuresSchema>

const pairSchema = z.object({ old: figuresSchema, candidate: figuresSchema })
const foundSchema = z.object({ bbox: bboxSchema, confidence: z.number(), right: z.boolean() })

export const detectorReferenceSchema = namedObject('DetectorReference', {
  name: z.string(),
  sha256: z.string(),
  size: z.number().int(),
  threshold: z.number(),
})
export type DetectorReference = z.infer<typeof detectorReferenceSchema>

export const comparisonSchema = namedObject('DetectorComparison', {
  old: detectorReferenceSchema,
  candidate: detectorReferenceSchema,
  at: z.iso.datetime(),
  photos: z.number().int(),
  heldOut: z.boolean().openapi({ description: 'Only on photos that no exported data set trains with.' }),
  notWorse: z.boolean(),
  reasons: z.array(z.string()).openapi({ description: 'Why the candidate may not be used.' }),
  all: pairSchema,
  bySize: z.array(pairSchema.extend({ size: z.enum(['small', 'medium', 'large']) })),
  byCamera: z.array(pairSchema.extend({ camera: z.string() })),
  examples: z
    .array(
      z.object({
        mediaId: z.string(),
        filename: z.string(),
        imageUrl: z.string(),
        boxes: z.array(bboxSchema),
        old: z.array(foundSchema),
        candidate: z.array(foundSchema),
      }),
    )
    .openapi({ description: 'Photos on which they differ most.' }),
})
export type Comparison = z.infer<typeof comparisonSchema>

export const comparingSchema = z.object({
  running: z
    .object({ candidate: z.string(), done: z.number().int(), total: z.number().int() })
    .nullable()
    .openapi({ description: 'A comparison under way.' }),
  problem: z.string().nullable().openapi({ description: 'Why the last one ended without an answer.' }),
  last: comparisonSchema.nullable(),
})
export type Comparing = z.infer<typeof comparingSchema>

export const compareSchema = z.object({
  name: z.string().min(1).max(200).openapi({ description: 'The detector that may replace the one in use.' }),
  size: z.number().int().min(32).max(8192).optional(),
})

export const detectorExamplesSchema = z.object({
  items: z.array(
    z.object({
      mediaId: z.string(),
      filename: z.string(),
      imageUrl: z.string(),
      found: z.array(z.object({ bbox: bboxSchema, confidence: z.number(), kind: z.string() })),
    }),
  ),
  least: z.number().openapi({ description: 'Boxes of less confidence are not listed.' }),
})
export type DetectorExamples = z.infer<typeof detectorExamplesSchema>
