// Actions as the API shows them, each with the first of the subjects that it changed.

import type { Db } from '../../db/connection/connect.ts'
import { type Action as ActionRow, subjectsOfEach } from '../../db/history/actions.ts'
import type { SubjectKind } from '../../db/schema.ts'
import type { Action } from '../contract/action.ts'

const MOST_SHOWN = 100

type Watched = {
  emit(event: { name: 'changed'; data: Pick<Action, 'detectionIds' | 'mediaIds' | 'deploymentIds'> }): void
}

/** For those who look at the same animals or photos elsewhere. */
export function tellChanged({ events }: { events: Watched }, { detectionIds, mediaIds, deploymentIds }: Action): void {
  events.emit({ name: 'changed', data: { detectionIds, mediaIds, deploymentIds } })
}

export async function presentActions(db: Db, rows: ActionRow[]): Promise<Action[]> {
  const subjects = await subjectsOfEach(
    db,
    rows.map(({ id }) => id),
    MOST_SHOWN,
  )
  const text = (id: number | null) => (id === null ? null : String(id))
  return rows.map((row) => {
    const of = subjects.get(row.id)
    const shown = (kind: SubjectKind) => (of?.kind === kind ? of.ids.map(String) : [])
    return {
      id: String(row.id),
      person: row.person,
      at: row.at.toISOString(),
      kind: row.kind,
      summary: row.summary,
      detectionIds: shown('detection'),
      mediaIds: shown('media'),
      deploymentIds: shown('deployment'),
      subjects: row.subjects,
      undoesId: text(row.undoesId),
      redoesId: text(row.redoesId),
      undone: row.undoneById !== null,
    }
  })
}
