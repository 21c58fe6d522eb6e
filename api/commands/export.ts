// `npm run export` writes the table of GET /api/export.csv, or a format of GET /api/export, to standard output or a
// file. Paths in the table lead from there to the photos. It works without a running server and with one.

import { createWriteStream } from 'node:fs'
import { dirname, relative, resolve, sep } from 'node:path'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import type { Config } from '../config.ts'
import { WRITERS, writeExport, writerNamed } from '../interchange/exchange/writers/formats.ts'
import type { Writer } from '../interchange/exchange/writers/writer.ts'
import { openService } from '../open-service.ts'
import { chosenColumns } from '../review/exports/own-columns.ts'
import { openSource } from '../review/exports/source.ts'
import { exportCsv } from '../review/exports/table.ts'
import { askHolder } from './running-server.ts'
import { UsageError } from './usage.ts'

export const EXPORT_HELP = `npm run export -- [--format NAME] [--out FILE] [--photos] [--columns LIST]

Writes one row per detection as CSV: the photo, its box, a column per rank of the current identification and of the suggestion,
and the columns of an importable library, so that \`npm run import\` and \`npm run eval\` read it.

  --format NAME   csv (the default), or what another program reads: ${WRITERS.map(({ name }) => name).join(', ')}.
  --out FILE      Where to write. Default: standard output; in a CSV \`path\` then leads to the photos from the current folder.
  --columns LIST  Own columns of the CSV, in this order and with these names: species=Taxon,count=Number,filename.
  --photos        A zip (${WRITERS.filter(({ kind }) => kind === 'zip')
    .map(({ name }) => name)
    .join(', ')}) holds the photos too, where the format has a place for them.
`

export async function exportCommand(args: string[], config: Config): Promise<number> {
  const { format, outFile, photos, columns } = parse(args)
  const from = outFile === undefined ? process.cwd() : dirname(resolve(outFile))
  const way = relative(from, config.dataDir).split(sep).join('/')
  const prefix = way === '' ? '' : `${way}/`
  const out: Writable = outFile === undefined ? process.stdout : createWriteStream(outFile)
  const write = async (content: AsyncIterable<string | Uint8Array>) =>
    await pipeline(Readable.from(content), out, { end: outFile !== undefined })
  try {
    const service = await openService(config, { indexing: false })
    try {
      if (format === null) await write(exportCsv(service, prefix, {}, await chosenColumns(service.db, columns)))
      else await write(writeExport(format, await openSource(service, {}, { photos, writer: format })))
    } finally {
      await service.close()
    }
  } catch (error) {
    const query: Record<string, string> =
      format === null
        ? { prefix, ...(columns !== undefined && { columns }) }
        : { format: format.name, photos: String(photos) }
    const path = `${format === null ? '/api/export.csv' : '/api/export'}?${new URLSearchParams(query)}`
    const { body } = await askHolder(error, path, config)
    if (body === null) throw new Error('Expected an answer with a body')
    // Node's and the web's ReadableStream are one class at run time; their types differ.
    await write(Readable.fromWeb(body as import('node:stream/web').ReadableStream))
  }
  return 0
}

type Parsed = { format: Writer | null; outFile: string | undefined; photos: boolean; columns: string | undefined }

function parse(args: string[]): Parsed {
  const { values } = parseArgs({
    args,
    options: {
      out: { type: 'string' },
      format: { type: 'string', default: 'csv' },
      photos: { type: 'boolean', default: false },
      columns: { type: 'string' },
    },
  })
  const format = values.format === 'csv' ? null : writerNamed(values.format)
  if (format === undefined) {
    const names = ['csv', ...WRITERS.map(({ name }) => name)].join(', ')
    throw new UsageError(`Expected --format to be one of ${names} but received ${values.format}.`)
  }
  return { format, outFile: values.out, photos: values.photos, columns: values.columns }
}
