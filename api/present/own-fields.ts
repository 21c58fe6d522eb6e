// Values of the project's own fields: what a field may hold, and its name on the way out and in.

import type { OwnField, OwnFields } from '../../db/own-fields.ts'
import type { OwnValues } from '../../db/schema.ts'

export const mayHold = ({ kind, choices }: OwnField, value: string | number): boolean =>
  kind === 'number'
    ? typeof value === 'number'
    : typeof value === 'string' && (kind === 'text' || choices.includes(value))

/** What is said of own fields; null takes a value back. */
export type OwnSaid = Record<string, string | number | null>

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

/** What a file calls a field, in capitals or small letters. What is no field, or no value of it, is left out. */
export function ownByName({ items }: OwnFields, named: OwnValues | undefined): OwnValues | undefined {
  const known = Object.entries(named ?? {}).flatMap(([name, text]) => {
    const field = items.find((one) => one.name.toLowerCase() === name.toLowerCase())
    const value = field?.kind === 'number' && String(text).trim() !== '' ? Number(text) : text
    return field === undefined || Number.isNaN(value) || !mayHold(field, value) ? [] : [[field.id, value]]
  })
  return known.length === 0 ? undefined : Object.fromEntries(known)
}
