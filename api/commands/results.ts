// `npm run results` writes what GET /api/results/report.zip answers: into a folder, or as the zip. It works without a
// running server and with one.

import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { unzipSync } from 'fflate'
import type { Config } from '../config.ts'
import { reportQuerySchema } from '../contract/survey/results.ts'
import { reportFiles } from '../insight/report/report.ts'
import { openResults } from '../insight/results/material.ts'
import { zipFiles } from '../interchange/exchange/writers/zip-files.ts'
import { openService } from '../open-service.ts'
import { askHolder } from './running-server.ts'
import { UsageError } from './usage.ts'

export const RESULTS_HELP = `npm run results -- [--out FOLDER | FILE.zip] [filter]

Writes the numbers of a survey: report.html to print, tables as CSV (species, stations, events, activity, camera health), figures as SVG
and PNG, and for each taxon a detection history that R's unmarked and camtrapR read, with the effort. Only what people stated counts.

  --out FOLDER          Where to write; a name that ends with .zip makes a zip. Default: clavis-results.
  --station NAME        Only this station.
  --deployment NAME     Only this camera.
  --from DAY, --to DAY  Such as 2024-05-31, by the camera's clock.
  --taxon ID            This taxon and all below it.
  --import ID           Only photos of this import.
  --gap MINUTES         When a new event begins (30).
  --from-first          Measure the gap from the first record of the event, as camtrapR does.
  --occasion DAYS       Length of an occasion of the detection histories (7).
  --min-active DAYS     An occasion with fewer watched days stays empty (1).
`

export async function resultsCommand(args: string[], config: Config): Promise<number> {
  const { out, query } = parse(args)
  const zip = await zipOf(config, query)
  if (out.endsWith('.zip')) {
    await writeFile(out, zip)
    console.log(`Wrote ${out}.`)
    return 0
  }
  const files = Object.entries(unzipSync(zip))
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(out, path)), { recursive: true })
    await writeFile(join(out, path), bytes)
  }
  console.log(`Wrote ${files.length} files to ${out}. Open ${join(out, 'report.html')}.`)
  return 0
}

/** By the running server, where there is one. */
async function zipOf(config: Config, query: Record<string, string>): Promise<Uint8Array> {
  try {
    const service = await openService(config, { indexing: false })
    try {
      const parts: Uint8Array[] = []
      for await (const part of zipFiles(reportFiles(service, openResults(service), reportQuerySchema.parse(query))))
        parts.push(part)
      return Buffer.concat(parts)
    } finally {
      await service.close()
    }
  } catch (error) {
    const response = await askHolder(error, `/api/results/report.zip?${new URLSearchParams(query)}`, config)
    return new Uint8Array(await response.arrayBuffer())
  }
}

function parse(args: string[]): { out: string; query: Record<string, string> } {
  const { values } = parseArgs({
    args,
    options: {
      out: { type: 'string', default: 'clavis-results' },
      station: { type: 'string' },
      deployment: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      taxon: { type: 'string' },
      import: { type: 'string' },
      gap: { type: 'string' },
      'from-first': { type: 'boolean', default: false },
      occasion: { type: 'string' },
      'min-active': { type: 'string' },
    },
  })
  const asked: Record<string, string | undefined> = {
    site: values.station,
    deployment: values.deployment,
    from: values.from,
    to: values.to,
    taxon: values.taxon,
    importId: values.import,
    gapMinutes: values.gap,
    independence: values['from-first'] ? 'lastIndependentRecord' : undefined,
    occasionDays: values.occasion,
    minActiveDays: values['min-active'],
  }
  const query = Object.fromEntries(
    Object.entries(asked).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
  const read = reportQuerySchema.safeParse(query)
  if (!read.success)
    throw new UsageError(read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'))
  return { out: resolve(values.out), query }
}
