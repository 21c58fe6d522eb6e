// Species lists: what lives where. Suggestions keep to them, at once.

import { NotFound } from '../../db/errors.ts'
import {
  changeList,
  insertList,
  type ListState,
  type ListTurn,
  lockList,
  readLists,
  type SpeciesListRow,
} from '../../db/taxonomy/species-lists.ts'
import { change, type RecordEntry, requireRevision } from '../change.ts'
import { idParam } from '../contract/id.ts'
import { pageOf } from '../contract/page.ts'
import {
  checklistSchema,
  type ListAnswer,
  type ListChange,
  listAnswerSchema,
  listChangeSchema,
  newListSchema,
  type SpeciesList,
  speciesListSchema,
} from '../contract/survey/species-list.ts'
import { type Taxon, taxonSchema } from '../contract/taxon.ts'
import { type RequestOf, repeatable, repeatableChange } from '../http/idempotency.ts'
import { jsonAnswer, jsonBody } from '../http/json.ts'
import { problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import { requireTaxon, taxonLookup } from '../present/taxa.ts'
import type { Service } from '../service.ts'
import { readChecklist } from './checklist.ts'

const route = routesOf('Taxonomy')

const listRoute = route('get /api/species-lists', 'All species lists, by name', {
  responses: { 200: jsonAnswer('All of them: `nextCursor` is null', pageOf(speciesListSchema)) },
})
const taxaRoute = route('get /api/species-lists/{id}/taxa', 'The taxa of a species list, by name', {
  request: { params: idParam },
  responses: { 200: jsonAnswer('All of them: `nextCursor` is null', pageOf(taxonSchema)), ...problems(400, 404) },
})
const addRoute = route('post /api/species-lists', 'Add a species list', {
  description: 'From then on, suggestions where it holds name only what is listed. Can be undone.',
  ...repeatableChange(newListSchema, ['Added', listAnswerSchema], 400, 404, 409, 422),
})
const readRoute = route('post /api/species-lists/read', 'Find the taxa that a checklist names', {
  description:
    'The body is text: a name a line, or a table whose first column is the scientific name. Nothing is stored.',
  request: { body: { required: true, content: { 'text/plain': { schema: { type: 'string' as const } } } } },
  responses: { 200: jsonAnswer('Read', checklistSchema), ...problems(400, 413, 422) },
})
const changeRoute = route('patch /api/species-lists/{id}', 'Change a species list', {
  request: { params: idParam, body: jsonBody(listChangeSchema) },
  responses: { 200: jsonAnswer('Changed', listAnswerSchema), ...problems(400, 404, 409, 422) },
})
const removeRoute = route('delete /api/species-lists/{id}', 'Remove a species list', {
  request: { params: idParam },
  responses: { 200: jsonAnswer('Removed', listAnswerSchema), ...problems(400, 404, 409) },
})

export function speciesListRoutes(service: Service) {
  return newRoutes()
    .openapi(listRoute, async (c) =>
      c.json({ items: (await readLists(service.db)).map(presentList), nextCursor: null }, 200),
    )
    .openapi(taxaRoute, async (c) =>
      c.json({ items: await taxaOf(service, c.req.valid('param').id), nextCursor: null }, 200),
    )
    .openapi(addRoute, async (c) =>
      c.json(await addList(service, repeatable(c, c.req.valid('json'), listAnswerSchema)), 201),
    )
    .openapi(readRoute, async (c) => c.json(await readChecklist(service, await c.req.arrayBuffer()), 200))
    .openapi(changeRoute, async (c) =>
      c.json(await editList(service, c.var.person, c.req.valid('param').id, c.req.valid('json')), 200),
    )
    .openapi(removeRoute, async (c) => c.json(await removeList(service, c.var.person, c.req.valid('param').id), 200))
}

const presentList = ({ id, taxonIds, deploymentIds, ...rest }: SpeciesListRow): SpeciesList => ({
  ...rest,
  id: String(id),
  taxonIds: taxonIds.map(String),
  deploymentIds: deploymentIds.map(String),
})

async function taxaOf(service: Service, id: number): Promise<Taxon[]> {
  const row = (await readLists(service.db)).find((one) => one.id === id)
  if (!row) throw new NotFound('species list', id)
  const taxa = await taxonLookup(service, row.taxonIds)
  return row.taxonIds
    .flatMap((taxonId) => taxa.find(taxonId) ?? [])
    .sort((a, b) => a.name.localeCompare(b.name) || Number(a.id) - Number(b.id))
}

/** Sorted and without repetitions. */
const idsOf = (ids: readonly string[]): number[] => [...new Set(ids.map(Number))].sort((a, b) => a - b)

async function presentOne({ db }: Service, id: number): Promise<SpeciesList | null> {
  const row = (await readLists(db)).find((one) => one.id === id)
  return row ? presentList(row) : null
}

async function addList(service: Service, request: RequestOf<typeof addRoute>): Promise<ListAnswer> {
  const wanted = request.body
  const after = { name: wanted.name, taxonIds: idsOf(wanted.taxonIds), deploymentIds: idsOf(wanted.deploymentIds) }
  for (const id of after.taxonIds) await requireTaxon(service, id)
  return await change(service, request, null, {
    async write(tx, record) {
      const id = await insertList(tx, after)
      return { id, action: await entry(record, { id, before: null, after }) }
    },
    present: async ({ id }, { action }) => ({ list: await presentOne(service, id), action }),
  })
}

async function editList(
  service: Service,
  person: string,
  id: number,
  { revision, ...wanted }: ListChange,
): Promise<ListAnswer> {
  const taxonIds = wanted.taxonIds && idsOf(wanted.taxonIds)
  for (const taxonId of taxonIds ?? []) await requireTaxon(service, taxonId)
  return await change(service, { person }, null, {
    async write(tx, record) {
      const row = await lockList(tx, id)
      requireRevision(row, revision)
      const before = stateOf(row)
      const after = {
        name: wanted.name ?? before.name,
        taxonIds: taxonIds ?? before.taxonIds,
        deploymentIds: wanted.deploymentIds ? idsOf(wanted.deploymentIds) : before.deploymentIds,
      }
      if (JSON.stringify(before) === JSON.stringify(after)) return { action: null }
      await changeList(tx, { id, before, after }, 'redo')
      return { action: await entry(record, { id, before, after }) }
    },
    present: async (_, { action }) => ({ list: await presentOne(service, id), action }),
  })
}

async function removeList(service: Service, person: string, id: number): Promise<ListAnswer> {
  return await change(service, { person }, null, {
    async write(tx, record) {
      const before = stateOf(await lockList(tx, id))
      await changeList(tx, { id, before, after: null }, 'redo')
      return { action: await entry(record, { id, before, after: null }) }
    },
    present: async (_, { action }) => ({ list: null, action }),
  })
}

const stateOf = ({ name, taxonIds, deploymentIds }: ListState): ListState => ({ name, taxonIds, deploymentIds })

function entry(record: RecordEntry, turn: ListTurn) {
  const { id, before, after } = turn
  const what = before === null ? 'Added' : after === null ? 'Removed' : 'Changed'
  return record({
    kind: 'list',
    summary: `${what} the species list ${(after ?? before)?.name ?? ''}`,
    change: { type: 'speciesList', ...turn },
    subjects: { kind: 'list', ids: [id] },
  })
}
