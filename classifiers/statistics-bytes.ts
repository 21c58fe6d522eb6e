// Statistics as bytes and back, without loss: "CLVS", the format number, the length of a JSON header, the header, then
// the arrays that it lists, little-endian, each at a multiple of 8 bytes.

import type { Statistics } from './statistics.ts'

const MAGIC = 0x53564c43
const FORMAT = 1
const HEADER_AT = 12

type Stored = { name: string; type: 'float32' | 'float64'; length: number }
type NumberArray = Float32Array | Float64Array

export class FormatError extends Error {
  override name = 'FormatError'
}

/** `moments: false` leaves out the moments, which only a reference needs and which are most of the bytes. */
export function encodeStatistics(statistics: Statistics, options: { moments?: boolean } = {}): Uint8Array {
  const { mean, projection, between, thresholds, moments, regression, ...plain } = statistics
  const arrays: Record<string, NumberArray> = { mean, projection, between }
  arrays.theta = thresholds.theta
  arrays.accuracy = thresholds.accuracy
  if (regression) arrays.regression = regression.coefficients
  const kept = options.moments === false ? null : moments
  if (kept) {
    arrays.momentsWithin = kept.within
    arrays.momentsBetween = kept.between
  }
  const stored: Stored[] = Object.entries(arrays).map(([name, array]) => ({
    name,
    type: array instanceof Float32Array ? 'float32' : 'float64',
    length: array.length,
  }))
  const header = new TextEncoder().encode(
    JSON.stringify({
      plain,
      thresholds: { answers: thresholds.answers, species: thresholds.species },
      momentsRank: kept?.rank ?? null,
      regressionTaxa: regression?.taxonIds ?? null,
      arrays: stored,
    }),
  )
  let size = aligned(HEADER_AT + header.length)
  for (const array of Object.values(arrays)) size = aligned(size + array.byteLength)
  const bytes = new Uint8Array(size)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, MAGIC, true)
  view.setUint32(4, FORMAT, true)
  view.setUint32(8, header.length, true)
  bytes.set(header, HEADER_AT)
  let at = aligned(HEADER_AT + header.length)
  for (const array of Object.values(arrays)) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at)
    at = aligned(at + array.byteLength)
  }
  return bytes
}

/** Throws FormatError for anything `encodeStatistics` of this format did not write. */
export function decodeStatistics(bytes: Uint8Array): Statistics {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < HEADER_AT || view.getUint32(0, true) !== MAGIC) {
    throw new FormatError('Expected stored statistics but received other bytes')
  }
  const format = view.getUint32(4, true)
  if (format !== FORMAT) throw new FormatError(`Expected statistics of format ${FORMAT} but received format ${format}`)
  const headerLength = view.getUint32(8, true)
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(HEADER_AT, HEADER_AT + headerLength)))
  const arrays = new Map<string, NumberArray>()
  let at = aligned(HEADER_AT + headerLength)
  // `as`: `encodeStatistics` wrote the header; the format number and the lengths are checked here.
  for (const { name, type, length } of header.arrays as Stored[]) {
    const size = length * (type === 'float32' ? 4 : 8)
    if (at + size > bytes.length)
      throw new FormatError(`Expected ${size} bytes of ${name} but the statistics end before`)
    // A Buffer's `slice` would share its memory.
    const copy = new Uint8Array(bytes.subarray(at, at + size)).buffer
    arrays.set(name, type === 'float32' ? new Float32Array(copy) : new Float64Array(copy))
    at = aligned(at + size)
  }
  const single = (name: string): Float32Array => Float32Array.from(arrays.get(name) ?? [])
  const double = (name: string): Float64Array => Float64Array.from(arrays.get(name) ?? [])
  return {
    ...header.plain,
    // Statistics from before novelty had a temperature of its own used the common one.
    noveltyTemperature: header.plain.noveltyTemperature ?? header.plain.temperature,
    noveltySharpness: header.plain.noveltySharpness ?? 1,
    noveltyBias: header.plain.noveltyBias ?? 0,
    // Statistics from before the regression give it no share.
    fusion: { regression: 0, ...header.plain.fusion },
    // What was stored before there was nearness: the reference's, which the caller knows.
    nearness: header.plain.nearness ?? null,
    mean: double('mean'),
    projection: single('projection'),
    between: double('between'),
    thresholds: { ...header.thresholds, theta: double('theta'), accuracy: double('accuracy') },
    moments:
      header.momentsRank === null
        ? null
        : { within: single('momentsWithin'), between: single('momentsBetween'), rank: header.momentsRank },
    regression: header.regressionTaxa ? { taxonIds: header.regressionTaxa, coefficients: single('regression') } : null,
  }
}

function aligned(offset: number): number {
  return Math.ceil(offset / 8) * 8
}
