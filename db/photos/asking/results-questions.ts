// The animals whose answers would change the results of the season most, and what is needed to choose them.

import { sql } from 'drizzle-orm'
import { ADVISORY_LOCKS } from '../../connection/advisory-locks.ts'
import type { Db } from '../../connection/connect.ts'
import { pagesById } from '../../pages.ts'
import { replaceRows } from '../../replace-rows.ts'
import { resultsQuestion } from '../../schema.ts'
import { arrayParameter, idArray } from '../../sql.ts'

/** Where and when a taxon is recorded or suggested: the station's name, and weeks since 1970 by the camera's clock. */
export type Cell = { station: string; week: number; taxonId: number }
export type WaitingRecord = Cell & { detectionId: number; groupKey: string; probability: number }

const PAGE_ROWS = 5000
const station = sql`coalesce(p.station, p.name)`
const week = sql`floor(extract(epoch from m.captured_at) / 604800)::int`
const placed = sql`join media m on m.id = d.media_id and m.captured_at is not null
  join deployment p on p.id = m.deployment_id`

/** Every waiting animal that has a suggestion, a station and a time, in order of id, a page at a time. */
export async function* waitingRecords(db: Db): AsyncGenerator<WaitingRecord[]> {
  yield* pagesById(PAGE_ROWS, async (after) => {
    const { rows } = await db.execute<WaitingRecord>(sql`
      select d.id as "detectionId", d.group_key as "groupKey", s.probability, s.taxon_id as "taxonId",
        ${station} as station, ${week} as week
      from detection d join suggestion s on s.detection_id = d.id and s.taxon_id is not null ${placed}
      where d.open and d.source <> 'wholePhoto'
        and not exists (select 1 from unlikely_box u where u.detection_id = d.id) and d.id > ${after} order by d.id limit ${PAGE_ROWS}`)
    return rows
  })
}

/** Those of the cells in which a person's statement already counts. */
export async function recordedCells(db: Db, cells: readonly Cell[]): Promise<Cell[]> {
  if (cells.length === 0) return []
  const { rows } = await db.execute<Cell>(sql`
    select distinct c.station, c.week, c.taxon_id as "taxonId"
    from unnest(${arrayParameter(
      cells.map((cell) => cell.station),
      'text',
    )}, ${arrayParameter(
      cells.map((cell) => cell.week),
      'integer',
    )}, ${idArray(cells.map((cell) => cell.taxonId))}) as c (station, week, taxon_id)
    join detection d on d.taught_taxon_id = c.taxon_id and not d.conflict and d.hidden_at is null ${placed}
    where ${station} = c.station and ${week} = c.week`)
  return rows
}

export type NewResultsQuestion = { detectionId: number; gain: number; records: number }

/** Puts these in place of all before, in this order. Detections that were removed meanwhile get none. */
export async function replaceResultsQuestions(db: Db, questions: readonly NewResultsQuestion[]): Promise<void> {
  const ids = idArray(questions.map(({ detectionId }) => detectionId))
  const gains = arrayParameter(
    questions.map(({ gain }) => gain),
    'real',
  )
  const records = arrayParameter(
    questions.map(({ records }) => records),
    'integer',
  )
  await db.transaction(async (tx) => {
    await replaceRows(tx, resultsQuestion, { lock: ADVISORY_LOCKS.questions, ids })
    await tx.execute(sql`
      insert into results_question (detection_id, gain, records)
      select detection.id, input.gain, input.records
      from unnest(${ids}, ${gains}, ${records}) with ordinality as input (id, gain, records, place)
      join detection on detection.id = input.id order by input.place`)
  })
}
