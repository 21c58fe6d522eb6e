// A list of taxa compared with the taxonomy, and the log of edits replayed.

import { z } from '@hono/zod-openapi'
import { idSchema } from './id.ts'
import { namedObject } from './named.ts'
import { rankSchema } from './taxon.ts'
import { editSchema } from './taxonomy.ts'

export const DIFFERENCE_KINDS = ['new', 'renamed', 'moved', 'merged', 'named'] as const
/** Differences in one answer; the counts are of all. */
export const MOST_DIFFERENCES = 3000

const count = z.number().int()

export const taxonomyImportSchema = namedObject('TaxonomyImport', {
  format: z.enum(['csv', 'speciesnet', 'dwca', 'coldp']),
  listed: count.openapi({ description: 'Taxa that the file lists.' }),
  skipped: count.openapi({ description: 'Lines that are no taxa of a known rank, and synonyms.' }),
  problems: z.array(z.string()),
  unchanged: count,
  counts: z.object({ new: count, renamed: count, moved: count, merged: count, named: count }),
  differences: z
    .array(
      z.object({
        key: z.string(),
        kind: z.enum(DIFFERENCE_KINDS),
        name: z.string(),
        rank: rankSchema,
        path: z.array(z.string()),
        from: z.string().nullable(),
        to: z.string().nullable(),
      }),
    )
    .openapi({
      description: `At most ${MOST_DIFFERENCES}, the kinds that need a decision first: merged, renamed, moved, new, named.`,
    }),
  applied: count.openapi({ description: 'Differences that were applied; 0 for a comparison alone.' }),
  edit: editSchema.nullable(),
})

/** Taxa in one answer; `differing` counts all. */
export const MOST_DIFFERING = 20

export const replaySchema = namedObject('TaxonomyReplay', {
  edits: count.openapi({ description: 'Edits that were replayed.' }),
  taxa: count.openapi({ description: 'Taxa in the database, with the merged ones whose ids lead on.' }),
  equal: z.boolean(),
  refused: z
    .object({ edit: idSchema, message: z.string() })
    .nullable()
    .openapi({ description: 'The edit at which the replay had to stop.' }),
  differing: count.openapi({ description: 'Taxa that differ between the database and the replay.' }),
  differences: z
    .array(
      z.object({
        taxon: idSchema,
        name: z.string(),
        fields: z.array(z.string()).openapi({ description: 'Empty when only one of the two has this taxon.' }),
      }),
    )
    .openapi({ description: `The first ${MOST_DIFFERING}.` }),
})

export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number]
export type TaxonomyImport = z.infer<typeof taxonomyImportSchema>
export type TaxonomyReplay = z.infer<typeof replaySchema>
