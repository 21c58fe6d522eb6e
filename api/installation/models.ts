// The models in the model folders: which are in use, what is wrong with unusable ones, and changing to another one.

import { join } from 'node:path'
import { ensureModel } from '../../db/trees/models.ts'
import { ModelError } from '../../indexer/errors.ts'
import { readGraphFile, type Storage } from '../../indexer/models/graph-file.ts'
import {
  BUNDLED_MODELS,
  findModel,
  listModels,
  type ModelFolder,
  sizeOnDisk,
  workingSideFor,
} from '../../indexer/models/models.ts'
import {
  type Model,
  type ModelUse,
  type ModelUseAnswer,
  modelCheckSchema,
  modelListSchema,
  modelUseAnswerSchema,
  modelUseSchema,
} from '../contract/models/model.ts'
import { jsonAnswer, jsonBody } from '../http/json.ts'
import { Problem, problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import type { Service } from '../service.ts'
import { faultOfSwitch } from './detectors/comparison.ts'
import { checkModels } from './model-check.ts'
import { chooseModel, modelFolders, readModelChoice } from './model-choice.ts'

const route = routesOf('Models')

const useRoute = route('post /api/models/use', 'Change to another model', {
  description:
    'With an embedder, every stored animal is embedded in the background while the present one serves; then the new one takes over in one step, unless it answers worse on photos by which both are judged. A detector is used at once, for new photos; where people have settled boxes enough, only after a comparison in which it was not worse (409). Other processes on the same database change when they are started again.',
  request: { body: jsonBody(modelUseSchema) },
  responses: { 202: jsonAnswer('Begun', modelUseAnswerSchema), ...problems(400, 409, 422) },
})

const listRoute = route('get /api/models', 'Models of this installation', {
  responses: { 200: jsonAnswer('All of them', modelListSchema) },
})

const checkRoute = route('get /api/models/check', 'Try the models in use, as npm run doctor does', {
  responses: { 200: jsonAnswer('What was found', modelCheckSchema) },
})

export function modelRoutes(service: Service) {
  const facts = createFacts()
  return newRoutes()
    .openapi(useRoute, async (c) => c.json(await useModel(service, c.req.valid('json')), 202))
    .openapi(listRoute, async (c) => {
      const { config } = service
      const found = await listModels(modelFolders(config))
      const items = await Promise.all(found.map((model) => presentModel(service, model, facts)))
      const { device, deviceId, threads } = config
      const by = (name: string | null) => (name === null ? ('choice' as const) : ('environment' as const))
      const decidedBy = { detector: by(config.detector), embedder: by(config.embedder) }
      return c.json({ items, nextCursor: null, provider: { device, deviceId, threads }, decidedBy }, 200)
    })
    .openapi(checkRoute, async (c) => {
      const { detector, embedder } = service.models
      const { why, embedder: chosen } = await readModelChoice(service.db)
      const names = {
        detector: detector.name,
        detectorSize: detector.manifest.input.width,
        embedder: embedder.name,
        why: chosen === embedder.name ? (why ?? null) : null,
      }
      return c.json({ items: await checkModels(service.config, names) }, 200)
    })
}

async function useModel(service: Service, wanted: ModelUse): Promise<ModelUseAnswer> {
  const { name, size, threshold } = wanted
  try {
    const { manifest } = await findModel(modelFolders(service.config), name)
    if (manifest.kind === 'detector') {
      const candidate = { name, sha256: manifest.sha256, size: size ?? manifest.input.width }
      const fault = await faultOfSwitch(service.db, service.models.detector, candidate)
      if (fault !== null) throw new Problem(409, fault)
      await changeDetector(service, name, { size: size ?? null, threshold: threshold ?? null })
      return { name, from: 'now' }
    }
    await service.modelSwitch.start(name, { anyway: wanted.anyway })
    return { name, from: service.models.embedder.name === name ? 'now' : 'background' }
  } catch (error) {
    if (error instanceof ModelError) throw new Problem(422, error.message, { cause: error })
    throw error
  }
}

/** Photos whose analysis has begun end it with the detector with which they began. */
async function changeDetector(
  service: Service,
  name: string,
  options: { size: number | null; threshold: number | null },
): Promise<void> {
  const detector = await service.models.openDetector(name, options)
  const { sha256, manifest } = detector
  await ensureModel(service.db, { name, sha256, kind: 'detector', manifest })
  await chooseModel(service.db, 'detector', name, options)
  service.models = { ...service.models, detector, workingSidePx: workingSideFor(manifest) }
  const { width } = manifest.input
  service.log.info({ detector: name, size: width, threshold: manifest.thresholds.typical }, 'another detector is used')
}

type Facts = (model: ModelFolder) => Promise<{ storage: Storage | null; bytes: number | null }>

/** What a model's files say; each is read once. */
function createFacts(): Facts {
  const known = new Map<string, ReturnType<Facts>>()
  const read: Facts = async ({ folder, manifest }) => ({
    storage: readGraphFile(join(folder, manifest.file))?.storage ?? null,
    bytes: await sizeOnDisk({ folder, manifest }),
  })
  return (model) => {
    const key = `${model.folder} ${model.manifest.sha256}`
    const facts = known.get(key) ?? read(model)
    known.set(key, facts)
    return facts
  }
}

/** How a model is listed whose manifest cannot be read. */
const UNKNOWN = {
  ...{ kind: null, description: null, sha256: null, licence: null, source: null, size: null, sizes: [] },
  ...{ threshold: null, classes: [], storage: null, bytes: null, dimensions: null, bundled: false, switching: null },
  refused: [],
}

async function presentModel(
  service: Service,
  model: Awaited<ReturnType<typeof listModels>>[number],
  facts: Facts,
): Promise<Model> {
  const { name } = model
  if ('fault' in model) return { ...UNKNOWN, name, inUse: false, fault: model.fault }
  const { kind, sha256, licence, source, input, description } = model.manifest
  const { detector, embedder } = service.models
  const isDetecting = sha256 === detector.sha256
  const progress = service.modelSwitch.progress()
  const { refused } = await readModelChoice(service.db)
  const shared = {
    name,
    description: description ?? null,
    sha256,
    licence,
    source,
    inUse: isDetecting || sha256 === embedder.sha256,
    size: isDetecting ? detector.manifest.input.width : input.width,
    ...(await facts(model)),
    bundled: model.folder.startsWith(BUNDLED_MODELS),
    refused: refused?.name === name ? refused.reasons : [],
    switching: progress?.to === name ? { embedded: progress.embedded, failed: progress.failed } : null,
    fault: null,
  }
  if (model.manifest.kind === 'embedder')
    return { ...shared, kind, sizes: [], threshold: null, classes: [], dimensions: model.manifest.dimensions }
  const { sizes = [], thresholds, classes } = model.manifest
  const { typical } = isDetecting ? detector.manifest.thresholds : thresholds
  return { ...shared, kind, sizes, threshold: typical, classes: classes.map((one) => one.name), dimensions: null }
}
