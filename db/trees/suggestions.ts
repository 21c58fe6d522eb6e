// The last summary of what the tree says about each detection, for queues and counts. Answers are always computed from
// the tree itself.

import { and, desc, eq, getTableColumns, inArray, isNotNull, isNull, lt, ne, or, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { detection, embedding, isOtherThanAnimal, suggestion } from '../schema.ts'
import { type ArrayType, arrayParameter, idArray } from '../sql.ts'
import { holdTaxonomy } from '../taxonomy-lock.ts'

export type SuggestionSummary = {
  /** The best taxon and its probability 0..1; null: the tree is empty. */
  taxonId: number | null
  probability: number
  /** Where the answer stops at the default accuracy. */
  stopTaxonId: number | null
  /** The largest novelty, 0..1. */
  novelty: number
  /** Probability of what it teaches, its own burst left out; null where it teaches nothing. */
  ownProbability: number | null
  /**
   * 0..1. Where it teaches: how much more probable another taxon is. Else: how far the tree and the neighbours are
   * apart.
   */
  disagreement: number
  treeVersion: string
}

export type NewSuggestion = SuggestionSummary & {
  detectionId: number
  /** That the family of the best taxon is right; null: not known, or nothing is suggested. */
  familyProbability: number | null
  /** Its label is improbable, and another taxon is not. */
  suspect: boolean
  /** Probability of a taxon that was never met at the station, where the picture alone suggests it; else null. */
  firstHere: number | null
  /** Place on a Hilbert curve through the tree's metric; whole, 0 to 2^30. */
  likeness: number
}

/** Rows of one INSERT, so that no transaction takes long. */
const INSERT_ROWS = 1000

/**
 * Leaves out detections and taxa that were removed meanwhile. No edit of the taxonomy may run at the same time: it
 * would hold taxa and wait for summaries, while this holds summaries and waits for taxa.
 */
export async function upsertSuggestions(db: Db, rows: NewSuggestion[]): Promise<void> {
  for (let start = 0; start < rows.length; start += INSERT_ROWS) {
    const part = rows.slice(start, start + INSERT_ROWS)
    await db.transaction(async (tx) => {
      await holdTaxonomy(tx)
      await upsert(tx, part)
    })
  }
}

async function upsert(tx: Db, rows: NewSuggestion[]): Promise<void> {
  const list = (key: keyof NewSuggestion, type: ArrayType) =>
    arrayParameter(
      rows.map((row) => row[key]),
      type,
    )
  // Detections are locked before their summaries, in the order in which identifying locks them.
  await tx.execute(sql`
    insert into suggestion (detection_id, taxon_id, probability, family_probability, stop_taxon_id, novelty, own_probability, disagreement,
      suspect, likeness, first_here, tree_version)
    select detection.id, taxon.id, input.probability, input.family_probability, stop.id, input.novelty, input.own_probability, input.disagreement,
      input.suspect, input.likeness, input.first_here, input.tree_version
    from unnest(${list('detectionId', 'bigint')}, ${list('taxonId', 'bigint')}, ${list('probability', 'real')},
      ${list('familyProbability', 'real')}, ${list('stopTaxonId', 'bigint')}, ${list('novelty', 'real')}, ${list('ownProbability', 'real')},
      ${list('disagreement', 'real')}, ${list('suspect', 'boolean')}, ${list('likeness', 'integer')},
      ${list('firstHere', 'real')}, ${list('treeVersion', 'text')})
      as input (detection_id, taxon_id, probability, family_probability, stop_taxon_id, novelty, own_probability, disagreement, suspect,
        likeness, first_here, tree_version)
    join detection on detection.id = input.detection_id
    left join taxon on taxon.id = input.taxon_id
    left join taxon as stop on stop.id = input.stop_taxon_id
    order by detection.id
    for key share of detection
    on conflict (detection_id) do update set
      taxon_id = excluded.taxon_id, probability = excluded.probability,
      family_probability = excluded.family_probability, stop_taxon_id = excluded.stop_taxon_id,
      novelty = excluded.novelty, own_probability = excluded.own_probability, disagreement = excluded.disagreement,
      suspect = excluded.suspect, likeness = excluded.likeness, first_here = excluded.first_here,
      tree_version = excluded.tree_version,
      open = excluded.open`)
}

export type StaleQuery = {
  modelSha256: string
  /** Summaries of any other version are stale. */
  treeVersion: string
  limit: number
  /** Only ids below this one, for going through all of them once. */
  below?: number | null
}

/** Ids of animals with an embedding by this model whose summary is missing or of another tree version, newest first. */
export async function staleDetections(db: Db, query: StaleQuery): Promise<number[]> {
  const rows = await db
    .select({ id: detection.id })
    .from(detection)
    .innerJoin(embedding, and(eq(embedding.detectionId, detection.id), eq(embedding.modelSha256, query.modelSha256)))
    .leftJoin(suggestion, eq(suggestion.detectionId, detection.id))
    .where(
      and(
        eq(detection.kind, 'animal'),
        isNull(detection.hiddenAt),
        or(isNull(suggestion.detectionId), ne(suggestion.treeVersion, query.treeVersion)),
        query.below ? lt(detection.id, query.below) : undefined,
      ),
    )
    .orderBy(desc(detection.id))
    .limit(query.limit)
  return rows.map((row) => row.id)
}

/** The summaries of these detections, by detection id. */
export async function suggestionsOf(db: Db, detectionIds: number[]): Promise<Map<number, NewSuggestion>> {
  const { open: _, ...columns } = getTableColumns(suggestion)
  const rows = await db.select(columns).from(suggestion).where(inArray(suggestion.detectionId, detectionIds))
  return new Map(rows.map((row) => [row.detectionId, row]))
}

/** What the examples of these bursts teach: one taxon for each example. */
export async function burstExamples(db: Db, groupKeys: string[]): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>(groupKeys.map((key) => [key, []]))
  if (groupKeys.length === 0) return found
  const rows = await db
    .select({ groupKey: detection.groupKey, taxonId: detection.taughtTaxonId })
    .from(detection)
    .where(and(inArray(detection.groupKey, [...found.keys()]), isNotNull(detection.taughtTaxonId)))
  for (const { groupKey, taxonId } of rows) if (taxonId !== null) found.get(groupKey)?.push(taxonId)
  return found
}

/** Ids of animals for which one of these taxa is suggested: unidentified ones first, the surest of them first. */
export async function suggestedAs(db: Db, taxonIds: number[], limit: number): Promise<number[]> {
  if (taxonIds.length === 0 || limit <= 0) return []
  const { rows } = await db.execute<{ id: number }>(sql`
    select d.id from suggestion s join detection d on d.id = s.detection_id
    where s.taxon_id = any(${idArray(taxonIds)}) and d.kind = 'animal'
      and not coalesce(${isOtherThanAnimal({ mark: sql`d.mark` })}, false)
    order by (d.taught_taxon_id is null) desc, s.probability desc, d.id limit ${limit}`)
  return rows.map((row) => row.id)
}
