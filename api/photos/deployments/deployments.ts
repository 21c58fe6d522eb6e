// The cameras of a survey: where and when each one stood. Lists them, imports and exports them as a table, and sets the
// zone of their clocks.

import { isDeepStrictEqual } from 'node:util'
import { z } from '@hono/zod-openapi'
import type { Db } from '../../../db/connection/connect.ts'
import { changeDeployments, type DeploymentTurn, insertDeployment } from '../../../db/photos/deployment-changes.ts'
import {
  countDeploymentPhotos,
  findDeployment,
  lockDeployment,
  readDeployments,
  stateOf,
} from '../../../db/photos/deployments.ts'
import { getTimeZone, setTimeZone } from '../../../db/settings.ts'
import { change } from '../../change.ts'
import { idParam } from '../../contract/id.ts'
import { pageOf } from '../../contract/page.ts'
import {
  type DeploymentTable,
  deploymentAnswerSchema,
  deploymentChangeSchema,
  deploymentSchema,
  deploymentTableSchema,
  newDeploymentSchema,
  removedDeploymentSchema,
  type TimeZone,
  timeZoneSchema,
} from '../../contract/survey/deployment.ts'
import { repeatable, repeatableChange } from '../../http/idempotency.ts'
import { jsonAnswer, jsonBody } from '../../http/json.ts'
import { Problem, problems } from '../../http/problem.ts'
import { newRoutes, routesOf } from '../../http/router.ts'
import { localTimeIn } from '../../interchange/local-time.ts'
import { presentDeployment, presentFields, storedFields, UNSAID } from '../../present/deployments.ts'
import type { Service } from '../../service.ts'
import { addDeployment, editDeployment, given, removeDeployment, settle } from './changes.ts'
import { type ReadTable, readTable, TableError, writeTable } from './table.ts'

export const DEPLOYMENT_TABLE_BYTES = 20_000_000

const route = routesOf('Deployments')

const listRoute = route('get /api/deployments', 'All deployments, by name', {
  responses: { 200: jsonAnswer('All of them: `nextCursor` is null', pageOf(deploymentSchema)) },
})
const addRoute = route('post /api/deployments', 'Add a deployment', {
  description: 'Photos of the same place whose time lies within its dates come to belong to it.',
  ...repeatableChange(newDeploymentSchema, ['Added', deploymentAnswerSchema], 400, 409, 422),
})
const changeRoute = route('patch /api/deployments/{id}', 'Change a deployment', {
  description:
    'A new `clockOffsetSeconds` moves the times of all its photos; what their EXIF says is kept. Can be undone like everything else.',
  request: { params: idParam, body: jsonBody(deploymentChangeSchema) },
  responses: { 200: jsonAnswer('Changed', deploymentAnswerSchema), ...problems(400, 404, 409, 422) },
})
const removeRoute = route('delete /api/deployments/{id}', 'Remove a deployment', {
  description: 'Its photos stay, without a deployment. Undo brings all back.',
  request: { params: idParam },
  responses: { 200: jsonAnswer('Removed', removedDeploymentSchema), ...problems(400, 404, 409) },
})
const importRoute = route('post /api/deployments/import', 'Add and change deployments from a table', {
  description:
    'The body is a CSV: this service’s template (`GET /api/deployments/export.csv` writes it) or Camtrap DP’s `deployments.csv`, whose `deploymentID` is the name. Columns that are missing change nothing. Times with a zone become those of the installation’s zone.',
  request: {
    query: z.object({ dryRun: z.enum(['true', 'false']).default('false') }),
    body: { required: true, content: { 'text/csv': { schema: { type: 'string' as const } } } },
  },
  responses: {
    200: jsonAnswer('What it would do', deploymentTableSchema),
    201: jsonAnswer('Done', deploymentTableSchema),
    ...problems(400, 409, 413, 422),
  },
})
const exportRoute = route('get /api/deployments/export.csv', 'All deployments as a table', {
  responses: { 200: { description: 'CSV, UTF-8', content: { 'text/csv': { schema: { type: 'string' as const } } } } },
})
const zoneRoute = route('get /api/time-zone', 'The zone of the cameras’ clocks', {
  responses: { 200: jsonAnswer('The zone', timeZoneSchema) },
})
const setZoneRoute = route('put /api/time-zone', 'Choose the zone of the cameras’ clocks', {
  request: { body: jsonBody(timeZoneSchema) },
  responses: { 200: jsonAnswer('Chosen', timeZoneSchema), ...problems(400) },
})

export function deploymentRoutes(service: Service) {
  const { db } = service
  return newRoutes()
    .openapi(listRoute, async (c) => {
      const [rows, photos] = await Promise.all([readDeployments(db), countDeploymentPhotos(db)])
      return c.json({ items: rows.map((row) => presentDeployment(row, photos.get(row.id))), nextCursor: null }, 200)
    })
    .openapi(exportRoute, async (c) =>
      c.body(writeTable((await readDeployments(db)).map((row) => presentFields(stateOf(row)))), 200, {
        'Content-Type': 'text/csv; charset=utf-8',
        'Content-Disposition': 'attachment; filename="clavis-deployments.csv"',
      }),
    )
    .openapi(importRoute, async (c) => {
      const table = await receiveTable(service, await c.req.arrayBuffer())
      return c.req.valid('query').dryRun === 'true'
        ? c.json(await tryTable(db, table), 200)
        : c.json(await importTable(service, table, c.var.person), 201)
    })
    .openapi(addRoute, async (c) =>
      c.json(await addDeployment(service, repeatable(c, c.req.valid('json'), deploymentAnswerSchema)), 201),
    )
    .openapi(changeRoute, async (c) =>
      c.json(await editDeployment(service, c.var.person, c.req.valid('param').id, c.req.valid('json')), 200),
    )
    .openapi(removeRoute, async (c) =>
      c.json(await removeDeployment(service, c.var.person, c.req.valid('param').id), 200),
    )
    .openapi(zoneRoute, async (c) => c.json({ timeZone: await getTimeZone(db) }, 200))
    .openapi(setZoneRoute, async (c) => c.json(await chooseZone(service, c.var.person, c.req.valid('json')), 200))
}

async function receiveTable({ db }: Service, body: ArrayBuffer): Promise<ReadTable> {
  const bytes = new Uint8Array(body)
  if (bytes.length > DEPLOYMENT_TABLE_BYTES)
    throw new Problem(413, `Expected a table of at most ${DEPLOYMENT_TABLE_BYTES} bytes.`)
  if (bytes.length === 0) throw new Problem(400, 'Expected a table in the body but received nothing.')
  const zone = await getTimeZone(db)
  try {
    return readTable(bytes, (time) => localTimeIn(time, zone))
  } catch (cause) {
    if (cause instanceof TableError) throw new Problem(422, cause.message, { cause })
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Problem(422, `Expected a table that can be read: ${reason}.`, { cause })
  }
}

/** Ends the transaction of a trial. */
class Tried extends Error {
  readonly done: Done
  constructor(done: Done) {
    super('tried')
    this.done = done
  }
}

type Done = { turns: DeploymentTurn[]; unchanged: number }

async function tryTable(db: Db, table: ReadTable): Promise<DeploymentTable> {
  try {
    await db.transaction(async (tx) => {
      throw new Tried(await writeRows(tx, table))
    })
    throw new Error('Expected a trial to be rolled back')
  } catch (error) {
    if (!(error instanceof Tried)) throw error
    return { ...presentTable(table, error.done), movedPhotos: 0, action: null }
  }
}

async function importTable(service: Service, table: ReadTable, person: string): Promise<DeploymentTable> {
  return await change(service, { person }, null, {
    async write(tx, record) {
      const done = await writeRows(tx, table)
      if (done.turns.length === 0) return { action: null, moved: 0, done }
      const many = done.turns.length === 1 ? 'a deployment' : `${done.turns.length} deployments`
      return { ...(await settle(tx, record, done.turns, `Imported ${many} from a table`)), done }
    },
    present: async ({ done, moved }, { action }) => ({ ...presentTable(table, done), movedPhotos: moved, action }),
  })
}

async function writeRows(tx: Db, { rows }: ReadTable): Promise<Done> {
  const done: Done = { turns: [], unchanged: 0 }
  for (const { name, fields } of rows) {
    const known = await findDeployment(tx, name)
    const before = known === null ? null : stateOf(await lockDeployment(tx, known))
    const after = storedFields({ ...UNSAID, ...(before && presentFields(before)), ...given(fields), name })
    if (before !== null && isDeepStrictEqual(before, after)) done.unchanged++
    else if (before === null) done.turns.push({ id: await insertDeployment(tx, after), before, after })
    else {
      const turn = { id: known!, before, after }
      await changeDeployments(tx, { turns: [turn], moves: [] }, 'redo')
      done.turns.push(turn)
    }
  }
  return done
}

function presentTable({ format, faults }: ReadTable, { turns, unchanged }: Done) {
  const named = (isNew: boolean) =>
    turns.flatMap(({ before, after }) => ((before === null) === isNew && after ? [after.name] : []))
  return { format, added: named(true), changed: named(false), unchanged, faults }
}

async function chooseZone(service: Service, person: string, { timeZone }: TimeZone): Promise<TimeZone> {
  return await change(service, { person }, null, {
    async write(tx, record) {
      const before = await getTimeZone(tx)
      if (before === timeZone) return { action: null }
      await setTimeZone(tx, timeZone)
      const action = await record({
        kind: 'deployment',
        summary: timeZone === null ? 'Removed the zone of the clocks' : `Set the zone of the clocks to ${timeZone}`,
        change: { type: 'timeZone', before, after: timeZone },
        subjects: { kind: 'deployment', ids: [] },
      })
      return { action }
    },
    present: async () => ({ timeZone }),
  })
}
