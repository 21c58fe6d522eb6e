// Tiny ONNX models with known answers, written as protobuf by hand (field numbers from onnx/onnx.proto). A dimension
// given as a string may vary.

import { toHalf } from '../../indexer/inference/float16.ts'

export type ElementType = 'float32' | 'float16' | 'uint8' | 'int64'
export type Value = { name: string; type: ElementType; shape: (number | string)[] }
export type Constant = { name: string; type: ElementType; shape: number[]; data: readonly number[] }
export type Node = { op: string; inputs: string[]; outputs: string[]; attributes?: Record<string, number | number[]> }
export type Graph = { inputs: Value[]; outputs: Value[]; nodes: Node[]; constants?: Constant[]; opset?: number }

const ELEMENT = { float32: 1, uint8: 2, int64: 7, float16: 10 } as const

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

function raw({ type, data }: Constant): Buffer {
  if (type === 'float32') return Buffer.from(Float32Array.from(data).buffer)
  if (type === 'float16') return Buffer.from(Uint16Array.from(data, toHalf).buffer)
  return type === 'uint8' ? Buffer.from(data) : Buffer.from(BigInt64Array.from(data, BigInt).buffer)
}

const value = (field: number, { name, type, shape }: Value) => {
  const dims = shape.map((d) => message(1, typeof d === 'number' ? number(1, d) : bytes(2, d)))
  return message(field, bytes(1, name), message(2, message(1, number(1, ELEMENT[type]), message(2, ...dims))))
}

const attribute = ([name, v]: [string, number | number[]]) =>
  Array.isArray(v)
    ? message(5, bytes(1, name), ...v.map((i) => number(8, i)), number(20, 7))
    : message(5, bytes(1, name), number(3, v), number(20, 2))

const node = ({ op, inputs, outputs, attributes = {} }: Node) =>
  message(
    1,
    ...inputs.map((name) => bytes(1, name)),
    ...outputs.map((name) => bytes(2, name)),
    bytes(4, op),
    ...Object.entries(attributes).map(attribute),
  )

const constant = (c: Constant) =>
  message(5, ...c.shape.map((d) => number(1, d)), number(2, ELEMENT[c.type]), bytes(8, c.name), bytes(9, raw(c)))

/** The file's bytes. */
export function writeOnnx({ inputs, outputs, nodes, constants = [], opset = 12 }: Graph): Buffer {
  const graph = [
    ...nodes.map(node),
    bytes(2, 'test'),
    ...constants.map(constant),
    ...inputs.map((v) => value(11, v)),
    ...outputs.map((v) => value(12, v)),
  ]
  return Buffer.concat([number(1, 7), message(7, ...graph), message(8, bytes(1, ''), number(2, opset))])
}
