// Makes a database with a quarter of a million photos, to see the page and the service at that size. Its photos and
// crops are links to a handful of drawn pictures. `--help` lists the options.

import { copyFile, link, mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { openDatabase } from '../../db/connection/connect.ts'
import { maintain } from '../../db/connection/maintain.ts'
import { media } from '../../db/schema.ts'
import { setSetting } from '../../db/settings.ts'
import { ensureModel } from '../../db/trees/models.ts'
import { BUNDLED_MODELS, DEFAULT_DETECTOR, DEFAULT_EMBEDDER, findModel } from '../../indexer/models/models.ts'
import { scaledName } from '../../indexer/photos/file-names.ts'
import { scaleToJpeg, WIDTHS } from '../../indexer/photos/scale.ts'
import { sealed } from '../../indexer/photos/sealed-photos.ts'
import { drawScenes } from '../support/animals/drawn-scenes.ts'
import { makeWorld } from '../support/animals/generated-animals.ts'
import { type AddedPhoto, fillDatabase } from './big-rows.ts'

const HELP = `npm run big-database -- --url file:DIR/database|postgres://… [options]

  --photos N        photos (250000)
  --taxa N          species (500)
  --taught SHARE    of the bursts somebody has identified (0.5)
  --embedder NAME   whose vectors these are, bundled (${DEFAULT_EMBEDDER}); the service must be started with the same
  --dimensions N    numbers per vector (the embedder's): with fewer no photo can be added afterwards, but less disk is needed
  --data-dir DIR    the service's DATA_DIR, for the pictures (file:DIR/database: DIR; postgres: without it there are none)
  --picture FILE    a JPEG to show for every photo instead of the drawn ones

250,000 photos are about 290,000 detections: with 1,280 numbers each 2 GB on the disk, with 256 0.7 GB.
Start the service on it with DATA_DIR=DIR npm start.
`

/** A file has at most 65,000 names on common file systems. */
const MOST_LINKS = 50_000

export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      url: { type: 'string' },
      photos: { type: 'string', default: '250000' },
      taxa: { type: 'string', default: '500' },
      taught: { type: 'string', default: '0.5' },
      embedder: { type: 'string', default: DEFAULT_EMBEDDER },
      dimensions: { type: 'string' },
      'data-dir': { type: 'string' },
      picture: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const { url } = values
  if (values.help || url === undefined) {
    process.stdout.write(HELP)
    return
  }
  const dataDir = values['data-dir'] ?? (url.startsWith('file:') ? dirname(url.slice('file:'.length)) : null)
  const models = await Promise.all(
    [values.embedder, DEFAULT_DETECTOR].map(async (name) => (await findModel([BUNDLED_MODELS], name)).manifest),
  )
  const [embedder, detector] = models
  if (embedder?.kind !== 'embedder' || detector === undefined)
    throw new Error(`Expected an embedder but ${values.embedder} is a detector.`)
  if (dataDir !== null) await mkdir(dataDir, { recursive: true })
  const database = await openDatabase(url)
  try {
    const { db } = database
    if ((await db.$count(media)) > 0) throw new Error('Expected an empty database but there are photos in it.')
    for (const manifest of [embedder, detector])
      await ensureModel(db, { name: manifest.name, sha256: manifest.sha256, kind: manifest.kind, manifest })
    await setSetting(db, 'models', { detector: detector.name, embedder: embedder.name })
    const dimensions = values.dimensions === undefined ? embedder.dimensions : Number(values.dimensions)
    const world = makeWorld({ species: Number(values.taxa), dimensions })
    const pictures = dataDir === null ? null : await openPictures(dataDir, values.picture)
    const startedAt = performance.now()
    let saidAt = startedAt
    const rate = (photos: number) => `${Math.round(photos / ((performance.now() - startedAt) / 1000))} photos/s`
    const counts = await fillDatabase(db, world, {
      photos: Number(values.photos),
      taught: Number(values.taught),
      embedderSha256: embedder.sha256,
      detectorSha256: detector.sha256,
      onPhotos: async (added, done) => {
        await pictures?.show(added)
        if (performance.now() - saidAt < 10_000) return
        saidAt = performance.now()
        process.stdout.write(`${done} of ${values.photos} photos, ${rate(done)}\n`)
      },
    })
    await maintain(database.pool)
    process.stdout.write(
      `${counts.photos} photos, ${counts.detections} detections, ${counts.identified} identified, ${dimensions} numbers each: ${rate(counts.photos)}\n`,
    )
  } finally {
    await database.close()
  }
}

type Scene = { photo: string; crop: string; widths: { width: number; file: string }[] }

/** Photos and crops as files: names of the same few files, so that a quarter of a million cost no room. */
async function openPictures(
  dataDir: string,
  file: string | undefined,
): Promise<{ show(added: AddedPhoto[]): Promise<void> }> {
  const folder = join(dataDir, 'pictures')
  await mkdir(folder, { recursive: true })
  const scenes: Scene[] = []
  const drawn = file === undefined ? await drawScenes() : [await ownScene(file)]
  for (const [i, { photo, crop }] of drawn.entries()) {
    const file = (name: string) => join(folder, `${i}-${name}.jpg`)
    const widths = WIDTHS.map((width) => ({ width, file: file(String(width)) }))
    await writeFile(file('photo'), photo)
    await writeFile(file('crop'), sealed(crop))
    for (const one of widths) await writeFile(one.file, sealed(await scaleToJpeg(photo, one.width, null)))
    scenes.push({ photo: file('photo'), crop: file('crop'), widths })
  }
  const links = new Map<string, { current: string; used: number }>()
  const made = new Set<string>()
  let copies = 0
  const place = async (source: string, parent: string, name: string) => {
    if (!made.has(parent)) await mkdir(parent, { recursive: true })
    made.add(parent)
    let from = links.get(source)
    if (from === undefined || from.used >= MOST_LINKS) {
      const copy = `${source}.${copies++}`
      await copyFile(source, copy)
      from = { current: copy, used: 0 }
      links.set(source, from)
    }
    from.used++
    await link(from.current, join(parent, name))
  }
  return {
    async show(added) {
      for (const { sha256, species, detectionIds } of added) {
        // The first scene is the empty one.
        const scene = scenes[species === null || scenes.length === 1 ? 0 : 1 + (species % (scenes.length - 1))]!
        await place(scene.photo, join(dataDir, 'photos', sha256.slice(0, 2)), sha256)
        // The sha256 of a linked photo is made up, so only its scaled copies can be shown.
        for (const { width, file } of scene.widths)
          await place(file, join(dataDir, dirname(scaledName(sha256, width))), basename(scaledName(sha256, width)))
        for (const id of detectionIds)
          await place(scene.crop, join(dataDir, 'crops', String(Math.floor(id / 1000))), `${id}.jpg`)
      }
    },
  }
}

async function ownScene(file: string): Promise<{ photo: Buffer; crop: Buffer }> {
  const photo = await readFile(file)
  return { photo, crop: await sharp(photo).rotate().resize(480, 480, { fit: 'cover' }).jpeg().toBuffer() }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.argv.slice(2))
