// Vectors on their way to pgvector and back, exactly, in one of two forms. The library pgvector writes the single
// vector of a question as text, and reads text. Vectors that are stored or read in large numbers take Postgres' binary
// form, which is encoded here: as text, vectors of 1,280 numbers took 5 to 13 times as long (README.md has the figures,
// also for shorter vectors).

import { endianness } from 'node:os'
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { customType } from 'drizzle-orm/pg-core'
import { fromSql, toSql } from 'pgvector'

/** pgvector's `vector` without a fixed length, so that embeddings of several models share a column. */
export const vector = customType<{ data: Float32Array; driverData: string | Buffer }>({
  dataType: () => 'vector',
  toDriver: encodeVector,
  fromDriver: (value) => (typeof value === 'string' ? Float32Array.from(fromSql(value)) : decodeVector(value)),
})

/** The vector of a question, as a parameter. The library takes plain arrays only. */
export const queryVector = (values: Float32Array): SQL => sql`${toSql(Array.from(values))}::vector`

/** 16 bits: how many numbers, 16 unused bits, then each number as a big-endian float32. */
const HEADER_BYTES = 4
const LITTLE_ENDIAN = endianness() === 'LE'

/** A parameter of type vector: the driver sends a Buffer as it is. */
export function encodeVector(values: Float32Array): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + 4 * values.length)
  bytes.writeUInt16BE(values.length, 0)
  bytes.writeUInt16BE(0, 2)
  for (let i = 0; i < values.length; i++) bytes.writeFloatBE(values[i] ?? 0, HEADER_BYTES + 4 * i)
  return bytes
}

export function decodeVector(bytes: Buffer): Float32Array {
  const values = new Float32Array(bytes.readUInt16BE(0))
  const own = Buffer.from(values.buffer)
  if (bytes.length !== HEADER_BYTES + own.length)
    throw new RangeError(`Expected a vector of ${HEADER_BYTES + own.length} bytes but received ${bytes.length}`)
  bytes.copy(own, 0, HEADER_BYTES)
  // All at once: number by number, a page of 5,000 vectors of 1,280 took a tenth of a second.
  if (LITTLE_ENDIAN) own.swap32()
  return values
}

/** Selects a vector in its binary form. Null stays null. */
export const vectorBytes = (column: SQLWrapper): SQL<Float32Array> =>
  // drizzle types what `mapWith` answers by the value before it.
  sql`vector_send(${column})`.mapWith({ mapFromDriverValue: decodeVector }) as SQL<Float32Array>
