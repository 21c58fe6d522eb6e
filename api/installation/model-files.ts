// Model files that come in while the service runs: sent by an admin, or fetched by their name in the catalogue. Each is
// tried in a process of its own before it is listed, and nothing is left of one that does not fit.

import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from '@hono/zod-openapi'
import { ModelError } from '../../indexer/errors.ts'
import { type AddedModel as Added, addModel, type NewModel } from '../../indexer/models/add-model.ts'
import { correctionsOf, fetchEntry, readCatalogue } from '../../indexer/models/catalogue.ts'
import { listModels } from '../../indexer/models/models.ts'
import { asStorageError } from '../../indexer/photos/storage-error.ts'
import { type AddedModel, addedModelSchema, type OfferedModel, offeredModelSchema } from '../contract/models/model.ts'
import { type IncomingFile, multipartOfRequest, readMultipart } from '../http/bodies/multipart.ts'
import { formBody, jsonAnswer } from '../http/json.ts'
import { createGate, type Gate } from '../http/load/gate.ts'
import { Problem, problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import type { Service } from '../service.ts'
import { modelFolders } from './model-choice.ts'

const route = routesOf('Models')

const addRoute = route('post /api/models', 'Add a model file', {
  description:
    'An ONNX file, with the file that holds its weights where there is one. A YOLOv5 export becomes a detector, a network with one vector per picture an embedder. It is tried, and used only when somebody chooses it.',
  request: {
    body: formBody(
      {
        file: { type: 'array', items: { type: 'string', format: 'binary' } },
        name: { type: 'string', description: 'By default the file’s.' },
        licence: { type: 'string' },
        source: { type: 'string' },
      },
      ['file'],
    ),
  },
  responses: { 201: jsonAnswer('Added', addedModelSchema), ...problems(400, 413, 422, 503) },
})

const catalogueRoute = route('get /api/models/catalogue', 'Models that can be fetched by name', {
  responses: { 200: jsonAnswer('All of them', z.object({ items: z.array(offeredModelSchema) })) },
})

const nameParam = z.object({ name: z.string().min(1).max(80) })

const fetchRoute = route('post /api/models/catalogue/{name}', 'Fetch a model of the catalogue', {
  description: 'Begins, or continues a fetch that was interrupted. The catalogue says how far it is.',
  request: { params: nameParam },
  responses: { 202: jsonAnswer('Begun', offeredModelSchema), ...problems(404, 409) },
})

const cancelRoute = route('delete /api/models/catalogue/{name}', 'Stop fetching a model', {
  description: 'What was received stays for a week, so that the next fetch continues.',
  request: { params: nameParam },
  responses: { 204: { description: 'Stopped' }, ...problems(404) },
})

/** A graph and its weights; no detector or embedder that runs on such a machine is larger. */
const LIMITS = { maxFiles: 8, maxFileBytes: 8_000_000_000, maxFieldBytes: 2000 }
/** Each is tried in a process with a whole model in memory. */
const ADDING = {
  running: 1,
  waiting: 4,
  retryAfterSeconds: 10,
  refusal: 'Other models are being added right now. Try again in a moment.',
}

const fieldsSchema = z.object({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,79}$/, 'Expected a name of small letters, digits, dots and dashes.')
    .optional(),
  licence: z.string().min(1).max(500).optional(),
  source: z.string().min(1).max(500).optional(),
})

export function modelFileRoutes(service: Service) {
  const adding = createGate(ADDING)
  const fetches = openFetches(service, adding)
  return newRoutes()
    .openapi(addRoute, async (c) => c.json(await receive(service, adding, c.req.raw), 201))
    .openapi(catalogueRoute, async (c) => c.json({ items: await fetches.list() }, 200))
    .openapi(fetchRoute, async (c) => c.json(await fetches.start(c.req.valid('param').name), 202))
    .openapi(cancelRoute, async (c) => {
      await fetches.cancel(c.req.valid('param').name)
      return c.body(null, 204)
    })
}

async function receive(service: Service, adding: Gate, request: Request): Promise<AddedModel> {
  const folder = join(service.config.dataDir, 'downloads', `upload-${randomUUID()}`)
  const names: string[] = []
  const take = async ({ filename, stream, field }: IncomingFile) => {
    const name = basename(filename)
    if (field !== 'file' || /^\.*$/.test(name)) return void stream.resume()
    names.push(name)
    await asStorageError('store', async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await pipeline(stream, createWriteStream(join(folder, name), { mode: 0o600 }))
    })
    if (stream.truncated) throw new Problem(413, `Expected a file of at most ${LIMITS.maxFileBytes / 1e9} GB.`)
  }
  try {
    const fields = fieldsSchema.safeParse(await readMultipart(multipartOfRequest(request), LIMITS, take))
    if (!fields.success) throw new Problem(400, fields.error.issues.map(({ message }) => message).join(' '))
    const [graph, ...more] = names.filter((name) => /\.onnx$/i.test(name))
    if (graph === undefined || more.length > 0)
      throw new Problem(400, `Expected one file that ends in .onnx but received ${names.join(', ') || 'none'}.`)
    const { name, licence, source } = fields.data
    const about = { ...(name && { name }), ...(licence && { licence }), ...(source && { source }) }
    return presentAdded(await addTo(service, adding, join(folder, graph), about))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Throws a Problem with the sentence of a file that does not fit. */
async function addTo({ config }: Service, adding: Gate, file: string, about: NewModel): Promise<Added> {
  const { threads, device, deviceId } = config
  try {
    return await adding.run(() => addModel(join(config.dataDir, 'models'), file, { threads, device, deviceId }, about))
  } catch (error) {
    if (error instanceof ModelError) throw new Problem(422, error.message, { cause: error })
    throw error
  }
}

const presentAdded = ({ name, manifest, guessed }: Added): AddedModel => ({
  name,
  kind: manifest.kind,
  classes: manifest.kind === 'detector' ? manifest.classes : [],
  guessed,
})

type Fetch = NonNullable<OfferedModel['fetching']> & { abort: AbortController }

/** Fetches under way, and how those that ended went. They end with the service and continue when asked again. */
function openFetches(service: Service, adding: Gate) {
  const fetches = new Map<string, Fetch>()
  const isRunning = (fetch: Fetch | undefined) => fetch?.state === 'fetching' || fetch?.state === 'adding'

  async function list(): Promise<OfferedModel[]> {
    const installed = new Set((await listModels(modelFolders(service.config))).map(({ name }) => name))
    return (await readCatalogue()).map((entry) => {
      const { name, kind, title, licence, source, sha256, bytes, tried } = entry
      const { abort: _, ...fetching } = fetches.get(name) ?? { abort: null }
      return {
        ...{ name, kind, description: title, licence, source, sha256, bytes, tried },
        installed: installed.has(name),
        fetching: 'state' in fetching ? fetching : null,
      }
    })
  }

  async function offered(name: string): Promise<OfferedModel> {
    const found = (await list()).find((one) => one.name === name)
    if (found === undefined) throw new Problem(404, `There is no model named ${name} in the catalogue.`)
    return found
  }

  async function run(name: string, fetch: Fetch): Promise<void> {
    const entry = (await readCatalogue()).find((one) => one.name === name)
    if (entry === undefined) return
    const signal = AbortSignal.any([fetch.abort.signal, service.closing])
    try {
      const file = await fetchEntry(entry, {
        folder: join(service.config.dataDir, 'downloads'),
        signal,
        onProgress: (received, total) => Object.assign(fetch, { received, total: total ?? entry.bytes }),
      })
      fetch.state = 'adding'
      const { licence, source } = entry
      await addTo(service, adding, file, { name, licence, source, corrections: correctionsOf(entry) })
      await rm(file, { force: true })
      fetches.delete(name)
    } catch (error) {
      if (signal.aborted) fetch.state = 'cancelled'
      else {
        const problem = error instanceof Error ? error.message : String(error)
        Object.assign(fetch, { state: 'failed', problem })
        service.log.warn({ err: error, model: name }, 'a model could not be fetched')
      }
    }
  }

  return {
    list,
    async start(name: string): Promise<OfferedModel> {
      const { installed, bytes } = await offered(name)
      if (installed) throw new Problem(409, `There is a model named ${name} already.`)
      if (!isRunning(fetches.get(name))) {
        const fetch: Fetch = {
          ...{ state: 'fetching', received: 0, total: bytes, problem: null },
          abort: new AbortController(),
        }
        fetches.set(name, fetch)
        void run(name, fetch)
      }
      return await offered(name)
    },
    async cancel(name: string): Promise<void> {
      await offered(name)
      fetches.get(name)?.abort.abort()
    },
  }
}
