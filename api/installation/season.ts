// What is left to do, for a first look at the installation. Nothing here counts all photos.

import { seasonOf } from '../../db/insight/season.ts'
import { countMislabelled } from '../../db/photos/mislabelled.ts'
import { countQueues } from '../../db/photos/queues.ts'
import { isLarge } from '../../db/summary.ts'
import type { QueueName } from '../contract/queue.ts'
import { type Season, seasonSchema } from '../contract/survey/season.ts'
import { jsonAnswer } from '../http/json.ts'
import { type Kept, keepCount } from '../http/load/kept-count.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import { modelReferences } from '../present/models.ts'
import type { Service } from '../service.ts'
import { refusal } from './summary.ts'

const route = routesOf('Summary')

/** More than anybody reads. */
const MOST = 10_000

const seasonRoute = route('get /api/season', 'What is left to do, step by step', {
  description:
    'Quick also in large installations: each thing is counted only up to 10,000, and what takes long beside the requests.',
  responses: { 200: jsonAnswer('At this moment', seasonSchema) },
})

export function seasonRoutes(service: Service) {
  const mislabelled = keepCount(
    () => countMislabelled(service.db, MOST),
    () => isLarge(service.db),
  )
  return newRoutes().openapi(seasonRoute, async (c) =>
    c.json(await readSeason(service, await mislabelled(service.learning.treeVersion())), 200),
  )
}

async function readSeason(service: Service, mislabelled: Kept<number> | null): Promise<Season> {
  const { db, learning } = service
  const names: QueueName[] = ['unidentified', 'falseTrigger', 'conflict', 'flagged']
  const [left, queues, refused] = await Promise.all([
    seasonOf(db, MOST),
    countQueues(db, {}, MOST, names),
    refusal(service),
  ])
  const of = (name: QueueName) => queues.find((queue) => queue.name === name)?.count ?? 0
  return {
    ...left,
    withoutBox: of('falseTrigger'),
    waiting: of('unidentified'),
    conflicts: of('conflict'),
    mislabelled: mislabelled?.value ?? 0,
    mislabelledAt: mislabelled?.countedAt.toISOString() ?? null,
    flagged: of('flagged'),
    treeVersion: learning.treeVersion(),
    models: modelReferences(service),
    refused,
  }
}
