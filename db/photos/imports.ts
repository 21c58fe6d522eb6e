// Imports of photos, and their progress, which is counted from the photos themselves.

import { and, desc, eq, isNull, lt, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { NotFound } from '../errors.ts'
import { importBatch, media } from '../schema.ts'
import { idArray } from '../sql.ts'

export type ImportBatch = typeof importBatch.$inferSelect
export type ImportProgress = ImportBatch & { queued: number; indexed: number; failed: number }

export async function createImport(db: Db, facts: { name: string; total?: number | null }): Promise<ImportBatch> {
  const [row] = await db.insert(importBatch).values(facts).returning()
  if (!row) throw new Error('Expected an inserted import to be returned')
  return row
}

/**
 * An import with how many of its photos have which status. Photos that an earlier import brought count there. Throws
 * NotFound.
 */
export async function importProgress(db: Db, id: number): Promise<ImportProgress> {
  const [row] = await withCounts(db, eq(importBatch.id, id), 1)
  if (!row) throw new NotFound('import', id)
  return row
}

/** Newest first; `cursor` is the last id of the page before. */
export async function listImports(db: Db, page: { cursor?: number | null; limit: number }): Promise<ImportProgress[]> {
  return await withCounts(db, page.cursor ? lt(importBatch.id, page.cursor) : undefined, page.limit)
}

/** Imports that are not done, oldest first. */
export async function openImports(db: Db): Promise<ImportProgress[]> {
  return (await withCounts(db, isNull(importBatch.doneAt), 1000)).reverse()
}

async function withCounts(db: Db, where: ReturnType<typeof eq> | undefined, limit: number): Promise<ImportProgress[]> {
  const batches = await db.select().from(importBatch).where(where).orderBy(desc(importBatch.id)).limit(limit)
  const counts = await db
    .select({ importId: media.importId, status: media.status, count: sql<number>`count(*)::int` })
    .from(media)
    .where(sql`${media.importId} = any(${idArray(batches.map((batch) => batch.id))})`)
    .groupBy(media.importId, media.status)
  return batches.map((batch) => {
    const of = (status: string) => counts.find((c) => c.importId === batch.id && c.status === status)?.count ?? 0
    return { ...batch, queued: of('queued'), indexed: of('indexed'), failed: of('failed') }
  })
}

/** The importer has sent everything. Closing twice changes nothing. Throws NotFound. */
export async function closeImport(db: Db, id: number): Promise<ImportProgress> {
  await db
    .update(importBatch)
    .set({ closedAt: sql`now()` })
    .where(and(eq(importBatch.id, id), isNull(importBatch.closedAt)))
  return await importProgress(db, id)
}

/** Ends the import, once what it taught is published. True for the one caller that ended it. */
export async function finishImport(db: Db, id: number): Promise<boolean> {
  const rows = await db
    .update(importBatch)
    .set({ doneAt: sql`now()` })
    .where(and(eq(importBatch.id, id), isNull(importBatch.doneAt)))
    .returning({ id: importBatch.id })
  return rows.length > 0
}
