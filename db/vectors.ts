// pgvector's binary form: 16-bit length, 16 unused bits, then big-endian float32. In: Float32Array. Out: bytes, and back.

import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'

const HEADER_BYTES = 4

/** A parameter of type vector: node-postgres sends a Buffer in binary. */
export function encodeVector(values: Float32Array): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + 4 * values.length)
  bytes.writeUInt16BE(values.length, 0)
  bytes.writeUInt16BE(0, 2)
  for (let i = 0; i < values.length; i++) bytes.writeFloatBE(values[i] ?? 0, HEADER_BYTES + 4 * i)
  return bytes
}

export function decodeVector(bytes: Buffer): Float32Array {
  const values = new Float32Array(bytes.readUInt16BE(0))
  for (let i = 0; i < values.length; i++) values[i] = bytes.readFloatBE(HEADER_BYTES + 4 * i)
  return values
}

/** Selects a vector as its binary form, for reading many. Null stays null. */
export const vectorBytes = (column: SQLWrapper): SQL<Float32Array> =>
  sql`vector_send(${column})`.mapWith({ mapFromDriverValue: decodeVector }) as SQL<Float32Array>
