// What a backup says of itself. In: JSON from its first and last files. Out: checked facts.
//
//   backup.json                    which program, which migration: what has to be there before rows can be written
//   tables/NAME/000001.rows        pages of rows (db/copy/pages.ts), tables in the order of their references
//   photos/ab/SHA256               photos as they came       crops/0/12.jpg   crops by detection       models/NAME/…   added models
//   contents.json                  how many of each, and what could not be taken
//   SHA256SUMS                     checksums of all of these

import { z } from 'zod'
import { UsageError } from '../usage.ts'

export const HEADER = 'backup.json'
export const CONTENTS = 'contents.json'

export const headerSchema = z.object({
  format: z.literal(1),
  madeAt: z.string(),
  /** Time of the newest migration of the database, as it is named in it. */
  migration: z.number().int(),
})
export type Header = z.infer<typeof headerSchema>

const files = z.object({ files: z.number().int(), bytes: z.number().int() })
export const contentsSchema = z.object({
  /** Rows by table. */
  rows: z.record(z.string(), z.number().int()),
  /** The last number that each table gave. */
  numbering: z.record(z.string(), z.number().int()),
  photos: files,
  crops: files,
  models: files,
  /** Photos that are in the database but not, or not whole, in the data folder: sha256 and why. */
  missing: z.array(z.object({ sha256: z.string(), why: z.string() })),
})
export type Contents = z.infer<typeof contentsSchema>

/** Throws UsageError where it is something else. */
export function parseFile<T>(schema: z.ZodType<T>, name: string, bytes: Buffer): T {
  try {
    return schema.parse(JSON.parse(bytes.toString()))
  } catch (error) {
    throw new UsageError(`The backup is damaged or from a newer version: its ${name} is not as expected.`, {
      cause: error,
    })
  }
}
