// Taxonomies in and out. In: a file that lists taxa, and which of the differences are wanted. Out: the differences; or all wanted
// ones as one edit in the log. And the taxonomy as a file that others, and this, can read.

import { randomUUID } from 'node:crypto'
import { createRoute, z } from '@hono/zod-openapi'
import type { Db } from '../../db/connection/connect.ts'
import type { Command } from '../../db/taxonomy/commands/command.ts'
import { applyEdit } from '../../db/taxonomy/edits.ts'
import { getEdit } from '../../db/taxonomy/log.ts'
import { readStates, reserveTaxonIds } from '../../db/taxonomy/states.ts'
import {
  DIFFERENCE_KINDS,
  MOST_DIFFERENCES,
  type TaxonomyImport,
  taxonomyImportSchema,
} from '../contract/taxonomy-import.ts'
import { readMultipart } from '../http/multipart.ts'
import { Problem, problems } from '../http/problem.ts'
import { newRoutes } from '../http/router.ts'
import { type TaxonomyFile, TaxonomyFileError } from '../interchange/listing.ts'
import { exportTaxonomy, TAXONOMY_FORMATS } from '../interchange/taxonomy-export.ts'
import { readTaxonomyFile } from '../interchange/taxonomy-files.ts'
import type { Service } from '../service.ts'
import { type Choice, type Comparison, choose, compare, type Difference } from './differences.ts'
import { presentEdits } from './wire.ts'

const MOST_BYTES = 256_000_000

const choiceSchema = z.object({
  kinds: z.array(z.enum(DIFFERENCE_KINDS)).default([]),
  except: z.array(z.string()).max(200_000).optional(),
  keys: z.array(z.string()).max(200_000).optional(),
})

export function taxonomyImportRoutes(service: Service) {
  return newRoutes()
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/taxonomy/imports',
        tags: ['Taxonomy'],
        summary: 'Compare a list of taxa with the taxonomy, or take differences over',
        description:
          'Multipart: `file` (a CSV of rank columns, SpeciesNet label lines, a Darwin Core Archive or a ColDP archive), `scheme` (of its ids, where they name none) and, unless `dryRun`, `choose`: JSON `{kinds, except, keys}`. Everything taken over is one edit, which can be undone.',
        request: {
          query: z.object({ dryRun: z.enum(['true', 'false']).default('false') }),
          body: {
            required: true,
            content: {
              'multipart/form-data': {
                schema: {
                  type: 'object',
                  required: ['file'],
                  properties: {
                    file: { type: 'string', format: 'binary' },
                    scheme: { type: 'string' },
                    choose: { type: 'string' },
                  },
                },
              },
            },
          },
        },
        responses: {
          200: { description: 'Compared', content: { 'application/json': { schema: taxonomyImportSchema } } },
          201: { description: 'Taken over', content: { 'application/json': { schema: taxonomyImportSchema } } },
          ...problems(400, 409, 413, 422),
        },
      }),
      async (c) => {
        const { file, filename, fields } = await received(c.req.raw)
        const read = await readFile(file, filename, fields.scheme)
        if (c.req.valid('query').dryRun === 'true') {
          const compared = await compare(read.listed, await readStates(service.db, null))
          return c.json(present(read, compared, []), 200)
        }
        const choice = parseChoice(fields.choose)
        const taken = await takeOver(service.db, read, choice, { person: c.var.person, filename })
        await service.learning.sync()
        const [edit = null] =
          taken.editId === null ? [] : await presentEdits(service.db, [await getEdit(service.db, taken.editId)])
        return c.json({ ...present(read, taken.compared, taken.chosen), edit }, 201)
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/taxonomy/export',
        tags: ['Taxonomy'],
        summary: 'The taxonomy as a CSV of rank columns or a Darwin Core Archive',
        request: { query: z.object({ format: z.enum(TAXONOMY_FORMATS).default('csv') }) },
        responses: {
          200: {
            description: 'The file',
            content: {
              'text/csv': { schema: { type: 'string' } },
              'application/zip': { schema: { type: 'string', format: 'binary' } },
            },
          },
          ...problems(400),
        },
      }),
      async (c) => {
        const { format } = c.req.valid('query')
        const { bytes, type, filename } = await exportTaxonomy(service.db, format)
        return c.body(new Uint8Array(bytes), 200, {
          'Content-Type': type,
          'Content-Disposition': `attachment; filename="${filename}"`,
        })
      },
    )
}

/** Reads, compares and applies in one transaction's time: what is compared is what is changed. */
export async function takeOver(
  db: Db,
  read: TaxonomyFile,
  choice: Choice,
  by: { person: string; filename: string },
): Promise<{ compared: Comparison; chosen: Difference[]; editId: number | null }> {
  const compared = await compare(read.listed, await readStates(db, null))
  const chosen = choose(compared.differences, choice)
  if (chosen.length === 0) return { compared, chosen, editId: null }
  const made = chosen.filter(({ kind }) => kind === 'new').map(({ of }) => of)
  const ids = await reserveTaxonIds(db, made.length)
  const idByKey = new Map(made.map((key, i) => [key, ids[i]!]))
  const idOf = (key: string) => {
    const id = idByKey.get(key)
    if (id === undefined) throw new Problem(409, `Expected ${key} to be taken over too, because others need it.`)
    return id
  }
  const commands: Command[] = chosen.flatMap((one) => one.commands(idOf))
  const note = `Imported ${by.filename}: ${wordsOf(chosen)}`
  const { editId } = await applyEdit(db, { command: { kind: 'batch', note, commands }, person: by.person })
  return { compared, chosen, editId }
}

export function countsOf(differences: Difference[]): TaxonomyImport['counts'] {
  const counts = { new: 0, renamed: 0, moved: 0, merged: 0, named: 0 }
  for (const { kind } of differences) counts[kind]++
  return counts
}

export function wordsOf(differences: Difference[]): string {
  const counts = Object.entries(countsOf(differences)).filter(([, count]) => count > 0)
  return counts.map(([kind, count]) => `${count} ${kind}`).join(', ') || 'nothing'
}

function present(read: TaxonomyFile, compared: Comparison, chosen: Difference[]): TaxonomyImport {
  const { differences, unchanged, problems } = compared
  // What people have to decide comes first; of what is merely new they see a part.
  const order = ['merged', 'renamed', 'moved', 'new', 'named']
  const shown = [...differences]
    .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
    .slice(0, MOST_DIFFERENCES)
  return {
    format: read.format,
    listed: read.listed.length,
    skipped: read.skipped,
    problems: [...read.problems, ...problems],
    unchanged,
    counts: countsOf(differences),
    differences: shown.map(({ key, kind, name, rank, path, from, to }) => ({ key, kind, name, rank, path, from, to })),
    applied: chosen.length,
    edit: null,
  }
}

async function received(request: Request) {
  let file: Uint8Array | null = null
  let filename = 'taxonomy'
  const limits = { maxFileBytes: MOST_BYTES, maxFiles: 1, maxFieldBytes: 32_000_000 }
  const fields = await readMultipart(request, limits, async (incoming) => {
    const parts: Uint8Array[] = []
    for await (const part of incoming.stream) parts.push(part)
    if (incoming.stream.truncated) throw new Problem(413, `Expected a file of at most ${MOST_BYTES} bytes.`)
    file = Buffer.concat(parts)
    filename = incoming.filename.split('/').at(-1) ?? filename
  })
  if (file === null) throw new Problem(400, 'Expected one file in the field file but received none.')
  return { file: file as Uint8Array, filename, fields } // set in the callback, which the compiler does not follow
}

async function readFile(file: Uint8Array, filename: string, scheme: string | undefined): Promise<TaxonomyFile> {
  try {
    return await readTaxonomyFile(file, filename, scheme?.trim() || schemeOf(filename))
  } catch (error) {
    if (error instanceof TaxonomyFileError) throw new Problem(422, error.message, { cause: error })
    throw new Problem(
      422,
      `Expected a list of taxa that can be read: ${error instanceof Error ? error.message : error}.`,
      {
        cause: error,
      },
    )
  }
}

/** Ids without a scheme get the file's name, without version and ending. */
export function schemeOf(filename: string): string {
  const words = filename
    .toLowerCase()
    .replace(/\.[^.]*$/, '')
    .match(/[a-z]+/g)
  return words?.[0] ?? `list-${randomUUID().slice(0, 8)}`
}

function parseChoice(text: string | undefined): Choice {
  let json: unknown
  try {
    json = JSON.parse(text ?? '')
  } catch (cause) {
    throw new Problem(400, 'Expected JSON {kinds, except, keys} in the field choose.', { cause })
  }
  const parsed = choiceSchema.safeParse(json)
  if (!parsed.success) {
    throw new Problem(
      400,
      `Expected kinds among ${DIFFERENCE_KINDS.join(', ')}, and lists of keys, in the field choose.`,
    )
  }
  const { kinds, except, keys } = parsed.data
  return { kinds, ...(except && { except }), ...(keys && { keys }) }
}
