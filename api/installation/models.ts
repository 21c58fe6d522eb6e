// The models in the model folders: which are in use, what is wrong with unusable ones, and changing to another one.

import { z } from '@hono/zod-openapi'
import { ModelError } from '../../indexer/errors.ts'
import { findModel, listModels, tryModel } from '../../indexer/models/models.ts'
import {
  type Model,
  type ModelUse,
  type ModelUseAnswer,
  modelSchema,
  modelUseAnswerSchema,
  modelUseSchema,
} from '../contract/model.ts'
import { jsonAnswer, jsonBody } from '../http/json.ts'
import { Problem, problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import type { Service } from '../service.ts'
import { chooseModel, modelFolders } from './model-choice.ts'

const route = routesOf('Models')

const useRoute = route('post /api/models/use', 'Change to another model', {
  description:
    'With an embedder, every stored animal is embedded in the background while the present one serves; then the new one takes over in one step. A detector is used from the next start on, for new photos.',
  request: { body: jsonBody(modelUseSchema) },
  responses: { 202: jsonAnswer('Begun', modelUseAnswerSchema), ...problems(400, 422) },
})

const listRoute = route('get /api/models', 'Models of this installation', {
  responses: { 200: jsonAnswer('All of them', z.object({ items: z.array(modelSchema), nextCursor: z.null() })) },
})

export function modelRoutes(service: Service) {
  return newRoutes()
    .openapi(useRoute, async (c) => c.json(await useModel(service, c.req.valid('json')), 202))
    .openapi(listRoute, async (c) => {
      const found = await listModels(modelFolders(service.config))
      return c.json({ items: found.map((model) => presentModel(service, model)), nextCursor: null }, 200)
    })
}

async function useModel(service: Service, { name, size }: ModelUse): Promise<ModelUseAnswer> {
  try {
    const { manifest } = await findModel(modelFolders(service.config), name)
    if (manifest.kind === 'detector') {
      const { threads, device, deviceId } = service.config
      await tryModel(modelFolders(service.config), name, { threads, device, deviceId }, size ?? null)
      await chooseModel(service.db, 'detector', name, size ?? null)
      const { detector } = service.models
      const isInUse = detector.name === name && detector.manifest.input.width === (size ?? manifest.input.width)
      return { name, from: isInUse ? 'now' : 'nextStart' }
    }
    await service.modelSwitch.start(name)
    return { name, from: service.models.embedder.name === name ? 'now' : 'background' }
  } catch (error) {
    if (error instanceof ModelError) throw new Problem(422, error.message, { cause: error })
    throw error
  }
}

/** How a model is listed whose manifest cannot be read. */
const UNKNOWN = { kind: null, sha256: null, licence: null, source: null, size: null, sizes: [], switching: null }

function presentModel(service: Service, model: Awaited<ReturnType<typeof listModels>>[number]): Model {
  const { name } = model
  if ('fault' in model) return { ...UNKNOWN, name, inUse: false, fault: model.fault }
  const { kind, sha256, licence, source, input } = model.manifest
  const { detector, embedder } = service.models
  const progress = service.modelSwitch.progress()
  return {
    name,
    kind,
    sha256,
    licence,
    source,
    inUse: sha256 === detector.sha256 || sha256 === embedder.sha256,
    size: sha256 === detector.sha256 ? detector.manifest.input.width : input.width,
    sizes: kind === 'detector' ? (model.manifest.sizes ?? []) : [],
    switching: progress?.to === name ? { embedded: progress.embedded, failed: progress.failed } : null,
    fault: null,
  }
}
