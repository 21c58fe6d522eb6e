// What people say about detections. The transaction that writes an identification locks the detection, and updates what
// the detection teaches.

import { and, asc, desc, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { Conflict, NotFound } from '../errors.ts'
import { type Basis, type DetectionMark, detection, identification } from '../schema.ts'
import { getAgreement } from '../settings.ts'
import { presentTaxonId } from '../taxonomy/redirects.ts'
import { type Counting, counting, isImporter, onOnePath, pathsOf, refreshTaughtOf } from '../trees/taught.ts'

export type Identification = {
  id: number
  detectionId: number
  taxonId: number
  person: string
  basis: Basis
  /** It is shown and teaches nothing. */
  proposal: boolean
  /** The identification that this one corrects. It was withdrawn for it, and is restored when this one is withdrawn. */
  replacesId: number | null
  /** The taxon that the person named, where a merge or a split made the identification mean another. */
  saidTaxonId: number | null
  createdAt: Date
  withdrawnAt: Date | null
  withdrawnBy: string | null
}

export type Identified = {
  identification: Identification
  /** What the detection taught before and teaches afterwards; null: nothing. */
  taughtBefore: number | null
  taughtAfter: number | null
  /** The mark that the identification removed from the detection. */
  unmarked: DetectionMark | null
}

export type NewIdentification = {
  detectionId: number
  taxonId: number
  person: string
  basis: Basis
  /** Withdrawn in the same transaction. It must be of the same detection and not yet withdrawn. */
  replacesId?: number | null
  proposal?: boolean
}

/** The identifications of these detections, withdrawn ones too, oldest first. */
export async function identificationsOf(db: Db, detectionIds: number[]): Promise<Identification[]> {
  return await db
    .select()
    .from(identification)
    .where(inArray(identification.detectionId, detectionIds))
    .orderBy(asc(identification.id))
}

/** Throws NotFound. */
export async function getIdentification(db: Db, id: number): Promise<Identification> {
  const [row] = await db.select().from(identification).where(eq(identification.id, id))
  if (!row) throw new NotFound('identification', id)
  return row
}

/**
 * Records an identification. Earlier ones of that detection by the same person stay as history, but no longer count.
 * Where only an importer contradicts it, the importer's is replaced. A mark of the detection is removed. Throws
 * NotFound (detection, taxon, replaced identification), or Conflict where the replaced one is of another detection or
 * already withdrawn, or the photo is marked.
 */
export async function identify(db: Db, statement: NewIdentification): Promise<Identified> {
  return await db.transaction(async (tx) => {
    const { taughtTaxonId, mark, setAside } = await lockDetection(tx, statement.detectionId)
    if (setAside && !isImporter(statement.person)) throw new Conflict(SET_ASIDE)
    const taxonId = await presentTaxonId(tx, statement.taxonId)

    const proposal = statement.proposal ?? false
    let replacesId = statement.replacesId ?? null
    if (replacesId !== null) replacesId = await replaced(tx, replacesId, statement)
    else if (!proposal && !isImporter(statement.person))
      replacesId = await contradictedImport(tx, { ...statement, taxonId })
    if (replacesId !== null) {
      await tx
        .update(identification)
        .set({ withdrawnAt: sql`now()`, withdrawnBy: statement.person })
        .where(eq(identification.id, replacesId))
    }
    const { detectionId, person, basis } = statement
    const saidTaxonId = taxonId === statement.taxonId ? null : statement.taxonId
    const [added] = await tx
      .insert(identification)
      .values({ detectionId, taxonId, person, basis, proposal, replacesId, saidTaxonId })
      .returning()
    if (!added) throw new NotFound('detection', detectionId)
    if (mark && !proposal) await tx.update(detection).set({ mark: null }).where(eq(detection.id, detectionId))
    const taught = await taughtNow(tx, detectionId, taughtTaxonId)
    return { identification: added, ...taught, unmarked: proposal ? null : mark }
  })
}

/**
 * Withdraws an identification and restores the one that it replaced. Where a later one by the same person counts, that
 * one replaces it from now on. Withdrawing twice changes nothing. Throws NotFound.
 */
export async function withdraw(db: Db, id: number, person: string): Promise<Identified> {
  return await db.transaction(async (tx) => {
    const { detectionId } = await getIdentification(tx, id)
    const { taughtTaxonId } = await lockDetection(tx, detectionId)
    const before = await getIdentification(tx, id)
    const same = { taughtBefore: taughtTaxonId, taughtAfter: taughtTaxonId, unmarked: null }
    if (before.withdrawnAt) return { identification: before, ...same }

    const [withdrawn] = await tx
      .update(identification)
      .set({ withdrawnAt: sql`now()`, withdrawnBy: person })
      .where(eq(identification.id, id))
      .returning()
    if (before.replacesId !== null) await handBack(tx, before, before.replacesId)
    return { identification: withdrawn ?? before, ...same, ...(await taughtNow(tx, detectionId, taughtTaxonId)) }
  })
}

/** For people who name an animal in a photo that is marked as empty or unusable. */
export const SET_ASIDE =
  'Expected a photo that is not marked, but this one is marked as empty or unusable. Remove the mark first'

async function taughtNow(tx: Db, detectionId: number, taughtBefore: number | null) {
  const [change] = await refreshTaughtOf(tx, [detectionId])
  return { taughtBefore, taughtAfter: change ? change.after : taughtBefore }
}

export async function handBack(tx: Db, withdrawn: Identification, replacedId: number): Promise<void> {
  const [later] = await tx
    .select({ id: identification.id })
    .from(identification)
    .where(
      and(
        eq(identification.detectionId, withdrawn.detectionId),
        eq(identification.person, withdrawn.person),
        isNull(identification.withdrawnAt),
        isNull(identification.replacesId),
        eq(identification.proposal, false),
        sql`${identification.id} > ${withdrawn.id}`,
      ),
    )
    .orderBy(desc(identification.id))
    .limit(1)
  if (later) await tx.update(identification).set({ replacesId: replacedId }).where(eq(identification.id, later.id))
  else {
    await tx
      .update(identification)
      .set({ withdrawnAt: null, withdrawnBy: null })
      .where(eq(identification.id, replacedId))
  }
}

async function lockDetection(tx: Db, id: number) {
  const [row] = await tx
    .select({ taughtTaxonId: detection.taughtTaxonId, mark: detection.mark, setAside: detection.setAside })
    .from(detection)
    .where(and(eq(detection.id, id), isNull(detection.hiddenAt)))
    .for('update')
  if (!row) throw new NotFound('detection', id)
  return row
}

/** Null where several people must agree: then nobody's statement is withdrawn for another's. */
async function replaced(tx: Db, id: number, { detectionId, person }: NewIdentification): Promise<number | null> {
  const before = await checkReplaced(tx, id, detectionId)
  const isOthers = before.person !== person && !isImporter(before.person)
  return isOthers && (await getAgreement(tx)) !== 'one' ? null : id
}

async function checkReplaced(tx: Db, id: number, detectionId: number): Promise<Identification> {
  const replaced = await getIdentification(tx, id)
  if (replaced.detectionId !== detectionId) {
    throw new Conflict(
      `Expected identification ${id} to be of detection ${detectionId} but it is of ${replaced.detectionId}`,
    )
  }
  if (replaced.withdrawnAt) throw new Conflict(`Expected identification ${id} not to be withdrawn yet, but it was`)
  return replaced
}

async function contradictedImport(tx: Db, { detectionId, taxonId, person }: NewIdentification): Promise<number | null> {
  const statements = await counting(tx, [detectionId])
  const paths = await pathsOf(tx, [taxonId, ...statements.map((one) => one.taxonId)])
  return contradictedBy({ taxonId, person }, statements, paths)
}

/**
 * The importer's identification that a new one contradicts, where nobody but importers has identified the detection.
 * `corrects`: also another person's, where it is the only one.
 */
export function contradictedBy(
  said: { taxonId: number; person: string; corrects?: boolean },
  statements: Counting[],
  paths: Map<number, number[]>,
): number | null {
  const others = statements.filter((one) => one.person !== said.person)
  const replaceable = others.every((one) => isImporter(one.person)) || (said.corrects === true && others.length === 1)
  if (!replaceable) return null
  return others.filter((one) => !onOnePath(paths, one.taxonId, said.taxonId)).at(-1)?.id ?? null
}
