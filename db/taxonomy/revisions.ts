import { sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { Conflict } from '../errors.ts'
import { taxon } from '../schema.ts'
import { idArray } from '../sql.ts'
import { type Edit, listEdits } from './log.ts'

/** Somebody changed these taxa after the person had looked at them. */
export class StaleRevisions extends Conflict {
  readonly changed: { id: number; revision: number | null; edits: Edit[] }[]
  constructor(message: string, changed: StaleRevisions['changed']) {
    super(message)
    this.changed = changed
  }
}

/** Edits that the error names for one taxon. */
const MOST_EDITS = 20

/** `expected`: the revisions that the person saw, by taxon id. Throws StaleRevisions where one is another now. */
export async function checkRevisions(tx: Db, expected: Map<number, number>): Promise<void> {
  const known = [...expected.keys()]
  const rows = await tx
    .select({ id: taxon.id, name: taxon.name, revision: taxon.revision })
    .from(taxon)
    .where(sql`${taxon.id} = any(${idArray(known)})`)
  const now = new Map(rows.map((row) => [row.id, row]))
  const stale = known.filter((id) => now.get(id)?.revision !== expected.get(id))
  if (stale.length === 0) return
  const changed: StaleRevisions['changed'] = []
  for (const id of stale) {
    const revision = now.get(id)?.revision ?? null
    const missed = revision === null ? 1 : Math.min(MOST_EDITS, Math.max(1, revision - (expected.get(id) ?? 0)))
    changed.push({ id, revision, edits: (await listEdits(tx, { taxonId: id, limit: missed })).items })
  }
  const names = stale.map((id) => now.get(id)?.name ?? `taxon ${id}`)
  const people = [...new Set(changed.flatMap(({ edits }) => edits.map(({ person }) => person)))]
  throw new StaleRevisions(
    `Expected ${names.join(', ')} as you saw ${stale.length === 1 ? 'it' : 'them'}, but ${people.join(', ') || 'somebody'} changed that in the meantime: look again, then repeat`,
    changed,
  )
}
