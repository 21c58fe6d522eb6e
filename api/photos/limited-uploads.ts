// Uploads with a key that is limited to some deployments.

import type { Db } from '../../db/connection/connect.ts'
import { deploymentsNamed } from '../../db/people/key-reach.ts'
import { findMedia } from '../../db/photos/media.ts'
import { Problem } from '../http/problem.ts'

/** All photos must be of one of these deployments, also those that are known. Throws a Problem. */
export async function requireDeployments(
  db: Db,
  limitedTo: number[],
  photos: { sha256: string | null; deployment: string | undefined }[],
): Promise<void> {
  const names = await deploymentsNamed(db, limitedTo)
  const known = await findMedia(
    db,
    photos.flatMap(({ sha256 }) => sha256 ?? []),
  )
  const isOthers = [...known.values()].some((one) => one.deploymentId === null || !limitedTo.includes(one.deploymentId))
  if (isOthers || photos.some(({ deployment }) => deployment === undefined || !names.includes(deployment)))
    throw new Problem(
      403,
      `Expected photos of a deployment that this key is limited to: ${names.join(', ') || 'none'}.`,
    )
}
