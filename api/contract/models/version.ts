// Versions of the tree: the card of each, and what it said about the photos by which it was judged.

import { z } from '@hono/zod-openapi'
import { detectionSchema } from '../detection.ts'
import { idSchema } from '../id.ts'
import { namedObject } from '../named.ts'
import { probability } from '../suggestion.ts'
import { rankSchema, taxonSchema } from '../taxon.ts'
import { modelReferenceSchema } from './model.ts'

const count = z.number().int()
const fraction = z.number().min(0).max(1)
/** As it was called when the version was made. */
const named = namedObject('NamedTaxon', { id: idSchema, name: z.string(), rank: z.string() })

const share = {
  photos: count,
  right: count,
  share: fraction,
  low: fraction.openapi({ description: 'Of the 95 % interval, which draws whole groups of photos.' }),
  high: fraction,
}
const rankShare = z.object({ rank: z.string(), ...share })

const head = {
  version: count,
  createdAt: z.string(),
  publishedAt: z.string().nullable().openapi({ description: 'null: it was refused.' }),
  refused: z.boolean(),
  current: z.boolean().openapi({ description: 'It answers now.' }),
  embedder: modelReferenceSchema,
  examples: count,
  taxa: count,
  judgedBy: z.enum(['heldOut', 'folds']).openapi({
    description:
      'heldOut: by groups of photos that nothing was fitted on. folds: by cross-validation, where there are few examples.',
  }),
  ranks: z.array(rankShare).openapi({ description: 'Top first.' }),
  reasons: z.array(z.string()).openapi({ description: 'What speaks against it, compared with the version before.' }),
}
export const versionHeadSchema = namedObject('VersionHead', head)
export type VersionHead = z.infer<typeof versionHeadSchema>

const bySource = z.record(z.string(), count).openapi({
  description: 'How examples came to be named: import, suggestion, search, similar, bulk.',
})
const taxonCount = z.object({ taxon: named, examples: count, bySource })
const paired = {
  photos: count.openapi({ description: 'Judged by both versions.' }),
  before: fraction,
  now: fraction,
  gain: z.number(),
  low: z.number().openapi({ description: 'Of the 90 % interval of the gain.' }),
  high: z.number(),
  better: count,
  worse: count,
}
export const pairedSchema = namedObject('PairedFigures', paired)

export const versionCardSchema = namedObject('VersionCard', {
  ...head,
  nets: z.array(
    z.object({ kind: z.enum(['detector', 'embedder']), name: z.string(), sha256: z.string(), examples: count }),
  ),
  bySource,
  listed: z.array(taxonCount).openapi({ description: 'The taxa with the most examples.' }),
  others: z.object({ taxa: count, examples: count }).openapi({ description: 'All other taxa together.' }),
  used: count.openapi({ description: 'Examples from which the statistics were estimated, and those held out.' }),
  heldOut: count,
  groups: count.openapi({ description: 'Photos of one group are one occasion.' }),
  judged: z.object({ photos: count, groups: count }),
  reliability: z.array(
    z.object({
      rank: z.string(),
      calibrationError: fraction,
      calibrationFloor: fraction.openapi({ description: 'What perfect calibration would show with so few photos.' }),
      bins: z.array(
        z.object({ from: fraction, to: fraction, count, said: fraction, right: fraction }).openapi({
          description: '`said`: the mean probability; `right`: the share that was right.',
        }),
      ),
    }),
  ),
  asked: z.array(z.object({ accuracy: fraction, stops: count, right: fraction, ranks: z.number() })).openapi({
    description: 'Stops for an asked accuracy: how many, the share that is right, and how many ranks they name.',
  }),
  mistakes: z.array(z.object({ rank: z.string().nullable(), photos: count })).openapi({
    description: 'Wrong answers by the deepest rank that is still right; null: none is.',
  }),
  confusions: z.array(z.object({ rank: z.string(), truth: named, said: named, photos: count, of: count })),
  weakest: z.array(z.object({ taxon: named, ...share })),
  settings: z.record(z.string(), z.number().nullable()),
  gate: z
    .object({
      photos: count,
      figures: z.array(z.object({ what: z.string(), before: z.number(), candidate: z.number() })),
      losses: z.array(z.object({ taxon: named, photos: count, before: fraction, candidate: fraction })),
    })
    .nullable()
    .openapi({ description: 'How it compares with the version that answered; null: with none.' }),
  since: z
    .object({
      version: count,
      examples: count,
      taxa: count,
      netChanged: z.boolean(),
      changed: z.array(z.object({ taxon: named, before: count, now: count })),
      ranks: z.array(z.object({ rank: z.string(), ...paired })),
    })
    .nullable()
    .openapi({ description: 'What changed since the version before.' }),
  rebuild: z
    .object({
      command: z.string(),
      examplesSha256: z.string(),
      taxonomySha256: z.string(),
      statisticsSha256: z.string(),
      referenceSha256: z.string(),
    })
    .openapi({ description: 'How to make it again, and what must be the same for that.' }),
})
export type VersionCard = z.infer<typeof versionCardSchema>

export const rebuiltSchema = namedObject('RebuiltVersion', {
  equal: z.boolean(),
  why: z.string().nullable().openapi({ description: 'What differs.' }),
})

const rankQuery = rankSchema.optional().openapi({
  description: 'Left out: each photo at the lowest rank of its own taxon that the version knows.',
})
export const confusionQuerySchema = z.object({ rank: rankQuery })
export const confusionsSchema = namedObject('Confusions', {
  photos: count,
  right: count,
  cells: z
    .array(z.object({ truth: taxonSchema.nullable(), said: taxonSchema.nullable(), photos: count }))
    .openapi({ description: 'Most photos first. A taxon that was deleted since is null.' }),
  more: count.openapi({ description: 'Cells that are left out, those with the fewest photos.' }),
  mistakes: z.array(z.object({ rank: z.string().nullable(), photos: count })),
})
export type Confusions = z.infer<typeof confusionsSchema>

const version = z.coerce.number().int().min(0)
export const versionParam = z.object({ version })
export const judgedQuerySchema = z.object({
  rank: rankQuery,
  truth: idSchema.optional(),
  said: idSchema.optional(),
  outcome: z.enum(['right', 'wrong']).optional(),
  shared: rankSchema.or(z.literal('none')).optional().openapi({
    description: 'Wrong answers whose deepest right rank is this one.',
  }),
  against: version.optional().openapi({ description: 'Another version: only photos by which both were judged.' }),
  change: z.enum(['better', 'worse', 'same']).optional().openapi({ description: 'Needs `against`.' }),
  limit: z.coerce.number().int().min(1).max(200).default(60),
})
const saidOf = { said: taxonSchema.nullable(), probability, right: z.boolean() }
export const judgedSchema = namedObject('JudgedPhotos', {
  total: count,
  items: z.array(
    z.object({
      detection: detectionSchema,
      truth: taxonSchema.nullable(),
      ...saidOf,
      before: z.object(saidOf).nullable(),
    }),
  ),
  paired: pairedSchema.nullable().openapi({ description: 'Of all photos by which both versions were judged.' }),
})
export type JudgedPhotos = z.infer<typeof judgedSchema>
