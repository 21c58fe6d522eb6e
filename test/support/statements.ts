// Statements about detections, in one line each.

import type { Db } from '../../db/connection/connect.ts'
import { getDetection } from '../../db/photos/detections.ts'
import { identify, type NewIdentification } from '../../db/statements/identifications.ts'
import { lessonsAfter } from '../../db/trees/lessons.ts'
import { addIndexed } from './rows.ts'

export function statementsOn(db: Db) {
  const say = (detectionId: number, taxonId: number, person = 'ann', more: Partial<NewIdentification> = {}) =>
    identify(db, { detectionId, taxonId, person, basis: { kind: 'search' }, ...more })
  const sayId = async (...statement: Parameters<typeof say>) => (await say(...statement)).identification.id
  const state = async (detectionId: number) => {
    const { taughtTaxonId, conflict } = await getDetection(db, detectionId)
    return { taught: taughtTaxonId, conflict }
  }
  const lessonCount = async (detectionId: number) =>
    (await lessonsAfter(db, 0)).filter((lesson) => lesson.kind === 'detection' && lesson.subjectId === detectionId)
      .length
  const newDetection = async (label?: number) => {
    const imported = label === undefined ? {} : { label: { taxonId: label, person: 'import:test' } }
    return (await addIndexed(db, imported)).detectionId
  }
  return { say, sayId, state, lessonCount, newDetection }
}
