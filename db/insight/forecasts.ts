// What the tree said about an animal before the first person named it, to compare with what the animal teaches now.
// Only these forecasts measure how good suggestions are. The transaction of the identification stores them.

import { sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { arrayParameter, idArray } from '../sql.ts'
import { type InsightFilter, matching } from './counts.ts'

export type Forecast = {
  treeVersion: string
  /** Top first, and never empty: where nothing was suggested there is no forecast. */
  path: { taxonId: number; probability: number }[]
  /** Probability that nothing like it was taught. */
  strange: number
  /** How many examples the tree had at or below the taxon that the person named. */
  examples: number
}

/** The first forecast of a detection stays, because later ones would know the identification. */
export async function keepForecast(db: Db, detectionId: number, forecast: Forecast): Promise<void> {
  const { treeVersion, path, strange, examples } = forecast
  if (path.length === 0) return
  await db.execute(sql`
    insert into forecast (detection_id, tree_version, taxon_ids, probabilities, strange, examples, drawn)
    values (${detectionId}, ${treeVersion}, ${idArray(path.map((step) => step.taxonId))},
      ${arrayParameter(
        path.map((step) => step.probability),
        'real',
      )}, ${strange}, ${examples},
      exists (select 1 from question where detection_id = ${detectionId} and why = 'random'))
    on conflict (detection_id) do nothing`)
}

/**
 * For many animals that were named at once. Their forecast is the last summary, which the person saw. It has no
 * probability for higher taxa, so these forecasts count for accuracy at every rank, but for reliability only at the
 * last.
 */
export async function keepSummariesAsForecasts(db: Db, detectionIds: number[], examples: number): Promise<void> {
  await db.execute(sql`
    insert into forecast (detection_id, tree_version, taxon_ids, probabilities, examples)
    select detection_id, tree_version, array[taxon_id], array[probability], ${examples}
    from suggestion where detection_id = any(${idArray(detectionIds)}) and taxon_id is not null
    on conflict (detection_id) do nothing`)
}

export type MeasuredForecast = Omit<Forecast, 'strange'> & {
  detectionId: number
  /** What the animal teaches now. */
  taxonId: number
}

/** Forecasts of animals that are named and on which people agree, newest first. */
export async function measuredForecasts(db: Db, filter: InsightFilter, limit: number): Promise<MeasuredForecast[]> {
  const { rows } = await db.execute<{
    detectionId: number
    taxonId: number
    treeVersion: string
    taxonIds: number[]
    probabilities: number[]
    examples: number
  }>(sql`
    select f.detection_id as "detectionId", d.taught_taxon_id as "taxonId", f.tree_version as "treeVersion",
      f.taxon_ids as "taxonIds", f.probabilities, f.examples
    ${matching(filter, { join: sql`join forecast f on f.detection_id = d.id` })}
      and d.taught_taxon_id is not null and not d.conflict
    order by f.created_at desc, f.detection_id desc limit ${limit}`)
  return rows.map(({ taxonIds, probabilities, ...rest }) => ({
    ...rest,
    path: stepsOf(taxonIds, probabilities),
  }))
}

/** What decided the stop of an animal that one person named alone, and what it teaches now. */
export type WatchedForecast = Pick<Forecast, 'path' | 'strange'> & { taxonId: number }

/**
 * Of the animals that are named and on which people agree, those first named last; the oldest of them first. `drawn`:
 * only those that were drawn at random.
 */
export async function watchedForecasts(db: Db, limit: number, { drawn = false } = {}): Promise<WatchedForecast[]> {
  const { rows } = await db.execute<{
    taxonId: number
    taxonIds: number[]
    probabilities: number[]
    strange: number
  }>(sql`
    select d.taught_taxon_id as "taxonId", f.taxon_ids as "taxonIds", f.probabilities, f.strange
    from forecast f join detection d on d.id = f.detection_id
    where f.strange is not null and d.taught_taxon_id is not null and not d.conflict and d.hidden_at is null
      and not d.set_aside and d.mark is null ${drawn ? sql`and f.drawn` : sql``}
    order by f.created_at desc, f.detection_id desc limit ${limit}`)
  return rows
    .map(({ taxonIds, probabilities, ...rest }) => ({ ...rest, path: stepsOf(taxonIds, probabilities) }))
    .reverse()
}

const stepsOf = (taxonIds: number[], probabilities: number[]): Forecast['path'] =>
  taxonIds.map((taxonId, i) => ({ taxonId, probability: probabilities[i] ?? 0 }))

/** For each merged taxon the one that it was merged into: a forecast made before the merge means that one now. */
export async function mergedTaxa(db: Db): Promise<Map<number, number>> {
  const { rows } = await db.execute<{ id: number; into: number }>(
    sql`select id, merged_into_id as "into" from taxon where merged_into_id is not null`,
  )
  return new Map(rows.map((row) => [row.id, row.into]))
}
