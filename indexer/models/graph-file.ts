// Reads from an ONNX file what onnxruntime does not tell: the texts that its exporter wrote into it, the other files
// that hold its weights, and which operators it uses. Weights are skipped, so a file of gigabytes takes milliseconds.
// Field numbers are those of onnx/onnx.proto.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

export type GraphFile = {
  /** `metadata_props`: what an exporter notes, such as class names. */
  metadata: ReadonlyMap<string, string>
  /** Names of the files that hold weights besides this one, each once, as the graph gives them. */
  weightFiles: readonly string[]
  operators: ReadonlySet<string>
  /** As what most of its weights are stored. */
  storage: Storage
}
export type Storage = 'float32' | 'float16' | 'int8' | 'other'

type Kind = 'model' | 'graph' | 'node' | 'attribute' | 'tensor' | 'function' | 'metadata' | 'external'
/** The fields that are messages to look into. */
const INSIDE: Partial<Record<Kind, Record<number, Kind>>> = {
  model: { 7: 'graph', 14: 'metadata', 25: 'function' },
  graph: { 1: 'node', 5: 'tensor' },
  function: { 7: 'node' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph' },
  tensor: { 13: 'external' },
}
const OPERATOR_FIELD = 4
/** Of a tensor: its sizes and its type, by onnx.proto's numbers. */
const DIMS_FIELD = 1
const TYPE_FIELD = 2
const TYPES: Record<number, Storage> = { 1: 'float32', 2: 'int8', 3: 'int8', 10: 'float16', 16: 'float16' }
/** Graphs in graphs beyond this depth are no exporter's work. */
const MAX_DEPTH = 100
const MAX_TEXT_BYTES = 1_000_000
const WINDOW_BYTES = 65_536

class NotProtobuf extends Error {}

/** Null where the file is not an ONNX file or cannot be read. */
export function readGraphFile(file: string): GraphFile | null {
  let descriptor: number | null = null
  try {
    descriptor = openSync(file, 'r')
    return walk(new Reader(descriptor))
  } catch {
    // Whoever opens the model says what is wrong with it.
    return null
  } finally {
    if (descriptor !== null) closeSync(descriptor)
  }
}

function walk(reader: Reader): GraphFile {
  const metadata = new Map<string, string>()
  const external = new Set<string>()
  const operators = new Set<string>()
  const weights = new Map<Storage, number>()
  const look = (kind: Kind, end: number, depth: number) => {
    if (depth > MAX_DEPTH) throw new NotProtobuf()
    const entry = ['', '']
    let values = 1
    let type: Storage = 'other'
    while (reader.at < end) {
      const key = reader.varint()
      const field = Math.floor(key / 8)
      if (key % 8 === 0) {
        const value = reader.varint()
        if (field === DIMS_FIELD) values *= value
        if (field === TYPE_FIELD) type = TYPES[value] ?? 'other'
        continue
      }
      if (key % 8 !== 2) {
        reader.skip(key % 8)
        continue
      }
      const length = reader.varint()
      const next = reader.at + length
      if (next > end) throw new NotProtobuf()
      if (kind === 'tensor' && field === DIMS_FIELD) while (reader.at < next) values *= reader.varint()
      const inner = INSIDE[kind]?.[field]
      if (inner) look(inner, next, depth + 1)
      else if (kind === 'node' && field === OPERATOR_FIELD) operators.add(reader.text(length))
      else if ((kind === 'metadata' || kind === 'external') && (field === 1 || field === 2)) {
        entry[field - 1] = reader.text(length)
      }
      reader.at = next
    }
    if (kind === 'metadata') metadata.set(entry[0]!, entry[1]!)
    if (kind === 'external' && entry[0] === 'location') external.add(entry[1]!)
    if (kind === 'tensor') weights.set(type, (weights.get(type) ?? 0) + values)
  }
  look('model', reader.size, 0)
  const [most] = [...weights].sort(([, a], [, b]) => b - a)
  return { metadata, weightFiles: [...external], operators, storage: most?.[0] ?? 'other' }
}

/** Reads forwards through a window, and jumps over what nobody asks for. */
class Reader {
  at = 0
  readonly size: number
  private readonly descriptor: number
  private readonly window = Buffer.alloc(WINDOW_BYTES)
  private start = 0
  private filled = 0

  constructor(descriptor: number) {
    this.descriptor = descriptor
    this.size = fstatSync(descriptor).size
  }

  byte(): number {
    if (this.at < this.start || this.at >= this.start + this.filled) {
      this.start = this.at
      this.filled = readSync(this.descriptor, this.window, 0, WINDOW_BYTES, this.at)
      if (this.filled === 0) throw new NotProtobuf()
    }
    return this.window[this.at++ - this.start]!
  }

  varint(): number {
    let value = 0
    for (let shift = 1; shift < 2 ** 70; shift *= 128) {
      const byte = this.byte()
      value += (byte & 127) * shift
      if (byte < 128) return value
    }
    throw new NotProtobuf()
  }

  /** A value that is no message and no text. */
  skip(wireType: number) {
    if (wireType === 1) this.at += 8
    else if (wireType === 5) this.at += 4
    else throw new NotProtobuf()
  }

  text(length: number): string {
    if (length > MAX_TEXT_BYTES) throw new NotProtobuf()
    return Buffer.from(Array.from({ length }, () => this.byte())).toString('utf8')
  }
}
