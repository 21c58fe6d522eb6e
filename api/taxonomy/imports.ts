// Taxonomies in and out as files: a list of taxa is compared with the taxonomy, and the wanted differences are applied
// as one edit; the taxonomy is written in formats that other programs and this one can read.

import { randomUUID } from 'node:crypto'
import { z } from '@hono/zod-openapi'
import { getEdit } from '../../db/taxonomy/log.ts'
import { readStates } from '../../db/taxonomy/states.ts'
import {
  DIFFERENCE_KINDS,
  MOST_DIFFERENCES,
  type TaxonomyImport,
  taxonomyImportSchema,
} from '../contract/taxonomy-import.ts'
import { multipartOf, readMultipart } from '../http/bodies/multipart.ts'
import { collect } from '../http/bodies/photo-body.ts'
import { formBody, jsonAnswer } from '../http/json.ts'
import { Problem, problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import { type TaxonomyFile, TaxonomyFileError } from '../interchange/listing.ts'
import { exportTaxonomy, TAXONOMY_FORMATS } from '../interchange/taxonomy-export.ts'
import { readTaxonomyFile } from '../interchange/taxonomy-files.ts'
import type { Service } from '../service.ts'
import { applyList, countsOf } from './apply-list.ts'
import { type Comparison, compare, type Difference, type Wanted } from './differences.ts'
import { presentEdits } from './wire.ts'

const route = routesOf('Taxonomy')

const MOST_BYTES = 256_000_000
const MOST_FIELD_BYTES = 32_000_000
/** The largest body of an import: its file and the choice of differences. */
export const TAXONOMY_FILE_BYTES = MOST_BYTES + MOST_FIELD_BYTES

const wantedSchema = z.object({
  kinds: z.array(z.enum(DIFFERENCE_KINDS)).default([]),
  except: z.array(z.string()).max(200_000).optional(),
  keys: z.array(z.string()).max(200_000).optional(),
})

const importRoute = route(
  'post /api/taxonomy/imports',
  'Compare a list of taxa with the taxonomy, or apply the differences',
  {
    description:
      'Multipart: `file` (a CSV of rank columns, SpeciesNet label lines, a Darwin Core Archive or a ColDP archive), `scheme` (of its ids, where they name none) and, unless `dryRun`, `choose`: JSON `{kinds, except, keys}`. Everything that is applied is one edit, which can be undone.',
    request: {
      query: z.object({ dryRun: z.enum(['true', 'false']).default('false') }),
      body: formBody(
        {
          file: { type: 'string', format: 'binary' },
          scheme: { type: 'string' },
          choose: { type: 'string' },
        },
        ['file'],
      ),
    },
    responses: {
      200: jsonAnswer('Compared', taxonomyImportSchema),
      201: jsonAnswer('Applied', taxonomyImportSchema),
      ...problems(400, 409, 413, 422),
    },
  },
)

const exportRoute = route(
  'get /api/taxonomy/export',
  'The taxonomy as a CSV of rank columns or a Darwin Core Archive',
  {
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
  },
)

export function taxonomyImportRoutes(service: Service) {
  return newRoutes()
    .openapi(importRoute, async (c) => {
      const received = await receiveList(multipartOf(c.req.header('content-type') ?? null, await c.req.arrayBuffer()))
      return c.req.valid('query').dryRun === 'true'
        ? c.json(await compareList(service, received), 200)
        : c.json(await importList(service, received, c.var.person), 201)
    })
    .openapi(exportRoute, async (c) => {
      const { bytes, type, filename } = await exportTaxonomy(service.db, c.req.valid('query').format)
      return c.body(new Uint8Array(bytes), 200, {
        'Content-Type': type,
        'Content-Disposition': `attachment; filename="${filename}"`,
      })
    })
}

type Received = { file: TaxonomyFile; filename: string; choose: string | undefined }

async function receiveList(body: ReturnType<typeof multipartOf>): Promise<Received> {
  let bytes: Uint8Array | null = null
  let filename = 'taxonomy'
  const limits = { maxFileBytes: MOST_BYTES, maxFiles: 1, maxFieldBytes: MOST_FIELD_BYTES }
  const fields = await readMultipart(body, limits, async ({ stream, filename: path }) => {
    bytes = await collect(stream)
    if (stream.truncated) throw new Problem(413, `Expected a file of at most ${MOST_BYTES} bytes.`)
    filename = path.split('/').at(-1) ?? filename
  })
  if (bytes === null) throw new Problem(400, 'Expected one file in the field file but received none.')
  return { file: await readList(bytes, filename, fields.scheme), filename, choose: fields.choose }
}

async function readList(bytes: Uint8Array, filename: string, scheme: string | undefined): Promise<TaxonomyFile> {
  try {
    return await readTaxonomyFile(bytes, filename, scheme?.trim() || schemeOf(filename))
  } catch (cause) {
    if (cause instanceof TaxonomyFileError) throw new Problem(422, cause.message, { cause })
    const reason = cause instanceof Error ? cause.message : cause
    throw new Problem(422, `Expected a list of taxa that can be read: ${reason}.`, { cause })
  }
}

/** Ids without a scheme get the file's name, without version and ending. */
function schemeOf(filename: string): string {
  const words = filename
    .toLowerCase()
    .replace(/\.[^.]*$/, '')
    .match(/[a-z]+/g)
  return words?.[0] ?? `list-${randomUUID().slice(0, 8)}`
}

async function compareList({ db }: Service, { file }: Received): Promise<TaxonomyImport> {
  return presentImport(file, await compare(file.listed, await readStates(db, null)), [])
}

async function importList(service: Service, received: Received, person: string): Promise<TaxonomyImport> {
  const { db } = service
  const { file, filename, choose } = received
  const { compared, chosen, editId } = await applyList(db, file, readWanted(choose), { person, filename })
  await service.learning.sync()
  const [edit = null] = editId === null ? [] : await presentEdits(db, [await getEdit(db, editId)])
  return { ...presentImport(file, compared, chosen), edit }
}

function readWanted(text: string | undefined): Wanted {
  let json: unknown
  try {
    json = JSON.parse(text ?? '')
  } catch (cause) {
    throw new Problem(400, 'Expected JSON {kinds, except, keys} in the field choose.', { cause })
  }
  const parsed = wantedSchema.safeParse(json)
  if (!parsed.success)
    throw new Problem(
      400,
      `Expected kinds among ${DIFFERENCE_KINDS.join(', ')}, and lists of keys, in the field choose.`,
    )
  const { kinds, except, keys } = parsed.data
  return { kinds, ...(except && { except }), ...(keys && { keys }) }
}

/** Kinds that need a decision come first, because the answer may be cut. */
const SHOWN_FIRST = ['merged', 'renamed', 'moved', 'new', 'named']

function presentImport(file: TaxonomyFile, compared: Comparison, chosen: Difference[]): TaxonomyImport {
  const { differences, unchanged, problems } = compared
  const shown = [...differences]
    .sort((a, b) => SHOWN_FIRST.indexOf(a.kind) - SHOWN_FIRST.indexOf(b.kind))
    .slice(0, MOST_DIFFERENCES)
  return {
    format: file.format,
    listed: file.listed.length,
    skipped: file.skipped,
    problems: [...file.problems, ...problems],
    unchanged,
    counts: countsOf(differences),
    differences: shown.map(({ key, kind, name, rank, path, from, to }) => ({ key, kind, name, rank, path, from, to })),
    applied: chosen.length,
    edit: null,
  }
}
