// One act of bringing photos in, and what an importer knows of each photo besides its bytes.

import { z } from '@hono/zod-openapi'
import { bboxSchema } from '../bbox.ts'
import { idSchema } from '../id.ts'
import { namedObject } from '../named.ts'
import { findingsSchema } from './findings.ts'
import { nameSchema, textSchema, tidyText } from './text.ts'

export const importSchema = namedObject('Import', {
  id: idSchema,
  name: z.string(),
  status: z.enum(['running', 'indexing', 'learning', 'done']).openapi({
    description: 'running: photos are being sent; indexing: some wait; learning: a tree version is being published.',
  }),
  total: z.number().int().nullable(),
  queued: z.number().int(),
  indexed: z.number().int(),
  failed: z.number().int(),
  known: z.number().int().openapi({ description: 'Photos of it that an earlier import had brought.' }),
  photosPerSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  createdAt: z.string(),
  doneAt: z.string().nullable(),
})
export type Import = z.infer<typeof importSchema>

/** What an importer knows of a photo besides its bytes: the CSV's columns or the folders around it. */
/** As a file or a folder has it → as it is meant. */
export const correctionsSchema = z
  .record(nameSchema, nameSchema)
  .refine((corrections) => Object.keys(corrections).length <= 500, 'Expected at most 500 corrections')
  .openapi({
    description: 'Names that a person corrected: as the file or the folder has it, and the name that is meant.',
  })

export const photoFactsSchema = namedObject('PhotoFacts', {
  path: textSchema
    .max(5000)
    .optional()
    .openapi({ description: 'The path of the photo inside the import, which becomes its filename.' }),
  class: nameSchema.optional(),
  order: nameSchema.optional(),
  family: nameSchema.optional(),
  genus: nameSchema.optional(),
  species: nameSchema.optional(),
  commonName: nameSchema.optional(),
  folders: z.array(nameSchema).max(100).optional().openapi({
    description:
      'Labelled folders, outermost first. They are matched to known names; others become taxa that are listed for placing.',
  }),
  deployment: nameSchema.overwrite(tidyText).optional(),
  group: nameSchema.optional(),
  corrections: correctionsSchema.optional(),
  boxes: z.array(bboxSchema).max(100).optional(),
  findings: findingsSchema.optional(),
  empty: z.boolean().optional().openapi({ description: 'A person looked: there is no animal in the photo.' }),
  unusable: z.boolean().optional().openapi({ description: 'A person marked the photo so.' }),
  notes: textSchema.max(10_000).optional().openapi({ description: 'For a photo without notes.' }),
  flagged: z.boolean().optional().openapi({ description: 'true: a person flagged the photo.' }),
  capturedAt: z
    .string()
    .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/, 'Expected a time such as 2024-05-01T06:13:22, without a zone')
    .optional()
    .openapi({ description: "By the camera's clock, for photos that say nothing themselves." }),
  latitude: z.number().min(-90).max(90).optional().openapi({ description: 'For photos that say nothing themselves.' }),
  longitude: z.number().min(-180).max(180).optional(),
})
export type PhotoFacts = z.infer<typeof photoFactsSchema>

export const newImportSchema = namedObject('NewImport', {
  name: textSchema.trim().min(1).max(300),
  total: z.number().int().min(0).nullable().optional().openapi({ description: 'How many photos there will be.' }),
})

export const foldersSchema = namedObject('Folders', {
  root: textSchema.max(500).openapi({ description: 'The name of the folder that is imported.' }),
  folders: z
    .array(z.array(nameSchema).max(100))
    .max(1000)
    .openapi({ description: 'Folders below it, each as a list of names, outermost first.' }),
  labelling: z.enum(['guess', 'labelled', 'unlabelled']).default('guess').openapi({
    description: 'Whether folder names are names of taxa; guess: those that look like one or are known here.',
  }),
  corrections: correctionsSchema.optional(),
})
export type Folders = z.infer<typeof foldersSchema>

export const folderFactsSchema = photoFactsSchema.pick({ deployment: true, folders: true, empty: true }).extend({
  leftOut: z.boolean().optional().openapi({
    description:
      'true: a system keeps this folder for itself (trash, thumbnails, snapshots); do not import photos in it.',
  }),
})
export type FolderFacts = z.infer<typeof folderFactsSchema>

export const fileNamesSchema = namedObject('FileNames', {
  names: z.array(textSchema.max(1000)).max(20_000).default([]).openapi({ description: 'Of files and folders.' }),
  zipped: z.array(z.base64().max(20_000)).max(20_000).default([]).openapi({
    description: 'Names in one zip that are no UTF-8, as bytes in base64, in the order of the zip.',
  }),
})
export const fileNamesAnswerSchema = namedObject('FileNamesAnswer', {
  ofSystems: z.array(z.string()).openapi({
    description: 'Those of `names` that are hidden or that systems use (trash, thumbnails, snapshots).',
  }),
  zipped: z.array(z.string()).openapi({ description: '`zipped` as text, in the code page that fits them best.' }),
})

export const offerSchema = namedObject('Offer', {
  importId: idSchema.optional(),
  photos: z
    .array(
      z.object({
        sha256: z.string().regex(/^[0-9a-f]{64}$/, 'Expected 64 hexadecimal digits'),
        facts: photoFactsSchema,
      }),
    )
    .min(1)
    .max(1000),
})
export type Offer = z.infer<typeof offerSchema>
