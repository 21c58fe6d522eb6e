// What is known of a photo before the tree is asked about it: its neighbours, what the regression says, and what
// surrounds it.

import type { Db } from '../../../db/connection/connect.ts'
import type { Near } from '../../../db/trees/nearest.ts'
import { embeddingsOf } from '../../../db/trees/sample.ts'
import { VOTING_NEIGHBOURS } from '../../neighbours/neighbours.ts'
import { regress } from '../../regression.ts'
import { project } from '../../statistics.ts'
import type { LookAround } from '../../strangers.ts'
import type { Query } from '../../suggest.ts'
import type { LiveTree } from '../live-tree.ts'
import { openNearest, toNeighbour } from '../nearest.ts'
import { fillSurroundings } from '../surrounding-rows.ts'

/** `groupKey`: of the photo's own burst, whose examples are left out; `within`: only neighbours of this taxon. */
export async function queryOf(
  db: Db,
  modelSha256: string,
  live: LiveTree,
  embedding: Float32Array,
  { groupKey, within = null }: { groupKey: string | null; within?: number | null },
) {
  const vector = project(live.statistics, embedding)
  const nearest = openNearest(db, live, vector, { groupKey })
  const neighbours = await nearest.overall(VOTING_NEIGHBOURS, within)
  const query = {
    vector,
    neighbours: neighbours.map(toNeighbour),
    regression: regressionOf(live, embedding),
    look: await lookOf(db, modelSha256, live, embedding, { groupKey, neighbours }),
    within,
    leaveOut: groupKey === null ? [] : live.groupExamples(groupKey),
  } satisfies Partial<Query>
  return { query, nearest }
}

/** What surrounds a photo, without itself and its burst. Valid until something is awaited. */
export async function lookOf(
  db: Db,
  modelSha256: string,
  live: LiveTree,
  embedding: Float32Array,
  of: { groupKey?: string | null; detectionId?: number; neighbours: readonly Near[] },
): Promise<LookAround | null> {
  const { surroundings } = live
  if (!surroundings) return null
  const neighbours = surroundings.measuresAll ? [] : await embedded(db, modelSha256, of.neighbours)
  await fillSurroundings(db, modelSha256, live)
  const leftOut = { id: of.detectionId ?? null, group: of.groupKey ?? null }
  return (taxonIds) => surroundings.look(embedding, { ...leftOut, taxonIds, neighbours })
}

async function embedded(db: Db, modelSha256: string, near: readonly Near[]) {
  const taxa = new Map(near.map(({ detectionId, taxonId }) => [detectionId, taxonId]))
  const found: { taxonId: number; embedding: Float32Array }[] = []
  for await (const page of embeddingsOf(db, modelSha256, [...taxa.keys()])) {
    for (const { detectionId, embedding } of page) found.push({ taxonId: taxa.get(detectionId)!, embedding })
  }
  return found
}

export function regressionOf({ statistics }: LiveTree, embedding: Float32Array): Map<number, number> | null {
  return statistics.regression && regress(statistics.regression, embedding)
}
