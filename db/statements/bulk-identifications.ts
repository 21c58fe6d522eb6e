// Identifications of many detections at once, and withdrawing and restoring them: a few statements of SQL, however many
// there are.

import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { type Basis, type DetectionMark, detection, identification } from '../schema.ts'
import { idArray } from '../sql.ts'
import { presentTaxonId } from '../taxonomy/redirects.ts'
import { type Counting, counting, pathsOf, refreshTaughtOf } from '../trees/taught.ts'
import { contradictedBy, handBack, SET_ASIDE } from './identifications.ts'

export type IdentifiedMany = {
  made: { id: number; detectionId: number }[]
  /** Detections that the person had identified as the same taxon before. */
  unchanged: number[]
  failures: { detectionId: number; problem: string }[]
  /** Marks that the identifications removed. */
  unmarked: { detectionId: number; mark: DetectionMark }[]
}

/**
 * Identifies as `identify` does, all that can be identified. The others are failures, with a sentence. Throws NotFound
 * where the taxon does not exist. `corrects`: the label of one other person is replaced too, instead of disputed.
 */
export async function identifyMany(
  tx: Db,
  said: { detectionIds: number[]; taxonId: number; person: string; basis: Basis; corrects?: boolean },
): Promise<IdentifiedMany> {
  const { person, basis } = said
  const asked = [...new Set(said.detectionIds)].sort((a, b) => a - b)
  const rows = await tx
    .select({ id: detection.id, mark: detection.mark, setAside: detection.setAside })
    .from(detection)
    .where(and(inArray(detection.id, asked), isNull(detection.hiddenAt)))
    .orderBy(asc(detection.id))
    .for('update')
  const taxonId = await presentTaxonId(tx, said.taxonId)
  const found = new Set(rows.map(({ id }) => id))
  const failures = [
    ...asked.filter((id) => !found.has(id)).map((id) => ({ detectionId: id, problem: `There is no detection ${id}.` })),
    ...rows.filter(({ setAside }) => setAside).map(({ id }) => ({ detectionId: id, problem: `${SET_ASIDE}.` })),
  ]
  const open = rows.filter(({ setAside }) => !setAside)
  const statements = new Map<number, Counting[]>(open.map(({ id }) => [id, []]))
  for (const one of await counting(tx, [...statements.keys()])) statements.get(one.detectionId)?.push(one)
  const says = (id: number) => statements.get(id)?.find((one) => one.person === person)?.taxonId
  const unchanged = open.filter(({ id, mark }) => says(id) === taxonId && mark === null).map(({ id }) => id)
  const fresh = open.filter(({ id }) => !unchanged.includes(id))
  if (fresh.length === 0) return { made: [], unchanged, failures, unmarked: [] }

  const paths = await pathsOf(tx, [taxonId, ...[...statements.values()].flat().map((one) => one.taxonId)])
  const values = fresh.map(({ id }) => ({
    detectionId: id,
    taxonId,
    person,
    basis,
    replacesId: contradictedBy({ taxonId, person, corrects: said.corrects }, statements.get(id) ?? [], paths),
    saidTaxonId: taxonId === said.taxonId ? null : said.taxonId,
  }))
  const replaced = values.flatMap(({ replacesId }) => replacesId ?? [])
  await tx
    .update(identification)
    .set({ withdrawnAt: sql`now()`, withdrawnBy: person })
    .where(inArray(identification.id, replaced))
  const made = await tx
    .insert(identification)
    .values(values)
    .returning({ id: identification.id, detectionId: identification.detectionId })
  const unmarked = fresh.flatMap(({ id, mark }) => (mark === null ? [] : [{ detectionId: id, mark }]))
  await setMarks(
    tx,
    unmarked.map(({ detectionId }) => ({ detectionId, mark: null })),
  )
  await refreshTaughtOf(
    tx,
    fresh.map(({ id }) => id),
  )
  return { made, unchanged, failures, unmarked }
}

/** Withdraws identifications as `withdraw` does. Those that were withdrawn before stay so. */
export async function withdrawMany(tx: Db, identificationIds: number[], person: string): Promise<void> {
  const detectionIds = await lockDetectionsOf(tx, identificationIds)
  const withdrawn = await tx
    .update(identification)
    .set({ withdrawnAt: sql`now()`, withdrawnBy: person })
    .where(and(inArray(identification.id, identificationIds), isNull(identification.withdrawnAt)))
    .returning()
  for (const one of withdrawn) if (one.replacesId !== null) await handBack(tx, one, one.replacesId)
  await refreshTaughtOf(tx, detectionIds)
}

/** The reverse of `withdrawMany`: they count again, and what they had replaced no longer does. */
export async function restoreMany(tx: Db, identificationIds: number[]): Promise<void> {
  const detectionIds = await lockDetectionsOf(tx, identificationIds)
  const again = idArray(identificationIds)
  await tx.execute(sql`
    update identification set withdrawn_at = null, withdrawn_by = null where id = any(${again}) and withdrawn_at is not null`)
  await tx.execute(sql`
    update identification as replaced set withdrawn_at = now(), withdrawn_by = restored.person
    from identification restored
    where restored.id = any(${again}) and replaced.id = restored.replaces_id and replaced.withdrawn_at is null`)
  // A later identification by the same person had replaced the same one: it no longer does.
  await tx.execute(sql`
    update identification as later set replaces_id = null
    from identification restored
    where restored.id = any(${again}) and later.replaces_id = restored.replaces_id and later.id <> restored.id
      and later.detection_id = restored.detection_id`)
  await refreshTaughtOf(tx, detectionIds)
}

/** In order of id, in which everything locks detections. */
async function lockDetectionsOf(tx: Db, identificationIds: number[]): Promise<number[]> {
  const { rows } = await tx.execute<{ id: number }>(sql`
    select id from detection where id in (select detection_id from identification where id = any(${idArray(identificationIds)}))
    order by id for update`)
  return rows.map(({ id }) => id)
}

/** The caller refreshes what they teach. */
export async function setMarks(tx: Db, marks: { detectionId: number; mark: DetectionMark | null }[]): Promise<void> {
  for (const mark of new Set(marks.map((one) => one.mark))) {
    const marked = marks.filter((one) => one.mark === mark).map((one) => one.detectionId)
    await tx.update(detection).set({ mark }).where(inArray(detection.id, marked))
  }
}

/** The taxon and the detection of the first of these, to show what was learned; null where there is none. */
export async function oneOf(
  db: Db,
  identificationIds: number[],
): Promise<{ detectionId: number; taxonId: number } | null> {
  const [first] = identificationIds
  if (first === undefined) return null
  const [row] = await db
    .select({ detectionId: identification.detectionId, taxonId: identification.taxonId })
    .from(identification)
    .where(eq(identification.id, first))
  return row ?? null
}
