// A model folder's manifest.json. It decides how pixels become numbers and numbers become answers, so that
// the code need not.

import { z } from 'zod'
import { ModelError } from '../errors.ts'

const fraction = z.number().min(0).max(1)
const threeNumbers = z.tuple([z.number(), z.number(), z.number()])

const inputSchema = z.object({
  name: z.string().min(1),
  width: z.number().int().min(1).max(8192),
  height: z.number().int().min(1).max(8192),
  type: z.enum(['float32', 'float16', 'uint8']),
  layout: z.enum(['NCHW', 'NHWC']),
  /**
   * The values of black and white, before `mean` is subtracted and `std` divides. Channels are in the order red, green,
   * blue.
   */
  range: z.tuple([z.number(), z.number()]).default([0, 1]),
  mean: threeNumbers.default([0, 0, 0]),
  std: threeNumbers.default([1, 1, 1]),
})

const common = {
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,79}$/i, 'Expected a name of letters, digits, dots and dashes'),
  file: z.string().regex(/^[^/\\]+$/, 'Expected a file name in the same folder'),
  /** Of `file`, followed by the files of `weightFiles` in their order. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'Expected 64 hexadecimal digits'),
  /** Names in the same folder of files that hold weights besides `file`. */
  weightFiles: z.array(z.string().regex(/^[^/\\]+$/, 'Expected a file name in the same folder')).optional(),
  input: inputSchema,
  licence: z.string().min(1),
  source: z.string().min(1),
  description: z.string().optional(),
}

export const detectorManifestSchema = z.object({
  ...common,
  kind: z.literal('detector'),
  /**
   * `yolov5`: rows of cx, cy, w, h in input pixels, objectness, one score per class, all after sigmoid. `end2end`: rows
   * of x1, y1, x2, y2 in input pixels, score, class number; the graph has dropped overlapping boxes itself.
   */
  format: z.enum(['yolov5', 'end2end']),
  /** Sides in pixels that may be chosen instead of the input's: the graph takes any of them. */
  sizes: z.array(z.number().int().min(32).max(8192)).optional(),
  output: z.string().min(1),
  /** In the order of the output's class columns. Boxes of kind `other` are dropped. */
  classes: z
    .array(z.object({ name: z.string().min(1), kind: z.enum(['animal', 'person', 'vehicle', 'other']) }))
    .min(1),
  /**
   * `typical`: to find and crop animals. `recallFirst`: to set empty photos aside. `nms`: IoU above which the less
   * confident box is dropped.
   */
  thresholds: z.object({ typical: fraction, recallFirst: fraction, nms: fraction }),
  /** Grey level around the letterboxed photo. */
  fill: z.number().int().min(0).max(255).default(114),
})

export const embedderManifestSchema = z.object({
  ...common,
  kind: z.literal('embedder'),
  output: z.string().min(1),
  dimensions: z.number().int().min(2).max(16_000),
  /**
   * What is done to the numbers before they are scaled to unit length. `sqrt` is for features that are never negative.
   */
  transform: z.enum(['none', 'sqrt']).default('none'),
  /** How the crop is cut: made square on the box's longer side, enlarged by a share of it, with this grey around it. */
  cropRecipe: z
    .object({ square: z.boolean(), enlarge: z.number().min(0).max(2), fill: z.number().int().min(0).max(255) })
    .default({ square: true, enlarge: 0.1, fill: 114 }),
  /** File name of this embedder's reference statistics, where there are some. */
  reference: z
    .string()
    .regex(/^[^/\\]+$/, 'Expected a file name in the same folder')
    .optional(),
  /** The model of which this one is a quicker version. A new installation tries both to choose one. */
  insteadOf: z.string().min(1).optional(),
  /**
   * What the drawn picture of first-embedder.ts embeds to: a file of 32-bit floats, and the least cosine that agrees
   * with it.
   */
  check: z
    .object({ file: z.string().regex(/^[^/\\]+$/, 'Expected a file name in the same folder'), cosine: fraction })
    .optional(),
})

export const manifestSchema = z.discriminatedUnion('kind', [detectorManifestSchema, embedderManifestSchema])

export type ModelInput = z.infer<typeof inputSchema>
export type DetectorManifest = z.infer<typeof detectorManifestSchema>
export type EmbedderManifest = z.infer<typeof embedderManifestSchema>
export type Manifest = z.infer<typeof manifestSchema>
export type CropRecipe = EmbedderManifest['cropRecipe']

/** `where`: the file's name, for the sentence. Throws ModelError that names every fault. */
export function parseManifest(json: unknown, where: string): Manifest {
  const result = manifestSchema.safeParse(json)
  if (!result.success) {
    const faults = result.error.issues.map((issue) => `${issue.path.join('.') || 'the whole'}: ${issue.message}`)
    throw new ModelError(`${where} does not describe a model. ${faults.join('; ')}.`)
  }
  const { data } = result
  const { width, height } = data.input
  if (data.kind === 'embedder' && width !== height) {
    throw new ModelError(`${where}: expected a square input for an embedder but received ${width} x ${height}.`)
  }
  return data
}
