// What detections teach: the taxon that follows from their identifications, and whether people disagree. The
// transaction that changes identifications updates it, and writes a lesson for the tree where the taxon changes.

import { and, desc, eq, inArray, isNull, sql } from 'drizzle-orm'
import { settle, type Vote } from '../agreement.ts'
import { ADVISORY_LOCKS } from '../connection/advisory-locks.ts'
import type { Db } from '../connection/connect.ts'
import { type Basis, identification, person } from '../schema.ts'
import { getAgreement } from '../settings.ts'
import { arrayParameter, idArray } from '../sql.ts'
import { writeLessons } from './lessons.ts'

/** Labels that came with photos are statements by such a person. */
export const isImporter = (person: string) => person.startsWith('import:')

export type Counting = { id: number; detectionId: number; person: string; taxonId: number; basis: Basis }

/** Each person's latest statement that is neither withdrawn nor a proposal, oldest first. */
export async function counting(tx: Db, detectionIds: number[]): Promise<Counting[]> {
  const rows = await tx
    .selectDistinctOn([identification.detectionId, identification.person], {
      id: identification.id,
      detectionId: identification.detectionId,
      person: identification.person,
      taxonId: identification.taxonId,
      basis: identification.basis,
    })
    .from(identification)
    .where(
      and(
        inArray(identification.detectionId, detectionIds),
        isNull(identification.withdrawnAt),
        eq(identification.proposal, false),
      ),
    )
    .orderBy(identification.detectionId, identification.person, desc(identification.id))
  return rows.sort((a, b) => a.id - b.id)
}

/** The path from each taxon to its top, itself first. */
export async function pathsOf(tx: Db, taxonIds: number[]): Promise<Map<number, number[]>> {
  const { rows } = await tx.execute<{ start: number; path: number[] }>(sql`
    with recursive above as (
      select id as start, id, parent_id, 0 as step from taxon where id = any(${idArray([...new Set(taxonIds)])})
      union all select a.start, t.id, t.parent_id, a.step + 1 from taxon t join above a on t.id = a.parent_id)
    select start, array_agg(id order by step) as path from above group by start`)
  return new Map(rows.map((row) => [row.start, row.path]))
}

export const onOnePath = (paths: Map<number, number[]>, a: number, b: number) =>
  (paths.get(a) ?? []).includes(b) || (paths.get(b) ?? []).includes(a)

export type TaughtChange = { detectionId: number; before: number | null; after: number | null }

/** Detections whose statements and paths are read together. */
const TAUGHT_AT_ONCE = 5000

/**
 * Locks these detections and sets what they teach by their identifications. A detection that is removed or marked
 * teaches nothing. Returns those that teach something else than before, and writes a lesson for each.
 */
export async function refreshTaughtOf(tx: Db, detectionIds: number[]): Promise<TaughtChange[]> {
  const changed: TaughtChange[] = []
  const sorted = [...new Set(detectionIds)].sort((a, b) => a - b)
  for (let start = 0; start < sorted.length; start += TAUGHT_AT_ONCE) {
    changed.push(...(await settleAll(tx, sorted.slice(start, start + TAUGHT_AT_ONCE))))
  }
  await writeLessons(
    tx,
    'detection',
    changed.map(({ detectionId }) => detectionId),
  )
  return changed
}

async function settleAll(tx: Db, part: number[]): Promise<TaughtChange[]> {
  await holdAgreement(tx)
  const rule = await getAgreement(tx)
  const experts = rule === 'expert' ? await expertsOf(tx) : new Set<string>()
  const { rows: locked } = await tx.execute<{ id: number; silent: boolean }>(sql`
    select id, hidden_at is not null or mark is not null or set_aside as silent
    from detection where id = any(${idArray(part)}) order by id for update`)
  const heard = locked.filter(({ silent }) => !silent).map(({ id }) => id)
  const said = new Map<number, Counting[]>(part.map((id) => [id, []]))
  for (const one of await counting(tx, heard)) said.get(one.detectionId)?.push(one)
  const taxaOf = (statements: Counting[]) => statements.map((one) => one.taxonId)
  const several = [...said.values()].map(taxaOf).filter((taxonIds) => new Set(taxonIds).size > 1)
  // Statements that say the same need no path above their taxon.
  const paths = new Map([...said.values()].flatMap(taxaOf).map((id) => [id, [id]]))
  if (several.length > 0) for (const [id, path] of await pathsOf(tx, several.flat())) paths.set(id, path)
  const settled = part.map((id) => {
    const statements = said.get(id) ?? []
    const latest = statements.findLast((one) => !isImporter(one.person))?.id ?? null
    const votes = statements.map((one) => voteOf(one, experts))
    return { ...settle(votes, rule, paths), latest }
  })
  const { rows } = await tx.execute<TaughtChange>(sql`
    with input as (
      select * from unnest(${idArray(part)}, ${arrayParameter(
        settled.map((one) => one.taxonId),
        'bigint',
      )},
        ${arrayParameter(
          settled.map((one) => one.conflict),
          'boolean',
        )}, ${arrayParameter(
          settled.map((one) => one.latest),
          'bigint',
        )})
        as i (id, taxon_id, conflict, latest)),
    before as (select detection.id, taught_taxon_id from detection join input on input.id = detection.id)
    update detection set taught_taxon_id = input.taxon_id, conflict = input.conflict, latest_statement_id = input.latest
    from input join before on before.id = input.id
    where detection.id = input.id
      and (detection.taught_taxon_id is distinct from input.taxon_id or detection.conflict <> input.conflict
        or detection.latest_statement_id is distinct from input.latest)
    returning detection.id as "detectionId", before.taught_taxon_id as before, input.taxon_id as after`)
  return rows.filter(({ before, after }) => before !== after)
}

/** A suggestion that was taken, one at a time or many at once. */
const ACCEPTED: readonly Basis['kind'][] = ['suggestion', 'bulk']

const voteOf = ({ taxonId, person, basis }: Counting, experts: Set<string>): Vote => ({
  taxonId,
  imported: isImporter(person),
  accepted: ACCEPTED.includes(basis.kind),
  expert: experts.has(person),
})

async function expertsOf(tx: Db): Promise<Set<string>> {
  const rows = await tx.select({ name: person.name }).from(person).where(eq(person.expert, true))
  return new Set(rows.map(({ name }) => name))
}

/** Keeps the rule of agreement as it is until the transaction ends. Many transactions may hold it at once. */
async function holdAgreement(tx: Db): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock_shared(${ADVISORY_LOCKS.agreement}::bigint)`)
}

/**
 * Waits for transactions that settle statements, and keeps later ones waiting. To be called before the rule, or who is
 * an expert, is changed; `refreshTaughtOfAll` follows.
 */
export async function lockAgreement(tx: Db): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${ADVISORY_LOCKS.agreement}::bigint)`)
}

/** Of every detection that somebody, `by` where it is given, identified. */
export async function refreshTaughtOfAll(tx: Db, by: string | null = null): Promise<TaughtChange[]> {
  const rows = await tx
    .selectDistinct({ id: identification.detectionId })
    .from(identification)
    .where(
      and(
        isNull(identification.withdrawnAt),
        by === null ? sql`${identification.person} not like 'import:%'` : eq(identification.person, by),
      ),
    )
  return await refreshTaughtOf(
    tx,
    rows.map(({ id }) => id),
  )
}

/**
 * After taxa were moved. Detections with several opinions about them, or about taxa below them, may teach another taxon
 * now.
 */
export async function refreshTaughtBelow(tx: Db, movedTaxonIds: number[]): Promise<TaughtChange[]> {
  if (movedTaxonIds.length === 0) return []
  const { rows } = await tx.execute<{ id: number }>(sql`
    with recursive below as (
      select id from taxon where id = any(${idArray(movedTaxonIds)})
      union select t.id from taxon t join below on t.parent_id = below.id)
    select i.detection_id as id from identification i
    where i.detection_id in (select detection_id from identification where taxon_id in (select id from below))
      and i.withdrawn_at is null and not i.proposal
    group by i.detection_id having count(distinct i.taxon_id) > 1 order by i.detection_id`)
  return await refreshTaughtOf(
    tx,
    rows.map((row) => row.id),
  )
}
