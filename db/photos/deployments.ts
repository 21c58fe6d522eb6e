// Cameras, each at one place for a while, by name.

import { asc, eq, inArray } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { deployment } from '../schema.ts'

export type Deployment = { id: number; name: string }

/**
 * The id of the deployment of that name, which is made where it is missing. `lock`: until the transaction ends nobody
 * else adds photos to it.
 */
export async function ensureDeployment(db: Db, name: string, options: { lock?: boolean } = {}): Promise<number> {
  const find = async () => {
    const query = db.select({ id: deployment.id }).from(deployment).where(eq(deployment.name, name))
    const [row] = options.lock ? await query.for('no key update') : await query
    return row?.id
  }
  const known = await find()
  if (known !== undefined) return known
  await db.insert(deployment).values({ name }).onConflictDoNothing()
  const made = await find()
  if (made === undefined) throw new Error(`Expected deployment ${name} to exist after it was made`)
  return made
}

/** Null where there is none of that name. */
export async function findDeployment(db: Db, name: string): Promise<number | null> {
  const [row] = await db.select({ id: deployment.id }).from(deployment).where(eq(deployment.name, name))
  return row?.id ?? null
}

export async function getDeployments(db: Db, ids: number[]): Promise<Map<number, Deployment>> {
  const rows = await db
    .select({ id: deployment.id, name: deployment.name })
    .from(deployment)
    .where(inArray(deployment.id, ids))
  return new Map(rows.map((row) => [row.id, row]))
}

export async function listDeployments(db: Db): Promise<Deployment[]> {
  return await db.select({ id: deployment.id, name: deployment.name }).from(deployment).orderBy(asc(deployment.name))
}
