// Cards of versions, and what they count: where examples come from.

import { and, desc, eq, inArray, isNotNull, lt, notInArray, or, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { NotFound } from '../errors.ts'
import { detection, identification, media, treeVersion, versionCard } from '../schema.ts'

export type VersionCardRow = typeof versionCard.$inferSelect
/** Without the answers, which are hundreds of kilobytes. */
export type CardHead = Omit<VersionCardRow, 'answers'>

/** So many cards of a model are kept. */
const MOST_KEPT = 50

const head = {
  version: versionCard.version,
  modelSha256: versionCard.modelSha256,
  card: versionCard.card,
  createdAt: versionCard.createdAt,
  refused: versionCard.refused,
  publishedAt: versionCard.publishedAt,
}
/** One that is being published is not told of yet. */
const isTold = or(versionCard.refused, isNotNull(versionCard.publishedAt))

/** When a version was made. Throws NotFound. */
export async function versionTime(db: Db, version: number): Promise<Date> {
  const [row] = await db
    .select({ createdAt: treeVersion.createdAt })
    .from(treeVersion)
    .where(eq(treeVersion.version, version))
  if (!row) throw new NotFound('tree version', version)
  return row.createdAt
}

/** Writes a card in place of an earlier one of the same version, and forgets the oldest of its model. */
export async function writeVersionCard(
  db: Db,
  row: Pick<VersionCardRow, 'version' | 'modelSha256' | 'card' | 'answers' | 'refused'>,
): Promise<void> {
  const { modelSha256 } = row
  await db.transaction(async (tx) => {
    await tx.insert(versionCard).values(row).onConflictDoUpdate({ target: versionCard.version, set: row })
    const kept = tx
      .select({ version: versionCard.version })
      .from(versionCard)
      .where(eq(versionCard.modelSha256, modelSha256))
      .orderBy(desc(versionCard.version))
      .limit(MOST_KEPT)
    await tx
      .delete(versionCard)
      .where(and(eq(versionCard.modelSha256, modelSha256), notInArray(versionCard.version, kept)))
  })
}

/** Newest first. */
export async function listVersionCards(db: Db, page: { before: number | null; limit: number }): Promise<CardHead[]> {
  return await db
    .select(head)
    .from(versionCard)
    .where(and(isTold, page.before === null ? undefined : lt(versionCard.version, page.before)))
    .orderBy(desc(versionCard.version))
    .limit(page.limit)
}

/** Throws NotFound. */
export async function getVersionCard(db: Db, version: number): Promise<VersionCardRow> {
  const [row] = await db
    .select()
    .from(versionCard)
    .where(and(eq(versionCard.version, version), isTold))
  if (!row) throw new NotFound('card of version', version)
  return row
}

/** Of the newest published version with a smaller number, whatever its embedder; null: there is none. */
export async function cardBefore(db: Db, version: number): Promise<VersionCardRow | null> {
  const [row] = await db
    .select()
    .from(versionCard)
    .where(and(isNotNull(versionCard.publishedAt), lt(versionCard.version, version)))
    .orderBy(desc(versionCard.version))
    .limit(1)
  return row ?? null
}

export type ExampleSource = {
  detectionId: number
  /** The way in which the latest statement came about. */
  source: string
  /** The installation's detector that found it; null: a person or another program did, or nothing was found. */
  detectorSha256: string | null
}

/** For detections that teach, a page of them. */
export async function exampleSources(db: Db, detectionIds: readonly number[]): Promise<ExampleSource[]> {
  const source: SQL<string> = sql`coalesce(${identification.basis} ->> 'kind', 'import')`
  const found: SQL<string | null> = sql`case when ${detection.source} = 'detector' and ${detection.detector} is null
    then ${media.detectorSha256} end`
  return await db
    .select({ detectionId: detection.id, source, detectorSha256: found })
    .from(detection)
    .innerJoin(media, eq(media.id, detection.mediaId))
    .leftJoin(identification, eq(identification.id, detection.latestStatementId))
    .where(inArray(detection.id, [...detectionIds]))
    .orderBy(detection.id)
}
