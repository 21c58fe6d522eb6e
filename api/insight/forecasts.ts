// How right the tree was about animals before people named them.

import type { Db } from '../../db/connection/connect.ts'
import type { InsightFilter } from '../../db/insight/counts.ts'
import { measuredForecasts, mergedTaxa } from '../../db/insight/forecasts.ts'
import { taxonLookup } from '../present/taxa.ts'
import type { Service } from '../service.ts'
import { judge } from './measures.ts'

/** Only the newest forecasts are judged: they say most about the present tree. */
export const MOST_FORECASTS = 20_000

type Deps = { db: Db; learning: Service['learning'] }

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
