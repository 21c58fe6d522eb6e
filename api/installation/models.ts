// GET /api/models. In: nothing. Out: every model in the model folders, which are in use, and what is wrong with unusable ones.

import { createRoute, z } from '@hono/zod-openapi'
import { ModelError } from '../../indexer/errors.ts'
import { findModel, listModels, withSize } from '../../indexer/models/models.ts'
import { Problem, problems } from '../http/problem.ts'
import { newRoutes } from '../http/router.ts'
import type { Service } from '../service.ts'
import { chooseModel, modelFolders } from './model-choice.ts'

const modelSchema = z
  .object({
    name: z.string(),
    kind: z.enum(['detector', 'embedder']).nullable(),
    sha256: z.string().nullable(),
    licence: z.string().nullable(),
    source: z.string().nullable(),
    inUse: z.boolean(),
    size: z.number().int().nullable().openapi({ description: 'Side in pixels of the picture that it looks at.' }),
    sizes: z.array(z.number().int()).openapi({ description: 'Other sides that a detector takes.' }),
    switching: z
      .object({ embedded: z.number().int(), failed: z.number().int() })
      .nullable()
      .openapi({ description: 'Stored animals embedded so far, while the service changes to this embedder.' }),
    fault: z.string().nullable().openapi({ description: 'Why it cannot be used; null when it can.' }),
  })
  .openapi('Model')

const noSizes: number[] = []

export function modelRoutes(service: Service) {
  return newRoutes()
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/models/use',
        tags: ['Models'],
        summary: 'Change to another model',
        description:
          'An embedder: every stored animal is embedded with it in the background while the old one serves, then it takes over in one step. A detector: from the next start on, for photos that come then.',
        request: {
          body: {
            required: true,
            content: {
              'application/json': {
                schema: z.object({
                  name: z.string().min(1).max(200),
                  size: z.number().int().min(32).max(8192).optional().openapi({
                    description: 'For a detector: side in pixels of the picture that it looks at, one of its `sizes`.',
                  }),
                }),
              },
            },
          },
        },
        responses: {
          202: {
            description: 'Begun',
            content: {
              'application/json': {
                schema: z.object({ name: z.string(), from: z.enum(['now', 'background', 'nextStart']) }),
              },
            },
          },
          ...problems(400, 422),
        },
      }),
      async (c) => {
        const { name, size } = c.req.valid('json')
        return c.json({ name, from: await useModel(service, name, size ?? null) }, 202)
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/models',
        tags: ['Models'],
        summary: 'Models that are here',
        responses: {
          200: {
            description: 'All of them',
            content: {
              'application/json': { schema: z.object({ items: z.array(modelSchema), nextCursor: z.null() }) },
            },
          },
        },
      }),
      async (c) => {
        const inUse = [service.models.detector.sha256, service.models.embedder.sha256]
        const items = (await listModels(modelFolders(service.config))).map((model) => {
          if ('fault' in model)
            return {
              name: model.name,
              kind: null,
              sha256: null,
              licence: null,
              source: null,
              inUse: false,
              size: null,
              sizes: noSizes,
              switching: null,
              fault: model.fault,
            }
          const { kind, sha256, licence, source, input } = model.manifest
          const progress = service.modelSwitch.progress()
          const switching =
            progress?.to === model.name ? { embedded: progress.embedded, failed: progress.failed } : null
          return {
            name: model.name,
            kind,
            sha256,
            licence,
            source,
            inUse: inUse.includes(sha256),
            size:
              sha256 === service.models.detector.sha256 ? service.models.detector.manifest.input.width : input.width,
            sizes: kind === 'detector' ? (model.manifest.sizes ?? []) : [],
            switching,
            fault: null,
          }
        })
        return c.json({ items, nextCursor: null }, 200)
      },
    )
}

async function useModel(
  service: Service,
  name: string,
  size: number | null,
): Promise<'now' | 'background' | 'nextStart'> {
  try {
    const { manifest } = await findModel(modelFolders(service.config), name)
    if (manifest.kind === 'detector') {
      if (size !== null) withSize(manifest, size)
      await chooseModel(service.db, 'detector', name, size)
      const now = service.models.detector
      return now.name === name && now.manifest.input.width === (size ?? manifest.input.width) ? 'now' : 'nextStart'
    }
    await service.modelSwitch.start(name)
    return service.models.embedder.name === name ? 'now' : 'background'
  } catch (error) {
    if (error instanceof ModelError) throw new Problem(422, error.message, { cause: error })
    throw error
  }
}
