// Whose deployment something is, for keys that are limited to some.

import { and, eq, inArray } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { deployment, detection, identification, media } from '../schema.ts'

/** Of a photo, an animal or a statement about one; null where there is none. */
export async function deploymentOf(db: Db, noun: string, id: number): Promise<number | null> {
  const select = db.select({ deploymentId: media.deploymentId }).from(media)
  const [row] =
    noun === 'media'
      ? await select.where(eq(media.id, id))
      : noun === 'detections'
        ? await select.innerJoin(detection, and(eq(detection.mediaId, media.id), eq(detection.id, id)))
        : await select
            .innerJoin(detection, eq(detection.mediaId, media.id))
            .innerJoin(identification, and(eq(identification.detectionId, detection.id), eq(identification.id, id)))
  return row?.deploymentId ?? null
}

export async function deploymentsNamed(db: Db, ids: number[]): Promise<string[]> {
  const rows = await db.select({ name: deployment.name }).from(deployment).where(inArray(deployment.id, ids))
  return rows.map(({ name }) => name)
}
