// The animals that a person should name next, and what is needed to choose them.

import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm'
import { ADVISORY_LOCKS } from '../../connection/advisory-locks.ts'
import type { Db } from '../../connection/connect.ts'
import { pagesById } from '../../pages.ts'
import { replaceRows } from '../../replace-rows.ts'
import { detection, embedding, type QuestionReason, question, suggestion, unlikelyBox } from '../../schema.ts'
import { arrayParameter } from '../../sql.ts'

export type NewQuestion = { detectionId: number; why: QuestionReason; alike: number }

/** Puts these in place of all questions before, in this order. Detections that were removed meanwhile get none. */
export async function replaceQuestions(db: Db, questions: readonly NewQuestion[]): Promise<void> {
  const list = (key: keyof NewQuestion, type: 'bigint' | 'text' | 'integer') =>
    arrayParameter(
      questions.map((one) => one[key]),
      type,
    )
  await db.transaction(async (tx) => {
    await replaceRows(tx, question, { lock: ADVISORY_LOCKS.questions, ids: list('detectionId', 'bigint') })
    await tx.execute(sql`
      insert into question (detection_id, why, alike)
      select detection.id, input.why, input.alike
      from unnest(${list('detectionId', 'bigint')}, ${list('why', 'text')}, ${list('alike', 'integer')})
        with ordinality as input (detection_id, why, alike, place)
      join detection on detection.id = input.detection_id
      order by input.place`)
  })
}

export type WaitingAnimal = {
  detectionId: number
  /** Another embedding than before where it differs. */
  boxVersion: number
  groupKey: string
  /** Of the last summary: of the best taxon, and of something new. */
  probability: number
  novelty: number
}

const PAGE_ROWS = 5000

/**
 * Every animal without a label that is probably one and has an embedding by this model, in order of id, a page at a
 * time.
 */
export async function* waitingAnimals(db: Db, modelSha256: string): AsyncGenerator<WaitingAnimal[]> {
  yield* pagesById(PAGE_ROWS, (after) =>
    db
      .select({
        detectionId: detection.id,
        boxVersion: detection.boxVersion,
        groupKey: detection.groupKey,
        probability: sql<number>`coalesce(${suggestion.probability}, 0)`,
        novelty: sql<number>`coalesce(${suggestion.novelty}, 0)`,
      })
      .from(detection)
      .innerJoin(embedding, and(eq(embedding.detectionId, detection.id), eq(embedding.modelSha256, modelSha256)))
      .leftJoin(suggestion, eq(suggestion.detectionId, detection.id))
      .leftJoin(unlikelyBox, eq(unlikelyBox.detectionId, detection.id))
      .where(and(detection.open, isNull(unlikelyBox.detectionId), gt(detection.id, after)))
      .orderBy(asc(detection.id))
      .limit(PAGE_ROWS),
  )
}
