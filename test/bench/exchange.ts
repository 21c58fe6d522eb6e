// How fast and in how much memory large files of other programs are planned: generated MegaDetector results, and a
// generated Camtrap DP package, all of whose photos are there.

import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { openFactsFile } from '../../api/interchange/exchange/facts-file.ts'
import { openFolder } from '../../api/interchange/exchange/file-sets.ts'
import { createPhotoFinder } from '../../api/interchange/exchange/photo-paths.ts'
import { type FoundPhoto, planPhotos } from '../../api/interchange/exchange/plan-photos.ts'
import { recognise } from '../../api/interchange/exchange/recognise.ts'
import { random } from '../../classifiers/seeded-random.ts'

export const BENCH_EXCHANGE_HELP = `npm run bench -- exchange [--megabytes N | --rows N] [--missing]

Plans the import of N (500) MB of generated MegaDetector results, or of a generated Camtrap DP package with N media and N observations, and
tells the seconds and the most memory that the process had.

  --missing   None of the photos is there.
`

export async function benchExchange(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      megabytes: { type: 'string' },
      rows: { type: 'string' },
      missing: { type: 'boolean', default: false },
    },
  })
  const folder = await mkdtemp(join(tmpdir(), 'clavis-bench-'))
  const store = openFactsFile<FoundPhoto>(folder)
  let most = 0
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss)
  }, 100)
  try {
    const write = async (name: string, text: AsyncIterable<string>) =>
      await pipeline(Readable.from(text), createWriteStream(join(folder, name)))
    const paths: string[] = []
    if (values.rows !== undefined) await writePackage(Number(values.rows), write, paths)
    else await write('results.json', results(Number(values.megabytes ?? 500) * 1_000_000, paths))
    const startedAt = performance.now()
    const usedBefore = process.cpuUsage()
    const files = await openFolder(folder, (name) => name.startsWith('facts'))
    const finder = createPhotoFinder(values.missing ? [] : paths, '')
    const found = await planPhotos(files, await recognise(files), finder, { boxes: true }, store)
    const seconds = Math.round((performance.now() - startedAt) / 1000)
    const { user, system } = process.cpuUsage(usedBefore)
    const what = values.rows === undefined ? `${values.megabytes ?? 500} MB` : `${values.rows} rows`
    console.log(
      `${what}: ${found.counts.photos} photos, ${found.photos.size} of them found, ${found.counts.boxes} boxes, ${seconds} s (${Math.round((user + system) / 1e6)} s of processor time), at most ${Math.round(most / 1e6)} MB`,
    )
    return 0
  } finally {
    clearInterval(watch)
    store.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function* results(bytes: number, paths: string[]): AsyncGenerator<string> {
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
    const path = `site${i % 400}/cam/IMG_${i}.JPG`
    paths.push(path)
    const text = `${i === 0 ? '' : ',\n'}${JSON.stringify({ file: path, detections: boxes })}`
    size += text.length
    yield text
  }
  yield ']}'
}

async function writePackage(
  rows: number,
  write: (name: string, text: AsyncIterable<string>) => Promise<void>,
  paths: string[],
): Promise<void> {
  const at = (i: number) => new Date(Date.UTC(2024, 0, 1) + i * 20_000).toISOString().slice(0, 19)
  const each = async function* (header: string, row: (i: number) => string, count = rows) {
    yield `${header}\n`
    for (let i = 0; i < count; i++) yield `${row(i)}\n`
  }
  for (let i = 0; i < rows; i++) paths.push(`site${i % 400}/cam/IMG_${i}.JPG`)
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
      (i) => `m${i},d${i % 400},${at(i)}Z,${paths[i]},image/jpeg`,
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
