// How fast and in how much memory a large file of another program is read: generated MegaDetector results.

import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { openFile } from '../../api/interchange/exchange/file-sets.ts'
import { recognise } from '../../api/interchange/exchange/recognise.ts'
import { random } from '../../classifiers/seeded-random.ts'

export const BENCH_EXCHANGE_HELP = `npm run bench -- exchange [--megabytes N]

Reads N (500) MB of generated MegaDetector results, and tells the seconds and the most memory that the process had.
`

export async function benchExchange(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { megabytes: { type: 'string', default: '500' } } })
  const folder = await mkdtemp(join(tmpdir(), 'clavis-bench-'))
  try {
    const file = join(folder, 'results.json')
    await pipeline(Readable.from(results(Number(values.megabytes) * 1_000_000)), createWriteStream(file))
    const startedAt = performance.now()
    const files = openFile(file)
    let photos = 0
    let boxes = 0
    let most = 0
    for (const { reader, paths } of await recognise(files))
      for await (const record of reader.read(files, paths, {})) {
        if (record.type !== 'photo') continue
        boxes += record.boxes.length
        if (photos++ % 10_000 === 0) most = Math.max(most, process.memoryUsage().rss)
      }
    const seconds = Math.round((performance.now() - startedAt) / 1000)
    console.log(
      `${values.megabytes} MB: ${photos} photos, ${boxes} boxes, ${seconds} s, at most ${Math.round(most / 1e6)} MB`,
    )
    return 0
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function* results(bytes: number): AsyncGenerator<string> {
  const next = random(15)
  const share = () => Number(next().toFixed(4))
  yield '{"info":{"format_version":"1.5","detector":"md_v5a.0.0.pt"},"detection_categories":{"1":"animal","2":"person","3":"vehicle"},"images":[\n'
  let size = 0
  for (let i = 0; size < bytes; i++) {
    const boxes = Array.from({ length: Math.floor(next() * 6) }, () => ({
      category: '1',
      conf: share(),
      bbox: [share() / 2, share() / 2, share() / 2, share() / 2],
    }))
    const text = `${i === 0 ? '' : ',\n'}${JSON.stringify({ file: `site${i % 400}/cam/IMG_${i}.JPG`, detections: boxes })}`
    size += text.length
    yield text
  }
  yield ']}'
}
