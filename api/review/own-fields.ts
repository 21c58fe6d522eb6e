// Fields that a project adds to what people observe: which there are, and what of them is said and asked.

import { isDeepStrictEqual } from 'node:util'
import { NotFound } from '../../db/errors.ts'
import { getOwnFields, type OwnField, type OwnFields as StoredFields, setOwnFields } from '../../db/own-fields.ts'
import type { OwnWanted } from '../../db/photos/observations.ts'
import { change, requireRevision } from '../change.ts'
import { tidyText } from '../contract/exchange/text.ts'
import {
  type NewOwnFields,
  newOwnFieldsSchema,
  type OwnFields,
  type OwnFieldsAnswer,
  ownFieldsAnswerSchema,
  ownFieldsSchema,
} from '../contract/survey/own-field.ts'
import { jsonAnswer, jsonBody } from '../http/json.ts'
import { Problem, problems } from '../http/problem.ts'
import { newRoutes, routesOf } from '../http/router.ts'
import { EXPORT_COLUMNS } from '../interchange/columns.ts'
import { mayHold, type OwnSaid } from '../present/own-fields.ts'
import type { Service } from '../service.ts'

const route = routesOf('Detections')

const listRoute = route('get /api/observations/fields', 'The project’s own fields of observations', {
  responses: { 200: jsonAnswer('All of them', ownFieldsSchema) },
})
const saveRoute = route('put /api/observations/fields', 'Define the project’s own fields of observations', {
  description: 'Texts, numbers and choices, besides count, sex, life stage, behaviour and individual.',
  request: { body: jsonBody(newOwnFieldsSchema) },
  responses: { 200: jsonAnswer('Defined', ownFieldsAnswerSchema), ...problems(400, 409, 422) },
})

export function ownFieldRoutes(service: Service) {
  return newRoutes()
    .openapi(listRoute, async (c) => c.json(presented(await getOwnFields(service.db)), 200))
    .openapi(saveRoute, async (c) => c.json(await defineFields(service, c.var.person, c.req.valid('json')), 200))
}

const presented = ({ items, revision }: StoredFields): OwnFields => ({ items, revision })

async function defineFields(service: Service, person: string, wanted: NewOwnFields): Promise<OwnFieldsAnswer> {
  return await change(service, { person }, null, {
    async write(tx, record) {
      const before = await getOwnFields(tx, true)
      requireRevision({ name: 'the own fields', revision: before.revision }, wanted.revision)
      const after = fieldsAfter(before, wanted)
      if (isDeepStrictEqual(after.items, before.items)) return { action: null }
      await setOwnFields(tx, after)
      const action = await record({
        kind: 'observation',
        summary: summaryOf(before.items, after.items),
        change: { type: 'ownFields', before, after },
        subjects: { kind: 'detection', ids: [] },
      })
      return { action }
    },
    present: async (_, { action }) => ({ ...presented(await getOwnFields(service.db)), action }),
  })
}

/** Columns of the table and tags of Camtrap DP have these names already. */
const TAKEN = new Set([...EXPORT_COLUMNS, 'sequence', 'detector'].map((name) => name.toLowerCase()))

/** Throws Problem for a field that cannot be. */
function fieldsAfter({ items: known, lastId, revision }: StoredFields, { items }: NewOwnFields): StoredFields {
  let last = lastId
  const after = items.map(({ id, name, kind, choices }): OwnField => {
    const now = id === undefined ? undefined : known.find((one) => one.id === id)
    if (id !== undefined && now === undefined) throw new NotFound('field', id)
    if (now !== undefined && now.kind !== kind)
      throw new Problem(422, `Expected ${name} to stay a ${now.kind}: add another field for a ${kind}.`)
    if (TAKEN.has(name.toLowerCase()))
      throw new Problem(422, `Expected another name than ${name}, which tables have already.`)
    const own = kind === 'choice' ? [...new Set(choices)] : []
    if (kind === 'choice' && own.length === 0) throw new Problem(422, `Expected at least one choice for ${name}.`)
    return { id: now?.id ?? String(++last), name, kind, choices: own }
  })
  const names = after.map(({ name }) => name.toLowerCase())
  const twice = after.find(({ name }, i) => names.indexOf(name.toLowerCase()) < i)
  if (twice) throw new Problem(422, `Expected each field once, but ${twice.name} comes twice.`)
  if (new Set(after.map(({ id }) => id)).size < after.length) throw new Problem(422, 'Expected each id once.')
  return { items: after, lastId: last, revision: revision + 1 }
}

function summaryOf(before: OwnField[], after: OwnField[]): string {
  const missing = (of: OwnField[], among: OwnField[]) => of.filter(({ id }) => !among.some((one) => one.id === id))
  const named = (fields: OwnField[]) => fields.map(({ name }) => `“${name}”`).join(', ')
  const [added, removed] = [missing(after, before), missing(before, after)]
  const words = [
    ...(added.length === 0 ? [] : [`added ${named(added)}`]),
    ...(removed.length === 0 ? [] : [`removed ${named(removed)}`]),
  ]
  return `Own fields: ${words.length === 0 ? 'changed' : words.join(', ')}`
}

/** Throws Problem for a field that is not there and for a value that it cannot hold. */
export function checkOwn({ items }: StoredFields, said: OwnSaid): void {
  for (const [id, value] of Object.entries(said)) {
    const field = items.find((one) => one.id === id)
    if (field === undefined) throw new Problem(422, `Expected the id of a field but received ${id}.`)
    if (value !== null && !mayHold(field, value))
      throw new Problem(422, `Expected ${expected(field)} for ${field.name} but received ${value}.`)
  }
}

const expected = ({ kind, choices }: OwnField) =>
  kind === 'choice' ? `one of ${choices.join(', ')}` : kind === 'number' ? 'a number' : 'a text'

/** Lines of `ID:VALUE`; of a number also `ID:LEAST..MOST`, of which either may be missing. Throws NotFound. */
export function ownWanted({ items }: StoredFields, text: string): OwnWanted[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, id = '', value = ''] = /^([^:]*):(.*)$/.exec(line) ?? []
      const field = items.find((one) => one.id === id)
      if (field === undefined) throw new NotFound('field', id || line)
      if (field.kind !== 'number') return { field, value: tidyText(value) }
      const [least = '', most = least] = value.split('..')
      const range = { least: boundOf(least, -Infinity), most: boundOf(most, Infinity) }
      if (Number.isNaN(range.least) || Number.isNaN(range.most))
        throw new Problem(400, `Expected a number or a range such as 2..5 for ${field.name} but received ${value}.`)
      return { field, value: range }
    })
}

const boundOf = (text: string, missing: number) => (text.trim() === '' ? missing : Number(text))
