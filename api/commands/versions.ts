// `npm run versions` lists the versions of the tree, writes the card or the report of one, and makes a card again to
// see that it is equal. It works without a running server and with one.

import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { createApp } from '../app.ts'
import type { Config } from '../config.ts'
import { openService } from '../open-service.ts'
import { askHolder } from './running-server.ts'
import { UsageError } from './usage.ts'

export const VERSIONS_HELP = `npm run versions -- list
npm run versions -- card | report [VERSION] [--out FILE]
npm run versions -- rebuild [VERSION]

list     The versions of the tree, newest first: examples, taxa, accuracy per rank, what was refused and why.
card     Writes the card of a version as JSON: what it was made from, how right it is, what it mistakes, what changed.
report   Writes the card as one HTML page that prints to PDF.
rebuild  Makes the card again from the rows as they are and says whether it is equal byte for byte. Exit code 1: it is not.

  VERSION     Default: the version that answers.
  --out FILE  Default: clavis-version-VERSION.json or .html.
`

type Head = {
  version: number
  current: boolean
  refused: boolean
  createdAt: string
  examples: number
  taxa: number
  ranks: { rank: string; share: number; low: number; high: number }[]
  reasons: string[]
}

export async function versionsCommand(args: string[], config: Config): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { out: { type: 'string' } } })
  const [what = 'list', typed] = positionals
  if (!['list', 'card', 'report', 'rebuild'].includes(what))
    throw new UsageError(`Expected list, card, report or rebuild but received ${what}.`)
  if (typed !== undefined && !/^\d+$/.test(typed))
    throw new UsageError(`Expected the number of a version but received ${typed}.`)
  return await withApi(config, async (ask) => {
    const { items }: { items: Head[] } = JSON.parse(await ask('/api/tree/versions?limit=50'))
    if (what === 'list') {
      for (const line of items.map(lineOf)) console.log(line)
      if (items.length === 0) console.log('The tree has learned nothing yet, so there is no version.')
      return 0
    }
    const version = typed ?? items.find(({ current }) => current)?.version
    if (version === undefined) throw new UsageError('The tree has learned nothing yet, so there is no version.')
    if (what === 'rebuild') {
      const { equal, why }: { equal: boolean; why: string | null } = JSON.parse(
        await ask(`/api/tree/versions/${version}/rebuilt`),
      )
      console.log(equal ? `The card of version ${version} is equal byte for byte.` : `It is not equal. ${why}`)
      return equal ? 0 : 1
    }
    const [file, ending] = what === 'card' ? ['card.json', 'json'] : ['report.html', 'html']
    const out = values.out ?? `clavis-version-${version}.${ending}`
    await writeFile(out, await ask(`/api/tree/versions/${version}/${file}`))
    console.log(`Wrote ${out}.`)
    return 0
  })
}

function lineOf({ version, current, refused, createdAt, examples, taxa, ranks, reasons }: Head): string {
  const lowest = ranks.at(-1)
  const state = current ? 'answers' : refused ? 'refused' : ''
  const right = lowest
    ? `${lowest.rank} ${lowest.share.toFixed(3)} (${lowest.low.toFixed(3)} to ${lowest.high.toFixed(3)})`
    : 'not judged'
  return [
    `${version}\t${createdAt.slice(0, 16).replace('T', ' ')}\t${examples} examples\t${taxa} taxa\t${right}\t${state}`,
    ...reasons.map((reason) => `\t${reason}`),
  ].join('\n')
}

/** Asks the service in this process, or the server that runs on the same data. */
async function withApi<T>(config: Config, work: (ask: (path: string) => Promise<string>) => Promise<T>): Promise<T> {
  let service: Awaited<ReturnType<typeof openService>>
  try {
    service = await openService(config, { indexing: false })
  } catch (error) {
    return await work(async (path) => await (await askHolder(error, path, config)).text())
  }
  try {
    const app = createApp(service)
    return await work(async (path) => {
      const response = await app.request(path, { headers: { Host: 'localhost' } })
      const text = await response.text()
      if (!response.ok) throw new Error(text)
      return text
    })
  } finally {
    await service.close()
  }
}
