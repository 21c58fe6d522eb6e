// What people are to look at. Several assignments of one person add up.

import { and, asc, eq } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { NotFound } from '../errors.ts'
import { assignment, deployment, person } from '../schema.ts'

export type Assignment = typeof assignment.$inferSelect
export type NewAssignment = Pick<Assignment, 'personId' | 'deploymentId' | 'taxonId' | 'part' | 'parts'>

/** With the names of the people and the deployments; of one person or of all. */
export async function listAssignments(
  db: Db,
  personId: number | null,
): Promise<(Assignment & { person: string; deployment: string | null })[]> {
  const rows = await db
    .select({ assignment, person: person.name, deployment: deployment.name })
    .from(assignment)
    .innerJoin(person, eq(person.id, assignment.personId))
    .leftJoin(deployment, eq(deployment.id, assignment.deploymentId))
    .where(personId === null ? undefined : eq(assignment.personId, personId))
    .orderBy(asc(person.name), asc(assignment.id))
  return rows.map((row) => ({ ...row.assignment, person: row.person, deployment: row.deployment }))
}

export async function addAssignments(tx: Db, wanted: NewAssignment[]): Promise<void> {
  await tx.insert(assignment).values(wanted)
}

/** Throws NotFound. */
export async function removeAssignment(tx: Db, id: number): Promise<Assignment> {
  const [row] = await tx
    .delete(assignment)
    .where(and(eq(assignment.id, id)))
    .returning()
  if (!row) throw new NotFound('assignment', id)
  return row
}
