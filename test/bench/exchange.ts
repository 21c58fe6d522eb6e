// How fast and in how much memory large files of other programs are planned: generated MegaDetector results, and a
// generated Camtrap DP package, all of whose photos are there. Another process generates them, so that the memory told
// is that of planning alone.

import { execFile } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs, promisify } from 'node:util'
import { openFolder } from '../../api/interchange/exchange/file-sets.ts'
import { planPhotos } from '../../api/interchange/exchange/plan-photos.ts'
import { closeRecognised, recognise } from '../../api/interchange/exchange/recognise.ts'
import { random } from '../../classifiers/seeded-random.ts'

export const BENCH_EXCHANGE_HELP = `npm run bench -- exchange [--megabytes N | --rows N] [--missing]

Plans the import of N (500) MB of generated MegaDetector results, or of a generated Camtrap DP package with N media and N observations,
reads the plan to its end, and tells the seconds and the most memory that the process had.

  --missing   None of the photos is there.
`

export async function benchExchange(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      megabytes: { type: 'string' },
      rows: { type: 'string' },
      missing: { type: 'boolean', default: false },
      /** Only generates the files, there. */
      into: { type: 'string' },
    },
  })
  const size = {
    megabytes: Number(values.megabytes ?? 500),
    rows: values.rows === undefined ? null : Number(values.rows),
  }
  if (values.into !== undefined) {
    await generate(values.into, size)
    return 0
  }
  const folder = await mkdtemp(join(tmpdir(), 'clavis-bench-'))
  try {
    const again = [...process.execArgv, process.argv[1] ?? '', 'exchange', ...args, '--into', folder]
    const { stdout } = await promisify(execFile)(process.execPath, again)
    const count = values.missing ? 0 : Number(stdout)
    const photos = {
      *[Symbol.iterator]() {
        for (let i = 0; i < count; i++) yield photoOf(i)
      },
    }
    const what = size.rows === null ? `${size.megabytes} MB` : `${size.rows} rows`
    console.log(`${what}: ${await measure(folder, photos)}`)
    return 0
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure(folder: string, photos: Iterable<string>): Promise<string> {
  const atStart = process.memoryUsage().rss
  let most = atStart
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss)
  }, 100)
  const startedAt = performance.now()
  const usedBefore = process.cpuUsage()
  const scratch = join(folder, '.scratch')
  const files = await openFolder(folder, (name) => name.startsWith('.'))
  const recognised = await recognise(files, scratch)
  const found = await planPhotos(files, recognised, photos, { boxes: true, scratch })
  const plannedMs = performance.now() - startedAt
  const used = process.cpuUsage(usedBefore)
  let about = 0
  for (const { facts } of found.photos) if (facts !== null) about++
  most = Math.max(most, process.memoryUsage().rss)
  clearInterval(watch)
  found.close()
  closeRecognised(recognised)
  files.close()
  return `${found.counts.photos} photos, ${about} of them found, ${found.counts.boxes} boxes, ${Math.round(plannedMs / 1000)} s (${Math.round((used.user + used.system) / 1e6)} s of processor time), at most ${Math.round(most / 1e6)} MB (${Math.round(atStart / 1e6)} MB before)`
}

const photoOf = (i: number) => `site${i % 400}/cam/IMG_${i}.JPG`

/** Tells on standard output how many photos there are. */
async function generate(
  folder: string,
  { megabytes, rows }: { megabytes: number; rows: number | null },
): Promise<void> {
  const write = async (name: string, text: AsyncIterable<string>) =>
    await pipeline(Readable.from(text), createWriteStream(join(folder, name)))
  if (rows !== null) {
    await writePackage(rows, write)
    process.stdout.write(String(rows))
    return
  }
  let count = 0
  await write(
    'results.json',
    results(megabytes * 1_000_000, () => count++),
  )
  process.stdout.write(String(count))
}

async function* results(bytes: number, onPhoto: () => void): AsyncGenerator<string> {
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
    onPhoto()
    const text = `${i === 0 ? '' : ',\n'}${JSON.stringify({ file: photoOf(i), detections: boxes })}`
    size += text.length
    yield text
  }
  yield ']}'
}

async function writePackage(
  rows: number,
  write: (name: string, text: AsyncIterable<string>) => Promise<void>,
): Promise<void> {
  const at = (i: number) => new Date(Date.UTC(2024, 0, 1) + i * 20_000).toISOString().slice(0, 19)
  const each = async function* (header: string, row: (i: number) => string, count = rows) {
    yield `${header}\n`
    for (let i = 0; i < count; i++) yield `${row(i)}\n`
  }
  const base = 'https://raw.githubusercontent.com/tdwg/camtrap-dp/1.0.2'
  const document = {
    profile: `${base}/camtrap-dp-profile.json`,
    resources: ['deployments', 'media', 'observations'].map((name) => ({ name, path: `${name}.csv` })),
    taxonomic: [{ scientificName: 'Vulpes vulpes', taxonRank: 'species' }],
  }
  await write(
    'datapackage.json',
    each(JSON.stringify(document), () => '', 0),
  )
  const deployment = (i: number) => `d${i},site ${i},50.${i},5.${i},2024-01-01T00:00:00Z,2024-12-31T00:00:00Z`
  await write(
    'deployments.csv',
    each('deploymentID,locationName,latitude,longitude,deploymentStart,deploymentEnd', deployment, 400),
  )
  await write(
    'media.csv',
    each(
      'mediaID,deploymentID,timestamp,filePath,fileMediatype',
      (i) => `m${i},d${i % 400},${at(i)}Z,${photoOf(i)},image/jpeg`,
    ),
  )
  await write(
    'observations.csv',
    each(
      'observationID,deploymentID,mediaID,eventID,eventStart,eventEnd,observationLevel,observationType,scientificName,count,bboxX,bboxY,bboxWidth,bboxHeight,classificationMethod,classifiedBy,classificationProbability',
      (i) =>
        `o${i},d${i % 400},m${i},e${Math.floor(i / 4000)},${at(i)}Z,${at(i)}Z,media,animal,Vulpes vulpes,1,0.1,0.2,0.${(i % 7) + 1},0.4,${i % 3 === 0 ? 'human,Ana,' : 'machine,MegaDetector,0.8'}`,
    ),
  )
}
