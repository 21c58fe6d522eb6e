// Models that always give the same answer, in every shape that an export may have: ONNX bytes that run on any picture
// of that shape.

import { type Constant, type ElementType, type Node, writeOnnx } from './onnx-writer.ts'

export type ConstantModel = {
  /** Width of the input, and height unless that is given, in pixels. */
  side: number
  height?: number
  type?: 'float32' | 'float16'
  /** Fixed; any number if left out. */
  batch?: number
  /** Declares that any width and height will do. */
  dynamicSize?: boolean
  /** Fails at any other size, whatever is declared. */
  baked?: boolean
  /** Channels that the input declares; 3. */
  channels?: number
  output?: string
  /** What the exporter noted in the file. */
  metadata?: Record<string, string>
  /** The file that holds the answer instead of the model. */
  weightFile?: string
}

/** `rows`: cx, cy, w, h, objectness, class scores. Besides the answer there are two raw heads, as in some exports. */
export function constantDetector(model: ConstantModel & { rows: number[][] }): Buffer {
  const columns = model.rows[0]!.length
  return constantModel(model, [model.rows.length, columns], model.rows.flat())
}

export function constantEmbedder(model: ConstantModel & { features: number[]; shape?: number[] }): Buffer {
  return constantModel(model, model.shape ?? [model.features.length], model.features)
}

function constantModel(model: ConstantModel, shape: number[], data: number[]): Buffer {
  const { side, height = side, type = 'float32', batch = 'batch', channels = 3, output = 'output0' } = model
  const size = model.dynamicSize ? ['height', 'width'] : [height, side]
  const value = (name: string, dims: (number | string)[]) => ({ name, type: type as ElementType, shape: dims })
  const constants: Constant[] = [
    { name: 'answer', type, shape: [1, ...shape], data, file: model.weightFile },
    { name: 'zero', type, shape: [1], data: [0] },
    { name: 'flat', type: 'int64', shape: [shape.length + 1], data: [-1, ...shape.map(() => 1)] },
  ]
  const nodes: Node[] = [
    // Zero per picture, so that the answer is repeated for each.
    { op: 'ReduceMean', inputs: ['images'], outputs: ['mean'], attributes: { axes: [1, 2, 3], keepdims: 1 } },
    { op: 'Reshape', inputs: ['mean', 'flat'], outputs: ['one'] },
    { op: 'Mul', inputs: ['one', 'zero'], outputs: ['nothing'] },
    { op: 'Add', inputs: ['answer', 'nothing'], outputs: [output] },
    { op: 'MaxPool', inputs: ['images'], outputs: ['head1'], attributes: { kernel_shape: [8, 8], strides: [8, 8] } },
  ]
  if (model.baked) {
    constants.push({ name: 'grid', type, shape: [1, 1, height, side], data: Array(height * side).fill(0) })
    nodes.unshift({ op: 'Add', inputs: ['images', 'grid'], outputs: ['checked'] })
    nodes[1]!.inputs = ['checked']
  }
  return writeOnnx({
    inputs: [value('images', [batch, channels, ...size])],
    outputs: [value('head1', [batch, channels, 'h8', 'w8']), value(output, [batch, ...shape])],
    nodes,
    constants,
    metadata: model.metadata,
  })
}
