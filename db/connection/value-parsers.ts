// How the driver delivers values in every connection of the process: drizzle takes the driver's parsers, not those of
// a pool.

import pg from 'pg'

type Type = Parameters<typeof pg.types.getTypeParser>[0]
// Arrays are missing from the driver's list of types.
const BIGINT_ARRAY = 1016 as Type
const TEXT_ARRAY = 1009 as Type

/**
 * Ids, counts and sizes arrive as numbers, not as text. A value beyond 2^53 - 1, which no number holds exactly, makes
 * its query fail.
 */
export function parseBigintsAsNumbers(): void {
  const toTexts: (array: string) => (string | null)[] = pg.types.getTypeParser(TEXT_ARRAY)
  pg.types.setTypeParser(pg.types.builtins.INT8, toNumber)
  pg.types.setTypeParser(BIGINT_ARRAY, (array) => toTexts(array).map((text) => (text === null ? null : toNumber(text))))
}

function toNumber(text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value)) return value
  throw new RangeError(`Expected a whole number of at most 2^53 - 1 from the database but received ${text}`)
}
