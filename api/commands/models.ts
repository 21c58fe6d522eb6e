// `npm run models`: lists models, adds and fetches them, chooses which are used, and calibrates embedders.

import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { type Db, openDatabase } from '../../db/connection/connect.ts'
import { DataFolderInUse, lockDataFolder } from '../../db/connection/data-folder-lock.ts'
import { anyEmbedding } from '../../db/trees/models.ts'
import { ModelError } from '../../indexer/errors.ts'
import { addModel, type NewModel } from '../../indexer/models/add-model.ts'
import { correctionsOf, fetchEntry, readCatalogue } from '../../indexer/models/catalogue.ts'
import { fetchModelFile } from '../../indexer/models/fetch.ts'
import { firstEmbedder } from '../../indexer/models/first-embedder.ts'
import type { Manifest } from '../../indexer/models/manifest.ts'
import { findModel, listModels, tryModel } from '../../indexer/models/models.ts'
import type { Config } from '../config.ts'
import { JSON_TYPE } from '../http/json.ts'
import { faultOfSwitch } from '../installation/detectors/comparison.ts'
import { chooseModel, chooseNext, chosenModels, modelFolders } from '../installation/model-choice.ts'
import { calibrate } from './evaluation/calibrate.ts'
import { UsageError } from './usage.ts'

export const MODELS_HELP = `npm run models -- COMMAND

  list                                        The installed models, and which of them are used.
  add FILE.onnx [--name NAME] [--licence TEXT] [--source TEXT]
                                              Copies a model into the data folder and tries it. A YOLOv5 export becomes a detector,
                                              a network with one vector per picture an embedder. Its manifest.json can be edited.
  fetch NAME | URL --sha256 HEX [--name NAME] [--licence TEXT]
                                              Downloads a model file, checks its sha256 and adds it as above. A name is one of the
                                              catalogue's. After an interruption the same command continues.
  use NAME [--size PIXELS] [--threshold X] [--anyway]
                                              Chooses a detector or an embedder. A running service changes to a detector at once; with
                                              an embedder it embeds every stored animal in the background while the old one serves, then
                                              changes in one step. --size: side of a detector's input in pixels (the bundled one: 320
                                              fastest, 448, 640, 960 most thorough). --threshold: least confidence of its boxes. An embedder
                                              that answers worse on photos by which both are judged does not take over; --anyway: it does.
  calibrate LIBRARY.csv [--model NAME]        Writes statistics of an embedder's features, measured on a labelled library, into its folder:
                                              a new installation starts with them. Rows marked test are left out.
`

export async function modelsCommand(args: string[], config: Config): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      name: { type: 'string' },
      licence: { type: 'string' },
      source: { type: 'string' },
      model: { type: 'string' },
      sha256: { type: 'string' },
      size: { type: 'string' },
      threshold: { type: 'string' },
      anyway: { type: 'boolean', default: false },
    },
  })
  const [command, name] = positionals
  if (command === 'list') await list(config)
  else if (command === 'add' && name !== undefined) await add(name, values, config)
  else if (command === 'fetch' && name !== undefined) await fetchAndAdd(name, values, config)
  else if (command === 'use' && name !== undefined) await use(name, optionsOf(values), config)
  else if (command === 'calibrate' && name !== undefined) await calibrate(name, values.model ?? null, config)
  else throw new UsageError(MODELS_HELP)
  return 0
}

async function list(config: Config): Promise<void> {
  const inUse = await namesInUse(config)
  for (const model of await listModels(modelFolders(config))) {
    if ('fault' in model) {
      console.log(`✗ ${model.name}: ${model.fault}`)
      continue
    }
    const { kind, input, licence } = model.manifest
    const mark = inUse.includes(model.name) ? '●' : '○'
    console.log(`${mark} ${model.name}  ${kind}, ${input.width} x ${input.height}, ${licence}`)
  }
  console.log('● is used.')
}

/** From the database, or from the server that holds the data folder. */
async function namesInUse(config: Config): Promise<string[]> {
  const { threads, device, deviceId } = config
  try {
    const { detector, embedder } = await withDatabase(config, (db) =>
      chosenModels(db, config, () => firstEmbedder(modelFolders(config), { threads, device, deviceId })),
    )
    return [detector, embedder]
  } catch (error) {
    if (!(error instanceof DataFolderInUse) || !error.holder?.url) throw error
    const response = await fetch(new URL('/api/models', error.holder.url), { headers: authorization(config) })
    const answer = z
      .object({ items: z.array(z.object({ name: z.string(), inUse: z.boolean() })) })
      .parse(await response.json())
    return answer.items.filter((model) => model.inUse).map((model) => model.name)
  }
}

async function add(file: string, about: NewModel, config: Config): Promise<void> {
  const { threads, device, deviceId } = config
  const added = await addModel(join(config.dataDir, 'models'), file, { threads, device, deviceId }, about)
  console.log(`Added the ${added.manifest.kind} ${added.name} in ${added.folder}.`)
  if (added.manifest.kind === 'detector') {
    const classes = added.manifest.classes.map(({ name, kind }) => (name === kind ? name : `${name} (${kind})`))
    const known = classes.length > 20 ? [...classes.slice(0, 20), `${classes.length - 20} more`] : classes
    const whence = added.guessed
      ? 'The file does not name its classes. They were guessed'
      : 'The file names its classes'
    console.log(`${whence}: ${known.join(', ')}.`)
  }
  console.log(`Check its manifest.json, then: npm run models -- use ${added.name}`)
}

async function fetchAndAdd(
  what: string,
  given: { sha256?: string; name?: string; licence?: string },
  config: Config,
): Promise<void> {
  const entry = /^https?:/.test(what) ? null : await inCatalogue(what)
  const options = { folder: join(config.dataDir, 'downloads'), onProgress: progressPrinter() }
  let file: string
  let about: NewModel
  if (entry === null) {
    const { sha256 } = given
    if (sha256 === undefined)
      throw new UsageError(
        `Expected --sha256 with the checksum of ${what}, which the site that offers the file should publish.`,
      )
    file = await fetchModelFile({ url: what, sha256, ...options })
    const name = basename(new URL(what).pathname)
      .replace(/\.onnx$/i, '')
      .toLowerCase()
    about = { name, source: what }
  } else {
    if (!entry.tried) console.log(`${entry.name} was not tried by the project.`)
    file = await fetchEntry(entry, options)
    about = { name: entry.name, source: entry.source, licence: entry.licence, corrections: correctionsOf(entry) }
  }
  const { name, licence } = given
  await add(file, { ...about, ...(name !== undefined && { name }), ...(licence !== undefined && { licence }) }, config)
  await rm(file)
}

/** A line a second. */
function progressPrinter() {
  let shown = Number.NEGATIVE_INFINITY
  return (received: number, total: number | null) => {
    if (performance.now() - shown < 1000) return
    shown = performance.now()
    const of = total === null ? '' : ` of ${(total / 1e6).toFixed(1)}`
    console.log(`${(received / 1e6).toFixed(1)}${of} MB`)
  }
}

async function inCatalogue(name: string) {
  const all = await readCatalogue()
  const found = all.find((entry) => entry.name === name)
  if (found) return found
  const names = all.map((entry) => entry.name).join(', ') || 'none yet'
  throw new UsageError(`There is no model named ${name} in the catalogue (${names}). Give an address and --sha256.`)
}

type Options = { size: number | null; threshold: number | null; anyway: boolean }

function optionsOf(text: { size?: string; threshold?: string; anyway: boolean }): Options {
  const size = text.size === undefined ? null : Number(text.size)
  const threshold = text.threshold === undefined ? null : Number(text.threshold)
  if (size !== null && !Number.isInteger(size))
    throw new UsageError(`Expected a number of pixels for --size but received ${text.size}.`)
  if (threshold !== null && !(threshold > 0 && threshold < 1))
    throw new UsageError(`Expected a number between 0 and 1 for --threshold but received ${text.threshold}.`)
  return { size, threshold, anyway: text.anyway }
}

async function use(name: string, options: Options, config: Config): Promise<void> {
  const { threads, device, deviceId } = config
  const { manifest } = await tryModel(modelFolders(config), name, { threads, device, deviceId }, options.size)
  try {
    await withDatabase(config, async (db) => {
      if (manifest.kind === 'detector') await refuseWorse(db, config, manifest, options.size)
      if (manifest.kind === 'detector' || !(await anyEmbedding(db))) await chooseModel(db, manifest.kind, name, options)
      else await chooseNext(db, name, options)
    })
    console.log(
      manifest.kind === 'detector'
        ? `${name} is the detector from the next start on.`
        : `${name} is the embedder from the next start on; stored animals are then embedded with it where needed.`,
    )
  } catch (error) {
    if (!(error instanceof DataFolderInUse) || !error.holder?.url) throw error
    await askServer(error.holder.url, name, options, config)
    const how = manifest.kind === 'detector' ? 'uses' : 'is changing to'
    console.log(`The service at ${error.holder.url} ${how} ${name}: npm run models -- list`)
  }
}

/** As a running service does. Throws ModelError. */
async function refuseWorse(db: Db, config: Config, manifest: Manifest, size: number | null): Promise<void> {
  const { detector } = await chosenModels(db, config)
  const old = await findModel(modelFolders(config), detector).catch(() => null)
  if (old === null) return
  const { name, sha256, input } = manifest
  const fault = await faultOfSwitch(db, old.manifest, { name, sha256, size: size ?? input.width })
  if (fault !== null) throw new ModelError(fault)
}

async function askServer(url: string, name: string, options: Options, config: Config): Promise<void> {
  const { size, threshold, anyway } = options
  const response = await fetch(new URL('/api/models/use', url), {
    method: 'POST',
    headers: { ...authorization(config), 'Content-Type': JSON_TYPE },
    body: JSON.stringify({
      name,
      ...(size !== null && { size }),
      ...(threshold !== null && { threshold }),
      ...(anyway && { anyway }),
    }),
  })
  if (response.ok) return
  const problem = z.object({ detail: z.string() }).safeParse(await response.json().catch(() => null))
  throw new ModelError(problem.data?.detail ?? `The service at ${url} answered ${response.status}.`)
}

function authorization(config: Config): Record<string, string> {
  return config.apiToken === null ? {} : { Authorization: `Bearer ${config.apiToken}` }
}

/** The choice is stored in the database. An embedded database can be open in one process only. */
async function withDatabase<T>(config: Config, work: (db: Db) => Promise<T>): Promise<T> {
  const lock = config.databaseUrl.startsWith('file:') ? await lockDataFolder(config.dataDir) : null
  try {
    const database = await openDatabase(config.databaseUrl)
    try {
      return await work(database.db)
    } finally {
      await database.close()
    }
  } finally {
    await lock?.release()
  }
}
