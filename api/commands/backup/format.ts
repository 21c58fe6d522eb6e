// What a backup says about itself, in JSON files, and which files it has:
//
//   backup.json                 format and migration: which tables have to exist before rows can be written
//   tables/NAME/000001.rows     pages of rows (db/copy/pages.ts), tables after those that they refer to
//   photos/ab/SHA256            photos as they were uploaded
//   crops/0/12.jpg              crops, by detection
//   models/NAME/…               models that were added
//   contents.json               how many of each, and which photos are missing
//   SHA256SUMS                  checksums of all of these

import { z } from 'zod'
import { UsageError } from '../usage.ts'

export const HEADER = 'backup.json'
export const CONTENTS = 'contents.json'

export const headerSchema = z.object({
  format: z.literal(1),
  madeAt: z.string(),
  /** When the newest migration of the database was made, as the database stores it. */
  migration: z.number().int(),
})
export type Header = z.infer<typeof headerSchema>

const files = z.object({ files: z.number().int(), bytes: z.number().int() })
export const contentsSchema = z.object({
  /** Rows by table. */
  rows: z.record(z.string(), z.number().int()),
  /** The last id that each table's sequence gave out. */
  numbering: z.record(z.string(), z.number().int()),
  photos: files,
  crops: files,
  models: files,
  /** Photos that are in the database but are missing or damaged in the data folder: sha256, and why. */
  missing: z.array(z.object({ sha256: z.string(), why: z.string() })),
})
export type Contents = z.infer<typeof contentsSchema>

/** Throws UsageError where the file is something else. */
export function parseFile<T>(schema: z.ZodType<T>, name: string, bytes: Buffer): T {
  try {
    return schema.parse(JSON.parse(bytes.toString()))
  } catch (error) {
    throw new UsageError(`The backup is damaged or from a newer version: its ${name} is not as expected.`, {
      cause: error,
    })
  }
}
