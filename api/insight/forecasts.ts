// Forecasts, made and judged. In: a detection about to be named, or a filter. Out: what the tree says of it before it is told, and
// how right such answers were.

import type { Db } from '../../db/connection/connect.ts'
import { type Forecast, measuredForecasts, mergedTaxa } from '../../db/insight/forecasts.ts'
import type { InsightFilter } from '../../db/insight/insight.ts'
import { taxonLookup } from '../present/present.ts'
import type { Service } from '../service.ts'
import { judge } from './measures.ts'

/** The newest so many are judged: later ones say more of the tree of now. */
export const MOST_FORECASTS = 20_000

type Deps = { db: Db; learning: Service['learning'] }

/** What the tree says of an animal now, its own burst left out, to be kept with the statement that `taxonId` is what it is. */
export async function forecastOf(
  learning: Service['learning'],
  embedding: Float32Array,
  animal: { detectionId: number; taxonId: number },
): Promise<Forecast> {
  const treeVersion = learning.treeVersion()
  const examples = learning.exampleCount(animal.taxonId)
  const { path } = await learning.answer(embedding, {
    accuracy: null,
    limit: 1,
    similar: 0,
    detectionId: animal.detectionId,
  })
  return {
    treeVersion,
    examples,
    path: path.map(({ taxon, probability }) => ({ taxonId: Number(taxon.id), probability })),
  }
}

export async function judgedForecasts(deps: Deps, filter: InsightFilter) {
  const found = await measuredForecasts(deps.db, filter, MOST_FORECASTS + 1)
  const forecasts = found.slice(0, MOST_FORECASTS)
  const taxa = await taxonLookup(
    deps,
    forecasts.map((one) => one.taxonId),
  )
  const known = new Map<number, ReturnType<typeof taxa.find>>()
  const taxon = (id: number) => {
    let one = known.get(id)
    if (one === undefined) {
      one = taxa.find(id)
      known.set(id, one)
    }
    return one
  }
  const judged = judge(forecasts, { taxon, merged: await mergedTaxa(deps.db) })
  return { ...judged, leftOut: found.length > MOST_FORECASTS }
}
