// `npm run export` writes the table of GET /api/export.csv to standard output or a file, with paths that lead from
// there to the photos. It works without a running server and with one.

import { createWriteStream } from 'node:fs'
import { dirname, relative, resolve, sep } from 'node:path'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { DataFolderInUse } from '../../db/connection/data-folder-lock.ts'
import type { Config } from '../config.ts'
import { openService } from '../open-service.ts'
import { exportCsv } from '../photos/export.ts'

export const EXPORT_HELP = `npm run export -- [--out FILE]

Writes one row per detection as CSV: the photo, its box, a column per rank of the current identification and of the suggestion,
and the columns of an importable library, so that \`npm run import\` and \`npm run eval\` read it.

  --out FILE   Where to write. Default: standard output; \`path\` then leads to the photos from the current folder.
`

export async function exportCommand(args: string[], config: Config): Promise<number> {
  const { values } = parseArgs({ args, options: { out: { type: 'string' } } })
  const from = values.out === undefined ? process.cwd() : dirname(resolve(values.out))
  const way = relative(from, config.dataDir).split(sep).join('/')
  const prefix = way === '' ? '' : `${way}/`
  const out: Writable = values.out === undefined ? process.stdout : createWriteStream(values.out)
  try {
    const service = await openService(config, { indexing: false })
    try {
      await pipeline(Readable.from(exportCsv(service, prefix)), out, { end: values.out !== undefined })
    } finally {
      await service.close()
    }
  } catch (error) {
    if (!(error instanceof DataFolderInUse) || !error.holder?.url) throw error
    const url = new URL('/api/export.csv', error.holder.url)
    url.searchParams.set('prefix', prefix)
    const headers: Record<string, string> =
      config.apiToken === null ? {} : { Authorization: `Bearer ${config.apiToken}` }
    const response = await fetch(url, { headers })
    if (!response.ok || response.body === null)
      throw new Error(`The server at ${error.holder.url} answered ${response.status}: ${await response.text()}`)
    // Node's and the web's ReadableStream are one class at run time; their types differ.
    const body = Readable.fromWeb(response.body as import('node:stream/web').ReadableStream)
    await pipeline(body, out, { end: values.out !== undefined })
  }
  return 0
}
