// Tiny ONNX models with known answers, written as protobuf by hand (field numbers from onnx/onnx.proto). A dimension
// given as a string may vary.

import { toHalf } from '../../indexer/inference/float16.ts'

export type ElementType = 'float32' | 'float16' | 'uint8' | 'int64' | 'bool'
export type Value = { name: string; type: ElementType; shape: (number | string)[] }
/** `file`: where the numbers are instead of in the model, from its first byte on. */
export type Constant = { name: string; type: ElementType; shape: number[]; data: readonly number[]; file?: string }
export type Node = {
  op: string
  inputs: string[]
  outputs: string[]
  attributes?: Record<string, number | number[] | Graph>
}
export type Graph = {
  inputs: Value[]
  outputs: Value[]
  nodes: Node[]
  constants?: Constant[]
  opset?: number
  /** What an exporter notes in the file. */
  metadata?: Record<string, string>
}

const ELEMENT = { float32: 1, uint8: 2, int64: 7, bool: 9, float16: 10 } as const

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  do {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0))
    rest >>= 7n
  } while (rest > 0n)
  return Buffer.from(bytes)
}
const number = (field: number, value: number) => Buffer.concat([varint(field << 3), varint(value)])
const bytes = (field: number, value: Buffer | string) => {
  const body = Buffer.from(value)
  return Buffer.concat([varint((field << 3) | 2), varint(body.length), body])
}
const message = (field: number, ...parts: Buffer[]) => bytes(field, Buffer.concat(parts))

/** The bytes of a constant's numbers. */
export function raw({ type, data }: Pick<Constant, 'type' | 'data'>): Buffer {
  if (type === 'float32') return Buffer.from(Float32Array.from(data).buffer)
  if (type === 'float16') return Buffer.from(Uint16Array.from(data, toHalf).buffer)
  return type === 'uint8' || type === 'bool' ? Buffer.from(data) : Buffer.from(BigInt64Array.from(data, BigInt).buffer)
}

const value = (field: number, { name, type, shape }: Value) => {
  const dims = shape.map((d) => message(1, typeof d === 'number' ? number(1, d) : bytes(2, d)))
  return message(field, bytes(1, name), message(2, message(1, number(1, ELEMENT[type]), message(2, ...dims))))
}

function attribute([name, v]: [string, number | number[] | Graph]): Buffer {
  if (Array.isArray(v)) return message(5, bytes(1, name), ...v.map((i) => number(8, i)), number(20, 7))
  if (typeof v === 'number') return message(5, bytes(1, name), number(3, v), number(20, 2))
  return message(5, bytes(1, name), message(6, ...graphParts(v)), number(20, 5))
}

const node = ({ op, inputs, outputs, attributes = {} }: Node) =>
  message(
    1,
    ...inputs.map((name) => bytes(1, name)),
    ...outputs.map((name) => bytes(2, name)),
    bytes(4, op),
    ...Object.entries(attributes).map(attribute),
  )

const constant = (c: Constant) =>
  message(
    5,
    ...c.shape.map((d) => number(1, d)),
    number(2, ELEMENT[c.type]),
    bytes(8, c.name),
    ...(c.file === undefined
      ? [bytes(9, raw(c))]
      : [message(13, bytes(1, 'location'), bytes(2, c.file)), number(14, 1)]),
  )

const graphParts = ({ inputs, outputs, nodes, constants = [] }: Graph) => [
  ...nodes.map(node),
  bytes(2, 'test'),
  ...constants.map(constant),
  ...inputs.map((v) => value(11, v)),
  ...outputs.map((v) => value(12, v)),
]

/** The file's bytes. */
export function writeOnnx(graph: Graph): Buffer {
  const { opset = 12, metadata = {} } = graph
  return Buffer.concat([
    number(1, 7),
    message(7, ...graphParts(graph)),
    message(8, bytes(1, ''), number(2, opset)),
    ...Object.entries(metadata).map(([key, text]) => message(14, bytes(1, key), bytes(2, text))),
  ])
}
