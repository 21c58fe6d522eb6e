// Adding, editing and removing deployments: each is one action, together with the photos that it moves to another
// deployment.

import { isDeepStrictEqual } from 'node:util'
import type { Db } from '../../../db/connection/connect.ts'
import {
  changeDeployments,
  type DeploymentTurn,
  insertDeployment,
  moveAll,
  movesByTime,
  type PhotoMove,
} from '../../../db/photos/deployment-changes.ts'
import {
  countDeploymentPhotos,
  type DeploymentState,
  lockDeployment,
  readDeployments,
  stateOf,
} from '../../../db/photos/deployments.ts'
import { change, type RecordEntry, requireRevision } from '../../change.ts'
import type {
  Deployment,
  DeploymentAnswer,
  DeploymentChange,
  DeploymentFields,
  NewDeployment,
  RemovedDeployment,
} from '../../contract/survey/deployment.ts'
import type { RepeatableRequest } from '../../http/idempotency.ts'
import { Problem } from '../../http/problem.ts'
import { presentDeployment, presentFields, storedFields, UNSAID } from '../../present/deployments.ts'
import type { Service } from '../../service.ts'

export async function addDeployment(
  service: Service,
  request: RepeatableRequest<DeploymentAnswer, NewDeployment>,
): Promise<DeploymentAnswer> {
  const wanted = request.body
  return await change(service, request, null, {
    async write(tx, record) {
      const after = storedFields({ ...UNSAID, ...given(wanted), name: wanted.name })
      const id = await insertDeployment(tx, after)
      const { action, moved } = await settle(
        tx,
        record,
        [{ id, before: null, after }],
        `Added the deployment ${after.name}`,
      )
      return { action, id, moved }
    },
    present: async ({ id, moved }, { action }) => ({
      deployment: await oneDeployment(service.db, id),
      action,
      movedPhotos: moved,
    }),
  })
}

export async function editDeployment(
  service: Service,
  person: string,
  id: number,
  { revision, ...wanted }: DeploymentChange,
): Promise<DeploymentAnswer> {
  return await change(service, { person }, null, {
    async write(tx, record) {
      const row = await lockDeployment(tx, id)
      requireRevision(row, revision)
      const before = stateOf(row)
      const after = storedFields(coherent({ ...presentFields(before), ...given(wanted) }))
      if (isDeepStrictEqual(before, after)) return { action: null, moved: 0 }
      await changeDeployments(tx, { turns: [{ id, before, after }], moves: [] }, 'redo')
      return await settle(tx, record, [{ id, before, after }], editSummary(before, after))
    },
    present: async ({ moved }, { action }) => ({
      deployment: await oneDeployment(service.db, id),
      action,
      movedPhotos: moved,
    }),
  })
}

export async function removeDeployment(service: Service, person: string, id: number): Promise<RemovedDeployment> {
  return await change(service, { person }, null, {
    async write(tx, record) {
      const before = stateOf(await lockDeployment(tx, id))
      const removal = { turns: [{ id, before, after: null }], moves: await moveAll(tx, id, null) }
      await changeDeployments(tx, removal, 'redo')
      const action = await record({
        kind: 'deployment',
        summary: `Removed the deployment ${before.name}`,
        change: { type: 'deployments', ...removal },
        subjects: { kind: 'deployment', ids: [id] },
      })
      return { action, photos: countOf(removal.moves) }
    },
    present: async ({ photos }, { action }) => ({ action: action!, photos }),
  })
}

/**
 * Moves the photos that time now puts elsewhere, and writes the action of the whole. The `turns` are written already.
 */
export async function settle(tx: Db, record: RecordEntry, turns: DeploymentTurn[], summary: string) {
  const moves = await movesByTime(
    tx,
    turns.flatMap(({ before, after }) => [before ?? [], after ?? []].flat()),
  )
  await changeDeployments(tx, { turns: [], moves }, 'redo')
  const moved = countOf(moves)
  const action = await record({
    kind: 'deployment',
    summary: moved === 0 ? summary : `${summary}; ${moved === 1 ? 'a photo' : `${moved} photos`} moved by time`,
    change: { type: 'deployments', turns, moves },
    subjects: { kind: 'deployment', ids: turns.map(({ id }) => id) },
  })
  return { action, moved }
}

export const countOf = (moves: readonly PhotoMove[]) => moves.reduce((sum, { mediaIds }) => sum + mediaIds.length, 0)

/** Without the fields that the request leaves out. */
export const given = <T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  // What is left has no undefined values.
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never

/** A change of one field may contradict another that stays. */
function coherent(fields: DeploymentFields): DeploymentFields {
  if (fields.start !== null && fields.end !== null && fields.start > fields.end)
    throw new Problem(422, `Expected the end not to be before the start, but ${fields.end} is before ${fields.start}.`)
  if ((fields.latitude === null) !== (fields.longitude === null))
    throw new Problem(422, 'Expected both latitude and longitude, or neither.')
  return fields
}

function editSummary(before: DeploymentState, after: DeploymentState): string {
  const seconds = after.clockOffsetSeconds - before.clockOffsetSeconds
  if (before.name !== after.name) return `Renamed the deployment ${before.name} to ${after.name}`
  if (seconds !== 0) return `Set the clock of ${after.name} ${seconds > 0 ? 'forward' : 'back'} by ${spanOf(seconds)}`
  return `Changed the deployment ${after.name}`
}

/** "2 d 01:00:05" */
function spanOf(seconds: number): string {
  const left = Math.abs(seconds)
  const [days, rest] = [Math.floor(left / 86_400), left % 86_400]
  const parts = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60]
  const clock = parts.map((part) => String(part).padStart(2, '0')).join(':')
  return days === 0 ? clock : `${days} d ${clock}`
}

async function oneDeployment(db: Db, id: number): Promise<Deployment> {
  const [row] = await readDeployments(db, [id])
  return presentDeployment(row!, (await countDeploymentPhotos(db, [id])).get(id))
}
