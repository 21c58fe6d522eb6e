// Statements and labels that name one taxon and are to name another, because an edit merged, split, deleted or restored
// taxa. It keeps what it moved, so that the edit's inverse can move it back.

import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../connection/connect.ts'
import { Conflict } from '../errors.ts'
import { idArray } from '../sql.ts'
import { refreshTaughtOf, type TaughtChange } from '../trees/taught.ts'
import type { Retarget } from './commands/command.ts'

type Move = { from: number; to: number }

export class Retargeting {
  readonly statements: Retarget[] = []
  readonly labels: Retarget[] = []
  /** Detections that teach another taxon than before, as far as they are settled. */
  readonly taught: TaughtChange[] = []
  readonly #tx: Db
  /** Detections whose statements name another taxon, and whose taught taxon is not settled yet. */
  readonly #unsettled = new Set<number>()

  constructor(tx: Db) {
    this.#tx = tx
  }

  /** Every statement of one taxon. */
  async moveStatements(move: Move): Promise<void> {
    await this.#moveStatements(move, sql``)
  }

  /** Those about these detections. Returns the detections that had some. */
  async moveStatementsAbout(move: Move, detectionIds: number[]): Promise<Set<number>> {
    return (await this.#moveStatements(move, sql`and detection_id = any(${idArray(detectionIds)})`)).detectionIds
  }

  /** These very ones. Throws Conflict when one of them was moved to a third taxon since. */
  async moveStatementsBack(move: Move, ids: number[]): Promise<void> {
    const { count } = await this.#moveStatements(move, sql`and id = any(${idArray(ids)})`)
    if (count === ids.length) return
    const { rows } = await this.#tx.execute<{ count: number }>(sql`
      select count(*) as count from identification where id = any(${idArray(ids)}) and taxon_id <> ${move.to}`)
    const elsewhere = rows[0]?.count ?? 0
    if (elsewhere === 0) return
    throw new Conflict(
      `Expected the identifications that this edit moved where it left them, but ${elsewhere} were moved again since: undo the later edit first`,
    )
  }

  async #moveStatements({ from, to }: Move, chosen: SQL): Promise<{ count: number; detectionIds: Set<number> }> {
    const { rows } = await this.#tx.execute<{ id: number; detectionId: number }>(sql`
      update identification set taxon_id = ${to}, said_taxon_id = nullif(coalesce(said_taxon_id, taxon_id), ${to}::bigint)
      where taxon_id = ${from} ${chosen} returning id, detection_id as "detectionId"`)
    const detectionIds = new Set(rows.map((row) => row.detectionId))
    for (const id of detectionIds) this.#unsettled.add(id)
    if (rows.length > 0) this.statements.push({ from, to, ids: ascending(rows.map((row) => row.id)) })
    return { count: rows.length, detectionIds }
  }

  /** Labels of photos that wait to be indexed; `mediaIds`: of these photos alone. */
  async moveLabels({ from, to }: Move, mediaIds?: number[]): Promise<void> {
    const chosen = mediaIds === undefined ? sql`` : sql`and id = any(${idArray(mediaIds)})`
    const { rows } = await this.#tx.execute<{ id: number }>(sql`
      update media set pending_label = jsonb_set(pending_label, '{taxonId}', to_jsonb(${to}::bigint))
      where pending_label is not null and pending_label ->> 'taxonId' = ${String(from)} ${chosen} returning id`)
    if (rows.length > 0) this.labels.push({ from, to, ids: ascending(rows.map((row) => row.id)) })
  }

  /** Works out what detections teach whose statements were moved. */
  async settle(): Promise<void> {
    const detectionIds = [...this.#unsettled]
    this.#unsettled.clear()
    this.taught.push(...(await refreshTaughtOf(this.#tx, detectionIds)))
  }
}

const ascending = (ids: number[]) => ids.sort((a, b) => a - b)
