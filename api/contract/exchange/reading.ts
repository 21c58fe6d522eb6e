// Reading files of other programs: what they hold, which photos they are about, and what stays out.

import { z } from '@hono/zod-openapi'
import { namedObject } from '../named.ts'
import { newDeploymentSchema } from '../survey/deployment.ts'
import { taxonWordsSchema } from './findings.ts'
import { photoFactsSchema } from './import.ts'
import { textSchema } from './text.ts'

export const namesSchema = namedObject(
  'Names',
  { names: z.array(taxonWordsSchema).max(2000) },
  'What files call animals.',
)

export const namedSchema = namedObject('Named', {
  becomes: z.enum(['known', 'new', 'nothing']).openapi({
    description:
      'known: `taxon`; new: a taxon is made where a person named it, and a proposal is left out where a machine did and the name says too little; nothing: it names no taxon (empty, unknown, a person).',
  }),
  taxon: z.object({ id: z.string(), name: z.string(), rank: z.string() }).nullable(),
  name: z.string().nullable().openapi({ description: 'Of the taxon that there is, or that would be made.' }),
  near: z.array(z.object({ name: z.string(), commonName: z.string().nullable(), rank: z.string() })).openapi({
    description:
      'Of a new name: taxa that are spelt nearly so, known ones first, or that are called so in the bundled backbone. Send the right one as a correction.',
  }),
})

export const pathsSchema = namedObject('Paths', {
  paths: z.array(z.object({ path: textSchema.max(5000), withoutEnding: z.boolean().optional() })).max(1000),
})

export const readingSchema = namedObject('Reading', {
  formats: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      files: z.array(z.string()),
      version: z.string().nullable(),
      detector: z.string().nullable(),
      threshold: z.number().nullable(),
    }),
  ),
  read: z.array(z.string()).openapi({
    description: 'All files that were read: those of `formats`, and the tables and lists that belong to them.',
  }),
  counts: z.object({
    photos: z.number().int(),
    boxes: z.number().int(),
    verified: z.number().int(),
    proposals: z.number().int(),
    empty: z.number().int(),
    events: z.number().int(),
  }),
  photos: z.array(z.object({ path: z.string(), facts: photoFactsSchema })).openapi({
    description: 'Of the photos whose paths were given, those that the files are about, with what to send along.',
  }),
  known: z.array(z.object({ sha256: z.string(), facts: photoFactsSchema })).openapi({
    description: 'Photos that are here already, to be offered by hash.',
  }),
  deployments: z.array(newDeploymentSchema).openapi({ description: 'To be added: POST /api/deployments.' }),
  names: z.array(z.object({ label: z.string(), count: z.number().int(), verified: z.boolean(), ...namedSchema.shape })),
  leftOut: z.array(z.object({ what: z.string(), why: z.string() })),
})

export type Named = z.infer<typeof namedSchema>
export type Reading = z.infer<typeof readingSchema>
