// What is left to do, for a first look at the installation. Nothing here counts all photos.

import { seasonOf } from '../../db/insight/season.ts'
import { countQueues } from '../../db/photos/queues.ts'
import type { QueueName } from '../contract/queue.ts'
import { type Season, seasonSchema } from '../contract/survey/season.ts'
import { jsonAnswer } from '../http/json.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import { modelReferences } from '../present/models.ts'
import type { Service } from '../service.ts'
import { refusal } from './summary.ts'

const route = routesOf('Summary')

/** More than anybody reads. */
const MOST = 10_000

const seasonRoute = route('get /api/season', 'What is left to do, step by step', {
  description: 'Quick also in large installations, because it counts each thing only up to 10,000.',
  responses: { 200: jsonAnswer('At this moment', seasonSchema) },
})

export function seasonRoutes(service: Service) {
  return newRoutes().openapi(seasonRoute, async (c) => c.json(await readSeason(service), 200))
}

async function readSeason(service: Service): Promise<Season> {
  const { db, learning } = service
  const names: QueueName[] = ['unidentified', 'falseTrigger', 'conflict', 'wrongLabel', 'flagged']
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
    mislabelled: of('wrongLabel'),
    flagged: of('flagged'),
    treeVersion: learning.treeVersion(),
    models: modelReferences(service),
    refused,
  }
}
