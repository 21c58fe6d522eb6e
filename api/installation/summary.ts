// The installation in numbers, which takes counting; and the tree's version alone, which does not.

import { setTimeout as wait } from 'node:timers/promises'
import { z } from '@hono/zod-openapi'
import { reasonsFor, type Verdict } from '../../classifiers/evaluation/gate.ts'
import { type Summary, summarise } from '../../db/summary.ts'
import { searchIndexState } from '../../db/trees/search-index.ts'
import { latestVerdict } from '../../db/trees/trees.ts'
import { modelReferenceSchema } from '../contract/models/model.ts'
import { namedObject } from '../contract/named.ts'
import { seasonSchema } from '../contract/survey/season.ts'
import { jsonAnswer, jsonBody } from '../http/json.ts'
import { problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import { modelReferences } from '../present/models.ts'
import type { Service } from '../service.ts'

const route = routesOf('Summary')

const count = z.number().int()
const summarySchema = namedObject('Summary', {
  media: z.object({ queued: count, indexed: count, failed: count }),
  detections: z.object({
    animal: count,
    person: count,
    vehicle: count,
    identified: count.openapi({ description: 'Animals that teach something.' }),
    unidentified: count,
    conflict: count,
  }),
  isLate: z.boolean().openapi({
    description: 'In a large installation: the counts may be from before the last changes. Ask again in a second.',
  }),
  taxa: count,
  taughtTaxa: count,
  treeVersion: z.string(),
  search: z
    .object({
      indexed: z.boolean(),
      building: z
        .number()
        .nullable()
        .openapi({ description: 'The share of a new index that is built, 0..1; null: none is being built.' }),
    })
    .openapi({ description: 'Whether an index finds similar photos, as in large installations on Postgres.' }),
  refused: seasonSchema.shape.refused,
  models: z.object({ detector: modelReferenceSchema, embedder: modelReferenceSchema }),
})

const treeSchema = namedObject('Tree', {
  treeVersion: z
    .string()
    .openapi({ description: 'The published version, a dot, and how many changes were learned since.' }),
})

const treeRoute = route('get /api/tree', 'Which tree answers', {
  responses: { 200: jsonAnswer('At this moment', treeSchema) },
})

const summaryRoute = route('get /api/summary', 'The installation in numbers', {
  responses: { 200: jsonAnswer('At this moment', summarySchema) },
})

const publishRoute = route('post /api/tree/publish', 'Publish what was learned', {
  description:
    'Estimates the tree’s slow statistics again, which takes seconds to minutes, and publishes them unless they answer worse. It happens by itself as examples grow; here a person can say that single species may lose.',
  request: { body: jsonBody(z.object({ allowLosses: z.boolean() })) },
  responses: { 202: jsonAnswer('Begun; an event tells the outcome', treeSchema), ...problems(400) },
})

export function summaryRoutes(service: Service) {
  const countNow = openCounts(() => summarise(service.db))
  return newRoutes()
    .openapi(treeRoute, (c) => c.json({ treeVersion: service.learning.treeVersion() }, 200))
    .openapi(publishRoute, (c) => {
      const { allowLosses } = c.req.valid('json')
      service.learning
        .publishNow({ allowLosses })
        .catch((error) => service.log.error({ err: error }, 'publishing a tree version failed'))
      return c.json({ treeVersion: service.learning.treeVersion() }, 202)
    })
    .openapi(summaryRoute, async (c) => c.json(await summaryOf(service, countNow), 200))
}

/** From so many photos on, counting takes longer than a page should wait. */
const MANY_PHOTOS = 20_000
const LONGEST_WAIT_MS = 60

type Counts = Summary & { isLate: boolean }

/**
 * Counts of a large installation are those from a moment ago where counting takes long; it goes on for who asks next.
 */
function openCounts(count: () => Promise<Summary>): () => Promise<Counts> {
  let last: Summary | null = null
  let counting: Promise<Summary> | null = null
  const again = async () => {
    try {
      last = await count()
      return last
    } finally {
      counting = null
    }
  }
  return async () => {
    if (last === null || photosIn(last) < MANY_PHOTOS) return { ...(await again()), isLate: false }
    const before = last
    const joined = counting !== null
    counting ??= again()
    const fresh = counting.then((counts) => ({ ...counts, isLate: joined }))
    // Nobody may be waiting any more when it fails; who asks next hears of it.
    fresh.catch(() => {})
    return await Promise.race([fresh, wait(LONGEST_WAIT_MS).then(() => ({ ...before, isLate: true }))])
  }
}

const photosIn = ({ media }: Summary) => media.queued + media.indexed + media.failed

async function summaryOf(service: Service, countNow: () => Promise<Counts>): Promise<z.infer<typeof summarySchema>> {
  const treeVersion = service.learning.treeVersion()
  const [counts, refused, { ready: indexed, building }] = await Promise.all([
    countNow(),
    refusal(service),
    searchIndexState(service.db, Number(treeVersion.split('.')[0])),
  ])
  return { ...counts, treeVersion, search: { indexed, building }, refused, models: modelReferences(service) }
}

/** The newest version, where it was refused. */
export async function refusal({ db, models, learning }: Service): Promise<z.infer<typeof summarySchema>['refused']> {
  const latest = await latestVerdict(db, models.embedder.sha256)
  if (latest === null || latest.version <= learning.version()) return null
  const verdict = latest.verdict as Verdict // publishing.ts wrote it
  // One that is being written is not yet the one that answers.
  if (verdict.decision === 'accepted') return null
  const nameOf = (id: number) => learning.taxonomy.taxon(id)?.name ?? `Taxon ${id}`
  return { version: latest.version, reasons: reasonsFor(verdict, nameOf), mayAllow: verdict.decision === 'loses' }
}
