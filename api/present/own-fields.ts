// Values of the project's own fields: what a field may hold, its names on the way out and in, and how a filter asks.

import { NotFound } from '../../db/errors.ts'
import type { OwnField, OwnFields } from '../../db/own-fields.ts'
import type { OwnWanted } from '../../db/photos/observations.ts'
import type { OwnValues } from '../../db/schema.ts'
import { Problem } from '../http/problem.ts'

/** What is said of own fields; null takes a value back. */
export type OwnSaid = Record<string, string | number | null>

/** Throws Problem for a field that is not there and for a value that it cannot hold. */
export function checkOwn({ items }: OwnFields, said: OwnSaid): void {
  for (const [id, value] of Object.entries(said)) {
    const field = items.find((one) => one.id === id)
    if (field === undefined) throw new Problem(422, `Expected the id of a field but received ${id}.`)
    if (value !== null && !mayHold(field, value))
      throw new Problem(422, `Expected ${expected(field)} for ${field.name} but received ${value}.`)
  }
}

const mayHold = ({ kind, choices }: OwnField, value: string | number): boolean =>
  kind === 'number'
    ? typeof value === 'number'
    : typeof value === 'string' && (kind === 'text' || choices.includes(value))

const expected = ({ kind, choices }: OwnField) =>
  kind === 'choice' ? `one of ${choices.join(', ')}` : kind === 'number' ? 'a number' : 'a text'

/** Undefined where nothing is left. */
export function mergeOwn(before: OwnValues | null | undefined, said: OwnSaid): OwnValues | undefined {
  const kept = Object.entries({ ...before, ...said }).flatMap(([id, value]) => (value === null ? [] : [[id, value]]))
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

/** Values with the names of their fields; those of removed fields are left out. */
export const namedOwn = ({ items }: OwnFields, values: OwnValues | null | undefined): [string, string | number][] =>
  items.flatMap(({ id, name }): [string, string | number][] => {
    const value = values?.[id]
    return value === undefined ? [] : [[name, value]]
  })

/** Lines of `ID:VALUE`; of a number also `ID:LEAST..MOST`, of which either may be missing. Throws NotFound. */
export function ownWanted({ items }: OwnFields, text: string): OwnWanted[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, id = '', value = ''] = /^([^:]*):(.*)$/.exec(line) ?? []
      const field = items.find((one) => one.id === id)
      if (field === undefined) throw new NotFound('field', id || line)
      if (field.kind !== 'number') return { field, value }
      const [least = '', most = least] = value.split('..')
      const range = { least: boundOf(least, -Infinity), most: boundOf(most, Infinity) }
      if (Number.isNaN(range.least) || Number.isNaN(range.most))
        throw new Problem(400, `Expected a number or a range such as 2..5 for ${field.name} but received ${value}.`)
      return { field, value: range }
    })
}

const boundOf = (text: string, missing: number) => (text.trim() === '' ? missing : Number(text))

/** What a file calls a field, in capitals or small letters. What is no field, or no value of it, is left out. */
export function ownByName({ items }: OwnFields, named: OwnValues | undefined): OwnValues | undefined {
  const known = Object.entries(named ?? {}).flatMap(([name, text]) => {
    const field = items.find((one) => one.name.toLowerCase() === name.toLowerCase())
    const value = field?.kind === 'number' && String(text).trim() !== '' ? Number(text) : text
    return field === undefined || Number.isNaN(value) || !mayHold(field, value) ? [] : [[field.id, value]]
  })
  return known.length === 0 ? undefined : Object.fromEntries(known)
}
