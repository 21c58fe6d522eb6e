// Tells the live tree how its latest answers turned out, from the forecasts that were stored before people named
// animals.

import type { Db } from '../../db/connection/connect.ts'
import { type WatchedForecast, watchedForecasts } from '../../db/insight/forecasts.ts'
import type { Watched } from '../watching.ts'
import type { LiveTree } from './live-tree.ts'

/** What is older says nothing about the present camera, season and tree. */
const MOST_ANSWERS = 500

/** Reads how the latest answers turned out. */
export async function followWatched(db: Db, live: LiveTree): Promise<void> {
  const forecasts = await watchedForecasts(db, MOST_ANSWERS)
  live.setWatched(forecasts.flatMap((forecast) => watchedOf(forecast, live)))
}

/** None where a taxon is gone, or nothing of the path can be judged. */
function watchedOf({ taxonId, path, strange }: WatchedForecast, { taxa }: LiveTree): Watched[] {
  if (!taxa.get(taxonId) || path.some((step) => !taxa.get(step.taxonId))) return []
  // The person may have named a higher rank: what lies below it is neither right nor wrong.
  const judged = path.filter((step) => step.taxonId === taxonId || !taxa.isWithin(step.taxonId, taxonId))
  if (judged.length === 0) return []
  const steps = judged.map((step) => ({
    probability: step.probability,
    right: taxa.isWithin(taxonId, step.taxonId),
  }))
  return [{ path: steps, strange }]
}
