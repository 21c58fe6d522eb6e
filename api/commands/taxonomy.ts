// `npm run taxonomy` compares a list of taxa with the taxonomy and applies the differences, exports the taxonomy, or
// replays its log. It works without a running server and with one.

import { readFile, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { DataFolderInUse } from '../../db/connection/data-folder-lock.ts'
import { createApp } from '../app.ts'
import type { Config } from '../config.ts'
import {
  DIFFERENCE_KINDS,
  replaySchema,
  type TaxonomyImport,
  taxonomyImportSchema,
} from '../contract/taxonomy-import.ts'
import { problemSchema } from '../http/problem.ts'
import { TAXONOMY_FORMATS } from '../interchange/taxonomy-export.ts'
import { openService } from '../open-service.ts'
import { RequestFailed, type Send } from './import/client.ts'
import { UsageError } from './usage.ts'

export const TAXONOMY_HELP = `npm run taxonomy -- import FILE [--apply] [--kinds new,renamed,moved,merged,named] [--scheme NAME]
npm run taxonomy -- export FILE [--format csv|dwca]
npm run taxonomy -- replay

import compares FILE with the taxonomy and says what differs; with --apply it applies that, as one edit that can be undone on the
page. FILE: a CSV with a column per rank, SpeciesNet's label lines, a Darwin Core Archive or a ColDP archive (zip). replay does every
edit of the log again in an empty taxonomy in memory and compares; the exit code is 1 where they differ. All work with a running
server and without one.

  --kinds    Only these differences. Default: all.
  --scheme   Of the ids in FILE, where they name none. Default: the first word of the file's name.
  --format   csv (default): a column per rank; dwca: a Darwin Core Archive.
`

const SHOWN = 30

export async function taxonomyCommand(args: string[], config: Config): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      apply: { type: 'boolean', default: false },
      kinds: { type: 'string' },
      scheme: { type: 'string' },
      format: { type: 'string', default: 'csv' },
    },
  })
  const [what, file] = positionals
  if (what === 'replay' && file === undefined) return await replayCommand(config)
  if ((what !== 'import' && what !== 'export') || file === undefined) {
    throw new UsageError('Expected import FILE, export FILE or replay. --help says more.')
  }
  const kinds = values.kinds?.split(',').map((kind) => kind.trim()) ?? [...DIFFERENCE_KINDS]
  const strange = kinds.find((kind) => !DIFFERENCE_KINDS.some((known) => known === kind))
  if (strange !== undefined)
    throw new UsageError(`Expected --kinds among ${DIFFERENCE_KINDS.join(', ')} but received ${strange}.`)
  if (!TAXONOMY_FORMATS.some((known) => known === values.format)) {
    throw new UsageError(`Expected --format csv or dwca but received ${values.format}.`)
  }
  await withSend(config, async (send) => {
    if (what === 'export') {
      const response = await good(await send(`/api/taxonomy/export?format=${values.format}`))
      await writeFile(file, new Uint8Array(await response.arrayBuffer()))
      return
    }
    const body = new FormData()
    body.set('choose', JSON.stringify({ kinds }))
    if (values.scheme !== undefined) body.set('scheme', values.scheme)
    body.append('file', new Blob([new Uint8Array(await readFile(file))]), basename(file))
    const response = await good(await send(`/api/taxonomy/imports?dryRun=${!values.apply}`, { method: 'POST', body }))
    console.log(inWords(taxonomyImportSchema.parse(await response.json()), values.apply))
  })
  return 0
}

async function replayCommand(config: Config): Promise<number> {
  let equal = false
  await withSend(config, async (send) => {
    const response = await good(await send('/api/taxonomy/replay', { method: 'POST' }))
    const replayed = replaySchema.parse(await response.json())
    equal = replayed.equal
    const { edits, taxa, refused, differing } = replayed
    const lines = [
      `${edits} edits replayed, ${taxa} taxa compared: ${equal ? 'equal' : `${differing} of them differ`}.`,
      ...(refused ? [`  Edit ${refused.edit} could not be done again: ${refused.message}.`] : []),
      ...replayed.differences.map(
        ({ taxon, name, fields }) => `  ${name} (${taxon}): ${fields.join(', ') || 'in only one of the two'}`,
      ),
    ]
    console.log(lines.join('\n'))
  })
  return equal ? 0 : 1
}

async function good(response: Response): Promise<Response> {
  if (response.ok) return response
  const problem = problemSchema.safeParse(await response.json().catch(() => null))
  throw new RequestFailed(response.status, problem.data?.detail ?? `The server answered ${response.status}.`)
}

function inWords(result: TaxonomyImport, applied: boolean): string {
  const { counts } = result
  const lines = [
    `${result.listed} taxa listed (${result.format}), ${result.skipped} lines left out, ${result.unchanged} as they are here.`,
    `${counts.new} new, ${counts.renamed} renamed, ${counts.moved} moved, ${counts.merged} merged, ${counts.named} with further names or ids.`,
    ...result.differences
      .filter(({ kind }) => kind !== 'new' && kind !== 'named')
      .slice(0, SHOWN)
      .map(({ kind, rank, name, from, to }) => `  ${kind}: ${rank} ${name}, ${from ?? 'the top'} → ${to ?? 'the top'}`),
    ...result.problems.map((problem) => `  ${problem}`),
    applied
      ? `${result.applied} differences applied${result.edit ? ` as edit ${result.edit.id}` : ''}.`
      : 'Nothing is changed. Apply it with --apply.',
  ]
  return lines.join('\n')
}

/** The service in this process, or the server that holds the data folder. */
async function withSend(config: Config, work: (send: Send) => Promise<void>): Promise<void> {
  try {
    const service = await openService(config, { indexing: false })
    const headers = tokenOf(config)
    try {
      const app = createApp(service)
      await work(async (path, init) => await app.request(path, { ...init, headers }))
    } finally {
      await service.close()
    }
  } catch (error) {
    if (!(error instanceof DataFolderInUse) || !error.holder?.url) throw error
    const { url } = error.holder
    await work((path, init) => fetch(new URL(path, url), { ...init, headers: tokenOf(config) }))
  }
}

const tokenOf = (config: Config): Record<string, string> =>
  config.apiToken === null ? {} : { Authorization: `Bearer ${config.apiToken}` }
